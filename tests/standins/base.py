"""What all stand-ins share: a clock of their own, faults, the control interface, phones, and running on a port."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import datetime
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.standins.faults import Fault, Faults
from tests.standins.phone import PhoneLine, people_page, phone_page
from tests.standins.webhooks import WebhookSender


class StandIn:
    """Base of a platform's stand-in: an ASGI application with all its state in memory.

    A subclass gives its API as `api_routes()`, its people by `people()`, `lines()` and what they do by `inbound()`.
    """

    name = "stand-in"
    tint = "#555"
    #: Where it is served.
    address = ""

    def __init__(self) -> None:
        self.webhook = WebhookSender()
        self.outbox: list[dict[str, Any]] = []
        self._ahead_ms = 0
        self._fixed_ms: int | None = None
        self.app = Starlette(routes=[*self._control_routes(), *self.api_routes()])
        self.faults = Faults(self.app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry point."""
        await self.faults(scope, receive, send)

    # What a platform adds.

    def api_routes(self) -> list[BaseRoute]:
        """Return the platform's API."""
        raise NotImplementedError

    def people(self) -> dict[str, str]:
        """Return id -> name of everybody with a phone."""
        raise NotImplementedError

    def lines(self, person: str) -> list[PhoneLine]:
        """Return what this person's phone shows, oldest first."""
        raise NotImplementedError

    def add_person(self, described: dict[str, Any]) -> None:
        """Create a person, or change one."""
        raise NotImplementedError

    async def inbound(self, event: dict[str, Any]) -> None:
        """Let a person do something: `{"user", "do": "write"|…}`; the stand-in posts the webhook."""
        raise NotImplementedError

    def number_from(self, first: int) -> None:
        """Number messages and events from `first` on: a system that was here before takes known numbers for repeats."""
        self._numbers = itertools.count(first)

    def hint(self) -> list[str]:
        """Return the commands that let a system of ours talk with it, where it is served now."""
        return []

    def reset(self) -> None:
        """Forget everything that happened."""
        self.outbox.clear()
        self.faults.rules.clear()
        self.webhook.attempts.clear()
        self._ahead_ms, self._fixed_ms = 0, None

    # Its clock.

    def now_ms(self) -> int:
        """Return the stand-in's time in milliseconds since 1970."""
        return (self._fixed_ms if self._fixed_ms is not None else time.time_ns() // 1_000_000) + self._ahead_ms

    def advance(self, **delta: float) -> None:
        """Move the stand-in's clock: `advance(days=8)`."""
        units = {"days": 86_400_000, "hours": 3_600_000, "minutes": 60_000, "seconds": 1000, "milliseconds": 1}
        self._ahead_ms += int(sum(units[unit] * number for unit, number in delta.items()))

    def set_clock(self, moment: datetime) -> None:
        """Let the stand-in's clock stand at a moment."""
        self._fixed_ms, self._ahead_ms = int(moment.timestamp() * 1000), 0

    def fail(self, action: str, call: str = "", **rule: Any) -> Fault:
        """Add a fault; see `Fault`."""
        fault = Fault(action=action, call=call, **rule)  # type: ignore[arg-type]
        self.faults.rules.append(fault)
        return fault

    # The control interface.

    def _control_routes(self) -> list[BaseRoute]:
        return [
            Route("/__fake__/reset", self._reset, methods=["POST"]),
            Route("/__fake__/clock", self._clock, methods=["POST"]),
            Route("/__fake__/users", self._users, methods=["POST"]),
            Route("/__fake__/inbound", self._inbound, methods=["POST"]),
            Route("/__fake__/faults", self._faults, methods=["POST", "DELETE"]),
            Route("/__fake__/webhook", self._webhook, methods=["POST"]),
            Route("/__fake__/outbox", self._outbox),
            Route("/__fake__/deliveries", self._deliveries),
            Route("/phone", self._people_page),
            Route("/phone/{person}", self._phone, methods=["GET", "POST"]),
        ]

    async def _reset(self, _request: Request) -> Response:
        self.reset()
        return JSONResponse({"ok": True})

    async def _clock(self, request: Request) -> Response:
        asked = await request.json()
        if "now_ms" in asked:
            self._fixed_ms, self._ahead_ms = int(asked["now_ms"]), 0
        self.advance(milliseconds=asked.get("advance_ms", 0))
        return JSONResponse({"now_ms": self.now_ms()})

    async def _users(self, request: Request) -> Response:
        described = await request.json()
        for one in described if isinstance(described, list) else [described]:
            self.add_person(one)
        return JSONResponse({"ok": True})

    async def _inbound(self, request: Request) -> Response:
        events = await request.json()
        for event in self.webhook.arranged(events if isinstance(events, list) else [events]):
            await self.inbound(event)
        return JSONResponse({"ok": True})

    async def _faults(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.faults.rules.clear()
            return JSONResponse({"ok": True})
        known = {field.name for field in fields(Fault)}
        asked = await request.json()
        for rule in asked if isinstance(asked, list) else [asked]:
            self.faults.rules.append(Fault(**{name: value for name, value in rule.items() if name in known}))
        return JSONResponse({"ok": True})

    async def _webhook(self, request: Request) -> Response:
        for name, value in (await request.json()).items():
            if name in ("url", "duplicates", "shuffle"):
                setattr(self.webhook, name, value)
        return JSONResponse({"url": self.webhook.url})

    async def _outbox(self, _request: Request) -> Response:
        return JSONResponse(self.outbox)

    async def _deliveries(self, _request: Request) -> Response:
        return JSONResponse(self.webhook.record())

    async def _people_page(self, _request: Request) -> Response:
        return HTMLResponse(people_page(self.name, self.people(), tint=self.tint))

    async def _phone(self, request: Request) -> Response:
        person = request.path_params["person"]
        if request.method == "POST":
            form = await request.form()
            if press := str(form.get("press", "")):
                await self.inbound({"user": person, "do": "press", "press": press})
            elif react := str(form.get("react", "")):
                await self.inbound({"user": person, "do": "react", "react": react})
            elif text := str(form.get("text", "")).strip():
                await self.inbound({"user": person, "do": "write", "text": text})
            return RedirectResponse(request.url.path, status_code=303)
        name = self.people().get(person, person)
        return HTMLResponse(phone_page(self.name, name, self.lines(person), tint=self.tint))


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield


@contextlib.asynccontextmanager
async def serving_app(app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve an application inside the `async with` block and give its address."""
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:
            if task.done():
                task.result()
            await asyncio.sleep(0.01)
        yield f"http://{host}:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


@contextlib.asynccontextmanager
async def serving(stand_in: StandIn, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve a stand-in inside the `async with` block and give its address."""
    try:
        async with serving_app(stand_in, host=host, port=port) as address:
            stand_in.address = address
            yield address
    finally:
        await stand_in.webhook.close()
