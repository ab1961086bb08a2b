"""Booking which accounts donors are told to pay to: two people set one, and the ledger remembers it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from fund.accounts import DEMO_ACCOUNT, FundAccount, plain_account
from fund.booking import Booking, Decided, VoucherRefused
from fund.books import Kind, entry_of
from store.ledger_chain import DEMO_LEVEL
from store.queries.fund_accounts import account_rows, add_account, retire_account
from store.queries.fund_ledger import lock_ledger
from store.queries.fund_vouchers import add_voucher, decide_voucher

#: Who sets and retires the made-up account.
DEMO = "demo"


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


async def show_demo_account(connection: AsyncConnection, *, now: datetime) -> bool:
    """Show the made-up account of a trial, unless one is shown already; return whether it is new.

    It takes the place of no real one: where two people have set an account, nothing is made up beside it.
    """
    if await account_rows(connection):
        return False
    voucher = await _demo_voucher(connection, "set_account", DEMO_ACCOUNT.model_dump(), now=now)
    await _write(Booking(connection, voucher, DEMO, now), DEMO_ACCOUNT)
    return True


async def hide_demo_account(connection: AsyncConnection, *, now: datetime) -> bool:
    """Take the made-up account of a trial away; return whether there was one."""
    if not any(row.demo for row in await account_rows(connection)):
        return False
    body = {"number": DEMO_ACCOUNT.number}
    voucher = await _demo_voucher(connection, "retire_account", body, now=now)
    await retire(Booking(connection, voucher, DEMO, now), body)
    return True


async def _demo_voucher(connection: AsyncConnection, kind: str, body: Mapping[str, Any], *, now: datetime) -> int:
    # Approved by nobody but the trial itself: an account that says that it is made up is nobody's decision.
    await lock_ledger(connection)
    voucher = await add_voucher(connection, kind=kind, body=body, note="", recorded_by=DEMO, now=now)
    await decide_voucher(connection, voucher, state="approved", by=f"{DEMO}:2", now=now)
    return voucher
