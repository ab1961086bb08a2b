"""What the code of a gift tells: promised, came, went back, and where it went."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from fund.lookup import Standing, look_up
from fund.pledging import cancel_pledge
from fund.vouchers import approve_voucher, record_voucher
from store.clock import SetClock
from store.database import Database
from store.queries.pledges import PledgeRow
from tests.fund.books import came, pledge, today, transfer


async def handed_over(connection: AsyncConnection, clock: SetClock, made: PledgeRow, amount: int) -> None:
    """A part of a pledge in cash, recorded and approved."""
    body = {"code": made.code, "amount": amount, "day": today(clock).isoformat()}
    voucher = await record_voucher(connection, "cash_in", body, note="", by="A", now=clock.now())
    await approve_voucher(connection, voucher, by="B", now=clock.now())


async def test_a_code_that_was_never_given_out_finds_nothing(database: Database) -> None:
    async with database.transaction() as connection:
        assert await look_up(connection, "XNK7M2Q9XC") is None


async def test_a_gift_tells_where_it_stands_and_what_is_due_next(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        made = await pledge(connection, clock, 300_000, parts=3, schedule="monthly")
        waiting = await look_up(connection, made.code)
        assert waiting is not None and waiting.standing is Standing.WAITING
        assert waiting.next_due is not None
        assert (waiting.next_due.amount, waiting.next_due.due_on) == (100_000, date(2026, 11, 23))
        await handed_over(connection, clock, made, 150_000)
        partly = await look_up(connection, made.code)
        assert partly is not None and partly.standing is Standing.PARTLY
        assert partly.next_due is not None
        assert (partly.next_due.number, partly.next_due.amount) == (2, 50_000)
        await handed_over(connection, clock, made, 150_000)
        whole = await look_up(connection, made.code)
    assert whole is not None and whole.standing is Standing.RECEIVED
    assert whole.next_due is None and whole.not_used_yet == 300_000


async def test_a_gift_shows_what_it_was_used_for(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        made = await pledge(connection, clock, 500_000)
        await came(connection, clock, transfer(500_000, made.code))
        voucher = await record_voucher(
            connection,
            "allocate",
            {"title": "Sửa nhà, đợt 1 (mẫu)", "programme": "houses", "amount": 400_000},
            note="",
            by="A",
            now=clock.now(),
        )
        await approve_voucher(connection, voucher, by="B", now=clock.now())
        found = await look_up(connection, made.code)
    assert found is not None
    assert [(use.title, use.amount) for use in found.uses] == [("Sửa nhà, đợt 1 (mẫu)", 400_000)]
    assert found.not_used_yet == 100_000


async def test_what_was_cancelled_says_so_unless_money_had_come(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        nothing = await pledge(connection, clock, 500_000)
        some = await pledge(connection, clock, 500_000)
        await handed_over(connection, clock, some, 200_000)
        for one in (nothing, some):
            await cancel_pledge(connection, one.code, now=clock.now())
        first, second = await look_up(connection, nothing.code), await look_up(connection, some.code)
    assert first is not None and first.standing is Standing.CANCELLED
    assert second is not None and second.standing is Standing.RECEIVED and second.next_due is None
