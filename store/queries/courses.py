"""The catalogue of vocational courses: writing it, searching it, closing a course."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class CourseRow:
    """A course with its seats counted: `taken` of `seats` are taken, `waiting` people wait for one."""

    id: int
    code: str
    title_vi: str
    title_en: str | None
    trade: str
    communes: tuple[str, ...]
    venue: str
    provider: str
    starts_on: date
    ends_on: date | None
    register_by: date
    seats: int
    fee: str
    support: str
    source: str
    demo: bool
    state: str
    taken: int
    waiting: int

    def is_open_on(self, day: date) -> bool:
        """True while people can register."""
        return self.state == "open" and day <= self.register_by


#: What `course_row` reads.
COLUMNS = """
course.id, code, title_vi, title_en, trade, communes, venue, provider, starts_on, ends_on, register_by, seats, fee,
support, source, demo, course.state,
(select count(*) from course_interest where course_id = course.id and state = 'registered') as taken,
(select count(*) from course_interest where course_id = course.id and state = 'waiting') as waiting
"""


def course_row(row: Row[Any]) -> CourseRow:
    """Return the course in a row that has the columns of `COLUMNS`."""
    return CourseRow(**{**row._mapping, "communes": tuple(row.communes)})


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; a field that is None is not asked about.

    Attributes:
        day: the day on which registering must still be possible.
        communes: held in any of these.
        starts_from, starts_before: the course begins on or after the one and before the other.
    """

    day: date
    trade: str | None = None
    communes: tuple[str, ...] | None = None
    starts_from: date | None = None
    starts_before: date | None = None


_WANTED = """
from course where state = 'open' and register_by >= :day
  and (cast(:trade as text) is null or trade = :trade)
  and (cast(:communes as text[]) is null or communes && cast(:communes as varchar[]))
  and (cast(:starts_from as date) is null or starts_on >= :starts_from)
  and (cast(:starts_before as date) is null or starts_on < :starts_before)
"""
_FIND = text(f"select {COLUMNS} {_WANTED} order by starts_on, code limit :limit offset :offset")
_COUNT = text(f"select count(*) {_WANTED}")


def _binds(wanted: Wanted) -> dict[str, Any]:
    return {
        "day": wanted.day,
        "trade": wanted.trade,
        "communes": None if wanted.communes is None else list(wanted.communes),
        "starts_from": wanted.starts_from,
        "starts_before": wanted.starts_before,
    }


async def find_courses(
    connection: AsyncConnection, wanted: Wanted, *, limit: int, offset: int = 0
) -> tuple[list[CourseRow], int]:
    """Return one page of the courses that people can register for, soonest first, and how many there are in all."""
    binds = _binds(wanted)
    rows = (await connection.execute(_FIND, {**binds, "limit": limit, "offset": offset})).all()
    total = int((await connection.execute(_COUNT, binds)).scalar_one())
    return [course_row(row) for row in rows], total


_GET = text(f"select {COLUMNS} from course where code = :code")


async def get_course(connection: AsyncConnection, code: str) -> CourseRow | None:
    """Return the course with this code, or None."""
    row = (await connection.execute(_GET, {"code": code})).one_or_none()
    return None if row is None else course_row(row)


_ALL = text(f"""
select {COLUMNS} from course where cast(:state as text) is null or state = :state order by starts_on, code
""")


async def all_courses(connection: AsyncConnection, *, state: str | None = None) -> list[CourseRow]:
    """Return the whole catalogue, or the courses in one state, soonest first."""
    return [course_row(row) for row in await connection.execute(_ALL, {"state": state})]


_LOCK = text("select id, state, seats, starts_on, register_by from course where code = :code for update")


async def lock_course(connection: AsyncConnection, code: str) -> Row[Any] | None:
    """Lock a course until the transaction ends: nobody else changes who has a seat. Returns id, state, seats, days."""
    return (await connection.execute(_LOCK, {"code": code})).one_or_none()


_FIELDS = (
    *("code", "title_vi", "title_en", "trade", "communes", "venue", "provider", "starts_on", "ends_on", "register_by"),
    *("seats", "fee", "support", "source", "state", "demo"),
)
_CHANGEABLE = [field for field in _FIELDS if field != "code"]
_UPSERT = text(
    "insert into course ({columns}, created_at, updated_at) values ({values}, :now, :now) "
    "on conflict (code) do update set {changes}, updated_at = excluded.updated_at "
    "where ({old}) is distinct from ({new})".format(
        columns=", ".join(_FIELDS),
        values=", ".join(f":{field}" for field in _FIELDS),
        changes=", ".join(f"{field} = excluded.{field}" for field in _CHANGEABLE),
        old=", ".join(f"course.{field}" for field in _CHANGEABLE),
        new=", ".join(f"excluded.{field}" for field in _CHANGEABLE),
    )
)


@dataclass(frozen=True)
class Written:
    """What writing one course did: `before` is None for a new one; `changed` is False when it said the same."""

    before: CourseRow | None
    after: CourseRow
    changed: bool


async def write_course(connection: AsyncConnection, fields: dict[str, Any], *, now: datetime) -> Written:
    """Add the course `fields["code"]`, or bring the one that bears it up to date.

    Whoever writes several does so in the order of their codes: that is the order in which courses are locked.
    """
    await lock_course(connection, fields["code"])
    before = await get_course(connection, fields["code"])
    values = {name: fields[name] for name in _FIELDS} | {"communes": list(fields["communes"])}
    changed = (await connection.execute(_UPSERT, {**values, "now": now})).rowcount > 0
    after = await get_course(connection, fields["code"])
    assert after is not None
    return Written(before, after, changed)


_WITH_FREE_SEATS = text("""
select code from course
where state <> 'cancelled' and starts_on >= :today
  and exists (select from course_interest where course_id = course.id and state = 'waiting')
  and seats > (select count(*) from course_interest where course_id = course.id and state = 'registered')
order by code
""")


async def courses_with_free_seats(connection: AsyncConnection, *, today: date) -> list[str]:
    """Return the codes of courses that have both a free seat and somebody who waits for one."""
    return list((await connection.execute(_WITH_FREE_SEATS, {"today": today})).scalars())


_CLOSE_DEMO = text("update course set state = 'closed', updated_at = :now where demo and state = 'open'")


async def close_demo_courses(connection: AsyncConnection, *, now: datetime) -> int:
    """Take made-up courses out of the catalogue; return how many were in it. Nobody is told: they were never real."""
    return (await connection.execute(_CLOSE_DEMO, {"now": now})).rowcount


_SET_STATE = text("update course set state = :state, updated_at = :now where code = :code and state <> :state")


async def set_course_state(
    connection: AsyncConnection, codes: Sequence[str], *, state: str, now: datetime
) -> list[str]:
    """Put courses into another state; return the codes of those that were in another one."""
    changed = []
    for code in sorted(codes):
        if (await connection.execute(_SET_STATE, {"code": code, "state": state, "now": now})).rowcount:
            changed.append(code)
    return changed
