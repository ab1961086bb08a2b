"""One HTTP call and what came of it: an answer, or none, and then whether the call can have been carried out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson


@dataclass(frozen=True)
class Answer:
    """Something answered. `body` is empty where it was no JSON object (`is_json` False)."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    is_json: bool = True

    @property
    def code(self) -> int | None:
        """`error` of the body as a number; None where it has none."""
        found = self.body.get("error")
        if isinstance(found, bool):
            return None
        try:
            return int(found) if found is not None else None
        except (TypeError, ValueError):
            return None

    @property
    def message(self) -> str:
        """Zalo's words."""
        found = self.body.get("message")
        return found if isinstance(found, str) else ""

    @property
    def data(self) -> Mapping[str, Any]:
        """`data` of the body."""
        found = self.body.get("data")
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class NoAnswer:
    """Nothing answered. `never_left`: the connection could not be made, so nothing was carried out."""

    reason: str
    never_left: bool


class HttpCalls:
    """Makes calls over kept connections. Each is made once: whether it may be repeated is not known here."""

    def __init__(self, timeout: float) -> None:
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, method: str, url: str, **call: Any) -> Answer | NoAnswer:
        """Call once; never raises for what the network or the other side does."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        try:
            async with self._session.request(method, url, allow_redirects=False, **call) as answer:
                raw = await answer.read()
                return _answer(answer.status, raw, answer.headers)
        except aiohttp.ClientConnectorError as error:
            return NoAnswer(type(error).__name__, never_left=True)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return NoAnswer(type(error).__name__, never_left=False)

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()


def _answer(status: int, raw: bytes, headers: Mapping[str, str]) -> Answer:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        body = None
    kept = {name.lower(): value for name, value in headers.items()}
    if not isinstance(body, dict):
        return Answer(status, {}, kept, is_json=False)
    return Answer(status, body, kept)
