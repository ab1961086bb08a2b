"""What staff do with the fund: the one way for the console, the API and the command line.

Each takes the id of the member of staff who does it, and writes a sentence into the audit log in the same transaction.
That somebody holds the duty was decided by whoever let them in; that two people are two is decided here and below.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from fund.accounts import Accounts, FundAccount, kept_accounts
from fund.importing import Imported, Progress, import_file
from fund.pledge_codes import joined
from fund.statement_files import UnreadableStatement
from fund.statements import Statement, UnreadRow, read_statement
from fund.vouchers import Approved, approve_voucher, record_sound_voucher, reject_voucher
from store.clock import Clock, local_date
from store.database import Database
from store.queries.audit import record_audit
from store.queries.fund_ledger import Seal, first_unsealed_day, seal_day
from store.queries.fund_vouchers import Voucher, get_voucher


def by_staff(staff_id: int) -> str:
    """Return how the books name a member of staff: names are no part of books that are never changed."""
    return f"staff:{staff_id}"


@dataclass(frozen=True)
class StatementReport:
    """What became of a statement file, with the rows that nobody could read."""

    account: FundAccount
    imported: Imported
    unread: tuple[UnreadRow, ...]


async def import_statement(
    database: Database,
    clock: Clock,
    content: bytes,
    *,
    file_name: str,
    account: str | None = None,
    staff_id: int,
    progress: Progress | None = None,
) -> StatementReport:
    """Read a statement file and take its movements in.

    Args:
        account: number of the account; None where the file names one of ours, or there is one only.

    Raises:
        UnreadableStatement: nothing was taken in; `cause` is a key `fund.statement.<cause>`.
    """
    async with database.transaction() as connection:
        accounts = await kept_accounts(connection, retired=True)
    statement = read_statement(content, account="")
    chosen = _account_of(statement, accounts, account)
    statement = statement.of_account(chosen.number)
    imported = await import_file(
        database,
        content,
        statement.lines,
        file_name=file_name,
        account=chosen,
        by=by_staff(staff_id),
        now=clock.now(),
        progress=progress,
    )
    if not imported.already_imported:
        details = {"file": file_name[:200], "rows": imported.rows, "new": imported.new_rows}
        async with database.transaction() as connection:
            await record_audit(
                connection,
                actor=staff_id,
                action="fund.imported",
                subject=f"fund_import:{imported.import_id}",
                now=clock.now(),
                details=details,
            )
    return StatementReport(chosen, imported, statement.unread)


def _account_of(statement: Statement, accounts: Accounts, wanted: str | None) -> FundAccount:
    """Return the account whose statement it is; a file that names another one of ours than is wanted is refused."""
    named = [one for one in accounts.all if one.number in joined(statement.title)]
    if wanted is not None:
        chosen = accounts.by_number(wanted)
        if chosen is None:
            raise UnreadableStatement("no_such_account", number=wanted)
        if named and chosen not in named:
            raise UnreadableStatement("other_account", number=named[0].number)
        return chosen
    if not accounts:
        raise UnreadableStatement("no_account")
    possible = named or list(accounts.all)
    if len({one.number for one in possible}) > 1:
        raise UnreadableStatement("which_account")
    return possible[0]


async def record(
    connection: AsyncConnection, kind: str, body: Mapping[str, Any], *, note: str = "", staff_id: int, now: datetime
) -> int:
    """Record a voucher for a second person to approve; return its number. What could not be booked is refused at once.

    Raises:
        VoucherRefused: `cause` is a key `fund.refused.<cause>`.
    """
    by = by_staff(staff_id)
    number = await record_sound_voucher(connection, kind, body, note=note, by=by, now=now)
    details = {"voucher": number, "kind": kind, "amount": _amount_of(kind, body)}
    await _note(connection, staff_id, f"recorded_{kind}", number, now, details)
    return number


def _amount_of(kind: str, body: Mapping[str, Any]) -> int:
    if kind == "assign":
        return sum(int(amount) for _, amount in body["parts"])
    return int(body.get("amount") or body.get("value") or 0)


async def approve(connection: AsyncConnection, voucher_id: int, *, staff_id: int, now: datetime) -> Approved:
    """Book what a colleague recorded.

    Raises:
        VoucherRefused: see `fund.vouchers.approve_voucher`. The transaction has to be rolled back.
    """
    approved = await approve_voucher(connection, voucher_id, by=by_staff(staff_id), now=now)
    await _note(connection, staff_id, "approved", voucher_id, now, {"voucher": voucher_id})
    return approved


async def reject(connection: AsyncConnection, voucher_id: int, *, reason: str, staff_id: int, now: datetime) -> Voucher:
    """Send back what a colleague recorded.

    Raises:
        VoucherRefused: the same person recorded it, or it is decided.
    """
    voucher = await reject_voucher(connection, voucher_id, by=by_staff(staff_id), now=now)
    await _note(connection, staff_id, "rejected", voucher_id, now, {"voucher": voucher_id, "reason": reason[:300]})
    return await get_voucher(connection, voucher_id) or voucher


async def _note(
    connection: AsyncConnection, staff_id: int, action: str, voucher: int, now: datetime, details: Mapping[str, Any]
) -> None:
    await record_audit(
        connection, actor=staff_id, action=f"fund.{action}", subject=f"fund_voucher:{voucher}", now=now, details=details
    )


async def seal_days(connection: AsyncConnection, *, now: datetime, up_to: date | None = None) -> list[Seal]:
    """Seal every day that is over and is not sealed yet, up to `up_to` or yesterday; return the new seals."""
    last = min(up_to or date.max, local_date(now) - timedelta(days=1))
    day = await first_unsealed_day(connection)
    made = []
    while day is not None and day <= last:
        seal = await seal_day(connection, day, now=now)
        if seal is not None:
            made.append(seal)
        day += timedelta(days=1)
    return made
