"""What an upload changes, and who is told of it, once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.courses.importing import close_courses, give_free_seats, import_courses
from content.courses import Course, CourseState, load_demo_courses
from server.commands.courses import hide_demo
from store.clock import SetClock, local_date
from store.database import Database
from store.queries.course_privacy import add_trade_interest
from store.queries.courses import Wanted, all_courses, find_courses
from store.queries.privacy import forget_conversation
from tests.courses import course
from tests.store.test_course_interests import person, register, states


def made(clock: SetClock, **changes: Any) -> Course:
    return course("MAY-1", local_date(clock.now()), **{"seats": 1, **changes})


async def news(database: Database) -> list[tuple[int, str, int]]:
    """Return (conversation, text, priority) of everything that was queued about courses."""
    async with database.transaction() as connection:
        rows = await connection.execute(
            text(
                "select conversation_id, message ->> 'text' as text, priority from delivery "
                "where kind = 'course' order by id"
            )
        )
        return [(row.conversation_id, row.text, row.priority) for row in rows]


async def test_the_same_list_twice_changes_nothing_and_tells_nobody(database: Database, clock: SetClock) -> None:
    first = await import_courses(database, clock, [made(clock)])
    await register(database, clock, await person(database, clock, "an"))
    second = await import_courses(database, clock, [made(clock)])
    assert (first.added, second.added, second.unchanged, second.told) == (["MAY-1"], [], ["MAY-1"], 0)
    assert await news(database) == []


async def test_more_seats_go_to_those_who_waited_longest(database: Database, clock: SetClock) -> None:
    await import_courses(database, clock, [made(clock)])
    people = [await person(database, clock, name) for name in ("an", "bình", "chi", "dung")]
    for one in people:
        await register(database, clock, one)
    result = await import_courses(database, clock, [made(clock, seats=3)])
    assert (result.changed, result.moved_up) == (["MAY-1"], 2)
    assert [told[0] for told in await news(database)] == people[1:3]
    assert await states(database) == ["registered"] * 3 + ["waiting"]


async def test_fewer_seats_take_none_away_and_give_none_until_the_number_fits(
    database: Database, clock: SetClock
) -> None:
    await import_courses(database, clock, [made(clock, seats=2)])
    for name in ("an", "bình", "chi"):
        await register(database, clock, await person(database, clock, name))
    await import_courses(database, clock, [made(clock, seats=1)])
    assert await states(database) == ["registered", "registered", "waiting"]
    assert await news(database) == []


async def test_another_day_or_place_is_told_to_everybody_on_the_course(database: Database, clock: SetClock) -> None:
    await import_courses(database, clock, [made(clock)])
    people = [await person(database, clock, name) for name in ("an", "bình")]
    for one in people:
        await register(database, clock, one)
    later = local_date(clock.now()) + timedelta(days=40)
    await import_courses(database, clock, [made(clock, starts_on=later, title_vi="Tên khác")])
    told = await news(database)
    assert [one[0] for one in told] == people and all(later.strftime("%d/%m/%Y") in one[1] for one in told)
    await import_courses(database, clock, [made(clock, starts_on=later, title_vi="Tên thứ ba")])
    assert len(await news(database)) == 2


@pytest.mark.parametrize("by_upload", [True, False])
async def test_a_cancelled_course_is_told_once_to_everybody_on_it(
    database: Database, clock: SetClock, by_upload: bool
) -> None:
    await import_courses(database, clock, [made(clock)])
    people = [await person(database, clock, name) for name in ("an", "bình")]
    for one in people:
        await register(database, clock, one)
    for _ in range(2):
        if by_upload:
            await import_courses(database, clock, [made(clock, state=CourseState.CANCELLED)])
        else:
            await close_courses(database, clock, ["MAY-1"], cancelled=True)
    assert [one[0] for one in await news(database)] == people


async def test_closing_keeps_everybody_and_an_unknown_code_changes_nothing(database: Database, clock: SetClock) -> None:
    await import_courses(database, clock, [made(clock)])
    with pytest.raises(LookupError, match="KHONG-CO"):
        await close_courses(database, clock, ["MAY-1", "KHONG-CO"], cancelled=False)
    assert await close_courses(database, clock, ["MAY-1"], cancelled=False) == (["MAY-1"], 0)
    async with database.transaction() as connection:
        assert [one.state for one in await all_courses(connection)] == ["closed"]


async def test_a_new_course_is_told_to_those_who_wait_for_its_trade_behind_everything_urgent(
    database: Database, clock: SetClock
) -> None:
    an, binh = [await person(database, clock, name) for name in ("an", "bình")]
    async with database.transaction() as connection:
        for one, trade in ((an, "sewing"), (binh, "welding")):
            await add_trade_interest(connection, conversation_id=one, trade=trade, consent_text="?", now=clock.now())
    for _ in range(2):
        await import_courses(database, clock, [made(clock)])
    ((told, words, priority),) = await news(database)
    assert told == an and "Có lớp mới" in words and priority == 2


async def test_made_up_courses_move_with_the_weeks_and_tell_nobody(database: Database, clock: SetClock) -> None:
    first = await import_courses(database, clock, load_demo_courses(local_date(clock.now())))
    await register(database, clock, await person(database, clock, "an"), "DEMO-XE-01")
    clock.advance(days=7)
    second = await import_courses(database, clock, load_demo_courses(local_date(clock.now())))
    assert first.added == second.changed and second.told == 0


async def test_a_seat_that_became_free_in_whatever_way_goes_to_whoever_waits_and_is_told_once(
    database: Database, clock: SetClock
) -> None:
    await import_courses(database, clock, [made(clock)])
    an, binh, chi = [await person(database, clock, name) for name in ("an", "bình", "chi")]
    for one in (an, binh, chi):
        await register(database, clock, one)
    async with database.transaction() as connection:
        await forget_conversation(connection, conversation_id=an)
    assert await news(database) == []
    assert [await give_free_seats(database, clock) for _ in range(2)] == [1, 0]
    assert [told[0] for told in await news(database)] == [binh]
    assert await states(database) == ["registered", "waiting"]


async def test_no_free_seat_is_given_once_the_course_has_begun(database: Database, clock: SetClock) -> None:
    await import_courses(database, clock, [made(clock)])
    an, binh = [await person(database, clock, name) for name in ("an", "bình")]
    for one in (an, binh):
        await register(database, clock, one)
    async with database.transaction() as connection:
        await forget_conversation(connection, conversation_id=an)
    clock.advance(days=120)
    assert await give_free_seats(database, clock) == 0
    assert await states(database) == ["waiting"]


async def test_without_the_trial_its_courses_are_out_of_the_catalogue_until_it_is_tried_again(
    database: Database, clock: SetClock
) -> None:
    today = local_date(clock.now())
    await import_courses(database, clock, [*load_demo_courses(today), made(clock)])
    assert await hide_demo(database) == len(load_demo_courses(today))
    async with database.transaction() as connection:
        found, _ = await find_courses(connection, Wanted(day=today), limit=50)
    assert [one.code for one in found] == ["MAY-1"]
    assert await news(database) == [] and await hide_demo(database) == 0
    await import_courses(database, clock, load_demo_courses(today))
    async with database.transaction() as connection:
        found, number = await find_courses(connection, Wanted(day=today), limit=50)
    assert number == 1 + len(load_demo_courses(today))
