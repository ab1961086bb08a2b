"""The calendar: what becomes of a planned leaving at its time, late, paused, edited, after its last day, around Tết."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import text

from scheduler import calendar
from scheduler.actors import Actor, Refused
from scheduler.calendar import fire, release_occurrence
from scheduler.campaigns import cancel_campaign, edit_campaign, own_campaign, pause_campaign, resume_campaign
from scheduler.clockwork import job_store
from store.campaign_states import CampaignState, OccurrenceState
from store.clock import LOCAL_ZONE, SetClock
from store.database import Database
from store.queries.campaign_runs import run_progress
from store.queries.occurrences import Occurrence, occurrences_of
from tests.patience import PATIENCE_SECONDS
from tests.scheduler.drafts import approve, content, submitted
from tests.scheduler.people import desk_at, person, staff

TOMORROW_AT_EIGHT = {"kind": "once", "at": "2026-11-24T08:00:00"}
EVERY_MONDAY = {"kind": "recurring", "weekdays": ["mon"], "at": "08:00", "starts_on": "2026-11-24"}
_DUE = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


async def planned(database: Database, clock: SetClock, **changes: object) -> tuple[int, Occurrence]:
    """An approved campaign and its next leaving."""
    desk, author = desk_at(clock), await staff(database, clock, "mai")
    second = await staff(database, clock, "lan")
    await person(database, clock.now(), "p")
    campaign, request = await submitted(database, desk, author, content(**changes))
    await approve(database, desk, second, request)
    return campaign.id, (await leavings(database, campaign.id))[0]


async def leavings(database: Database, campaign: int) -> list[Occurrence]:
    async with database.transaction() as connection:
        return await occurrences_of(connection, campaign)


async def run_state(database: Database, run: int | None) -> str:
    async with database.transaction() as connection:
        state = await connection.execute(text("select state from campaign_run where id = :id"), {"id": run})
        return str(state.scalar_one())


async def test_a_leaving_at_its_time_starts_its_run(database: Database, clock: SetClock) -> None:
    _, due = await planned(database, clock, schedule=TOMORROW_AT_EIGHT)
    assert due.due_at == _DUE and await run_state(database, due.run_id) == "waiting"
    clock.at = _DUE
    assert await fire(database, desk_at(clock), due.id, due.version) is OccurrenceState.STARTED
    assert await run_state(database, due.run_id) == "running"
    assert await fire(database, desk_at(clock), due.id, due.version) is None


async def test_a_leaving_that_is_late_after_an_outage_is_held_and_never_sent_silently(
    database: Database, clock: SetClock
) -> None:
    campaign, due = await planned(database, clock, schedule=TOMORROW_AT_EIGHT)
    clock.at = _DUE + timedelta(hours=5)
    assert await fire(database, desk_at(clock), due.id, due.version) is OccurrenceState.HELD
    assert await run_state(database, due.run_id) == "waiting"
    (held,) = await leavings(database, campaign)
    assert held.reason == "late"
    lan = await staff(database, clock, "hoa")
    async with database.transaction() as connection:
        assert await release_occurrence(connection, desk_at(clock), lan, due.id) is OccurrenceState.STARTED
    assert await run_state(database, due.run_id) == "running"


async def test_a_late_leaving_is_let_go_where_the_campaign_says_so(database: Database, clock: SetClock) -> None:
    _, due = await planned(database, clock, schedule=TOMORROW_AT_EIGHT, late="skip")
    clock.at = _DUE + timedelta(hours=5)
    assert await fire(database, desk_at(clock), due.id, due.version) is OccurrenceState.SKIPPED
    assert await run_state(database, due.run_id) == "cancelled"


async def test_a_little_late_is_not_late(database: Database, clock: SetClock) -> None:
    _, due = await planned(database, clock, schedule=TOMORROW_AT_EIGHT)
    clock.at = _DUE + timedelta(minutes=119)
    assert await fire(database, desk_at(clock), due.id, due.version) is OccurrenceState.STARTED


async def test_no_use_after_that_passes_while_paused_ends_the_campaign(database: Database, clock: SetClock) -> None:
    campaign, due = await planned(database, clock, schedule=TOMORROW_AT_EIGHT, use_until="2026-11-25")
    mai = await staff(database, clock, "hoa")
    async with database.transaction() as connection:
        await pause_campaign(connection, desk_at(clock), mai, campaign, reason="chờ ý kiến xã")
    clock.at = _DUE
    assert await fire(database, desk_at(clock), due.id, due.version) is OccurrenceState.HELD
    clock.at = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
    async with database.transaction() as connection:
        await resume_campaign(connection, desk_at(clock), mai, campaign)
        with pytest.raises(Refused, match="too_late"):
            await release_occurrence(connection, desk_at(clock), mai, due.id)
    assert await run_state(database, due.run_id) == "waiting"


async def test_no_use_after_that_has_passed_at_the_time_of_leaving_closes_the_campaign(
    database: Database, clock: SetClock
) -> None:
    campaign, due = await planned(database, clock, schedule=EVERY_MONDAY, use_until="2026-11-30")
    clock.at = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
    assert await fire(database, desk_at(clock), due.id, due.version) is OccurrenceState.SKIPPED
    assert [one.reason for one in await leavings(database, campaign)] == ["no_use_after"]
    async with database.transaction() as connection:
        found = await own_campaign(connection, await _anybody(database, clock), campaign)
    assert found.state is CampaignState.CLOSED


async def _anybody(database: Database, clock: SetClock) -> Actor:
    return await staff(database, clock, "ai")


async def test_a_recurrence_freezes_the_audience_of_each_time_and_plans_the_next(
    database: Database, clock: SetClock
) -> None:
    campaign, due = await planned(database, clock, schedule=EVERY_MONDAY)
    assert due.run_id is None
    await person(database, clock.now(), "newcomer")
    clock.at = due.due_at
    assert await fire(database, desk_at(clock), due.id, due.version) is OccurrenceState.STARTED
    following, started = await leavings(database, campaign)
    assert (following.state, following.due_at) == (OccurrenceState.PLANNED, due.due_at + timedelta(days=7))
    async with database.transaction() as connection:
        assert (await run_progress(connection, started.run_id or 0)).total == 2


async def test_an_edited_recurrence_disarms_the_old_alarm(database: Database, clock: SetClock) -> None:
    campaign, due = await planned(database, clock, schedule=EVERY_MONDAY)
    mai = await staff(database, clock, "hoa")
    async with database.transaction() as connection:
        changed = content(schedule={**EVERY_MONDAY, "weekdays": ["tue"]})
        await edit_campaign(connection, desk_at(clock), mai, campaign, title="Chiến dịch giả định", content=changed)
    clock.at = due.due_at
    assert await fire(database, desk_at(clock), due.id, due.version) is None
    assert [one.state for one in await leavings(database, campaign)] == [OccurrenceState.DISARMED]


async def test_a_paused_recurrence_is_passed_over_and_goes_on_after_it_is_resumed(
    database: Database, clock: SetClock
) -> None:
    campaign, due = await planned(database, clock, schedule=EVERY_MONDAY)
    mai = await staff(database, clock, "hoa")
    async with database.transaction() as connection:
        await pause_campaign(connection, desk_at(clock), mai, campaign)
    clock.at = due.due_at
    assert await fire(database, desk_at(clock), due.id, due.version) is OccurrenceState.SKIPPED
    async with database.transaction() as connection:
        await resume_campaign(connection, desk_at(clock), mai, campaign)
    following = (await leavings(database, campaign))[0]
    clock.at = following.due_at
    assert await fire(database, desk_at(clock), following.id, following.version) is OccurrenceState.STARTED


async def test_weeks_that_passed_during_an_outage_are_not_made_up_for(database: Database, clock: SetClock) -> None:
    campaign, due = await planned(database, clock, schedule=EVERY_MONDAY)
    clock.at = due.due_at + timedelta(days=22)
    assert await fire(database, desk_at(clock), due.id, due.version) is OccurrenceState.SKIPPED
    following, missed = await leavings(database, campaign)
    assert missed.reason == "late"
    assert following.due_at == due.due_at + timedelta(days=28)


async def test_an_audience_that_grew_far_beyond_what_was_approved_waits_for_a_person(
    database: Database, clock: SetClock
) -> None:
    campaign, due = await planned(database, clock, schedule=EVERY_MONDAY)
    for number in range(60):
        await person(database, clock.now(), f"more{number}")
    clock.at = due.due_at
    assert await fire(database, desk_at(clock), due.id, due.version) is OccurrenceState.HELD
    async with database.transaction() as connection:
        found = await own_campaign(connection, await _anybody(database, clock), campaign)
    assert found.state is CampaignState.DRAFT
    assert [one.reason for one in await leavings(database, campaign)] == ["audience_grew"]


async def test_a_leaving_two_weeks_before_tet_is_planned_from_year_to_year(database: Database, clock: SetClock) -> None:
    schedule = {"kind": "lunar", "feast": "tet", "days": -14, "at": "08:30", "starts_on": "2026-12-01"}
    campaign, due = await planned(database, clock, schedule=schedule)
    assert due.due_at.astimezone(LOCAL_ZONE).strftime("%Y-%m-%d %H:%M") == "2027-01-23 08:30"
    clock.at = due.due_at
    # The person has not written for two months; on Telegram that does not matter.
    assert await fire(database, desk_at(clock), due.id, due.version) is OccurrenceState.STARTED
    following = (await leavings(database, campaign))[0]
    assert following.due_at.astimezone(LOCAL_ZONE).strftime("%Y-%m-%d") == "2028-01-12"


async def test_a_schedule_at_midnight_leaves_on_the_day_in_vietnam(database: Database, clock: SetClock) -> None:
    schedule = {"kind": "recurring", "month_days": [1], "at": "00:00", "starts_on": "2026-11-24"}
    _, due = await planned(database, clock, schedule=schedule)
    assert due.due_at == datetime(2026, 11, 30, 17, 0, tzinfo=UTC)


async def test_a_cancelled_campaign_never_leaves(database: Database, clock: SetClock) -> None:
    campaign, due = await planned(database, clock, schedule=TOMORROW_AT_EIGHT)
    mai = await staff(database, clock, "hoa")
    async with database.transaction() as connection:
        await cancel_campaign(connection, desk_at(clock), mai, campaign, reason="trùng với chiến dịch khác")
    clock.at = _DUE
    assert await fire(database, desk_at(clock), due.id, due.version) is None
    assert await run_state(database, due.run_id) == "cancelled"


_fired: list[tuple[int, int]] = []
_rung = asyncio.Event()


async def alarm(occurrence: int, version: int) -> None:
    """What the jobs of this test call."""
    _fired.append((occurrence, version))
    _rung.set()


async def test_an_alarm_that_was_set_before_an_outage_rings_once_after_it(database: Database, clock: SetClock) -> None:
    # Real time: the alarm was for the past, and APScheduler's jobs lie in PostgreSQL.
    _, due = await planned(database, clock, schedule=TOMORROW_AT_EIGHT)
    async with database.transaction() as connection:
        await connection.execute(
            text("update campaign_occurrence set due_at = now() - interval '3 hours' where id = :id"), {"id": due.id}
        )
    url = database.engine.url.render_as_string(hide_password=False)
    before = AsyncIOScheduler(timezone=LOCAL_ZONE)
    before.add_jobstore(job_store(url), calendar.STORE)
    before.start(paused=True)
    assert await calendar.sync_jobs(database, before, alarm) == 1
    before.shutdown(wait=False)

    after = AsyncIOScheduler(timezone=LOCAL_ZONE)
    after.add_jobstore(job_store(url), calendar.STORE)
    after.start()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await _rung.wait()
    assert after.get_jobs(calendar.STORE) == []
    after.shutdown(wait=False)
    assert _fired == [(due.id, due.version)]


async def test_jobs_follow_what_is_planned(database: Database, clock: SetClock) -> None:
    campaign, due = await planned(database, clock, schedule=EVERY_MONDAY)
    scheduler = AsyncIOScheduler(timezone=LOCAL_ZONE)
    scheduler.add_jobstore(job_store(database.engine.url.render_as_string(hide_password=False)), calendar.STORE)
    scheduler.start(paused=True)
    await calendar.sync_jobs(database, scheduler, alarm)
    assert [job.args for job in scheduler.get_jobs(calendar.STORE)] == [(due.id, due.version)]
    mai = await staff(database, clock, "hoa")
    async with database.transaction() as connection:
        await cancel_campaign(connection, desk_at(clock), mai, campaign, reason="thôi")
    assert await calendar.sync_jobs(database, scheduler, alarm) == 0
    assert scheduler.get_jobs(calendar.STORE) == []
    scheduler.shutdown(wait=False)
