"""One HTTP call to a platform of Zalo's and what came of it: an answer, or none, and then whether it may be done.

The Official Account and the Zalo Bot Platform are called by it alike; what their errors mean is theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

#: Until a connection stands, and until the whole answer is there; less than a claim on a ledger row lasts
#: (bot.delivery.CLAIM_LASTS).
CONNECT_SECONDS, CALL_SECONDS = 4.0, 8.0
#: Answers are some kilobytes; whoever sends more than this, in bytes, is not Zalo.
LARGEST_ANSWER = 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """Something answered. `body` is empty where it was no JSON object (`is_json` False)."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    is_json: bool = True

    @property
    def may_be_done(self) -> bool:
        """Of an answer that is not in Zalo's own words: whether what was asked for may have been done all the same.

        Something on the way spoke; only some of what that says comes before the platform was reached.
        """
        return self.status == 200 or (self.status >= 500 and self.status != 503)

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
    """Makes calls over kept connections. Each is made once: whether it may be repeated is not known here.

    `seconds`: until a call counts as unanswered.
    """

    def __init__(self, seconds: float = CALL_SECONDS) -> None:
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, method: str, url: str, *, seconds: float | None = None, **call: Any) -> Answer | NoAnswer:
        """Call once; never raises for what the network or the other side does.

        `seconds`: for a call that the other side holds open.
        """
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession()
        total = self._seconds if seconds is None else seconds
        timeout = aiohttp.ClientTimeout(total=total, connect=min(CONNECT_SECONDS, total))
        try:
            async with self._session.request(method, url, allow_redirects=False, timeout=timeout, **call) as answer:
                raw = await _limited(answer)
                return _answer(answer.status, raw, answer.headers)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return NoAnswer(type(error).__name__, never_left=True)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return NoAnswer(type(error).__name__, never_left=False)

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()


async def _limited(answer: aiohttp.ClientResponse) -> bytes:
    """Return the body; of one that is too large only the beginning, which is then no JSON."""
    content = bytearray()
    async for chunk in answer.content.iter_any():
        content += chunk
        if len(content) > LARGEST_ANSWER:
            answer.close()
            return bytes(content[:1])
    return bytes(content)


def _answer(status: int, raw: bytes, headers: Mapping[str, str]) -> Answer:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        body = None
    kept = {name.lower(): value for name, value in headers.items()}
    if not isinstance(body, dict):
        return Answer(status, {}, kept, is_json=False)
    return Answer(status, body, kept)
