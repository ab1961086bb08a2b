"""Seats and waiting lists: nobody gets a seat twice, nobody who waits is passed over, and each is told once."""

import asyncio
import random
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.courses.notices import queue_course_news
from scheduler.housekeeping import TRADE_INTERESTS_KEPT, Housekeeping
from store.clock import SetClock, local_date
from store.database import Database
from store.queries.course_interests import (
    CourseNotOpen,
    Interest,
    InterestState,
    interest_in,
    register_interest,
    registrations,
    set_phone,
    withdraw_interest,
)
from store.queries.course_privacy import add_trade_interest, forget_course_interests, trades_of_person
from store.queries.courses import set_course_state
from store.queries.privacy import forget_conversation
from tests.courses import add_course
from tests.store.test_inbox import say

REGISTERED, WAITING = InterestState.REGISTERED, InterestState.WAITING


async def person(database: Database, clock: SetClock, name: str) -> int:
    return (await say(database, clock, "xin chào", person=name)).conversation_id


async def register(database: Database, clock: SetClock, conversation: int, code: str = "MAY-1") -> Interest:
    async with database.transaction() as connection:
        return await register_interest(
            connection,
            code=code,
            conversation_id=conversation,
            consent_text="lời đã hiện",
            today=local_date(clock.now()),
            now=clock.now(),
        )


async def withdraw(database: Database, clock: SetClock, conversation: int, code: str = "MAY-1") -> bool:
    async with database.transaction() as connection:
        was_there, moved_up = await withdraw_interest(
            connection, code=code, conversation_id=conversation, today=local_date(clock.now()), now=clock.now()
        )
        await queue_course_news(connection, "seat", moved_up, now=clock.now())
    return was_there


async def told(database: Database) -> list[int]:
    """Return the conversations that were told of a seat, oldest first."""
    async with database.transaction() as connection:
        rows = await connection.execute(text("select conversation_id from delivery where kind = 'course' order by id"))
        return list(rows.scalars())


async def states(database: Database, code: str = "MAY-1") -> list[str]:
    async with database.transaction() as connection:
        return [one.state.value for one in await registrations(connection, code)]


async def test_two_people_who_take_the_last_seat_at_once_get_a_seat_and_a_place_in_the_queue(
    database: Database, clock: SetClock
) -> None:
    await add_course(database, clock, "MAY-1", seats=1)
    people = [await person(database, clock, name) for name in ("an", "bình")]
    interests = await asyncio.gather(*(register(database, clock, one) for one in people))
    assert sorted(interest.state for interest in interests) == [REGISTERED, WAITING]
    assert sorted(interest.position for interest in interests) == [0, 1]


async def test_a_crowd_fills_the_seats_exactly_and_queues_in_order(database: Database, clock: SetClock) -> None:
    await add_course(database, clock, "MAY-1", seats=5)
    people = [await person(database, clock, f"người {number}") for number in range(12)]
    interests = await asyncio.gather(*(register(database, clock, one) for one in people for _ in range(2)))
    assert sorted(interest.position for interest in interests) == [0] * 10 + sorted(2 * list(range(1, 8)))
    assert await states(database) == ["registered"] * 5 + ["waiting"] * 7


async def test_a_seat_that_becomes_free_goes_to_who_waited_longest_and_they_are_told_once(
    database: Database, clock: SetClock
) -> None:
    await add_course(database, clock, "MAY-1", seats=1)
    an, binh, chi = [await person(database, clock, name) for name in ("an", "bình", "chi")]
    for one in (an, binh, chi):
        await register(database, clock, one)
    assert await withdraw(database, clock, an)
    assert await told(database) == [binh]
    assert (await register(database, clock, binh)).state is REGISTERED
    assert (await register(database, clock, chi)).position == 1
    assert not await withdraw(database, clock, an)
    assert await told(database) == [binh]


async def test_whoever_withdraws_and_comes_back_stands_at_the_end(database: Database, clock: SetClock) -> None:
    await add_course(database, clock, "MAY-1", seats=1)
    an, binh, chi = [await person(database, clock, name) for name in ("an", "bình", "chi")]
    for one in (an, binh, chi):
        await register(database, clock, one)
    await withdraw(database, clock, binh)
    assert (await register(database, clock, binh)).position == 2
    assert (await register(database, clock, chi)).position == 1


async def test_withdrawing_and_registering_at_once_never_leaves_a_seat_empty_or_taken_twice(
    database: Database, clock: SetClock
) -> None:
    await add_course(database, clock, "MAY-1", seats=3)
    people = [await person(database, clock, f"người {number}") for number in range(10)]
    for one in people[:6]:
        await register(database, clock, one)
    moves = [withdraw(database, clock, one) for one in people[:3]] + [
        register(database, clock, one) for one in people[6:]
    ]
    random.Random(7).shuffle(moves)
    await asyncio.gather(*moves)
    assert await states(database) == ["registered"] * 3 + ["waiting"] * 4
    # Those who waited have the seats now, and each was told once.
    assert sorted(await told(database)) == sorted(people[3:6])


async def test_nobody_moves_up_into_a_course_that_began_or_was_cancelled(database: Database, clock: SetClock) -> None:
    for code in ("MAY-1", "MAY-2"):
        await add_course(database, clock, code, seats=1)
    an, binh = [await person(database, clock, name) for name in ("an", "bình")]
    for code in ("MAY-1", "MAY-2"):
        for one in (an, binh):
            await register(database, clock, one, code)
    async with database.transaction() as connection:
        assert await set_course_state(connection, ["MAY-2"], state="cancelled", now=clock.now()) == ["MAY-2"]
    await withdraw(database, clock, an, "MAY-2")
    clock.advance(days=21)
    await withdraw(database, clock, an, "MAY-1")
    assert await told(database) == []


@pytest.mark.parametrize("state", ["closed", "cancelled"])
async def test_a_course_that_is_not_open_takes_nobody(database: Database, clock: SetClock, state: str) -> None:
    await add_course(database, clock, "MAY-1", state=state)
    an = await person(database, clock, "an")
    with pytest.raises(CourseNotOpen):
        await register(database, clock, an)
    with pytest.raises(CourseNotOpen):
        await register(database, clock, an, "KHONG-CO")


async def test_the_last_day_for_registering_counts_in_vietnam(database: Database, clock: SetClock) -> None:
    await add_course(database, clock, "MAY-1")
    an, binh = [await person(database, clock, name) for name in ("an", "bình")]
    # 23:00 of the last day in Vietnam, then half past midnight of the next.
    clock.advance(days=15, hours=14)
    assert (await register(database, clock, an)).state is REGISTERED
    clock.advance(hours=1, minutes=30)
    with pytest.raises(CourseNotOpen):
        await register(database, clock, binh)


async def test_what_was_agreed_to_is_stored_word_by_word_with_its_time(database: Database, clock: SetClock) -> None:
    await add_course(database, clock, "MAY-1")
    await register(database, clock, await person(database, clock, "an"))
    async with database.transaction() as connection:
        row = (await connection.execute(text("select consent_text, consented_at from course_interest"))).one()
    assert (row.consent_text, row.consented_at) == ("lời đã hiện", clock.now())


async def test_a_telephone_number_goes_when_its_person_withdraws(database: Database, clock: SetClock) -> None:
    await add_course(database, clock, "MAY-1")
    an = await person(database, clock, "an")
    await register(database, clock, an)
    async with database.transaction() as connection:
        kept = {"code": "MAY-1", "conversation_id": an, "phone": "0900000000", "consent_text": "?", "now": clock.now()}
        assert await set_phone(connection, **kept)
        assert (await registrations(connection, "MAY-1"))[0].phone == "0900000000"
    await withdraw(database, clock, an)
    async with database.transaction() as connection:
        assert (await connection.execute(text("select phone from course_interest"))).scalar_one() is None
        assert not await set_phone(connection, **kept)


async def test_forgetting_erases_every_wish_and_gives_the_seats_away(database: Database, clock: SetClock) -> None:
    for code in ("MAY-1", "HAN-1"):
        await add_course(database, clock, code, seats=1)
    an, binh = [await person(database, clock, name) for name in ("an", "bình")]
    for code in ("MAY-1", "HAN-1"):
        for one in (an, binh):
            await register(database, clock, one, code)
    async with database.transaction() as connection:
        await add_trade_interest(connection, conversation_id=an, trade="welding", consent_text="?", now=clock.now())
        moved_up = await forget_course_interests(
            connection, conversation_id=an, today=local_date(clock.now()), now=clock.now()
        )
        assert [one.conversation_id for one in moved_up] == [binh, binh]
        assert await trades_of_person(connection, conversation_id=an) == []
        left = await connection.execute(
            text("select count(*) from course_interest where conversation_id = :an"), {"an": an}
        )
        assert left.scalar_one() == 0


async def test_forgetting_a_conversation_by_any_way_erases_its_wishes(database: Database, clock: SetClock) -> None:
    await add_course(database, clock, "MAY-1")
    an = await person(database, clock, "an")
    await register(database, clock, an)
    async with database.transaction() as connection:
        await forget_conversation(connection, conversation_id=an)
        assert await interest_in(connection, code="MAY-1", conversation_id=an) is None


async def test_wishes_are_purged_some_time_after_the_course_and_not_before(database: Database, clock: SetClock) -> None:
    await add_course(database, clock, "MAY-1")
    an, binh = [await person(database, clock, name) for name in ("an", "bình")]
    for one in (an, binh):
        await register(database, clock, one)
    await withdraw(database, clock, binh)
    async with database.transaction() as connection:
        await add_trade_interest(connection, conversation_id=an, trade="welding", consent_text="?", now=clock.now())
    keeping = Housekeeping(database, clock, keep_words=timedelta(days=90), keep_trackers=timedelta(days=7))
    clock.advance(days=29)
    assert (await keeping.purge())["course_interests"] == 0
    clock.advance(days=2)
    assert (await keeping.purge())["course_interests"] == 1
    clock.advance(days=79)
    assert (await keeping.purge())["course_interests"] == 0
    clock.advance(days=1)
    assert (await keeping.purge())["course_interests"] == 1
    clock.advance(days=TRADE_INTERESTS_KEPT.days)
    assert (await keeping.purge())["course_interests"] == 1
