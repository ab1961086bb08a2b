"""Telling a stand-in to fail: rules that match a call and say what happens to it instead."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Action = Literal[
    # Answers with `status` and `body` (a platform's error) without doing anything.
    "answer",
    # Waits `seconds`, then goes on as usual.
    "slow",
    # Breaks the connection before anything happened.
    "drop_before",
    # Does what it was asked, then breaks the connection without an answer.
    "drop_after",
    # Does what it was asked and then says nothing until the caller gives up.
    "hang_after",
    # Says nothing at all.
    "hang",
    # Answers 200 with something that is no JSON.
    "malformed",
]


@dataclass
class Fault:
    """One rule. `call`: part of the path; `share`: of the matching calls; `times`: how often at most, None always.

    `nth` counts matching calls from 1 and picks one of them; `user` is a text that the body must hold.
    """

    action: Action
    call: str = ""
    nth: int | None = None
    share: float = 1.0
    times: int | None = None
    user: str = ""
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 1.0
    seen: int = 0
    done: int = 0

    def applies(self, path: str, body: bytes, chance: random.Random) -> bool:
        """Return whether this rule takes the call; counts it."""
        if self.call not in path or (self.user and self.user.encode() not in body):
            return False
        self.seen += 1
        if (self.nth is not None and self.seen != self.nth) or (self.times is not None and self.done >= self.times):
            return False
        if self.share < 1.0 and chance.random() >= self.share:
            return False
        self.done += 1
        return True


class Faults:
    """ASGI middleware that applies the rules to calls of the platform's API, never to `/__fake__`."""

    def __init__(self, app: ASGIApp, seed: int = 1) -> None:
        self._app = app
        self.rules: list[Fault] = []
        self._chance = random.Random(seed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry point."""
        if scope["type"] != "http" or scope["path"].startswith(("/__fake__", "/phone")) or not self.rules:
            await self._app(scope, receive, send)
            return
        body = await _whole_body(receive)
        fault = next((rule for rule in self.rules if rule.applies(scope["path"], body, self._chance)), None)
        again = _replay(body, receive)
        if fault is None:
            await self._app(scope, again, send)
        elif fault.action == "slow":
            await asyncio.sleep(fault.seconds)
            await self._app(scope, again, send)
        elif fault.action == "answer":
            await JSONResponse(fault.body, fault.status, fault.headers)(scope, again, send)
        elif fault.action == "malformed":
            await PlainTextResponse("<html>oops", 200)(scope, again, send)
        elif fault.action == "drop_before":
            _break(receive)
        else:
            if fault.action != "hang":
                await self._app(scope, again, _nowhere)
            if fault.action != "drop_after":
                await _until_gone(receive)
            _break(receive)


async def _whole_body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def _nowhere(_message: Message) -> None:
    """Swallow an answer."""


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _break(receive: Receive) -> None:
    """Close the connection without an answer. ASGI has no word for it: uvicorn's own transport is taken."""
    receive.__self__.transport.abort()  # type: ignore[attr-defined]
