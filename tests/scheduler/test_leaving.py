"""Campaigns of each kind from draft to the sender: who gets which words, at which hour, once."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from content.campaigns import CampaignContent, load_starters
from scheduler.approval import approve_campaign, submit_campaign
from scheduler.calendar import fire
from scheduler.routes import Prices
from store.clock import LOCAL_ZONE, SetClock
from store.database import Database
from store.queries.campaigns import StoredCampaign
from store.queries.occurrences import occurrences_of
from tests.scheduler.drafts import content, seen_by_guests
from tests.scheduler.people import desk_at, person, staff
from tests.sending import ToldChannel, send_everything, sender_of

PEOPLE = 4
#: Schedules that need dates of people or answers have tests of their own (reminders, audience).
KINDS = [
    name
    for name, one in load_starters().items()
    if one.content.schedule.kind != "relative" and not one.content.audience.changed
]


#: Their chats on Telegram.
NAMES = tuple(f"bac-{number}" for number in range(PEOPLE))


async def left(
    database: Database,
    clock: SetClock,
    what: CampaignContent,
    *,
    emergency: str | None = None,
    people: Sequence[str] = NAMES,
    prices: Prices | None = None,
) -> StoredCampaign:
    """A campaign for people of Telegram whose time has come; the clock stands at that time."""
    desk = desk_at(clock) if prices is None else desk_at(clock, prices=prices)
    author, second = await staff(database, clock, "mai"), await staff(database, clock, "lan")
    for name in people:
        await person(database, clock.now(), name, wrote_before=timedelta(days=1))
    campaign = await seen_by_guests(database, desk, author, what)
    async with database.transaction() as connection:
        request = await submit_campaign(connection, desk, author, campaign.id, emergency_reason=emergency)
        clock.at = max(
            clock.at,
            await approve_campaign(
                connection, desk, second, request.id, rendering=request.rendering, audience=request.audience
            ),
        )
        (due,) = await occurrences_of(connection, campaign.id)
    await fire(database, desk, due.id, due.version)
    return campaign


@pytest.mark.parametrize("name", KINDS)
async def test_a_starter_campaign_reaches_everybody_once_with_all_words_filled(
    database: Database, clock: SetClock, name: str
) -> None:
    telegram = ToldChannel("telegram")
    campaign = await left(database, clock, load_starters()[name].content)
    sender = sender_of(database, clock, telegram)
    await send_everything(sender, clock)
    assert sorted(telegram.reached) == [f"bac-{number}" for number in range(PEOPLE)]
    for _, words in telegram.taken:
        assert campaign.code in words and not re.search(r"\{[a-z_.]+\}", words)


async def test_fund_raising_bears_its_label_and_says_how_to_stop(database: Database, clock: SetClock) -> None:
    telegram = ToldChannel("telegram")
    await left(database, clock, load_starters()["thang-cao-diem-vi-nguoi-ngheo"].content)
    await send_everything(sender_of(database, clock, telegram), clock)
    assert all(words.startswith("[QC] ") and "soạn DỪNG" in words for _, words in telegram.taken)


async def test_what_is_due_in_the_evening_waits_for_the_morning(database: Database, clock: SetClock) -> None:
    telegram = ToldChannel("telegram")
    await left(database, clock, content(schedule={"kind": "once", "at": "2026-11-24T20:30:00"}))
    sender = sender_of(database, clock, telegram)
    await send_everything(sender, clock)
    clock.at = datetime(2026, 11, 24, 23, 59, tzinfo=UTC)  # 06:59 in Vietnam
    await send_everything(sender, clock)
    assert telegram.reached == []
    clock.at += timedelta(minutes=1)
    await send_everything(sender, clock)
    assert len(telegram.reached) == PEOPLE


async def test_what_waits_past_its_last_day_never_leaves(database: Database, clock: SetClock) -> None:
    telegram = ToldChannel("telegram")
    schedule = {"kind": "once", "at": "2026-11-24T20:30:00"}
    await left(database, clock, content(schedule=schedule, use_until="2026-11-24"))
    sender = sender_of(database, clock, telegram)
    await send_everything(sender, clock)
    clock.at = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
    await send_everything(sender, clock)
    assert telegram.reached == []


async def test_nothing_leaves_at_tet_but_greetings_that_say_so(database: Database, clock: SetClock) -> None:
    telegram = ToldChannel("telegram")
    tet = {"kind": "lunar", "feast": "tet", "at": "08:00", "starts_on": "2026-12-01"}
    await left(database, clock, content(schedule=tet))
    assert clock.now().astimezone(LOCAL_ZONE).strftime("%Y-%m-%d") == "2027-02-06"
    await send_everything(sender_of(database, clock, telegram), clock)
    assert telegram.reached == []


async def test_a_greeting_that_may_leave_on_holidays_leaves_at_tet(database: Database, clock: SetClock) -> None:
    telegram = ToldChannel("telegram")
    tet = {"kind": "lunar", "feast": "tet", "at": "08:00", "starts_on": "2026-12-01"}
    await left(database, clock, content(schedule=tet, on_holidays=True))
    await send_everything(sender_of(database, clock, telegram), clock)
    assert len(telegram.reached) == PEOPLE


async def test_an_emergency_that_two_people_signed_leaves_at_night(database: Database, clock: SetClock) -> None:
    telegram = ToldChannel("telegram")
    clock.at = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # 01:00 in Vietnam
    await left(database, clock, content(), emergency="Lũ về trong đêm")
    await send_everything(sender_of(database, clock, telegram), clock)
    assert len(telegram.reached) == PEOPLE
