"""Wishes to be told of a trade's courses, and erasing what is known about who wants to learn what."""

from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.queries.course_interests import Addressee, fill_free_seats
from store.queries.courses import CourseRow, lock_course

_ADD_TRADE = text("""
insert into trade_interest (conversation_id, trade, consent_text, consented_at)
values (:conversation_id, :trade, :consent_text, :now)
on conflict (conversation_id, trade) do update
    set consent_text = excluded.consent_text, consented_at = excluded.consented_at
""")
_DROP_TRADE = text("delete from trade_interest where conversation_id = :conversation_id and trade = :trade")
_TRADES = text("select trade from trade_interest where conversation_id = :conversation_id order by trade")
_PEOPLE_OF_TRADE = text("""
select conversation_id, channel, address, language from trade_interest
join conversation on conversation.id = conversation_id
where trade = :trade order by trade_interest.id
""")


async def add_trade_interest(
    connection: AsyncConnection, *, conversation_id: int, trade: str, consent_text: str, now: datetime
) -> None:
    """Note that a person wants to hear of new courses of a trade, with the very words that they agreed to."""
    await connection.execute(
        _ADD_TRADE, {"conversation_id": conversation_id, "trade": trade, "consent_text": consent_text, "now": now}
    )


async def drop_trade_interest(connection: AsyncConnection, *, conversation_id: int, trade: str) -> bool:
    """Stop telling a person of a trade's courses; False when that was not asked for."""
    here = {"conversation_id": conversation_id, "trade": trade}
    return (await connection.execute(_DROP_TRADE, here)).rowcount > 0


async def trades_of_person(connection: AsyncConnection, *, conversation_id: int) -> list[str]:
    """Return the trades of which a person wants to hear."""
    return list((await connection.execute(_TRADES, {"conversation_id": conversation_id})).scalars())


async def people_of_trade(connection: AsyncConnection, course: CourseRow) -> list[Addressee]:
    """Return everybody who wants to hear of a new course of this trade."""
    rows = await connection.execute(_PEOPLE_OF_TRADE, {"trade": course.trade})
    return [Addressee(row.conversation_id, row.channel, row.address, row.language, course) for row in rows]


_COURSES_OF = text("""
select code from course_interest join course on course.id = course_id
where conversation_id = :conversation_id and course_interest.state <> 'withdrawn' order by code
""")
_FORGET_COURSES = text("delete from course_interest where conversation_id = :conversation_id")
_FORGET_TRADES = text("delete from trade_interest where conversation_id = :conversation_id")


async def forget_course_interests(
    connection: AsyncConnection, *, conversation_id: int, today: date, now: datetime
) -> list[Addressee]:
    """Erase everything that a person wanted to learn; return who moved up into their seats and must be told."""
    here = {"conversation_id": conversation_id}
    codes = list((await connection.execute(_COURSES_OF, here)).scalars())
    for code in codes:
        await lock_course(connection, code)
    await connection.execute(_FORGET_COURSES, here)
    await connection.execute(_FORGET_TRADES, here)
    moved_up: list[Addressee] = []
    for code in codes:
        moved_up += await fill_free_seats(connection, code=code, today=today, now=now)
    return moved_up


_PURGE_COURSES = text("""
delete from course_interest using course
where course.id = course_id
  and (coalesce(ends_on, starts_on) < :day or withdrawn_at < :before
       or (course.state = 'cancelled' and course.updated_at < :before))
""")
_PURGE_TRADES = text("delete from trade_interest where consented_at < :before")


async def purge_course_interests(
    connection: AsyncConnection, *, day: date, before: datetime, trades_before: datetime
) -> int:
    """Erase old wishes; return how many.

    Args:
        day: courses that ended before it are over.
        before: withdrawals and cancelled courses older than this are over.
        trades_before: wishes to hear of a trade said before this are over.
    """
    courses = (await connection.execute(_PURGE_COURSES, {"day": day, "before": before})).rowcount
    trades = (await connection.execute(_PURGE_TRADES, {"before": trades_before})).rowcount
    return courses + trades
