"""The periodic report of obstacles by commune and topic.

For the reports of difficulties that the directive of 2021 (`cv-2097-2021-kon-tum`) asks for, counted from tickets.
Small cells, by which neighbours could tell who it was, are hidden, and so is a second one of each row in which one
alone would follow from the total.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from store.clock import LOCAL_ZONE
from store.queries.ticket_counts import ObstacleCount, count_obstacles
from store.queries.tickets import TicketScope
from store.small_numbers import SMALLEST_SHOWN, hide_small
from store.ticket_states import TicketReason

#: What counts as an obstacle: what the bot could not help with, and what people complained about.
OBSTACLE_REASONS = (TicketReason.NOT_ANSWERED, TicketReason.ASKED_FOR_PERSON, TicketReason.COMPLAINT)


@dataclass(frozen=True)
class ObstacleReport:
    """Rows are communes, columns topics; None is a hidden cell, 0 an empty one.

    Attributes:
        areas: codes of communes; empty where none was known.
        topics: topics; empty where none was known.
        cells: for each commune, for each topic.
        by_area: total of each commune, None where it is hidden too.
        people: all of them.
        answered: how many of them got an answer from a person.
        made_up: made-up people are counted too, as in a trial.
    """

    since: date
    until: date
    areas: tuple[str, ...]
    topics: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]
    by_area: tuple[int | None, ...]
    people: int | None
    answered: int | None
    made_up: bool = False


async def obstacle_report(
    connection: AsyncConnection, scope: TicketScope, *, since: date, until: date, demo: bool = False
) -> ObstacleReport:
    """Return the report of the days `since` to `until`, both included.

    Raises:
        ValueError: the period ends before it begins.
    """
    if until < since:
        raise ValueError("the period ends before it begins")
    counts = await count_obstacles(
        connection,
        scope,
        reasons=[reason.value for reason in OBSTACLE_REASONS],
        since=_midnight(since),
        until=_midnight(until + timedelta(days=1)),
        demo=demo,
    )
    return replace(_report(counts, since, until), made_up=demo)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL_ZONE)


def _report(counts: Sequence[ObstacleCount], since: date, until: date) -> ObstacleReport:
    areas = tuple(sorted({one.area for one in counts}, key=lambda area: (not area, area)))
    topics = tuple(sorted({one.topic for one in counts}, key=lambda topic: (not topic, topic)))
    number = {(one.area, one.topic): one.people for one in counts}
    cells = [{topic: number.get((area, topic), 0) for topic in topics} for area in areas]
    sums = [sum(line.values()) for line in cells]
    totals = [None if 0 < one < SMALLEST_SHOWN else one for one in sums]
    people: int | None = sum(sums)
    if (people and people < SMALLEST_SHOWN) or totals.count(None) == 1:
        # The sum of all would tell the one total that is hidden.
        people = None
    answered = sum(one.answered for one in counts)
    return ObstacleReport(
        since,
        until,
        areas,
        topics,
        tuple(tuple(hide_small(line).values()) for line in cells),
        tuple(totals),
        people,
        answered if people is not None and (answered >= SMALLEST_SHOWN or not answered) else None,
    )
