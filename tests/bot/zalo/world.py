"""Zalo's stand-in on one side, our Zalo parts over a real database and real HTTP on the other; one clock for both."""

import contextlib
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlalchemy import text

from bot.channels.capabilities import ZALO
from bot.channels.events import EventDoor, EventReader
from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.anonymous import ZaloAnonymousChannel
from bot.channels.zalo.channel import RateNotes, ZaloChannel
from bot.channels.zalo.client import ZaloClient
from bot.channels.zalo.phone import ZaloPhoneChannel
from bot.channels.zalo.reading import ZaloReading
from bot.channels.zalo.templates import Templates
from bot.channels.zalo.tokens import TokenKeeper
from bot.channels.zalo.uploads import Uploads
from bot.channels.zalo.webhook import ZaloDoor, zalo_router
from bot.channels.zalo_http import HttpCalls
from bot.delivery import Sender
from bot.inbox import Inbox
from bot.learning.open_questions import OpenQuestions
from bot.learning.ratings import Ratings
from store.clock import SetClock
from store.database import Database
from store.queries.zalo_requests import match_early_receipts
from store.sealing import Sealer
from tests.sending import reply_to, send_everything
from tests.standins.base import serving, serving_app
from tests.standins.zalo import APP_ID, APP_SECRET, OA_ID, OA_KEY, Zalo

SEALER = Sealer(b"a secret of the tests")


def account_at(address: str, **changes: Any) -> ZaloAccount:
    """The account of the stand-in at `address`."""
    made = ZaloAccount(
        oa_id=OA_ID,
        app_id=APP_ID,
        app_secret=APP_SECRET,
        webhook_key=OA_KEY,
        openapi=address,
        business=address,
        oauth=address,
        settle=timedelta(0),
        paid_per_day=2,
        timeout=2.0,
    )
    return replace(made, **changes)


@dataclass
class World:
    """Both sides. `zalo` is the platform."""

    zalo: Zalo
    account: ZaloAccount
    database: Database
    clock: SetClock
    tokens: TokenKeeper
    client: ZaloClient
    channel: ZaloChannel
    phone: ZaloPhoneChannel
    templates: Templates
    sender: Sender
    door: ZaloDoor
    reader: EventReader
    inbox: Inbox

    async def read(self) -> None:
        """Read the events that wait."""
        await self.zalo.told()
        async with self.database.single() as connection:
            await self.reader.round(connection)
            await match_early_receipts(connection, channels=[ZALO])

    def advance(self, **delta: float) -> None:
        """Move both clocks."""
        self.clock.advance(**delta)
        self.zalo.advance(**delta)

    async def does(self, user: str, do: str, **more: Any) -> None:
        """Let a person do something, and read what came of it."""
        await self.zalo.inbound({"user": user, "do": do, **more})
        await self.read()

    async def met(self, number: int = 1, **described: Any) -> tuple[str, int]:
        """Somebody who wrote once: their id and conversation."""
        user = self.zalo.person(number, **described)
        await self.does(user, "write", text="chào")
        return user, await self.value("select id from conversation where address = :user", user=user)

    async def answers(self, user: str, conversation: int, *texts: str, **more: Any) -> None:
        """Send an answer to somebody."""
        await reply_to(self.database, self.clock, user, conversation, *texts, **more)
        await send_everything(self.sender, self.clock, rounds=10)

    async def value(self, query: str, **values: Any) -> Any:
        """Return one value of the database."""
        async with self.database.single() as connection:
            return (await connection.execute(text(query), values)).scalar_one_or_none()

    async def states(self) -> list[tuple[str, str | None]]:
        """State and reason of each ledger row, oldest first."""
        async with self.database.single() as connection:
            rows = await connection.execute(text("select state, reason from delivery order by id"))
            return [(row.state, row.reason) for row in rows]

    async def outcomes(self) -> list[str]:
        """What the events were read as, in the order of arrival."""
        async with self.database.single() as connection:
            rows = await connection.execute(text("select outcome from channel_event order by id"))
            return list(rows.scalars())

    @property
    def sent(self) -> list[dict[str, Any]]:
        """What the platform took."""
        return [one for one in self.zalo.outbox if "to" in one]


@contextlib.asynccontextmanager
async def world_of(database: Database, clock: SetClock, folder: Path, **changes: Any) -> AsyncIterator[World]:
    """Give a world with a token that works."""
    zalo = Zalo()
    zalo.set_clock(clock.now())
    async with serving(zalo) as address:
        account = account_at(address, **changes)
        calls = HttpCalls(account.timeout)
        tokens = TokenKeeper(account, database, clock, SEALER, calls)
        client = ZaloClient(account, tokens, calls, clock, on_rate=RateNotes(database, clock).heed)
        public = "https://hoidap.example"
        uploads = Uploads(client, database, clock, folder=folder, public_address=public)
        templates = Templates(database, clock, client)
        channel = ZaloChannel(account, database, clock, client, uploads, templates, public_address=public)
        phone = ZaloPhoneChannel(account, database, clock, client, templates)
        anonymous = ZaloAnonymousChannel(database, clock, client, public_address=public)
        inbox = Inbox(database, clock)
        door = ZaloDoor(account, EventDoor(database, clock, ZALO), clock)
        reading = ZaloReading(account, database, inbox, clock, Ratings(database, clock, OpenQuestions(database, clock)))
        app = FastAPI()
        app.include_router(zalo_router(door))
        async with serving_app(app) as ours:
            zalo.webhook.url = f"{ours}/webhooks/zalo"
            await tokens.give(zalo.tokens.access, zalo.tokens.refresh, lasts=timedelta(hours=25))
            yield World(
                zalo,
                account,
                database,
                clock,
                tokens,
                client,
                channel,
                phone,
                templates,
                Sender(
                    database, clock, {one.name: one for one in (channel, anonymous, phone)}, chance=random.Random(1)
                ),
                door,
                EventReader(database, clock, ZALO, reading.read, settle=account.settle),
                inbox,
            )
        await calls.close()
