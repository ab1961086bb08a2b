"""Live figures for staff: counts only, nothing about anybody in particular. Days are those of Vietnam."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class Figures:
    """How things stand. `areas` of `figures_now` limits people, messages and tickets.

    Attributes:
        people: who wrote at least once, without made-up and erased ones.
        reachable: of those, who agreed to news.
        messages: received since the moment asked for.
        answered: policy answers given since then, each with a receipt.
        unsure: questions that were not answered well and wait for somebody.
        handed_over: tickets opened since then.
        running: campaign runs that are sending.
    """

    people: int
    reachable: int
    messages: int
    answered: int
    unsure: int
    handed_over: int
    running: int


_NOW = text("""
select
    (select count(*) from person where merged_into is null and erased_at is null and (:demo or not demo)
        and (cast(:areas as text[]) is null or commune = any(:areas))),
    (select count(distinct person_id) from consent join person on person.id = person_id
        where purpose = 'news' and subject = '' and given and (:demo or not person.demo) and erased_at is null
        and (cast(:areas as text[]) is null or commune = any(:areas))),
    (select count(*) from incoming join conversation on conversation.id = conversation_id
        join person on person.id = person_id
        where received_at >= :since and not staff_test and (:demo or not person.demo)
        and (cast(:areas as text[]) is null or commune = any(:areas))),
    (select count(*) from receipt where said_at >= :since),
    (select count(*) from open_question where state = 'open'),
    (select count(*) from ticket where opened_at >= :since and (:demo or not demo)
        and (cast(:areas as text[]) is null or area = any(:areas))),
    (select count(*) from campaign_run where state = 'running')
""")


async def figures_now(
    connection: AsyncConnection, *, since: datetime, areas: Collection[str] | None = None, demo: bool = False
) -> Figures:
    """Return the figures; `areas` None: of the whole province; `demo`: made-up people count too, as in a trial."""
    values = {"since": since, "areas": None if areas is None else sorted(areas), "demo": demo}
    return Figures(*(await connection.execute(_NOW, values)).one())


_BY_DAY = text("""
select (received_at at time zone 'Asia/Ho_Chi_Minh')::date, incoming.channel, count(*)
from incoming join conversation on conversation.id = conversation_id join person on person.id = person_id
where received_at >= :since and not staff_test and (:demo or not person.demo)
  and (cast(:areas as text[]) is null or commune = any(:areas))
group by 1, 2 order by 1, 2
""")
_BY_TOPIC = text("""
select split_part(statement, '.', 1), count(*) from receipt where said_at >= :since group by 1 order by 2 desc
""")
_BY_COMMUNE = text("""
select commune, count(*) from person
where commune is not null and merged_into is null and erased_at is null and (:demo or not demo)
  and (cast(:areas as text[]) is null or commune = any(:areas))
group by 1 order by 2 desc
""")


async def messages_by_day(
    connection: AsyncConnection, *, since: datetime, areas: Collection[str] | None = None, demo: bool = False
) -> list[tuple[date, str, int]]:
    """Return (day, channel, messages received), in order."""
    values = {"since": since, "areas": None if areas is None else sorted(areas), "demo": demo}
    return [(row[0], row[1], row[2]) for row in await connection.execute(_BY_DAY, values)]


async def answers_by_topic(connection: AsyncConnection, *, since: datetime) -> dict[str, int]:
    """Return how many policy answers were given by topic, the most first."""
    return {row[0]: row[1] for row in await connection.execute(_BY_TOPIC, {"since": since})}


async def people_by_commune(
    connection: AsyncConnection, *, areas: Collection[str] | None = None, demo: bool = False
) -> dict[str, int]:
    """Return how many people are known to live in each commune, the most first."""
    values = {"areas": None if areas is None else sorted(areas), "demo": demo}
    return {row[0]: row[1] for row in await connection.execute(_BY_COMMUNE, values)}
