"""Statements and webhooks are taken in once each, matched only where exact, and what is not says why."""

from datetime import date, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from fund.accounts import FundAccount
from fund.importing import Imported, import_feed, import_file
from fund.matching import Reason, RowState
from fund.pledging import cancel_pledge
from fund.statement_lines import StatementLine
from fund.statements import read_statement
from fund.suggestions import credits_that_went_back, suggestions_for
from fund.verifying import verify_books
from store.clock import SetClock
from store.database import Database
from store.queries.fund_ledger import entries_after
from store.queries.fund_statements import StatementRow, rows_in_states
from store.queries.pledges import find_pledge, get_pledge
from tests.fund.bank_files import Movement, bidv, csv_file, vietcombank
from tests.fund.books import ACCOUNT, balances, came, pledge, transfer
from tests.fund.memos import MANNERS, mangled

DAY = date(2026, 11, 23)
ALL = list(RowState)


async def only_row(connection: AsyncConnection) -> StatementRow:
    (row,) = await rows_in_states(connection, ALL)
    return row


async def imported(database: Database, clock: SetClock, content: bytes, *, name: str = "sao-ke.csv") -> Imported:
    statement = read_statement(content, account=ACCOUNT.number)
    lines = statement.lines
    return await import_file(database, content, lines, file_name=name, account=ACCOUNT, by="staff:1", now=clock.now())


@pytest.mark.parametrize("manner", MANNERS)
async def test_a_code_is_matched_in_every_manner_of_every_bank(
    database: Database, clock: SetClock, manner: str
) -> None:
    async with database.transaction() as connection:
        made = await pledge(connection, clock)
        await came(connection, clock, transfer(500_000, mangled(manner, made.code)))
        row, after = await only_row(connection), await get_pledge(connection, made.id)
    assert (row.state, row.reason) == (RowState.MATCHED, Reason.EXACT)
    assert (after.received, after.state) == (500_000, "fulfilled")


@pytest.mark.parametrize(
    ("amount", "state", "reason"),
    [
        (500_000, "matched", "exact"),
        (499_999, "ambiguous", "part_payment"),
        (500_001, "ambiguous", "over_payment"),
        (-500_000, "unknown", "outgoing_with_code"),
    ],
)
async def test_only_the_exact_amount_is_matched_by_the_machine(
    database: Database, clock: SetClock, amount: int, state: str, reason: str
) -> None:
    async with database.transaction() as connection:
        made = await pledge(connection, clock)
        await came(connection, clock, transfer(amount, made.code))
        row = await only_row(connection)
        assert (row.state, row.reason, list(row.codes)) == (state, reason, [made.code])
        assert (await verify_books(connection)).faults == ()


async def test_what_may_not_be_matched_waits_with_its_reason(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        one, other, gone, rice = [
            await pledge(connection, clock),
            await pledge(connection, clock),
            await pledge(connection, clock),
            await pledge(connection, clock, None, kind="in_kind", goods="Gạo (mẫu)"),
        ]
        await cancel_pledge(connection, gone.code, now=clock.now())
        paid = await pledge(connection, clock, 90_000)
        await came(
            connection,
            clock,
            transfer(90_000, paid.code, reference="A"),
            transfer(90_000, paid.code, reference="B"),
            transfer(1_000_000, f"{one.code} {other.code}"),
            transfer(500_000, gone.code),
            transfer(500_000, rice.code),
            transfer(500_000, "XNK7M2Q9XC"),
            transfer(500_000, f"ung ho {one.code[:8]}"),
            transfer(500_000, "NGUYEN THI MAU chuyen tien"),
            transfer(-9_000, "Phi dich vu"),
        )
        found = [(row.state, row.reason) for row in await rows_in_states(connection, ALL)]
    assert found == [
        ("matched", "exact"),
        ("ambiguous", "already_paid"),
        ("ambiguous", "several_codes"),
        ("ambiguous", "cancelled_pledge"),
        ("ambiguous", "goods_pledge"),
        ("unknown", "code_unknown"),
        ("unknown", "code_damaged"),
        ("unknown", "no_code"),
        ("unknown", "outgoing"),
    ]


async def test_parts_are_matched_one_by_one_and_a_drive_takes_any_amount(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        parts = await pledge(connection, clock, 300_000, parts=3, schedule="monthly")
        drive = await pledge(connection, clock, None, kind="drive", people=40)
        await came(
            connection,
            clock,
            *(transfer(100_000, parts.code, reference=f"P{number}") for number in range(3)),
            transfer(123_000, drive.code),
            transfer(77_000, drive.code),
        )
        found = [row.reason for row in await rows_in_states(connection, ALL)]
        after = await find_pledge(connection, parts.code)
        collected = await find_pledge(connection, drive.code)
    assert found == ["instalment", "instalment", "exact", "drive", "drive"]
    assert after is not None and after.state == "fulfilled"
    assert collected is not None and (collected.received, collected.state) == (200_000, "open")


async def test_a_commune_s_own_account_takes_no_gift_that_was_promised_to_the_province(
    database: Database, clock: SetClock
) -> None:
    own = FundAccount(bank="970405", number="1500201234567", holder="XA MAU", level="commune", commune="23284")
    async with database.transaction() as connection:
        made = await pledge(connection, clock)
        line = StatementLine(own.number, DAY, 500_000, made.code)
        await import_feed(connection, [line], feed="sepay", account=own, now=clock.now())
        row = await only_row(connection)
    assert (row.state, row.reason) == ("ambiguous", "other_account")


async def test_made_up_money_pays_no_real_pledge(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        made = await pledge(connection, clock, demo=True)
        await came(connection, clock, transfer(500_000, made.code))
        assert (await only_row(connection)).reason == "other_account"


async def test_the_same_file_again_changes_nothing(database: Database, clock: SetClock) -> None:
    content = csv_file(vietcombank(ACCOUNT.number, [Movement(DAY, 500_000, "ung ho", "5242.1")]))
    first = await imported(database, clock, content)
    again = await imported(database, clock, content)
    assert (first.new_rows, first.already_imported) == (1, False)
    assert again.already_imported and again.import_id == first.import_id
    async with database.transaction() as connection:
        assert len(await entries_after(connection, 0, limit=10)) == 1


async def test_a_longer_statement_adds_only_what_is_new(database: Database, clock: SetClock) -> None:
    known = [Movement(DAY, 500_000, "ung ho", f"5242.{number}") for number in range(3)]
    more = [*known, Movement(DAY, 500_000, "ung ho", "5242.9")]
    assert (await imported(database, clock, csv_file(vietcombank(ACCOUNT.number, known)))).new_rows == 3
    assert (await imported(database, clock, csv_file(vietcombank(ACCOUNT.number, more)))).new_rows == 1


async def test_who_gives_the_same_twice_gave_twice_and_once_more_by_statement_not_at_all(
    database: Database, clock: SetClock
) -> None:
    twice = [Movement(DAY, 500_000, "ung ho"), Movement(DAY, 500_000, "ung ho")]
    async with database.transaction() as connection:
        await came(connection, clock, transfer(500_000, "UNG HO", reference="SEPAY1"))
    first = await imported(database, clock, csv_file(bidv(ACCOUNT.number, twice)))
    assert (first.rows, first.new_rows) == (2, 1)
    longer = [*twice, Movement(DAY + timedelta(days=1), 1_000, "khac")]
    assert (await imported(database, clock, csv_file(bidv(ACCOUNT.number, longer)))).new_rows == 1


async def test_a_webhook_and_a_statement_that_number_otherwise_are_one_movement(
    database: Database, clock: SetClock
) -> None:
    async with database.transaction() as connection:
        made = await pledge(connection, clock)
        told = transfer(500_000, f"{made.code} ung ho", reference="FT26327000001")
        assert (await came(connection, clock, told)).new_rows == 1
        assert (await came(connection, clock, told)).new_rows == 0
    content = csv_file(vietcombank(ACCOUNT.number, [Movement(DAY, 500_000, f"{made.code} UNG HO", "5242.74128")]))
    assert (await imported(database, clock, content)).new_rows == 0
    async with database.transaction() as connection:
        assert await balances(connection) == {
            "claims": 500_000,
            "pledged": -500_000,
            "bank": 500_000,
            "received": -500_000,
        }


async def test_a_line_with_the_bank_s_number_takes_its_own_row_before_one_that_is_only_alike(
    database: Database, clock: SetClock
) -> None:
    async with database.transaction() as connection:
        await came(connection, clock, transfer(500_000, "ung ho", reference="B"))
    lines = [Movement(DAY, 500_000, "ung ho", "A"), Movement(DAY, 500_000, "ung ho", "B")]
    assert (await imported(database, clock, csv_file(vietcombank(ACCOUNT.number, lines)))).new_rows == 1
    async with database.transaction() as connection:
        assert [row.reference for row in await rows_in_states(connection, ALL)] == ["B", "A"]


class Killed(Exception):
    pass


async def test_an_import_that_was_broken_off_goes_on_where_it_stopped(
    database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fund.importing.SLICE", 4)
    content = csv_file(bidv(ACCOUNT.number, [Movement(DAY, 50_000, "ung ho")] * 10))
    statement = read_statement(content, account=ACCOUNT.number)
    seen: list[tuple[int, int]] = []

    def stop_after_the_first(done: int, total: int) -> None:
        seen.append((done, total))
        raise Killed

    with pytest.raises(Killed):
        await import_file(
            database,
            content,
            statement.lines,
            file_name="a",
            account=ACCOUNT,
            by="staff:1",
            now=clock.now(),
            progress=stop_after_the_first,
        )
    again = await imported(database, clock, content)
    assert seen == [(4, 10)] and (again.already_imported, again.new_rows) == (False, 6)
    assert (await imported(database, clock, content)).already_imported
    async with database.transaction() as connection:
        assert len(await rows_in_states(connection, ALL)) == 10
        assert (await verify_books(connection)).faults == ()


async def test_whoever_decides_sees_the_likeliest_pledges_and_why(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        named = await pledge(connection, clock, donor_name="Nguyễn Thị Mẫu")
        other = await pledge(connection, clock)
        await came(
            connection,
            clock,
            transfer(500_000, f"{named.code[:7]} ung ho"),
            transfer(500_000, "NGUYEN THI MAU chuyen tien"),
            transfer(499_000, other.code),
        )
        cut, without, less = await rows_in_states(connection, ALL)
        assert [(one.pledge.code, one.why) for one in await suggestions_for(connection, cut)] == [
            (named.code, "code_cut_off"),
            (other.code, "same_amount"),
        ]
        assert [(one.pledge.code, one.why) for one in await suggestions_for(connection, without)] == [
            (named.code, "same_amount_and_name"),
            (other.code, "same_amount"),
        ]
        assert [(one.pledge.code, one.why) for one in await suggestions_for(connection, less)] == [(other.code, "code")]


async def test_money_out_shows_what_it_may_give_back(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        await came(connection, clock, transfer(70_000, "nham", day=DAY - timedelta(days=2)), transfer(60_000, "khac"))
        await came(connection, clock, transfer(-70_000, "hoan tra"))
        came_in, _, out = await rows_in_states(connection, ALL)
        assert [row.id for row in await credits_that_went_back(connection, out)] == [came_in.id]
        assert await credits_that_went_back(connection, came_in) == []
        assert await suggestions_for(connection, out) == []
