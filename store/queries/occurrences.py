"""Planned leavings of campaigns: planning, settling, disarming, and the calendar over all organisations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.campaign_states import OccurrenceState


@dataclass(frozen=True)
class Occurrence:
    """See `store.models.campaign.CampaignOccurrence`."""

    id: int
    campaign_id: int
    version: int
    due_at: datetime
    state: OccurrenceState
    reason: str | None
    approval_id: int | None
    run_id: int | None


_COLUMNS = "id, campaign_id, version, due_at, state, reason, approval_id, run_id"


def _occurrence(row: Any) -> Occurrence:
    values = list(row)
    values[4] = OccurrenceState(values[4])
    return Occurrence(*values)


_PLAN = text("""
insert into campaign_occurrence (campaign_id, version, due_at, approval_id, run_id)
values (:campaign_id, :version, :due_at, :approval_id, :run_id)
on conflict (campaign_id, version, due_at) do nothing returning id
""")
_SAME = text("""
select id from campaign_occurrence where campaign_id = :campaign_id and version = :version and due_at = :due_at
""")


async def plan_occurrence(
    connection: AsyncConnection,
    *,
    campaign_id: int,
    version: int,
    due_at: datetime,
    approval_id: int | None,
    run_id: int | None = None,
) -> int:
    """Plan a leaving; return its id. The same one again is the one that is there."""
    values = {"campaign_id": campaign_id, "version": version, "due_at": due_at}
    planned = await connection.execute(_PLAN, {**values, "approval_id": approval_id, "run_id": run_id})
    number = planned.scalar_one_or_none()
    return int(number if number is not None else (await connection.execute(_SAME, values)).scalar_one())


_LOCK = text(f"select {_COLUMNS} from campaign_occurrence where id = :id for update")


async def lock_occurrence(connection: AsyncConnection, occurrence_id: int) -> Occurrence | None:
    """Return a planned leaving, locked until the transaction ends: it is settled once."""
    row = (await connection.execute(_LOCK, {"id": occurrence_id})).one_or_none()
    return None if row is None else _occurrence(row)


_SETTLE = text("""
update campaign_occurrence set state = :state, reason = :reason, run_id = coalesce(:run_id, run_id),
    settled_at = :now, settled_by = :by
where id = :id
""")


async def settle_occurrence(
    connection: AsyncConnection,
    occurrence_id: int,
    state: OccurrenceState,
    *,
    now: datetime,
    reason: str | None = None,
    run_id: int | None = None,
    by: int | None = None,
) -> None:
    """Write down what became of a planned leaving. `by`: the person who decided it, None for the system."""
    values = {"id": occurrence_id, "state": state.value, "reason": reason, "run_id": run_id, "now": now, "by": by}
    await connection.execute(_SETTLE, values)


_DISARM = text("""
update campaign_occurrence set state = 'disarmed', reason = :reason, settled_at = :now, settled_by = :by
where campaign_id = :id and state in ('planned', 'held') returning run_id
""")


async def disarm_occurrences(
    connection: AsyncConnection, campaign_id: int, *, reason: str, now: datetime, by: int | None
) -> list[int]:
    """Take back everything that is still planned or held; return the runs that had been made for it."""
    rows = await connection.execute(_DISARM, {"id": campaign_id, "reason": reason, "now": now, "by": by})
    return [int(row.run_id) for row in rows if row.run_id is not None]


_OF_CAMPAIGN = text(
    f"select {_COLUMNS} from campaign_occurrence where campaign_id = :id order by due_at desc limit :limit"
)


async def occurrences_of(connection: AsyncConnection, campaign_id: int, *, limit: int = 200) -> list[Occurrence]:
    """Return the leavings of a campaign, the latest first."""
    rows = await connection.execute(_OF_CAMPAIGN, {"id": campaign_id, "limit": limit})
    return [_occurrence(row) for row in rows]


_PLANNED = text(f"select {_COLUMNS} from campaign_occurrence where state = 'planned' order by due_at")


async def planned_occurrences(connection: AsyncConnection) -> list[Occurrence]:
    """Return everything that is planned, soonest first."""
    return [_occurrence(row) for row in await connection.execute(_PLANNED)]


@dataclass(frozen=True)
class CalendarEntry:
    """A leaving in the calendar over all organisations."""

    occurrence_id: int
    campaign_id: int
    organisation: str
    title: str
    due_at: datetime
    state: OccurrenceState
    reason: str | None
    run_id: int | None
    communes: tuple[str, ...]
    groups: tuple[str, ...]
    recipients: int | None


_CALENDAR = text("""
select occurrence.id, campaign.id, campaign.organisation, campaign.title, occurrence.due_at, occurrence.state,
    occurrence.reason, occurrence.run_id,
    coalesce(array(select jsonb_array_elements_text(version.content #> '{audience,communes}')), '{}') as communes,
    coalesce(array(select jsonb_array_elements_text(version.content #> '{audience,household_groups}')), '{}') as groups,
    approval.number
from campaign_occurrence as occurrence
join campaign on campaign.id = occurrence.campaign_id
join campaign_version as version
    on version.campaign_id = campaign.id and version.version = occurrence.version
left join campaign_approval as approval on approval.id = occurrence.approval_id
where occurrence.due_at >= :begin and occurrence.due_at < :end and occurrence.state <> 'disarmed'
order by occurrence.due_at, occurrence.id
""")


async def calendar_between(connection: AsyncConnection, begin: datetime, end: datetime) -> list[CalendarEntry]:
    """Return what leaves, or was to leave, between two moments, of all organisations."""
    entries = []
    for row in await connection.execute(_CALENDAR, {"begin": begin, "end": end}):
        values: list[Any] = list(row)
        values[5], values[8], values[9] = OccurrenceState(values[5]), tuple(values[8]), tuple(values[9])
        entries.append(CalendarEntry(*values))
    return entries


_SHARED = text("""
select count(*) from delivery as one join delivery as other on other.recipient = one.recipient
where one.campaign_run_id = :first and other.campaign_run_id = :second
""")


async def shared_recipients(connection: AsyncConnection, first_run: int, second_run: int) -> int:
    """Return how many people two runs have in common."""
    values = {"first": first_run, "second": second_run}
    return int((await connection.execute(_SHARED, values)).scalar_one())


_RUNS = text("""
select run_id from campaign_occurrence
where campaign_id = :id and run_id is not null and (not :started or state = 'started') order by due_at, id
""")


async def runs_of(connection: AsyncConnection, campaign_id: int, *, started: bool = False) -> Sequence[int]:
    """Return the runs of a campaign, oldest first; `started`: only those that have begun to leave."""
    return list((await connection.execute(_RUNS, {"id": campaign_id, "started": started})).scalars())
