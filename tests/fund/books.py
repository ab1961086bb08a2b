"""Short ways to make pledges and transfers in tests; accounts and names are made up."""

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from fund.accounts import FundAccount
from fund.importing import Imported, import_feed
from fund.pledging import NewPledge, make_pledge
from fund.statement_lines import StatementLine
from store.clock import SetClock, local_date
from store.queries.fund_ledger import totals
from store.queries.pledges import PledgeRow

ACCOUNT = FundAccount(bank="970415", number="100000000001", holder="QUY MAU")


async def pledge(connection: AsyncConnection, clock: SetClock, amount: int | None = 500_000, **more: Any) -> PledgeRow:
    return await make_pledge(connection, NewPledge(amount=amount, **more), now=clock.now())


def transfer(amount: int, memo: str, *, day: date = date(2026, 11, 23), **more: Any) -> StatementLine:
    return StatementLine(ACCOUNT.number, day, amount, memo, **more)


async def came(connection: AsyncConnection, clock: SetClock, *lines: StatementLine) -> Imported:
    return await import_feed(connection, lines, feed="sepay", account=ACCOUNT, now=clock.now())


async def balances(connection: AsyncConnection) -> dict[str, int]:
    """Balance of each account over all months; debit above nought."""
    sums: dict[str, int] = {}
    for one in await totals(connection):
        sums[one.account] = sums.get(one.account, 0) + one.amount
    return {account: amount for account, amount in sums.items() if amount}


def today(clock: SetClock) -> date:
    return local_date(clock.now())


def facts_of(account: FundAccount) -> dict[str, Any]:
    """What a voucher says that sets `account`."""
    return account.model_dump(include={"bank", "number", "holder", "level", "commune"})
