"""The ledger balances, cannot be changed, and whoever changes it all the same is found out."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from content.translations import catalogue_for
from fund.verifying import verify_books
from store.clock import SetClock
from store.database import Database
from store.ledger_chain import NewEntry
from store.queries.fund_ledger import append_entries, last_seal, seal_day
from tests.fund.books import balances, came, pledge, today, transfer

GUARDED = ("fund_entry", "fund_posting", "fund_seal", "fund_row_decision", "fund_allocation_share")


async def some_books(database: Database, clock: SetClock) -> list[str]:
    """Two pledges, one paid, one transfer that nobody knows; the first day sealed. Return the codes."""
    async with database.transaction() as connection:
        one = await pledge(connection, clock)
        other = await pledge(connection, clock, 200_000)
        await came(connection, clock, transfer(500_000, one.code), transfer(70_000, "ung ho"))
    clock.advance(days=1)
    async with database.transaction() as connection:
        await seal_day(connection, today(clock) - timedelta(days=1), now=clock.now())
    return [one.code, other.code]


async def test_pledged_received_and_what_nobody_knows_stand_apart(database: Database, clock: SetClock) -> None:
    await some_books(database, clock)
    async with database.transaction() as connection:
        found = await balances(connection)
        verified = await verify_books(connection)
    assert found == {
        "claims": 700_000,
        "pledged": -700_000,
        "bank": 570_000,
        "received": -500_000,
        "suspense": -70_000,
    }
    assert verified.faults == () and (verified.entries, verified.seals, verified.rows) == (4, 1, 2)


async def test_an_entry_that_does_not_balance_is_refused(database: Database, clock: SetClock) -> None:
    crooked = NewEntry("received", date(2026, 11, 23), "province", (("bank", 100), ("received", -99)), "machine")
    with pytest.raises(DBAPIError, match="does not balance"):
        async with database.transaction() as connection:
            await append_entries(connection, [crooked], now=clock.now())


@pytest.mark.parametrize("table", [*GUARDED, "fund_statement_row", "fund_voucher"])
async def test_no_table_of_the_books_can_be_emptied(database: Database, clock: SetClock, table: str) -> None:
    await some_books(database, clock)
    with pytest.raises(DBAPIError, match="never changed"):
        async with database.transaction() as connection:
            await connection.execute(text(f"truncate {table} cascade"))


@pytest.mark.parametrize(
    "change",
    [
        "update fund_posting set amount = amount + 1 where entry = 3 and position = 0",
        "update fund_entry set pledge_code = null where number = 3",
        "update fund_seal set entries = 9",
        "update fund_statement_row set amount = amount + 1",
        "update fund_statement_row set memo = 'khac'",
        "delete from fund_statement_row",
        "delete from fund_posting",
        "delete from fund_seal",
    ],
)
async def test_nothing_in_the_books_is_changed(database: Database, clock: SetClock, change: str) -> None:
    await some_books(database, clock)
    with pytest.raises(DBAPIError, match="never changed"):
        async with database.transaction() as connection:
            await connection.execute(text(change))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("update fund_posting set amount = 2 * amount where entry = 3", "entry 3"),
        ("update fund_entry set pledge_code = 'XNAAAAAAAA' where number = 3", "entry 3"),
        ("update fund_entry set happened_on = happened_on - 40 where number = 4", "entry 4"),
        ("delete from fund_posting where entry = 4", "entry 4"),
        ("update fund_statement_row set amount = 2 * amount where id = 1", "row 1"),
        ("update fund_statement_row set memo = 'XN' where id = 2", "row 2"),
        ("update fund_seal set hash = repeat('0', 64)", "seal 2026-11-23"),
        ("update fund_total set amount = amount + 1 where account = 'received'", "total of received"),
        ("update pledge set received = received + 1 where id = 1", "pledge "),
        ("update pledge set promised = 9 where id = 2", "pledge "),
        ("update fund_gift set amount = amount + 1", "gift 1"),
        ("update fund_gift set allocated = 5", "gift 1"),
    ],
)
async def test_who_switches_the_guards_off_and_tampers_is_found_and_the_row_is_named(
    database: Database, clock: SetClock, change: str, named: str
) -> None:
    await some_books(database, clock)
    async with database.transaction() as connection:
        await connection.execute(text("set session_replication_role = replica"))
        await connection.execute(text(change))
        await connection.execute(text("set session_replication_role = default"))
        faults = (await verify_books(connection)).faults
    assert any(fault.what.startswith(named) for fault in faults), faults
    for language in ("vi", "en"):
        assert all(": " in fault.text(catalogue_for(language)) for fault in faults)


async def test_an_entry_that_was_taken_out_is_missed(database: Database, clock: SetClock) -> None:
    await some_books(database, clock)
    async with database.transaction() as connection:
        await connection.execute(text("set session_replication_role = replica"))
        await connection.execute(text("delete from fund_posting where entry = 2"))
        await connection.execute(text("delete from fund_entry where number = 2"))
        await connection.execute(text("set session_replication_role = default"))
        faults = (await verify_books(connection)).faults
    assert ("entry 2", "is missing: entry 3 comes next") in [(one.what, one.why) for one in faults]


async def test_books_that_were_rewritten_from_end_to_end_differ_from_the_published_seal(
    database: Database, clock: SetClock
) -> None:
    await some_books(database, clock)
    async with database.transaction() as connection:
        seal = await last_seal(connection)
        assert seal is not None
        right = await verify_books(connection, published={seal.day: seal.hash})
        wrong = await verify_books(connection, published={seal.day: "f" * 64})
    assert right.faults == ()
    assert [one.what for one in wrong.faults] == ["seal 2026-11-23"]


async def test_a_day_is_sealed_once_it_is_over_and_once(database: Database, clock: SetClock) -> None:
    await some_books(database, clock)
    async with database.transaction() as connection:
        assert await seal_day(connection, today(clock), now=clock.now()) is None
        first = await last_seal(connection)
        again = await seal_day(connection, today(clock) - timedelta(days=1), now=clock.now())
        before = await seal_day(connection, today(clock) - timedelta(days=9), now=clock.now())
    assert first is not None and again == first and before is None
    assert (first.entries, first.last_entry) == (4, 4)


async def test_a_day_without_entries_is_sealed_too_and_hangs_on_the_one_before(
    database: Database, clock: SetClock
) -> None:
    await some_books(database, clock)
    clock.advance(days=1)
    async with database.transaction() as connection:
        first = await last_seal(connection)
        second = await seal_day(connection, today(clock) - timedelta(days=1), now=clock.now())
        assert first is not None and second is not None
        assert (second.entries, second.previous, second.last_entry) == (0, first.hash, first.last_entry)
        assert (await verify_books(connection)).faults == ()
