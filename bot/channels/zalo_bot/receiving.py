"""How updates of the Zalo Bot Platform reach us: `POST /webhooks/zalo-bot`, or polls; and what is done about each."""

import asyncio
import contextlib
import hmac
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.alone import run_alone
from bot.channels.capabilities import ZALO_BOT
from bot.channels.events import UNKNOWN, Door
from bot.channels.json_bodies import read_json
from bot.channels.spool import SpoolFull
from bot.channels.typing import Typing
from bot.channels.zalo_bot.client import EMPTY_POLL, Client, NoAnswer, NotReached, Refusal
from bot.channels.zalo_bot.parsing import NotUnderstood, address_of, key_of, parse, unwrapped
from bot.inbox import Inbox
from bot.messages import Incoming
from store.database import LOST_CONNECTION, Database
from store.queries.channel_events import StoredEvent

log = structlog.get_logger(__name__)

PATH = "/webhooks/zalo-bot"
SECRET_HEADER = "x-bot-api-secret-token"  # noqa: S105 – a header's name
POLL_SECONDS = 30
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 1.0, 60.0
_QUOTA_PAUSE_SECONDS = 600.0


def zalo_bot_router(door: Door, secret: str, bot_id: str) -> APIRouter:
    """Return the route by which the platform delivers."""
    router = APIRouter()
    expected = secret.encode()

    @router.post(PATH, include_in_schema=False)
    async def deliver(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), expected):
            return Response(status_code=403)
        try:
            await take(door, await request.body(), bot_id)
        except (SpoolFull, OSError) as error:
            log.error("zalo_bot_update_not_kept", reason=type(error).__name__)
            return Response(status_code=503)
        return Response(status_code=200)

    return router


async def take(door: Door, body: bytes, bot_id: str) -> None:
    """Store one update, whatever it holds."""
    update = unwrapped(read_json(body))
    key, rank = key_of(update, body, bot_id)
    await door.take(key, body, address=address_of(update), rank=rank)


@dataclass(frozen=True)
class WebhookSetter:
    """Tells the platform where to deliver, once, at the start."""

    client: Client
    url: str
    secret: str

    async def run(self) -> None:
        """Run until cancelled."""
        wait = _FIRST_PAUSE_SECONDS
        while True:
            try:
                await self.client.call("setWebhook", url=self.url, secret_token=self.secret)
                log.info("zalo_bot_webhook_set")
                await asyncio.Event().wait()
            except (Refusal, NotReached, NoAnswer) as error:
                log.error("zalo_bot_webhook_not_set", reason=f"{type(error).__name__} {error}")
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_PAUSE_SECONDS * 5)


@dataclass
class Poller:
    """Asks for updates. A poll hands each out once and for good, so it is stored before anything else is asked."""

    client: Client
    database: Database
    door: Door
    seconds: int = POLL_SECONDS

    async def run(self) -> None:
        """Poll until cancelled, whenever no other process does."""
        await run_alone(self.database, f"zalo_bot_poller {self.client.bot_id}", self._poll)

    async def _poll(self, _session: AsyncConnection) -> None:
        pause = _FIRST_PAUSE_SECONDS
        webhook_is_gone = False
        while True:
            try:
                if not webhook_is_gone:
                    # Left from when the bot was served by webhook: updates would go on to where nobody is.
                    webhook_is_gone = await self.without_webhook()
                await self.round()
                pause = _FIRST_PAUSE_SECONDS
                continue
            except Refusal as refusal:
                if refusal.code == 429:
                    wait = _QUOTA_PAUSE_SECONDS
                else:
                    wait, pause = pause, min(pause * 2, _LONGEST_PAUSE_SECONDS)
                log.error("zalo_bot_not_polled", code=refusal.code)
            except (NotReached, NoAnswer):
                wait, pause = pause, min(pause * 2, _LONGEST_PAUSE_SECONDS)
                log.warning("zalo_bot_not_reached")
            await asyncio.sleep(wait)

    async def without_webhook(self) -> bool:
        """Tell the platform to deliver nowhere; True when it has answered.

        Raises:
            NotReached, NoAnswer: see `Client.call`.
        """
        try:
            await self.client.call("deleteWebhook")
        except Refusal as refusal:
            log.warning("zalo_bot_webhook_not_deleted", code=refusal.code)
        return True

    async def round(self) -> bool:
        """Ask once; return True if something came.

        Raises:
            Refusal, NotReached, NoAnswer: see `Client.call`.
        """
        try:
            update = await self.client.call("getUpdates", timeout=self.seconds, seconds=self.seconds + 10)
        except Refusal as refusal:
            if refusal.code == EMPTY_POLL:
                return False
            raise
        updates = update if isinstance(update, list) else [update] if update else []
        for one in updates:
            await self._keep(orjson.dumps(one))
        return bool(updates)

    async def _keep(self, body: bytes) -> None:
        """Store an update, however long that takes: nobody hands it out again."""
        while True:
            try:
                await take(self.door, body, self.client.bot_id)
                return
            except LOST_CONNECTION as error:
                log.warning("poller_waits_for_database", error=str(error))
                await asyncio.sleep(0.5)


@dataclass
class Reading:
    """Reads stored updates; see `bot.channels.events.EventReader`."""

    client: Client
    inbox: Inbox
    typing: Typing

    async def __call__(self, event: StoredEvent) -> str:
        """Do what the update asks for and say what it was."""
        try:
            said = parse(unwrapped(read_json(event.body)))
        except NotUnderstood as error:
            log.warning("zalo_bot_update_unknown", number=event.id, reason=str(error))
            return UNKNOWN
        if said is None:
            return "ignored"
        wishes: dict[str, Any] = {} if said.received is None else {"received": said.received.to_json()}
        stored = await self.inbox.accept(
            Incoming(
                channel=ZALO_BOT,
                address=said.address,
                provider_message_id=f"{self.client.bot_id}:{said.message_id}",
                text=said.text,
                wishes=wishes,
            )
        )
        if stored.new:
            self.typing.soon(stored.conversation_id, lambda: self._type(said.address))
        return "message" if said.received is None else "media"

    async def _type(self, address: str) -> None:
        with contextlib.suppress(Refusal, NotReached, NoAnswer):
            await self.client.call("sendChatAction", chat_id=address.removeprefix("g:"), action="typing")
