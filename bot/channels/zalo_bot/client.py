"""Calls to the Zalo Bot Platform: `{base}/bot{token}/{method}`, JSON in and out.

https://docs.zaloplatforms.com/docs/BOT. A token that is malformed is answered by something that is no JSON.
"""

from typing import Any

from bot.channels import zalo_http
from bot.channels.base import Failed
from bot.channels.zalo_http import Answer, HttpCalls
from store.delivery_errors import ErrorClass

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
        self._calls = HttpCalls()

    async def call(self, method: str, *, seconds: float | None = None, **values: Any) -> Any:
        """Return the result of a method. `seconds`: of one that the platform holds open.

        Raises:
            Refusal: it was not done.
            NotReached: it was not even asked for.
            NoAnswer: unknown whether it was done.
        """
        answer = await self._calls.ask("POST", f"{self._base}/{method}", seconds=seconds, json=values)
        if isinstance(answer, zalo_http.NoAnswer):
            raise NotReached if answer.never_left else NoAnswer
        return _result(answer)

    async def close(self) -> None:
        """Give the connections back."""
        await self._calls.close()


def _result(answer: Answer) -> Any:
    """Return `result` of an answer.

    Raises:
        Refusal, NotReached, NoAnswer: see `Client.call`.
    """
    done = answer.body.get("ok")
    if done is True:
        return answer.body.get("result")
    if done is False:
        code = answer.body.get("error_code")
        raise Refusal(code if isinstance(code, int) else answer.status, f"{answer.body.get('description', '')}")
    if 400 <= answer.status < 500:
        raise Refusal(answer.status, "")
    raise NoAnswer if answer.may_be_done else NotReached


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
