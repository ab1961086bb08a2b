"""What an uploaded list changes: courses are written, free seats given, and everybody concerned is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.courses.notices import queue_course_news
from content.courses import Course, CourseState
from store.clock import Clock, local_date
from store.database import Database
from store.queries.course_interests import fill_free_seats, people_of_course
from store.queries.course_privacy import people_of_trade
from store.queries.courses import Written, courses_with_free_seats, get_course, set_course_state, write_course


@dataclass
class Imported:
    """Codes of the courses that were added, changed, or said the same already; how many people are told something."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    moved_up: int = 0
    told: int = 0


async def import_courses(database: Database, clock: Clock, courses: Sequence[Course]) -> Imported:
    """Write all `courses` in one transaction. Writing the same list again changes nothing and tells nobody."""
    result = Imported()
    async with database.transaction() as connection:
        for course in sorted(courses, key=lambda one: one.code):
            written = await write_course(connection, course.model_dump(), now=clock.now())
            if not written.changed:
                result.unchanged.append(course.code)
                continue
            (result.added if written.before is None else result.changed).append(course.code)
            await _tell(connection, clock, written, result)
    return result


async def _tell(connection: AsyncConnection, clock: Clock, written: Written, result: Imported) -> None:
    """Give seats that became free, and tell people what the change of one course means to them."""
    before, after, now = written.before, written.after, clock.now()
    today = local_date(now)
    if before is None:
        people = await people_of_trade(connection, after) if after.is_open_on(today) else []
        await queue_course_news(connection, "opened", people, now=now)
        result.told += len(people)
        return
    if after.state == CourseState.CANCELLED and before.state != after.state:
        result.told += await _tell_cancelled(connection, clock, after.code)
        return
    moved_up = await fill_free_seats(connection, code=after.code, today=today, now=now)
    await queue_course_news(connection, "seat", moved_up, now=now)
    result.moved_up += len(moved_up)
    result.told += len(moved_up)
    when_and_where = (before.starts_on, before.venue, before.communes) != (
        after.starts_on,
        after.venue,
        after.communes,
    )
    # Made-up courses move with the day on which they are loaded; that is no news.
    if when_and_where and not after.demo and after.state != CourseState.CANCELLED:
        told_already = {person.conversation_id for person in moved_up}
        people = [p for p in await people_of_course(connection, after) if p.conversation_id not in told_already]
        await queue_course_news(connection, "changed", people, now=now)
        result.told += len(people)


async def give_free_seats(database: Database, clock: Clock) -> int:
    """Give every free seat to whoever waits for it and tell them; return how many moved up.

    Who withdraws or erases their chat frees a seat in that same step. This finds the seats that became free in any
    other way, such as by the privacy commands.
    """
    now = clock.now()
    today = local_date(now)
    async with database.transaction() as connection:
        codes = await courses_with_free_seats(connection, today=today)
    number = 0
    for code in codes:
        async with database.transaction() as connection:
            moved_up = await fill_free_seats(connection, code=code, today=today, now=now)
            await queue_course_news(connection, "seat", moved_up, now=now)
        number += len(moved_up)
    return number


async def close_courses(
    database: Database, clock: Clock, codes: Sequence[str], *, cancelled: bool
) -> tuple[list[str], int]:
    """Stop taking people, or cancel; return the codes that changed and how many people are told.

    Those who are on a closed course keep their places; those on a cancelled one are told.

    Raises:
        LookupError: naming the codes that no course bears; nothing is changed then.
    """
    state = CourseState.CANCELLED if cancelled else CourseState.CLOSED
    told = 0
    async with database.transaction() as connection:
        unknown = [code for code in codes if await get_course(connection, code) is None]
        if unknown:
            raise LookupError(", ".join(unknown))
        changed = await set_course_state(connection, codes, state=state.value, now=clock.now())
        for code in changed if cancelled else ():
            told += await _tell_cancelled(connection, clock, code)
    return changed, told


async def _tell_cancelled(connection: AsyncConnection, clock: Clock, code: str) -> int:
    course = await get_course(connection, code)
    assert course is not None
    people = await people_of_course(connection, course)
    await queue_course_news(connection, "cancelled", people, now=clock.now())
    return len(people)
