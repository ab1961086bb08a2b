"""What people decide about money, by two of them: one records a voucher, another approves it, and then it is booked.

| kind | body |
| --- | --- |
| `assign` | row, parts: [[code or null, amount], …] |
| `discard`, `undo` | row |
| `refund` | row (money out), gift_row (money that had come in), reopen |
| `cash_in` | code or null, amount, day |
| `allocate` | title, programme, amount, level, commune, household, household_consent_text |
| `cancel_allocation` | allocation |
| `deliver` | allocation, amount, day, document, row (of the statement, where there is one) |
| `goods_in` | code, day, value |
| `goods_out` | what, day, value, commune |
| `set_account` | bank, number, holder, level, commune |
| `retire_account` | number |
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from fund.booking import Booking, Decided, VoucherRefused
from fund.decisions import assign, cash_in, discard, undo
from fund.paid_to import retire, set_account
from fund.refunds import refund
from fund.uses import allocate, cancel_allocation, deliver, goods_in, goods_out
from store.queries.fund_ledger import lock_ledger
from store.queries.fund_vouchers import Voucher, add_voucher, decide_voucher, get_voucher

_BOOKINGS: dict[str, Callable[[Booking, Mapping[str, Any]], Awaitable[Decided]]] = {
    "assign": assign,
    "discard": discard,
    "refund": refund,
    "undo": undo,
    "cash_in": cash_in,
    "allocate": allocate,
    "cancel_allocation": cancel_allocation,
    "deliver": deliver,
    "goods_in": goods_in,
    "goods_out": goods_out,
    "set_account": set_account,
    "retire_account": retire,
}
VOUCHER_KINDS = tuple(_BOOKINGS)


@dataclass(frozen=True)
class Approved:
    """A voucher that was approved, and what came of it."""

    voucher: Voucher
    decided: Decided


async def record_voucher(
    connection: AsyncConnection, kind: str, body: Mapping[str, Any], *, note: str, by: str, now: datetime
) -> int:
    """Write down what somebody wants to have booked; return the voucher's id. Nothing is booked yet.

    Raises:
        VoucherRefused: no such kind.
    """
    if kind not in _BOOKINGS:
        raise VoucherRefused("unknown_kind")
    return await add_voucher(connection, kind=kind, body=body, note=note, recorded_by=by, now=now)


async def record_sound_voucher(
    connection: AsyncConnection, kind: str, body: Mapping[str, Any], *, note: str, by: str, now: datetime
) -> int:
    """Write a voucher down like `record_voucher`; whoever records one hears at once what would be wrong with it.

    It is booked, and the booking is taken back.

    Raises:
        VoucherRefused: it could not be booked as things stand. Nothing was written.
    """
    await lock_ledger(connection)
    async with connection.begin_nested():
        number = await record_voucher(connection, kind, body, note=note, by=by, now=now)
        async with connection.begin_nested() as trial:
            await _booked(Booking(connection, number, by, now), kind, body)
            await trial.rollback()
    return number


async def _booked(booking: Booking, kind: str, body: Mapping[str, Any]) -> Decided:
    try:
        return await _BOOKINGS[kind](booking, body)
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, VoucherRefused):
            raise
        raise VoucherRefused("malformed") from error


async def approve_voucher(connection: AsyncConnection, voucher_id: int, *, by: str, now: datetime) -> Approved:
    """Book what a voucher says, on the word of a second person.

    Raises:
        VoucherRefused: the same person recorded it, it is decided already, or it cannot be booked (any more). The
            transaction has to be rolled back.
    """
    await lock_ledger(connection)
    voucher = await _waiting(connection, voucher_id, by=by)
    await decide_voucher(connection, voucher_id, state="approved", by=by, now=now)
    booking = Booking(connection, voucher_id, f"{voucher.recorded_by}+{by}", now)
    return Approved(voucher, await _booked(booking, voucher.kind, voucher.body))


async def reject_voucher(connection: AsyncConnection, voucher_id: int, *, by: str, now: datetime) -> Voucher:
    """Decide that a voucher is not booked. Who recorded it may not do that either.

    Raises:
        VoucherRefused: the same person, or decided already.
    """
    voucher = await _waiting(connection, voucher_id, by=by)
    await decide_voucher(connection, voucher_id, state="rejected", by=by, now=now)
    return voucher


async def _waiting(connection: AsyncConnection, voucher_id: int, *, by: str) -> Voucher:
    voucher = await get_voucher(connection, voucher_id, lock=True)
    if voucher is None:
        raise VoucherRefused("unknown")
    if voucher.state != "waiting":
        raise VoucherRefused("decided")
    if voucher.recorded_by == by:
        raise VoucherRefused("same_person")
    return voucher
