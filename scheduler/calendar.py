"""The calendar: planned leavings as jobs of APScheduler, and what is done with one when its time comes.

A job only names an occurrence and the version of the campaign it was planned for. What holds is the row: a job that is
older than an edit, comes twice or comes late finds there that nothing is to be done, or that a person has to look.
"""

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import structlog
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from sqlalchemy.ext.asyncio import AsyncConnection

from content.campaign_schedule import Once
from content.campaigns import CampaignContent
from scheduler.actors import Actor, NotThere, Refused
from scheduler.audience import audience_rule, build_audience
from scheduler.campaigns import content_of, own_campaign
from scheduler.desk import Desk
from scheduler.jobs import tell_calendar
from scheduler.journal import note
from scheduler.occurrences import next_due
from scheduler.rendering import render_campaign
from scheduler.runs import freeze_rows, make_run
from store.campaign_states import CampaignState, OccurrenceState
from store.clock import local_date
from store.database import Database
from store.queries.approvals import holding_approval, void_approvals
from store.queries.campaign_runs import change_run
from store.queries.campaigns import StoredCampaign, get_campaign, set_campaign_state
from store.queries.occurrences import (
    Occurrence,
    lock_occurrence,
    plan_occurrence,
    planned_occurrences,
    settle_occurrence,
)
from store.run_states import RunState

log = structlog.get_logger(__name__)

#: Name of APScheduler's job store with what has to survive a restart.
STORE = "campaigns"
_PREFIX = "occurrence:"
#: An audience that grew beyond this since it was approved is looked at by a person: half more, and a few.
GROWTH, GROWTH_OF_SMALL = 1.5, 50


async def fire(database: Database, desk: Desk, occurrence_id: int, version: int) -> OccurrenceState | None:
    """Do what is to be done with a planned leaving whose time has come; return what became of it.

    None when there is nothing to do: it was settled before, or is of an older version.
    """
    async with database.transaction() as connection:
        occurrence = await lock_occurrence(connection, occurrence_id)
        if occurrence is None or occurrence.state is not OccurrenceState.PLANNED or occurrence.version != version:
            return None
        campaign = await get_campaign(connection, occurrence.campaign_id, lock=True)
        if campaign is None:
            return None
        state = await _settle(connection, desk, occurrence, campaign)
        log.info("campaign_due", campaign=campaign.id, occurrence=occurrence_id, became=state.value)
        return state


async def _settle(
    connection: AsyncConnection, desk: Desk, occurrence: Occurrence, campaign: StoredCampaign
) -> OccurrenceState:
    now = desk.clock.now()
    content = content_of(campaign)
    if occurrence.version != campaign.version or campaign.state is not CampaignState.APPROVED:
        return await _end(connection, occurrence, OccurrenceState.DISARMED, "not_approved", now)
    once = isinstance(content.schedule, Once)
    over = content.use_until is not None and local_date(now) > content.use_until
    if over:
        state = await _end(connection, occurrence, OccurrenceState.SKIPPED, "no_use_after", now)
        await set_campaign_state(connection, campaign.id, CampaignState.CLOSED, now=now)
    elif campaign.paused_at is not None:
        held = OccurrenceState.HELD if once else OccurrenceState.SKIPPED
        state = await _end(connection, occurrence, held, "paused", now)
    elif now - occurrence.due_at > timedelta(minutes=content.late_after_minutes):
        held = OccurrenceState.HELD if once and content.late == "hold" else OccurrenceState.SKIPPED
        state = await _end(connection, occurrence, held, "late", now)
        await note(
            connection, by=None, action="missed", campaign=campaign.id, now=now, due=occurrence.due_at.isoformat()
        )
    else:
        state = await start_occurrence(connection, desk, occurrence, campaign, now=now)
    if not once and not over and state is not OccurrenceState.HELD:
        await _plan_next(connection, campaign, content, after=max(now, occurrence.due_at))
    return state


async def _end(
    connection: AsyncConnection,
    occurrence: Occurrence,
    state: OccurrenceState,
    reason: str,
    now: datetime,
) -> OccurrenceState:
    """Settle a leaving that does not take place now; a run that waits for it never will, unless a person lets it."""
    if state is not OccurrenceState.HELD and occurrence.run_id is not None:
        await change_run(connection, occurrence.run_id, RunState.CANCELLED, now=now, reason=reason)
    await settle_occurrence(connection, occurrence.id, state, now=now, reason=reason)
    return state


async def start_occurrence(
    connection: AsyncConnection,
    desk: Desk,
    occurrence: Occurrence,
    campaign: StoredCampaign,
    *,
    now: datetime,
    by: int | None = None,
) -> OccurrenceState:
    """Let the frozen run of a leaving go, or freeze today's audience under a standing approval and let that go."""
    run_id, held = occurrence.run_id, None
    if run_id is None:
        run_id, held = await _run_of_today(connection, desk, occurrence, campaign, now)
    if held is not None:
        state = OccurrenceState.SKIPPED if held == "nobody" else OccurrenceState.HELD
        await settle_occurrence(connection, occurrence.id, state, now=now, reason=held)
        if state is OccurrenceState.HELD:
            # What was approved is not what would leave: it has to be submitted and approved anew.
            await void_approvals(connection, campaign.id, reason=held)
            await set_campaign_state(connection, campaign.id, CampaignState.DRAFT, now=now)
            await note(connection, by=None, action="held", campaign=campaign.id, now=now, reason=held)
        return state
    assert run_id is not None
    if not await change_run(connection, run_id, RunState.RUNNING, now=now, by=by):
        await settle_occurrence(connection, occurrence.id, OccurrenceState.SKIPPED, now=now, reason="run_cancelled")
        return OccurrenceState.SKIPPED
    await settle_occurrence(connection, occurrence.id, OccurrenceState.STARTED, now=now, run_id=run_id, by=by)
    return OccurrenceState.STARTED


async def release_occurrence(
    connection: AsyncConnection, desk: Desk, actor: Actor, occurrence_id: int
) -> OccurrenceState:
    """Let a leaving go that was held because its time had passed: a person decided that it still makes sense.

    Raises:
        Refused: it is not held for that, or what was approved for it does not hold any more.
    """
    occurrence = await lock_occurrence(connection, occurrence_id)
    if occurrence is None:
        raise NotThere("not_there")
    campaign = await own_campaign(connection, actor, occurrence.campaign_id, lock=True)
    now = desk.clock.now()
    content = content_of(campaign)
    if occurrence.state is not OccurrenceState.HELD or occurrence.reason not in ("late", "paused"):
        raise Refused("not_held")
    if occurrence.version != campaign.version or campaign.state is not CampaignState.APPROVED:
        raise Refused("request_over")
    if campaign.paused_at is not None:
        raise Refused("still_paused")
    if content.use_until is not None and local_date(now) > content.use_until:
        raise Refused("too_late")
    state = await start_occurrence(connection, desk, occurrence, campaign, now=now, by=actor.id)
    await note(connection, by=actor.id, action="released", campaign=campaign.id, now=now, held=occurrence.reason or "")
    return state


async def _run_of_today(
    connection: AsyncConnection, desk: Desk, occurrence: Occurrence, campaign: StoredCampaign, now: datetime
) -> tuple[int | None, str | None]:
    """Make the run of one leaving under a standing approval; or say why not."""
    content = content_of(campaign)
    approval = await holding_approval(connection, campaign.id, campaign.version)
    if approval is None:
        return None, "not_approved"
    rendering = render_campaign(content, desk.stamp(campaign), on=local_date(now), library=desk.library)
    if rendering.fingerprint != approval.rendering or audience_rule(content) != approval.audience_rule:
        return None, "rendering_changed"
    breakdown = await build_audience(
        connection,
        content,
        rendering,
        code=campaign.code,
        organisation=campaign.organisation,
        channels=desk.channels,
        at=max(occurrence.due_at, now),
        prices=desk.prices,
        demo=campaign.demo,
    )
    if not breakdown.members:
        return None, "nobody"
    if len(breakdown.members) > approval.number * GROWTH + GROWTH_OF_SMALL:
        return None, "audience_grew"
    run_id = await make_run(connection, campaign, content, rendering, due_at=occurrence.due_at, now=now)
    await freeze_rows(connection, run_id, [member.as_row() for member in breakdown.members], now=now)
    return run_id, None


async def _plan_next(
    connection: AsyncConnection, campaign: StoredCampaign, content: CampaignContent, *, after: datetime
) -> None:
    """Plan the next leaving. Those that passed while nothing ran are not made up for."""
    due = next_due(content.schedule, after)
    if due is None or (content.use_until is not None and local_date(due) > content.use_until):
        return
    approval = await holding_approval(connection, campaign.id, campaign.version)
    await plan_occurrence(
        connection,
        campaign_id=campaign.id,
        version=campaign.version,
        due_at=due,
        approval_id=approval.id if approval else None,
    )
    await tell_calendar(connection)


async def sync_jobs(
    database: Database, scheduler: AsyncIOScheduler, job: Callable[..., Coroutine[Any, Any, None]]
) -> int:
    """Bring the jobs in step with what is planned; return how many there are.

    The table is the truth and the jobs are an alarm clock: one that got lost is set again, one too many is taken away.
    """
    async with database.single() as connection:
        planned = await planned_occurrences(connection)
    wanted = {f"{_PREFIX}{one.id}": one for one in planned}
    present = {one.id: one for one in scheduler.get_jobs(STORE) if one.id.startswith(_PREFIX)}
    for name in present.keys() - wanted.keys():
        try:
            scheduler.remove_job(name, STORE)
        except JobLookupError:
            continue  # It ran in this very moment.
    for name, one in wanted.items():
        known = present.get(name)
        if known is not None and tuple(known.args) == (one.id, one.version):
            continue
        scheduler.add_job(
            job,
            DateTrigger(one.due_at),
            args=(one.id, one.version),
            id=name,
            jobstore=STORE,
            replace_existing=True,
            # However late it comes, it is looked at: what then becomes of it is decided by `fire`, and written down.
            misfire_grace_time=None,
            max_instances=1,
        )
    return len(wanted)
