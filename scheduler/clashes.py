"""The calendar over all organisations, and where two campaigns get in each other's way."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from store.campaign_states import OccurrenceState
from store.clock import local_date
from store.queries.occurrences import CalendarEntry, calendar_between, shared_recipients


@dataclass(frozen=True)
class Clash:
    """Two leavings on one day that may reach the same people: the cap lets only one of them through that day.

    `shared`: how many people both would reach, None while one of them is not frozen yet.
    """

    first: int
    second: int
    shared: int | None


@dataclass(frozen=True)
class Calendar:
    """What leaves between two moments, of all organisations, and the clashes among it."""

    entries: tuple[CalendarEntry, ...]
    clashes: tuple[Clash, ...]


async def calendar_with_clashes(connection: AsyncConnection, begin: datetime, end: datetime) -> Calendar:
    """Return the calendar between two moments. Titles and counts are for all staff: the people are the same."""
    entries = await calendar_between(connection, begin, end)
    alive = [one for one in entries if one.state is not OccurrenceState.SKIPPED]
    clashes = []
    for position, first in enumerate(alive):
        for second in alive[position + 1 :]:
            if local_date(second.due_at) != local_date(first.due_at):
                break
            if first.campaign_id == second.campaign_id or not _may_overlap(first, second):
                continue
            shared = None
            if first.run_id is not None and second.run_id is not None:
                shared = await shared_recipients(connection, first.run_id, second.run_id)
            if shared != 0:
                clashes.append(Clash(first.occurrence_id, second.occurrence_id, shared))
    return Calendar(tuple(entries), tuple(clashes))


def _may_overlap(first: CalendarEntry, second: CalendarEntry) -> bool:
    def apart(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
        return bool(one) and bool(other) and not set(one) & set(other)

    return not apart(first.communes, second.communes) and not apart(first.groups, second.groups)
