"""`/healthz`, `/readyz`, `/metrics`: on the public port where there is one, else on a port of their own."""

import contextlib
import hmac
from collections.abc import Awaitable, Callable, Mapping

import orjson
from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.metrics import CONVERSATIONS_WAITING, MESSAGES_WAITING
from store.database import LOST_CONNECTION, Database
from store.queries.inbox import count_waiting

#: Name of a check -> question whether it is passed, for `/readyz`.
type Checks = Mapping[str, Callable[[], Awaitable[bool]]]
#: Name of a channel -> question what there is to know of it; None: nothing.
type Notes = Mapping[str, Callable[[], Awaitable[str | None]]]


def health_router(
    database: Database, checks: Checks, metrics_token: str | None, notes: Notes | None = None
) -> APIRouter:
    """Return the routes; what is not ready is named in the body of `/readyz`.

    Args:
        notes: are told beside the checks and pass or fail none: a channel that cannot send does not stop the others.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def is_alive() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def is_ready() -> Response:
        passed = {name: await check() for name, check in checks.items()}
        status = 200 if all(passed.values()) else 503
        told = await _notes(notes or {})
        content = orjson.dumps({**passed, "notes": told} if told else passed)
        return Response(content, status_code=status, media_type="application/json")

    @router.get("/metrics")
    async def figures(request: Request) -> Response:
        if not _may_read_metrics(request, metrics_token):
            return Response(status_code=404)
        try:
            async with database.transaction() as connection:
                conversations, messages = await count_waiting(connection)
            CONVERSATIONS_WAITING.set(conversations)
            MESSAGES_WAITING.set(messages)
        except LOST_CONNECTION:
            # The other figures are worth having while the database is away.
            pass
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def health_app(database: Database, checks: Checks, metrics_token: str | None) -> FastAPI:
    """Return an application with nothing else, for processes that show no pages."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(health_router(database, checks, metrics_token))
    return app


async def _notes(notes: Notes) -> dict[str, str]:
    found = {}
    for name, note in notes.items():
        with contextlib.suppress(*LOST_CONNECTION):
            if (said := await note()) is not None:
                found[name] = said
    return found


def _may_read_metrics(request: Request, token: str | None) -> bool:
    """This machine may, when not through a proxy; others with the token."""
    if token is not None and hmac.compare_digest(
        request.headers.get("authorization", "").encode(), f"Bearer {token}".encode()
    ):
        return True
    direct = "x-forwarded-for" not in request.headers and "forwarded" not in request.headers
    return direct and request.client is not None and request.client.host in ("127.0.0.1", "::1")
