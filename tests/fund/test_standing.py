"""Where a pledge stands, and what is due next."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from fund.pledging import cancel_pledge
from fund.standing import Standing, next_due, standing_of
from fund.vouchers import approve_voucher, record_voucher
from store.clock import SetClock
from store.database import Database
from store.queries.pledges import PledgeRow, get_pledge
from tests.fund.books import pledge, today


async def handed_over(connection: AsyncConnection, clock: SetClock, made: PledgeRow, amount: int) -> PledgeRow:
    """A part of a pledge in cash, recorded and approved; the pledge after it."""
    body = {"code": made.code, "amount": amount, "day": today(clock).isoformat()}
    voucher = await record_voucher(connection, "cash_in", body, note="", by="A", now=clock.now())
    await approve_voucher(connection, voucher, by="B", now=clock.now())
    return await get_pledge(connection, made.id)


async def test_the_oldest_part_that_is_not_paid_is_due(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        made = await pledge(connection, clock, 300_000, parts=3, schedule="monthly")
        due = next_due(made)
        assert standing_of(made) is Standing.WAITING
        assert due is not None and (due.amount, due.due_on) == (100_000, date(2026, 11, 23))
        partly = await handed_over(connection, clock, made, 150_000)
        due = next_due(partly)
        assert standing_of(partly) is Standing.PARTLY
        assert due is not None and (due.number, due.amount) == (2, 50_000)
        whole = await handed_over(connection, clock, made, 150_000)
    assert standing_of(whole) is Standing.RECEIVED and next_due(whole) is None


async def test_what_was_cancelled_says_so_unless_money_had_come(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        nothing = await pledge(connection, clock, 500_000)
        some = await pledge(connection, clock, 500_000)
        await handed_over(connection, clock, some, 200_000)
        for one in (nothing, some):
            await cancel_pledge(connection, one.code, now=clock.now())
        nothing, some = await get_pledge(connection, nothing.id), await get_pledge(connection, some.id)
    assert standing_of(nothing) is Standing.CANCELLED
    assert standing_of(nothing, refunded=1) is Standing.REFUNDED
    assert standing_of(some) is Standing.RECEIVED and next_due(some) is None
