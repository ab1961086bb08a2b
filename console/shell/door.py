"""The door of `/console`: nobody without a session gets behind it, and what is behind it is loaded when somebody comes.

NiceGUI and the pages take a second and some 15 MB. They are loaded once, off the event loop, when somebody opens the
sign-in page.
"""

import asyncio
import importlib
import re
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.access.cookies import SESSION_COOKIE, own_origin
from console.shell.parts import ConsoleParts
from content.translations import catalogue_for
from store.database import LOST_CONNECTION

#: Key in the ASGI scope under which pages find what the door found out.
PARTS, WHO, COOKIE = "chungtay.parts", "chungtay.who", "chungtay.cookie"

#: Files of the library, the same for everybody.
_PUBLIC_FILES = re.compile(r"/_nicegui/[\d.]+/(static|libraries|components|resources|esm)/|/favicon\.ico$")
#: NiceGUI's pages are made of inline scripts, and Vue compiles templates: this keeps out what comes from elsewhere.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


class ConsoleDoor:
    """ASGI application to be mounted at `/console`."""

    def __init__(self, parts: ConsoleParts) -> None:
        self._parts = parts
        self._loading: asyncio.Task[ASGIApp] | None = None

    def warm_up(self) -> None:
        """Begin to load what is behind the door, if that has not begun."""
        if self._loading is None or (self._loading.done() and self._loading.exception() is not None):
            self._loading = asyncio.create_task(_load())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry point."""
        if scope["type"] not in ("http", "websocket"):
            return
        connection = HTTPConnection(scope)
        path = connection.url.path.removeprefix("/console")
        if not _PUBLIC_FILES.match(path) and not await self._let_in(scope, receive, send, connection, path):
            return
        self.warm_up()
        assert self._loading is not None
        behind = await asyncio.shield(self._loading)
        await behind(scope, receive, _guarded(send) if scope["type"] == "http" else send)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send, connection: HTTPConnection, path: str) -> bool:
        changes = scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")
        if changes and not own_origin(connection):
            await _refuse(scope, receive, send, 403, "another site sent this")
            return False
        cookie = connection.cookies.get(SESSION_COOKIE)
        try:
            who = await self._parts.sign_in.who(cookie, touch=not path.startswith("/_nicegui_ws"))
        except LOST_CONNECTION:
            await _refuse(scope, receive, send, 503, catalogue_for("vi").text("bot.error.not_read"))
            return False
        if who is not None and who.session.complete:
            scope[PARTS], scope[WHO], scope[COOKIE] = self._parts, who, cookie
            return True
        if scope["type"] == "http" and scope["method"] == "GET" and not path.startswith("/_nicegui"):
            target = "/console" + path + (f"?{connection.url.query}" if connection.url.query else "")
            answer = RedirectResponse(f"/console/sign-in?next={quote(target, safe='/')}", status_code=303)
            await answer(scope, receive, send)
        else:
            await _refuse(scope, receive, send, 401, "sign in first: /console/sign-in")
        return False


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, why: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4000 + status, "reason": why})
        return
    await PlainTextResponse(why, status_code=status)(scope, receive, send)


def _guarded(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=_headers_of(message))
            headers["Content-Security-Policy"] = _POLICY
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "same-origin"
        await send(message)

    return with_headers


def _headers_of(message: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    message.setdefault("headers", [])
    return message


async def _load() -> ASGIApp:
    """Import NiceGUI and the pages, register them, and start what NiceGUI keeps running."""
    module = await asyncio.to_thread(importlib.import_module, "console.shell.nicegui_app")
    app: ASGIApp = await module.started()
    return app
