"""Who wants to take which course: seats, waiting lists, withdrawing, and forgetting it all.

Everything that gives or frees a seat first locks the course, so two people who want the last one are served one after
the other, and a free seat is given to the first who waits in the transaction that frees it. Several courses are locked
in the order of their codes.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.queries.courses import COLUMNS, CourseRow, get_course, lock_course


class InterestState(StrEnum):
    """Where a person's wish to take a course stands."""

    REGISTERED = "registered"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Interest:
    """A person's place in a course; `position` counts from 1 among those who wait, and is 0 for who has a seat."""

    course: CourseRow
    state: InterestState
    position: int
    has_phone: bool


@dataclass(frozen=True)
class Addressee:
    """Whom to tell something about a course, and in which language."""

    conversation_id: int
    channel: str
    address: str
    language: str
    course: CourseRow


class CourseNotOpen(Exception):
    """The course does not exist, is closed or cancelled, or its last day for registering has passed."""


_ACTIVE = text("""
select interest.state, interest.phone is not null as has_phone,
    (select count(*) from course_interest as ahead where ahead.course_id = interest.course_id
        and ahead.state = 'waiting' and ahead.id <= interest.id) as position
from course_interest as interest
where course_id = :course_id and conversation_id = :conversation_id and state <> 'withdrawn'
""")
_REGISTER = text("""
insert into course_interest (course_id, conversation_id, state, consent_text, consented_at, registered_at)
select :course_id, :conversation_id, case when free then 'registered' else 'waiting' end, :consent_text, :now,
    case when free then cast(:now as timestamptz) end
from (
    select count(*) filter (where state = 'registered') < :seats and count(*) filter (where state = 'waiting') = 0
        as free
    from course_interest where course_id = :course_id) as seats
on conflict (course_id, conversation_id) where state <> 'withdrawn' do nothing
""")


async def register_interest(
    connection: AsyncConnection, *, code: str, conversation_id: int, consent_text: str, today: date, now: datetime
) -> Interest:
    """Give the person a seat, or a place on the waiting list. Registering again changes nothing.

    Args:
        consent_text: the very words that the person agreed to.

    Raises:
        CourseNotOpen: nobody can register (any more).
    """
    course = await lock_course(connection, code)
    if course is None:
        raise CourseNotOpen(code)
    here = {"course_id": course.id, "conversation_id": conversation_id}
    if (await connection.execute(_ACTIVE, here)).one_or_none() is None:
        if course.state != "open" or today > course.register_by:
            raise CourseNotOpen(code)
        await connection.execute(_REGISTER, {**here, "seats": course.seats, "consent_text": consent_text, "now": now})
    found = await interest_in(connection, code=code, conversation_id=conversation_id)
    assert found is not None
    return found


async def interest_in(connection: AsyncConnection, *, code: str, conversation_id: int) -> Interest | None:
    """Return the person's place in a course, or None."""
    course = await get_course(connection, code)
    if course is None:
        return None
    row = (
        await connection.execute(_ACTIVE, {"course_id": course.id, "conversation_id": conversation_id})
    ).one_or_none()
    return None if row is None else _interest(course, row)


def _interest(course: CourseRow, row: Any) -> Interest:
    state = InterestState(row.state)
    return Interest(course, state, int(row.position) if state is InterestState.WAITING else 0, bool(row.has_phone))


_MINE = text(f"""
select {COLUMNS}, interest.state as interest_state, interest.phone is not null as has_phone,
    (select count(*) from course_interest as ahead where ahead.course_id = interest.course_id
        and ahead.state = 'waiting' and ahead.id <= interest.id) as position
from course_interest as interest join course on course.id = interest.course_id
where conversation_id = :conversation_id and interest.state <> 'withdrawn' order by starts_on, code limit :limit
""")


async def interests_of_person(connection: AsyncConnection, *, conversation_id: int, limit: int = 10) -> list[Interest]:
    """Return the courses in which a person has a seat or waits for one, soonest first."""
    found = []
    for row in await connection.execute(_MINE, {"conversation_id": conversation_id, "limit": limit}):
        columns = {**row._mapping}
        state = InterestState(columns.pop("interest_state"))
        has_phone, position = bool(columns.pop("has_phone")), int(columns.pop("position"))
        course = CourseRow(**{**columns, "communes": tuple(row.communes)})
        found.append(Interest(course, state, position if state is InterestState.WAITING else 0, has_phone))
    return found


_WITHDRAW = text("""
update course_interest set state = 'withdrawn', withdrawn_at = :now,
    phone = null, phone_consent_text = null, phone_given_at = null
where course_id = :course_id and conversation_id = :conversation_id and state <> 'withdrawn'
""")


async def withdraw_interest(
    connection: AsyncConnection, *, code: str, conversation_id: int, today: date, now: datetime
) -> tuple[bool, list[Addressee]]:
    """Take the person off a course; return whether they were on it, and who moved up and must be told."""
    course = await lock_course(connection, code)
    if course is None:
        return False, []
    here = {"course_id": course.id, "conversation_id": conversation_id, "now": now}
    was_there = (await connection.execute(_WITHDRAW, here)).rowcount > 0
    return was_there, await fill_free_seats(connection, code=code, today=today, now=now)


_FILL = text("""
with seat as (
    select interest.id from course_interest as interest
    where course_id = :course_id and state = 'waiting'
    order by id
    limit greatest(0, :seats - (select count(*) from course_interest
                                where course_id = :course_id and state = 'registered'))
)
update course_interest set state = 'registered', registered_at = :now
from seat, conversation
where course_interest.id = seat.id and conversation.id = conversation_id
returning conversation_id, channel, address, language
""")


async def fill_free_seats(connection: AsyncConnection, *, code: str, today: date, now: datetime) -> list[Addressee]:
    """Give free seats to those who waited longest; return them. Nobody moves up once a course began or was cancelled.

    Changing the state and returning the person is one statement: whoever queues the message in the same transaction
    tells each person exactly once.
    """
    course = await lock_course(connection, code)
    if course is None or course.state == "cancelled" or today > course.starts_on:
        return []
    rows = (await connection.execute(_FILL, {"course_id": course.id, "seats": course.seats, "now": now})).all()
    after = await get_course(connection, code)
    assert after is not None
    return [Addressee(row.conversation_id, row.channel, row.address, row.language, after) for row in rows]


_PEOPLE = text("""
select conversation_id, channel, address, language from course_interest
join conversation on conversation.id = conversation_id
where course_id = :course_id and state <> 'withdrawn' order by course_interest.id
""")


async def people_of_course(connection: AsyncConnection, course: CourseRow) -> list[Addressee]:
    """Return everybody with a seat in a course or a place on its waiting list."""
    rows = await connection.execute(_PEOPLE, {"course_id": course.id})
    return [Addressee(row.conversation_id, row.channel, row.address, row.language, course) for row in rows]


@dataclass(frozen=True)
class Registration:
    """What an officer sees of one person who registered; `phone` only if the person gave it."""

    number: int
    state: InterestState
    since: datetime
    phone: str | None


_REGISTRATIONS = text("""
select row_number() over (order by interest.state, interest.id) as number, interest.state, consented_at, phone
from course_interest as interest join course on course.id = course_id
where code = :code and interest.state <> 'withdrawn' order by interest.state, interest.id
""")


async def registrations(connection: AsyncConnection, code: str) -> list[Registration]:
    """Return who registered for a course, those with a seat first, each in the order in which they came."""
    rows = await connection.execute(_REGISTRATIONS, {"code": code})
    return [Registration(row.number, InterestState(row.state), row.consented_at, row.phone) for row in rows]


_SET_PHONE = text("""
update course_interest set phone = :phone, phone_consent_text = :consent_text, phone_given_at = :now
where conversation_id = :conversation_id and state <> 'withdrawn'
  and course_id = (select id from course where code = :code)
""")


async def set_phone(
    connection: AsyncConnection, *, code: str, conversation_id: int, phone: str, consent_text: str, now: datetime
) -> bool:
    """Note the number that a person typed and the words that asked for it; False when they are not on the course."""
    done = await connection.execute(
        _SET_PHONE,
        {"code": code, "conversation_id": conversation_id, "phone": phone, "consent_text": consent_text, "now": now},
    )
    return done.rowcount > 0
