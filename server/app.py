"""The web application that faces the internet: web chat, health, figures."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

import orjson
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.audio import audio_router
from bot.channels.waiting import SettledSignal
from bot.channels.web import language_of, web_router
from bot.channels.zalo.consent import ZaloConsent
from bot.inbox import Inbox
from console.access.tokens import TokenAccess
from console.api.campaign_lists import campaign_lists_router
from console.api.campaign_results import campaign_results_router
from console.api.campaigns import campaigns_router
from console.api.channels import channels_router
from console.api.ledger import ledger_router
from console.api.pledges import pledges_router
from console.api.tickets import tickets_router
from console.bank_webhooks import bank_webhooks_router
from console.campaign_pages import campaign_pages_router
from console.demo.staff import demo_logins
from console.pledge_pictures import pledge_pictures_router
from console.public_fund.pages import public_fund_router
from console.receipts import receipts_router
from console.shell.door import ConsoleDoor
from console.shell.parts import ConsoleParts
from console.shell.retraining import Retraining
from console.shell.shown_setting import ShownSetting
from console.sign_in.pages import sign_in_router
from console.zalo_consent import zalo_consent_router
from content.library import Library
from content.translations import catalogue_for
from fund.feeds import Feed
from scheduler.desk import Desk
from server.health import Checks, Notes, health_router
from server.proxies import BehindProxies
from store.clock import Clock
from store.database import Database
from store.sealing import Sealer

#: Largest request body in bytes. A message of 2000 code points takes a sixth of it.
LARGEST_BODY = 48 * 1024
#: The same for files that staff bring: a bank statement of a year has some ten megabytes.
LARGEST_UPLOAD = 32 * 1024 * 1024
#: Where such files are sent: behind the console's door, and by token.
UPLOADS = ("/console/_nicegui", "/api/v1/ledger/statements")
#: Messengers deliver whole messages with the one answered, its buttons and entities. What they are refused comes again.
LARGEST_WEBHOOK_BODY = 1024 * 1024
WEBHOOKS = "/webhooks/"
#: What the database driver says of a number or a day that fits into no column.
BEYOND_ANY_ROW = re.compile(r"value out of int(16|32|64) range|date value out of range|timestamp out of range")
#: What the database says of a text with a character that no row can hold, such as NUL.
NO_TEXT = "invalid byte sequence for encoding"


@dataclass(frozen=True)
class WebParts:
    """What the public application is made of."""

    database: Database
    inbox: Inbox
    clock: Clock
    signal: SettledSignal
    rasa_is_up: Callable[[], bool]
    checks: Checks
    metrics_token: str | None
    audio_dir: Path
    library: Library
    link_secret: bytes
    desk: Desk
    sealer: Sealer
    retraining: Retraining | None = None
    private_webhooks: bool = False
    #: Made-up staff accounts are open.
    demo: bool = False
    #: For administrators to read in the console.
    settings: tuple[ShownSetting, ...] = ()
    #: Where messengers deliver.
    webhooks: Sequence[APIRouter] = ()
    #: Names of the channels for which the settings name an account.
    channels: Collection[str] = ()
    #: Channel -> what an administrator should know of it now.
    notes: Notes = field(default_factory=dict)
    #: Gets tokens of the Zalo account that is set up.
    zalo_consent: ZaloConsent | None = None
    #: Whose word about the caller's address is believed.
    trusted_proxies: Sequence[IPv4Network | IPv6Network] = ()
    #: Secrets of the bank feeds that are in use.
    bank_secrets: Mapping[Feed, str] = field(default_factory=dict)


class BodyLimit:
    """Refuses large bodies before they are read into memory, also those that do not say how large they are.

    FastAPI's own `max_body_size` answers with two words of English; people get a line in their language here.
    """

    def __init__(self, app: ASGIApp, largest: int = LARGEST_BODY) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry point."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        # Behind the console's door stand people who signed in, with bank statements and sheets of recipients.
        largest = self._largest
        if scope["path"].startswith(UPLOADS):
            largest = LARGEST_UPLOAD
        elif scope["path"].startswith(WEBHOOKS):
            largest = LARGEST_WEBHOOK_BODY
        declared = request.headers.get("content-length", "0")
        if not declared.isdecimal() or int(declared) > largest:
            await self._too_large(request, largest)(scope, receive, send)
            return
        read = 0
        refused = False

        async def counting_receive() -> Message:
            nonlocal read, refused
            message = await receive()
            read += len(message.get("body", b""))
            if read > largest:
                refused = True
                return {"type": "http.disconnect"}
            return message

        async def guarded_send(message: Message) -> None:
            if not refused:
                await send(message)

        await self._app(scope, counting_receive, guarded_send)
        if refused:
            await self._too_large(request, largest)(scope, receive, send)

    def _too_large(self, request: Request, largest: int) -> Response:
        return _error(request, 413, "too_large", limit=largest // 1024)


def _error(request: Request, status: int, key: str, **values: object) -> Response:
    language = language_of(request.headers.get("accept-language"))
    message = catalogue_for(language).text(f"bot.error.{key}", **values)
    content = orjson.dumps({"error": {"code": key, "message": message}})
    return Response(content, status_code=status, media_type="application/json")


def public_app(parts: WebParts) -> FastAPI:
    """Return the application with the web chat."""
    app = FastAPI(title="Chung Tay", docs_url="/api/docs", redoc_url=None, openapi_url="/api/openapi.json")
    app.add_middleware(BodyLimit)
    if parts.trusted_proxies:
        app.add_middleware(BehindProxies, trusted=parts.trusted_proxies)
    app.include_router(
        web_router(
            parts.database, parts.inbox, parts.clock, parts.signal, parts.rasa_is_up, link_secret=parts.link_secret
        )
    )
    app.include_router(receipts_router(parts.database, parts.library, parts.clock))
    app.include_router(pledge_pictures_router(parts.database))
    app.include_router(campaign_pages_router(parts.database, parts.library, parts.clock))
    may = TokenAccess(parts.database, parts.clock)
    app.include_router(tickets_router(parts.database, parts.clock, parts.library, may))
    # Before the steering of campaigns, whose `{verb}` would refuse `relays`.
    app.include_router(campaign_lists_router(parts.database, parts.desk, may))
    app.include_router(campaigns_router(parts.database, parts.desk, may))
    app.include_router(
        campaign_results_router(parts.database, parts.desk, may, private_webhooks=parts.private_webhooks)
    )
    app.include_router(pledges_router(parts.database, parts.clock, may))
    app.include_router(ledger_router(parts.database, parts.clock, may))
    app.include_router(public_fund_router(parts.database, parts.clock))
    app.include_router(bank_webhooks_router(parts.database, parts.clock, parts.bank_secrets))
    app.include_router(channels_router(parts.database, parts.clock, may, parts.channels))
    app.include_router(audio_router(parts.audio_dir))
    for webhook in parts.webhooks:
        app.include_router(webhook)
    app.include_router(health_router(parts.database, parts.checks, parts.metrics_token, parts.notes))
    _add_console(app, parts)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if part != "body")
        return _error(request, 422, "malformed", detail=f"{place}: {first['msg']}".removeprefix(": "))

    @app.exception_handler(DBAPIError)
    async def beyond_any_row(request: Request, error: DBAPIError) -> Response:
        # An id or a page of more digits than the database counts: asked of every route that takes a number.
        if NO_TEXT in str(error.orig):
            return _error(request, 422, "malformed", detail="NUL")
        if BEYOND_ANY_ROW.search(str(error.orig)) is None:
            raise error
        return _error(request, 422, "number_too_large")

    @app.exception_handler(OverflowError)
    async def beyond_any_day(request: Request, error: OverflowError) -> Response:
        # The day after the last one that there is, in Python's words; any other number that overflows is our fault.
        if str(error) != "date value out of range":
            raise error
        return _error(request, 422, "number_too_large")

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        if error.status_code == 400:
            return _error(request, 400, "malformed", detail=str(error.detail))
        return Response(
            orjson.dumps({"error": {"code": "http", "message": str(error.detail)}}),
            status_code=error.status_code,
            media_type="application/json",
        )

    return app


def _add_console(app: FastAPI, parts: WebParts) -> None:
    shared = ConsoleParts(
        parts.database,
        parts.clock,
        parts.library,
        parts.desk,
        parts.sealer,
        demo=parts.demo,
        link_secret=parts.link_secret,
        settings=parts.settings,
        retraining=parts.retraining,
        zalo_consent=parts.zalo_consent,
        channels=parts.channels,
    )
    door = ConsoleDoor(shared)
    named = demo_logins if parts.demo else list
    app.include_router(sign_in_router(shared.sign_in, door.warm_up, named))
    if parts.zalo_consent is not None:
        app.include_router(zalo_consent_router(parts.database, parts.clock, shared.sign_in, parts.zalo_consent))

    @app.get("/console", include_in_schema=False)
    async def with_its_slash() -> Response:
        # Without an address of its own: behind a proxy the one that is seen here is not that of the browser.
        return Response(status_code=307, headers={"Location": "/console/"})

    app.mount("/console", door)
