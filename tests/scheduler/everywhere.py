"""People on every messenger and by every way of Zalo, our real clients, and one sender that has them all."""

import contextlib
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.channels.own_media import OwnMedia
from bot.channels.telegram.account import Account, close
from bot.channels.telegram.sending import TelegramChannel
from bot.channels.telegram.uploads import Uploads
from bot.channels.zalo_bot.client import Client
from bot.channels.zalo_bot.sending import ZaloBotChannel
from bot.delivery import Sender
from scheduler.routes import Prices
from store.clock import SetClock
from store.consent_purposes import ConsentPurpose
from store.database import Database
from store.queries.consents import record_consent
from store.queries.people import person_of, remember
from tests.bot.zalo.world import World, world_of
from tests.scheduler.people import person
from tests.standins.base import serving
from tests.standins.phone import PhoneLine
from tests.standins.telegram import TelegramStandIn
from tests.standins.zalo import Template
from tests.standins.zalo_bot import ZaloBotStandIn

#: Ways, each with one person who is reached by it.
TELEGRAM, ZALO_BOT = "telegram", "zalo_bot"
FREE, BILLED, TEMPLATE, TELEPHONE = "zalo_free", "zalo_billed", "zalo_template", "zalo_phone"
WAYS = (TELEGRAM, ZALO_BOT, FREE, BILLED, TEMPLATE, TELEPHONE)
#: In đồng; made up.
PRICES = Prices(zalo_billed=55, zbs_template=200, templates=True)
TEMPLATE_ID = "400001"
PUBLIC = "https://hoidap.example"

_PHONE = "84900000004"
_WORDS = {"words": "Bác có đồng ý không?", "language": "vi", "channel": "zalo"}


@dataclass
class Everywhere:
    """The three platforms and one sender. `people`: way -> id of the person on their platform."""

    world: World
    telegram: TelegramStandIn
    zalo_bot: ZaloBotStandIn
    sender: Sender
    people: dict[str, str] = field(default_factory=dict)

    def phone(self, way: str) -> list[PhoneLine]:
        """Return what the phone of the person of a way shows that they did not write themselves."""
        platform = {TELEGRAM: self.telegram, ZALO_BOT: self.zalo_bot}.get(way, self.world.zalo)
        return [line for line in platform.lines(self.people[way]) if not line.mine]


@contextlib.asynccontextmanager
async def everywhere(database: Database, clock: SetClock, folder: Path) -> AsyncIterator[Everywhere]:
    """Give them, with everybody having agreed to news; the clock stands at a morning in which all may be written to."""
    telegram, zalo_bot = TelegramStandIn(), ZaloBotStandIn()
    async with (
        world_of(database, clock, folder, paid_per_day=100) as world,
        serving(telegram),
        serving(zalo_bot),
    ):
        account = Account(telegram.token, telegram.address)
        bot, client = account.bot(), Client(zalo_bot.token, zalo_bot.address)
        uploads = Uploads(bot, account.bot_id, database, clock, OwnMedia(folder, lambda: ""))
        channels = (
            TelegramChannel(bot, database, clock, PUBLIC, uploads),
            ZaloBotChannel(client, database, clock, PUBLIC),
            world.channel,
            world.phone,
        )
        sender = Sender(database, clock, {one.name: one for one in channels}, chance=random.Random(1))
        made = Everywhere(world, telegram, zalo_bot, sender)
        try:
            await _settle_in(made)
            yield made
        finally:
            await close(bot)
            await client.close()


async def _settle_in(made: Everywhere) -> None:
    world = made.world
    world.zalo.templates[TEMPLATE_ID] = Template(TEMPLATE_ID, {"place": 40, "matter": 60})
    await world.templates.register(TEMPLATE_ID)
    # Who is met first has been silent for longest: eight days, three, an hour.
    silent, by_number = await world.met(3), await world.met(4, phone=_PHONE)
    await _pass(world, days=5)
    paid = await world.met(2)
    await _pass(world, days=3)
    near = await world.met(1)
    await _pass(world, hours=1)
    async with world.database.transaction() as connection:
        for _, conversation in (near, paid, silent, by_number):
            whose = await person_of(connection, conversation_id=conversation)
            now = world.clock.now()
            await record_consent(
                connection, person_id=whose, purpose=ConsentPurpose.NEWS, given=True, now=now, **_WORDS
            )
            if conversation == by_number[1]:
                await record_consent(
                    connection, person_id=whose, purpose=ConsentPurpose.PHONE, given=True, now=now, **_WORDS
                )
                await remember(connection, person_id=whose, field="phone", value=f"+{_PHONE}", now=now)
    made.people = {
        TELEGRAM: "600000001",
        ZALO_BOT: "8000000000000000101",
        **{
            way: one[0]
            for way, one in zip((FREE, BILLED, TEMPLATE, TELEPHONE), (near, paid, silent, by_number), strict=True)
        },
    }
    made.telegram.add_person({"id": int(made.people[TELEGRAM]), "name": "Người mẫu trên Telegram"})
    made.zalo_bot.add_person({"id": made.people[ZALO_BOT], "name": "Người mẫu trên Zalo Bot"})
    for way in (TELEGRAM, ZALO_BOT):
        await person(world.database, world.clock.now(), made.people[way], channel=way)


async def _pass(world: World, **delta: float) -> None:
    """Let time pass for both sides, with a token that still works."""
    world.advance(**delta)
    await world.tokens.give(world.zalo.tokens.access, world.zalo.tokens.refresh, lasts=timedelta(hours=25))


def words_of(lines: Sequence[PhoneLine]) -> str:
    """Return all words of some lines."""
    return "\n".join(line.text for line in lines)
