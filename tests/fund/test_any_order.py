"""In any order of pledges, transfers, mangled memos, imports, refunds and decisions the books stay whole."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncTransaction

from fund.booking import VoucherRefused
from fund.importing import import_feed
from fund.matching import RowState
from fund.office import approve, record, seal_days
from fund.pledging import PledgeRefused, cancel_pledge, change_amount
from fund.statement_lines import StatementLine
from fund.statements import read_statement
from fund.verifying import verify_books
from store.clock import SetClock
from store.database import Database
from store.queries.fund_statements import rows_in_states
from store.queries.fund_uses import allocations
from store.queries.pledges import pledges_page
from tests.fund.bank_files import LAYOUTS, Movement, csv_file
from tests.fund.books import ACCOUNT, balances, pledge, today
from tests.fund.memos import MANNERS, mangled
from tests.fund.people import fund_staff

AMOUNTS = st.sampled_from([50_000, 100_000, 300_000, 501_000])
PICK = st.integers(0, 10**6)
URL = ""


class AnyOrder(RuleBasedStateMachine):
    """What donors, banks and staff do, against books that are checked after every step.

    `at_bank` is what the bank knows; the books know `known` movements of it by webhook or statement.
    """

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = SetClock()
        self.at_bank: list[Movement] = []
        self.known = 0
        self.database = Database(URL)
        self.connection = self.now(self.database.engine.connect().__aenter__())
        self.transaction: AsyncTransaction = self.now(self.connection.begin().__aenter__())
        self.recorder = self.now(fund_staff(self.connection, self.clock, "thu-quy"))
        self.approver = self.now(fund_staff(self.connection, self.clock, "truong-ban"))

    def now[Result](self, work: Awaitable[Result]) -> Result:
        """Do something at once."""

        async def done() -> Result:
            return await work

        return self.loop.run_until_complete(done())

    def teardown(self) -> None:
        """A tampered entry is found and named; then all is taken back."""
        try:
            self.now(self.tamper())
        finally:
            self.now(self.transaction.rollback())
            self.now(self.connection.close())
            self.now(self.database.close())
            self.loop.close()

    async def tamper(self) -> None:
        last = (await self.connection.execute(text("select max(number) from fund_entry"))).scalar_one()
        if last is None:
            return
        number = 1 + len(self.at_bank) * 7919 % last
        await self.connection.execute(text("set local session_replication_role = replica"))
        change = text("update fund_entry set happened_on = happened_on - 1 where number = :number")
        await self.connection.execute(change, {"number": number})
        named = [fault.what for fault in (await verify_books(self.connection)).faults]
        assert f"entry {number}" in named

    async def codes(self) -> list[Any]:
        return await pledges_page(self.connection, limit=500)

    @rule(amount=AMOUNTS, parts=st.sampled_from([1, 1, 3]))
    def somebody_pledges(self, amount: int, parts: int) -> None:
        schedule = "once" if parts == 1 else "monthly"
        self.now(pledge(self.connection, self.clock, amount, parts=parts, schedule=schedule))

    @rule(which=PICK, amount=AMOUNTS, cancel=st.booleans())
    def somebody_changes_their_mind(self, which: int, amount: int, cancel: bool) -> None:
        if made := self.now(self.codes()):
            code = made[which % len(made)].code
            try:
                if cancel:
                    self.now(cancel_pledge(self.connection, code, now=self.clock.now()))
                else:
                    self.now(change_amount(self.connection, code, amount, now=self.clock.now()))
            except PledgeRefused as refused:
                assert refused.cause in ("cancelled", "less_than_received")

    @rule(
        which=PICK,
        manner=st.sampled_from(MANNERS),
        amount=st.none() | AMOUNTS,
        at_once=st.booleans(),
        both=st.booleans(),
    )
    def somebody_transfers(self, which: int, manner: str, amount: int | None, at_once: bool, both: bool) -> None:
        made = self.now(self.codes())
        if not made:
            self.bank_gets(amount or 100_000, "NGUYEN THI MAU chuyen tien", at_once)
            return
        one, other = made[which % len(made)], made[0]
        memo = f"{one.code} {other.code}" if both and other.code != one.code else mangled(manner, one.code)
        self.bank_gets(amount or max(1_000, one.amount - one.received), memo, at_once)

    @rule(amount=AMOUNTS, at_once=st.booleans())
    def money_goes_out(self, amount: int, at_once: bool) -> None:
        self.bank_gets(-amount, "HOAN TRA", at_once)

    def bank_gets(self, amount: int, memo: str, at_once: bool) -> None:
        """A movement at the bank; a webhook may tell of it at once, by another number than the statement's."""
        day, number = today(self.clock), len(self.at_bank)
        self.at_bank.append(Movement(day, amount, memo, f"R{number}"))
        if at_once:
            line = StatementLine(ACCOUNT.number, day, amount, memo, reference=f"W{number}")
            # Exactly like one that a statement told before, it is taken for that one until the next statement.
            self.known += self.import_lines([line], "sepay")

    @precondition(lambda self: self.at_bank)
    @rule(layout=st.sampled_from(sorted(LAYOUTS)))
    def a_statement_tells_all(self, layout: str) -> None:
        statement = read_statement(csv_file(LAYOUTS[layout](ACCOUNT.number, self.at_bank)), account=ACCOUNT.number)
        assert len(statement.lines) == len(self.at_bank)
        assert self.import_lines(statement.lines, "file") == len(self.at_bank) - self.known
        self.known = len(self.at_bank)

    def import_lines(self, lines: Sequence[StatementLine], source: str) -> int:
        done = import_feed(self.connection, lines, feed=source, account=ACCOUNT, now=self.clock.now())
        return self.now(done).new_rows

    @rule(kind=st.sampled_from(["assign", "gift", "discard", "undo", "refund"]), which=PICK, other=PICK)
    def staff_decide_about_a_row(self, kind: str, which: int, other: int) -> None:
        rows = self.now(rows_in_states(self.connection, list(RowState), limit=500))
        made = self.now(self.codes())
        if not rows:
            return
        row, came = rows[which % len(rows)], rows[other % len(rows)]
        if kind == "assign" and made:
            self.decide("assign", {"row": row.id, "parts": [[made[other % len(made)].code, row.amount]]})
        elif kind in ("assign", "gift"):
            self.decide("assign", {"row": row.id, "parts": [[None, row.amount]]})
        elif kind == "refund":
            self.decide("refund", {"row": row.id, "gift_row": came.id, "reopen": other % 2 == 0})
        else:
            self.decide(kind, {"row": row.id})

    @rule(amount=AMOUNTS, which=PICK, kind=st.sampled_from(["allocate", "deliver", "cancel_allocation"]))
    def staff_use_money(self, amount: int, which: int, kind: str) -> None:
        found = self.now(allocations(self.connection))
        if kind == "allocate" or not found:
            body = {"title": "Sửa nhà (mẫu)", "programme": "nha-o", "amount": amount, "level": "province"}
            self.decide("allocate", body)
        elif kind == "deliver":
            day = today(self.clock).isoformat()
            number = found[which % len(found)].id
            self.decide("deliver", {"allocation": number, "amount": amount, "day": day, "document": "BB (mẫu)"})
        else:
            self.decide("cancel_allocation", {"allocation": found[which % len(found)].id})

    def decide(self, kind: str, body: dict[str, Any]) -> None:
        async def both() -> None:
            now = self.clock.now()
            number = await record(self.connection, kind, body, staff_id=self.recorder, now=now)
            await approve(self.connection, number, staff_id=self.approver, now=now)

        try:
            self.now(both())
        except VoucherRefused as refused:
            assert refused.cause != "malformed"

    @rule()
    def a_day_passes(self) -> None:
        self.clock.advance(days=1)
        made = self.now(seal_days(self.connection, now=self.clock.now()))
        assert all(seal.day == today(self.clock) - timedelta(days=1) for seal in made[-1:])

    @invariant()
    def the_books_are_whole(self) -> None:
        assert self.now(verify_books(self.connection)).faults == ()
        found = self.now(balances(self.connection))
        assert sum(found.values()) == 0
        rows = self.now(rows_in_states(self.connection, list(RowState), limit=1_000))
        assert len(rows) == self.known and found.get("bank", 0) == sum(row.amount for row in rows)
        made = self.now(self.codes())
        assert -found.get("pledged", 0) == sum(one.promised for one in made)
        for one in made:
            assert one.received >= 0 and (one.state != "fulfilled" or one.received >= one.amount)
        given = -found.get("received", 0)
        assert given >= sum(one.received for one in made) and given >= -found.get("allocated", 0)


def test_in_any_order_the_books_stay_whole_and_a_tampered_entry_is_named(database: Database) -> None:
    global URL
    URL = database.url
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            phases=[Phase.explicit, Phase.generate],
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
