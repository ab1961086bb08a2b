"""What the clock does to a run that is half sent: evening, holidays, an outage, an edit, its last day. And its end."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bot.delivery.rules import is_public_holiday
from scheduler.calendar import fire
from scheduler.campaigns import edit_campaign, own_campaign
from scheduler.reports import progress_of
from scheduler.results import close_finished
from store.campaign_states import CampaignState
from store.clock import LOCAL_ZONE, SetClock
from store.database import Database
from store.queries.audit import audit_entries
from store.run_states import RunState
from tests.scheduler.drafts import content
from tests.scheduler.people import desk_at, person, staff
from tests.scheduler.test_calendar import EVERY_MONDAY, TOMORROW_AT_EIGHT, leavings, planned
from tests.sending import ToldChannel, progress, residents, run_row, run_to, send_everything, sender_of, steer

#: 19:59:30 in Vietnam.
LAST_MINUTE = datetime(2026, 11, 23, 12, 59, 30, tzinfo=UTC)
#: More than one batch.
PEOPLE = 70


async def half_sent(database: Database, clock: SetClock, **more: object) -> tuple[int, ToldChannel]:
    """A run of which the first batch has left."""
    zalo = ToldChannel()
    run_id = await run_to(database, clock, await residents(database, clock, PEOPLE), **more)
    await sender_of(database, clock, zalo).send_one_batch()
    assert 0 < len(zalo.taken) < PEOPLE
    return run_id, zalo


async def send(database: Database, clock: SetClock, zalo: ToldChannel) -> None:
    """A sender that was started anew does what there is to do."""
    await send_everything(sender_of(database, clock, zalo), clock)


def is_whole(zalo: ToldChannel) -> bool:
    return len(zalo.reached) == len(set(zalo.reached)) == PEOPLE


async def test_what_is_left_at_eight_in_the_evening_leaves_after_seven_the_next_morning(
    database: Database, clock: SetClock
) -> None:
    clock.at = LAST_MINUTE
    _, zalo = await half_sent(database, clock)
    before = len(zalo.taken)
    for local in ("20:00", "23:59", "00:01", "06:59"):
        hour, minute = map(int, local.split(":"))
        day = 23 if hour >= 20 else 24
        clock.at = datetime(2026, 11, day, hour, minute, tzinfo=LOCAL_ZONE).astimezone(UTC)
        await send(database, clock, zalo)
        assert len(zalo.taken) == before, local
    clock.at = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    await send(database, clock, zalo)
    assert is_whole(zalo)


async def test_what_is_left_before_tet_leaves_after_the_holidays(database: Database, clock: SetClock) -> None:
    clock.at = datetime(2027, 1, 20, 2, 0, tzinfo=UTC)
    while not is_public_holiday(clock.now().date() + timedelta(days=1)):
        clock.at += timedelta(days=1)
    _, zalo = await half_sent(database, clock)
    before = len(zalo.taken)
    days = 0
    clock.at += timedelta(days=1)
    while is_public_holiday(clock.now().date()):
        await send(database, clock, zalo)
        assert len(zalo.taken) == before
        clock.at += timedelta(days=1)
        days += 1
    assert days >= 5
    await send(database, clock, zalo)
    assert is_whole(zalo)


async def test_after_an_outage_of_days_the_rest_leaves_but_nothing_past_its_last_day(
    database: Database, clock: SetClock
) -> None:
    clock.at = LAST_MINUTE
    ends = clock.now() + timedelta(days=2)
    ended, late = await half_sent(database, clock, send_before=ends)
    clock.at += timedelta(days=3, hours=-6)
    await send(database, clock, late)
    assert (await progress(database, ended)).by_state == {"sent": len(late.taken), "expired": PEOPLE - len(late.taken)}
    assert (await run_row(database, ended)).state == RunState.FINISHED


async def test_an_outage_of_days_loses_nobody_of_a_run_without_a_last_day(database: Database, clock: SetClock) -> None:
    clock.at = LAST_MINUTE
    _, zalo = await half_sent(database, clock)
    clock.at += timedelta(days=3, hours=-6)
    await send(database, clock, zalo)
    assert is_whole(zalo)


async def test_a_run_that_is_paused_over_its_last_day_ends_without_another_message(
    database: Database, clock: SetClock
) -> None:
    clock.at = LAST_MINUTE - timedelta(hours=5)
    run_id, zalo = await half_sent(database, clock, send_before=clock.now() + timedelta(hours=2))
    sent = len(zalo.taken)
    await steer(database, clock, run_id, RunState.PAUSED)
    clock.at += timedelta(hours=3)
    await send(database, clock, zalo)
    assert (await progress(database, run_id)).by_state == {"sent": sent, "expired": PEOPLE - sent}
    assert not await steer(database, clock, run_id, RunState.RUNNING)


async def test_an_edit_of_a_recurrence_stops_what_is_leaving_and_what_was_sent_stays_sent(
    database: Database, clock: SetClock
) -> None:
    for number in range(PEOPLE):
        await person(database, clock.now(), f"bac-{number}")
    campaign, due = await planned(database, clock, schedule=EVERY_MONDAY)
    clock.at = due.due_at
    await fire(database, desk_at(clock), due.id, due.version)
    telegram = ToldChannel("telegram")
    # The canary is out, the rest waits for it.
    await sender_of(database, clock, telegram).send_one_batch()
    sent = len(telegram.taken)
    hoa = await staff(database, clock, "hoa")
    async with database.transaction() as connection:
        changed = content(schedule={**EVERY_MONDAY, "weekdays": ["tue"]})
        await edit_campaign(connection, desk_at(clock), hoa, campaign, title="Chiến dịch giả định", content=changed)
    await send(database, clock, telegram)
    assert len(telegram.taken) == sent > 0
    run = next(one.run_id for one in await leavings(database, campaign) if one.run_id is not None)
    assert (await progress(database, run)).by_state == {"sent": sent, "cancelled": PEOPLE + 1 - sent}


async def test_a_campaign_is_closed_when_everything_of_it_was_sent(database: Database, clock: SetClock) -> None:
    campaign, due = await planned(database, clock, schedule=TOMORROW_AT_EIGHT)
    clock.at = due.due_at
    assert await close_finished(database, clock) == 0
    await fire(database, desk_at(clock), due.id, due.version)
    assert await close_finished(database, clock) == 0
    await send_everything(sender_of(database, clock, ToldChannel("telegram")), clock)
    assert await close_finished(database, clock) == 1
    reader = await staff(database, clock, "hoa")
    async with database.transaction() as connection:
        assert (await own_campaign(connection, reader, campaign)).state is CampaignState.CLOSED
        assert "campaign.finished" in {one.action for one in await audit_entries(connection)}


async def test_a_recurrence_stays_open_between_two_times(database: Database, clock: SetClock) -> None:
    campaign, due = await planned(database, clock, schedule=EVERY_MONDAY)
    clock.at = due.due_at
    await fire(database, desk_at(clock), due.id, due.version)
    await send_everything(sender_of(database, clock, ToldChannel("telegram")), clock)
    async with database.transaction() as connection:
        states = await connection.execute(text("select state from campaign_run"))
        assert "finished" in set(states.scalars())
    assert await close_finished(database, clock) == 0
    assert (await leavings(database, campaign))[0].due_at == due.due_at + timedelta(days=7)


async def test_whoever_watches_is_told_when_a_run_goes_on_outside_its_hours(
    database: Database, clock: SetClock
) -> None:
    campaign_id, due = await planned(database, clock, schedule={"kind": "once", "at": "2026-11-24T19:59:00"})
    reader = await staff(database, clock, "hoa")

    async def waits_until() -> list[datetime]:
        async with database.transaction() as connection:
            campaign = await own_campaign(connection, reader, campaign_id)
            return list((await progress_of(connection, campaign, now=clock.now())).waits_until.values())

    assert await waits_until() == [], "it has not begun"
    clock.at = due.due_at
    await fire(database, desk_at(clock), due.id, due.version)
    assert await waits_until() == []
    clock.advance(minutes=1)
    assert await waits_until() == [datetime(2026, 11, 25, 0, 0, tzinfo=UTC)]
    await steer(database, clock, due.run_id or 0, RunState.PAUSED)
    assert await waits_until() == []
