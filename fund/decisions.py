"""Booking what people decided about statement rows: assign, discard, undo; and gifts in cash."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fund.booking import Booking, Decided, VoucherRefused, open_row, place_of
from fund.books import Kind, entry_of, taken_back
from fund.importing import Received
from fund.matching import Reason, RowState
from fund.refunds import undo_refund
from store.queries.fund_ledger import entries_of_row
from store.queries.fund_statements import decide_row, get_row
from store.queries.fund_uses import NewGift, add_gifts, gifts_where, refund_gift
from store.queries.pledges import PledgeRow, add_received, find_pledge


async def assign(booking: Booking, body: Mapping[str, Any]) -> Decided:
    """Assign a transfer to one pledge or several, or (a part of) it to none: a gift without a pledge."""
    row = await open_row(booking, int(body["row"]))
    parts = [(code, int(amount)) for code, amount in body["parts"]]
    if row.amount <= 0 or not parts or any(amount <= 0 for _, amount in parts):
        raise VoucherRefused("no_gift")
    if sum(amount for _, amount in parts) != row.amount:
        raise VoucherRefused("parts_differ")
    level, commune = await place_of(booking, row)
    pledges = [await _pledge(booking, code) if code is not None else None for code, _ in parts]
    entries = [
        entry_of(
            Kind.ASSIGNED,
            amount,
            happened_on=row.booked_on,
            level=level,
            commune=pledge.commune if pledge else commune,
            recorded_by=booking.by,
            pledge_code=pledge.code if pledge else None,
            row_id=row.id,
            row_digest=row.digest,
            voucher_id=booking.voucher_id,
        )
        for (_, amount), pledge in zip(parts, pledges, strict=True)
    ]
    numbers = await booking.book(*entries)
    gifts = [
        NewGift(number, row.id, pledge.id if pledge else None, row.booked_on, level, amount)
        for number, (_, amount), pledge in zip(numbers, parts, pledges, strict=True)
    ]
    await add_gifts(booking.connection, gifts)
    sums: dict[int, int] = {}
    for (_, amount), pledge in zip(parts, pledges, strict=True):
        if pledge is not None:
            sums[pledge.id] = sums.get(pledge.id, 0) + amount
    await add_received(booking.connection, sums, now=booking.now)
    reason = Reason.ASSIGNED if sums else Reason.GIFT_WITHOUT_PLEDGE
    await decide_row(booking.connection, row, state=RowState.MATCHED, reason=reason, by=booking.by, now=booking.now)
    thanks = (Received(one.code, amount, row.booked_on) for (_, amount), one in zip(parts, pledges, strict=True) if one)
    return Decided(tuple(thanks))


async def _pledge(booking: Booking, code: str) -> PledgeRow:
    pledge = await find_pledge(booking.connection, code, lock=True)
    if pledge is None:
        raise VoucherRefused("unknown_pledge")
    if pledge.kind == "in_kind":
        raise VoucherRefused("goods_pledge")
    return pledge


async def discard(booking: Booking, body: Mapping[str, Any]) -> Decided:
    """Set a movement aside that is no gift and no payment of ours: fees, interest, somebody else's money."""
    row = await open_row(booking, int(body["row"]))
    await booking.book(
        entry_of(
            Kind.DISCARDED,
            row.amount,
            happened_on=row.booked_on,
            level=(await place_of(booking, row))[0],
            recorded_by=booking.by,
            row_id=row.id,
            row_digest=row.digest,
            voucher_id=booking.voucher_id,
        )
    )
    await decide_row(
        booking.connection, row, state=RowState.DISCARDED, reason=Reason.NOT_A_GIFT, by=booking.by, now=booking.now
    )
    return Decided()


async def undo(booking: Booking, body: Mapping[str, Any]) -> Decided:
    """Take back a wrong decision about a row: new entries the other way round, and the row waits again."""
    row = await get_row(booking.connection, int(body["row"]), lock=True)
    if row is None:
        raise VoucherRefused("unknown_row")
    if row.state == RowState.REFUNDED and row.amount < 0:
        return await undo_refund(booking, row, note=str(body.get("note", "")))
    if row.state not in (RowState.MATCHED, RowState.DISCARDED) or row.reason == Reason.PAID_OUT:
        raise VoucherRefused("row_waits")
    gifts = await gifts_where(booking.connection, row_id=row.id)
    if any(gift.allocated for gift in gifts):
        raise VoucherRefused("gift_is_used")
    if any(gift.refunded for gift in gifts):
        # What went back is booked against the gift: without it the books would show less received than nothing.
        raise VoucherRefused("gift_went_back")
    entries = await entries_of_row(booking.connection, row.id)
    undone = {entry.reverses for entry in entries}
    wrong = [
        entry
        for entry in entries
        if entry.number not in undone and entry.kind in (Kind.RECEIVED, Kind.ASSIGNED, Kind.DISCARDED)
    ]
    note = str(body.get("note", ""))
    new = [
        taken_back(one, happened_on=one.happened_on, recorded_by=booking.by, voucher_id=booking.voucher_id, note=note)
        for one in wrong
    ]
    # A match at import moved the bank and the gift at once: the bank's side stays true.
    new += [
        entry_of(
            Kind.BANK_IN,
            row.amount,
            happened_on=row.booked_on,
            level=one.level,
            recorded_by=booking.by,
            row_id=row.id,
            row_digest=row.digest,
            voucher_id=booking.voucher_id,
        )
        for one in wrong
        if one.kind == Kind.RECEIVED
    ]
    await booking.book(*new)
    for gift in gifts:
        await refund_gift(booking.connection, gift.id, gift.amount)
        if gift.pledge_id is not None:
            await add_received(booking.connection, {gift.pledge_id: -gift.amount}, now=booking.now)
    await decide_row(
        booking.connection, row, state=RowState.UNKNOWN, reason=Reason.TAKEN_BACK, by=booking.by, now=booking.now
    )
    return Decided()


async def cash_in(booking: Booking, body: Mapping[str, Any]) -> Decided:
    """Book a gift in cash, for a pledge or (`code` null) without one."""
    amount, day = int(body["amount"]), date.fromisoformat(body["day"])
    pledge = await _pledge(booking, body["code"]) if body.get("code") else None
    if amount <= 0 or day > booking.today:
        raise VoucherRefused("no_gift")
    level = pledge.ledger_level if pledge else str(body.get("level", "province"))
    (number,) = await booking.book(
        entry_of(
            Kind.CASH_RECEIVED,
            amount,
            happened_on=day,
            level=level,
            commune=pledge.commune if pledge else None,
            recorded_by=booking.by,
            pledge_code=pledge.code if pledge else None,
            voucher_id=booking.voucher_id,
        )
    )
    await add_gifts(booking.connection, [NewGift(number, None, pledge.id if pledge else None, day, level, amount)])
    if pledge is None:
        return Decided()
    await add_received(booking.connection, {pledge.id: amount}, now=booking.now)
    return Decided((Received(pledge.code, amount, day),))
