"""Booking which accounts donors are told to pay to: two people set one, and the ledger remembers it."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from fund.accounts import FundAccount, plain_account
from fund.books import Kind, entry_of
from fund.decisions import Booking, Decided, VoucherRefused
from store.ledger_chain import DEMO_LEVEL
from store.queries.fund_accounts import account_rows, add_account, retire_account


async def set_account(booking: Booking, body: Mapping[str, Any]) -> Decided:
    """Let donors pay to an account from now on; the newest of the province, or of a commune, is the one shown."""
    try:
        account = FundAccount(**{name: body.get(name) for name in ("bank", "number", "holder", "level", "commune")})
    except ValidationError as error:
        raise VoucherRefused("wrong_account") from error
    if (account.level == "commune") is (account.commune is None):
        raise VoucherRefused("wrong_account")
    if any(row.number == account.number for row in await account_rows(booking.connection)):
        raise VoucherRefused("account_in_use")
    await _write(booking, account)
    return Decided()


async def _write(booking: Booking, account: FundAccount) -> None:
    facts = account.model_dump(exclude={"demo"})
    entry = entry_of(
        Kind.ACCOUNT_SET,
        0,
        happened_on=booking.today,
        level=account.ledger_level,
        commune=account.commune,
        recorded_by=booking.by,
        voucher_id=booking.voucher_id,
        details=facts,
    )
    (number,) = await booking.book(entry)
    await add_account(booking.connection, **facts, demo=account.demo, set_by=number, set_at=booking.now)


async def retire(booking: Booking, body: Mapping[str, Any]) -> Decided:
    """Show an account to nobody any more. Its statements are still read: late transfers come."""
    number = plain_account(str(body["number"]))
    row = next((one for one in await account_rows(booking.connection) if one.number == number), None)
    if row is None:
        raise VoucherRefused("unknown_account")
    entry = entry_of(
        Kind.ACCOUNT_RETIRED,
        0,
        happened_on=booking.today,
        level=DEMO_LEVEL if row.demo else row.level,
        commune=row.commune,
        recorded_by=booking.by,
        voucher_id=booking.voucher_id,
        details={"number": row.number},
    )
    (entry_number,) = await booking.book(entry)
    await retire_account(booking.connection, row.id, entry=entry_number)
    return Decided()
