"""Calls to the Zalo Bot Platform: `{base}/bot{token}/{method}`, JSON in and out.

https://docs.zaloplatforms.com/docs/BOT. A token that is malformed is answered by something that is no JSON.
"""

from typing import Any

import aiohttp
import orjson

from bot.channels.base import Failed
from store.delivery_errors import ErrorClass

#: Together shorter than the claim on a ledger row lasts.
_CONNECT_SECONDS, _ALL_SECONDS = 4.0, 14.0
#: A poll that found nothing.
EMPTY_POLL = 408


class Refusal(Exception):
    """The platform answered that it did not do it. `code`: its error code, else the HTTP status."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(f"{code}")
        self.code = code
        self.description = description.lower()


class NotReached(Exception):
    """No connection could be made: nothing was asked."""


class NoAnswer(Exception):
    """It was asked, and nobody knows what became of it."""


class Client:
    """One bot of the platform.

    Args:
        token: `<bot id>:<secret>`.
        base_address: where the platform answers, without `/bot`.
    """

    def __init__(self, token: str, base_address: str) -> None:
        self._base = f"{base_address.rstrip('/')}/bot{token}"
        self.bot_id = token.partition(":")[0]
        self._session: aiohttp.ClientSession | None = None

    async def call(self, method: str, *, seconds: float = _ALL_SECONDS, **values: Any) -> Any:
        """Return the result of a method.

        Raises:
            Refusal: it was not done.
            NotReached: it was not even asked for.
            NoAnswer: unknown whether it was done.
        """
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=seconds, connect=_CONNECT_SECONDS)
        try:
            async with self._session.post(
                f"{self._base}/{method}", json=values, timeout=timeout, allow_redirects=False
            ) as answer:
                status, raw = answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotReached from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NoAnswer from error
        return _result(status, raw)

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()


def _result(status: int, raw: bytes) -> Any:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        body = None
    if isinstance(body, dict) and body.get("ok") is True:
        return body.get("result")
    if isinstance(body, dict) and body.get("ok") is False:
        code = body.get("error_code")
        return _refuse(code if isinstance(code, int) else status, f"{body.get('description', '')}")
    if 400 <= status < 500:
        return _refuse(status, "")
    raise NoAnswer


def _refuse(code: int, description: str) -> Any:
    raise Refusal(code, description)


def failure_of(error: Refusal | NotReached | NoAnswer) -> Failed:
    """Return what an error of a send means."""
    if isinstance(error, NotReached):
        return Failed(ErrorClass.RETRYABLE, "zalo_bot_not_reached")
    if isinstance(error, NoAnswer):
        return Failed(ErrorClass.UNKNOWN, "zalo_bot_no_answer")
    reason = f"zalo_bot_{error.code}"
    match error.code:
        case 429:
            # "Quota exceeded", without a time to wait: people report that nothing goes out for the rest of the day.
            return Failed(ErrorClass.QUOTA, reason)
        case 401 | 404:
            return Failed(ErrorClass.AUTH, reason)
        case 403:
            return Failed(ErrorClass.RECIPIENT, reason)
        case 408:
            return Failed(ErrorClass.UNKNOWN, reason)
        case 400 if "chat" in error.description or "user" in error.description:
            return Failed(ErrorClass.RECIPIENT, f"{reason}_chat")
        case code if code >= 500:
            return Failed(ErrorClass.RETRYABLE, reason)
    return Failed(ErrorClass.PAYLOAD, reason)
