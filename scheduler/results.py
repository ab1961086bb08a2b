"""Noticing what became of runs and planned leavings, and telling whoever asked to be told."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.journal import note
from store.clock import Clock
from store.database import Database
from store.queries.campaign_runs import run_progress
from store.queries.campaigns import close_finished_campaigns
from store.queries.webhooks import tell_webhooks
from store.run_states import RunState

#: State of a run -> event. A run that waits is nobody's news.
_EVENTS = {
    RunState.RUNNING: "run.started",
    RunState.FINISHED: "run.finished",
    RunState.PAUSED: "run.paused",
    RunState.STOPPED: "run.stopped",
    RunState.CANCELLED: "run.cancelled",
}

# Looked at for a week: what nobody could be told of by then is told by the progress page.
_CHANGED = text("""
select run.id, run.state, run.state_reason, run.state_changed_at, run.organisation, campaign.id as campaign_id,
    campaign.code, campaign.title
from campaign_run as run
join campaign_occurrence as occurrence on occurrence.run_id = run.id
join campaign on campaign.id = occurrence.campaign_id
where run.state <> 'waiting' and run.state_changed_at > cast(:now as timestamptz) - interval '7 days'
  and exists (select from webhook where webhook.organisation = run.organisation and active
    and created_at <= run.state_changed_at)
""")
_HELD = text("""
select occurrence.id, occurrence.reason, occurrence.due_at, campaign.organisation, campaign.id as campaign_id,
    campaign.code, campaign.title
from campaign_occurrence as occurrence join campaign on campaign.id = occurrence.campaign_id
where occurrence.state = 'held' and occurrence.settled_at > cast(:now as timestamptz) - interval '7 days'
""")


async def close_finished(database: Database, clock: Clock) -> int:
    """Close campaigns of which nothing will leave any more, with a line in their journal; return how many."""
    now = clock.now()
    async with database.transaction() as connection:
        closed = await close_finished_campaigns(connection, now=now)
        for campaign in closed:
            await note(connection, by=None, action="finished", campaign=campaign, now=now)
    return len(closed)


async def announce_results(database: Database, clock: Clock) -> int:
    """Queue an event for everything that changed and was not told yet; return how many were queued."""
    now = clock.now()
    told = 0
    async with database.transaction() as connection:
        for row in (await connection.execute(_CHANGED, {"now": now})).all():
            told += await _tell_run(connection, row, now)
        for row in (await connection.execute(_HELD, {"now": now})).all():
            told += await tell_webhooks(
                connection,
                organisation=row.organisation,
                event="occurrence.held",
                subject=f"occurrence:{row.id}",
                payload={
                    "campaign": row.campaign_id,
                    "code": row.code,
                    "title": row.title,
                    "due_at": row.due_at.isoformat(),
                    "reason": row.reason,
                },
                now=now,
            )
    return told


async def _tell_run(connection: AsyncConnection, row: Any, now: datetime) -> int:
    progress = await run_progress(connection, row.id)
    return await tell_webhooks(
        connection,
        organisation=row.organisation,
        event=_EVENTS[RunState(row.state)],
        # A run may be paused and resumed again and again: each time is told.
        subject=f"run:{row.id}@{row.state_changed_at.isoformat()}",
        payload={
            "campaign": row.campaign_id,
            "code": row.code,
            "title": row.title,
            "run": row.id,
            "state": row.state,
            "reason": row.state_reason,
            "recipients": progress.total,
            "by_state": dict(progress.by_state),
        },
        now=now,
    )
