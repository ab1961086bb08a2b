"""A campaign of each kind from draft to the phones of people: our real clients against the platforms' stand-ins."""

import random
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.channels.telegram.account import Account, close
from bot.channels.telegram.sending import TelegramChannel
from bot.delivery import Sender
from content.campaigns import load_starters
from store.clock import SetClock
from store.consent_purposes import ConsentPurpose
from store.database import Database
from store.queries.consents import record_consent
from store.queries.occurrences import runs_of
from store.queries.people import person_of
from tests.bot.zalo.world import world_of
from tests.scheduler.drafts import content
from tests.scheduler.test_leaving import KINDS, left
from tests.sending import progress, run_row, send_everything
from tests.standins.base import serving
from tests.standins.telegram import TelegramStandIn

PHONES = (600000001, 600000002, 600000003)


@pytest_asyncio.fixture
async def telegram() -> AsyncIterator[TelegramStandIn]:
    """Telegram, with the phones of three people."""
    stand_in = TelegramStandIn()
    async with serving(stand_in):
        for number in PHONES:
            stand_in.add_person({"id": number, "name": f"Bác {number} (mẫu)"})
        yield stand_in


async def run_of(database: Database, campaign: int) -> int:
    async with database.transaction() as connection:
        (leaving,) = await runs_of(connection, campaign)
    return leaving


@pytest.mark.parametrize("name", KINDS)
async def test_each_kind_reaches_every_phone_of_telegram_once_with_its_buttons(
    telegram: TelegramStandIn, database: Database, clock: SetClock, name: str
) -> None:
    what = load_starters()[name].content
    campaign = await left(database, clock, what, people=[f"{one}" for one in PHONES])
    bot = Account(telegram.token, telegram.address).bot()
    channel = TelegramChannel(bot, database, clock, "https://hoidap.example")
    await send_everything(Sender(database, clock, {channel.name: channel}, chance=random.Random(1)), clock)
    await close(bot)
    for number in PHONES:
        (arrived,) = telegram.said(number)
        assert campaign.code in arrived["text"] and not re.search(r"\{[a-z_.]+\}", arrived["text"])
        keyboard = (arrived.get("reply_markup") or {}).get("inline_keyboard", [])
        assert bool(keyboard) == bool(what.buttons or what.poll)
    run = await run_of(database, campaign.id)
    assert (await progress(database, run)).by_state == {"sent": len(PHONES)}
    assert (await run_row(database, run)).state == "finished"


async def test_who_blocked_the_bot_is_noted_and_the_others_get_it(
    telegram: TelegramStandIn, database: Database, clock: SetClock
) -> None:
    telegram.add_person({"id": PHONES[0], "blocked": True})
    campaign = await left(database, clock, content(), people=[f"{one}" for one in PHONES])
    bot = Account(telegram.token, telegram.address).bot()
    channel = TelegramChannel(bot, database, clock)
    await send_everything(Sender(database, clock, {channel.name: channel}, chance=random.Random(1)), clock)
    await close(bot)
    assert [len(telegram.said(number)) for number in PHONES] == [0, 1, 1]
    assert (await progress(database, await run_of(database, campaign.id))).by_reason == {
        ("failed", "telegram_403_blocked"): 1
    }


async def test_a_campaign_reaches_people_of_zalo_within_their_free_window(
    database: Database, clock: SetClock, tmp_path: Path
) -> None:
    async with world_of(database, clock, tmp_path) as world:
        people = [await world.met(number) for number in (1, 2)]
        async with database.transaction() as connection:
            for _, conversation in people:
                await record_consent(
                    connection,
                    person_id=await person_of(connection, conversation_id=conversation),
                    purpose=ConsentPurpose.NEWS,
                    given=True,
                    words="Bác có muốn nhận tin của xã không?",
                    language="vi",
                    channel="zalo",
                    now=clock.now(),
                )
        clock.at += timedelta(hours=1)
        campaign = await left(database, clock, content(), people=())
        world.zalo.set_clock(clock.now())
        await send_everything(world.sender, clock)
        assert sorted(one["to"] for one in world.sent) == sorted(user for user, _ in people)
        assert all(campaign.code in one["text"] and one["buttons"] for one in world.sent)
