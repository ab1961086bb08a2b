"""Booking what went back to donors, and taking that back where it was noted wrongly."""

from collections.abc import Mapping
from typing import Any

from fund.booking import OPEN_STATES, Booking, Decided, VoucherRefused, open_row, place_of
from fund.books import Kind, entry_of, taken_back
from fund.matching import Reason, RowState
from store.ledger_chain import Entry, NewEntry
from store.queries.fund_ledger import entries_of_row, entries_of_voucher
from store.queries.fund_statements import StatementRow, decide_row, get_row
from store.queries.fund_uses import gifts_where, refund_gift
from store.queries.fund_vouchers import get_voucher
from store.queries.pledges import add_received, find_pledge, get_pledge, set_amount


async def refund(booking: Booking, body: Mapping[str, Any]) -> Decided:
    """Take money out (`row`) as the return of gifts that came in with `gift_row`.

    Received goes down. With `reopen` (the bank sent a transfer back) the pledge waits for it again; else what was
    promised goes down, too, as the donor wanted it back. A transfer that was never assigned is simply sent back.
    """
    row = await open_row(booking, int(body["row"]))
    came = await get_row(booking.connection, int(body["gift_row"]), lock=True)
    if came is None or came.amount <= 0 or row.amount >= 0:
        raise VoucherRefused("no_refund")
    back = -row.amount
    gifts = await gifts_where(booking.connection, row_id=came.id)
    level, _ = await place_of(booking, came)
    common: dict[str, Any] = {
        "row_id": row.id,
        "row_digest": row.digest,
        "voucher_id": booking.voucher_id,
        "recorded_by": booking.by,
    }
    if not gifts:
        if came.state not in OPEN_STATES or back != came.amount:
            raise VoucherRefused("no_refund")
        # Both stand in suspense and cancel each other out.
        entries = [entry_of(Kind.REFUNDED, 0, happened_on=row.booked_on, level=level, **common)]
    else:
        if back > sum(gift.free for gift in gifts):
            raise VoucherRefused("gift_is_used")
        entries = []
    for gift in gifts:
        part = min(back, gift.free)
        if part == 0:
            continue
        back -= part
        pledge = await get_pledge(booking.connection, gift.pledge_id) if gift.pledge_id is not None else None
        await refund_gift(booking.connection, gift.id, part)
        code = pledge.code if pledge else None
        entries.append(
            entry_of(Kind.REFUNDED, part, happened_on=row.booked_on, level=level, pledge_code=code, **common)
        )
        if pledge is not None:
            await add_received(booking.connection, {pledge.id: -part}, now=booking.now)
            if not body.get("reopen") or pledge.state == "cancelled":
                entries += await _promise_less(booking, pledge.code)
    await booking.book(*entries)
    state, by, now = RowState.REFUNDED, booking.by, booking.now
    await decide_row(booking.connection, row, state=state, reason=Reason.REFUND, by=by, now=now)
    if not any(gift.amount - gift.refunded for gift in await gifts_where(booking.connection, row_id=came.id)):
        await decide_row(booking.connection, came, state=state, reason=Reason.REFUND, by=by, now=now)
    return Decided()


async def _promise_less(booking: Booking, code: str) -> list[NewEntry]:
    """Lower a pledge to what is left of it after a refund; return what is to be booked."""
    pledge = await find_pledge(booking.connection, code, lock=True)
    assert pledge is not None
    if pledge.received >= pledge.promised:
        return []
    left = pledge.received
    state = pledge.state if pledge.state == "cancelled" else "fulfilled" if left else "cancelled"
    await set_amount(
        booking.connection,
        pledge,
        amount=left or pledge.amount,
        promised=left,
        state=state,
        instalments=() if left else None,
        now=booking.now,
    )
    return [
        entry_of(
            Kind.PLEDGE_CHANGED if left else Kind.PLEDGE_CANCELLED,
            left - pledge.promised,
            happened_on=booking.today,
            level=pledge.ledger_level,
            commune=pledge.commune,
            recorded_by=booking.by,
            pledge_code=pledge.code,
            voucher_id=booking.voucher_id,
        )
    ]


async def undo_refund(booking: Booking, row: StatementRow, *, note: str) -> Decided:
    """Take back that `row` (money out) was the return of a gift: the gift and what was promised stand as before.

    Parts of a pledge that its refund did away with do not come back; what is open of it is one sum.
    """
    of_row = await entries_of_row(booking.connection, row.id)
    undone = {entry.reverses for entry in of_row}
    wrong = [entry for entry in of_row if entry.kind == Kind.REFUNDED and entry.number not in undone]
    voucher = await get_voucher(booking.connection, wrong[0].voucher_id) if wrong and wrong[0].voucher_id else None
    came = await get_row(booking.connection, int(voucher.body["gift_row"]), lock=True) if voucher else None
    if voucher is None or came is None:
        raise VoucherRefused("row_waits")
    promises = [
        entry
        for entry in await entries_of_voucher(booking.connection, voucher.id)
        if entry.kind in (Kind.PLEDGE_CHANGED, Kind.PLEDGE_CANCELLED)
    ]
    await _give_again(booking, came, wrong)
    await booking.book(
        *(
            taken_back(
                one, happened_on=one.happened_on, recorded_by=booking.by, voucher_id=booking.voucher_id, note=note
            )
            for one in (*wrong, *promises)
        )
    )
    for one in promises:
        await _promise_again(booking, one)
    by, now = booking.by, booking.now
    await decide_row(booking.connection, row, state=RowState.UNKNOWN, reason=Reason.TAKEN_BACK, by=by, now=now)
    if came.state == RowState.REFUNDED:
        was_gift = any(entry.postings for entry in wrong)
        state, reason = (RowState.MATCHED, Reason.ASSIGNED) if was_gift else (RowState.UNKNOWN, Reason.TAKEN_BACK)
        await decide_row(booking.connection, came, state=state, reason=reason, by=by, now=now)
    return Decided()


async def _give_again(booking: Booking, came: StatementRow, refunds: list[Entry]) -> None:
    """Let the gifts of `came` be again what `refunds` took from them."""
    gifts = await gifts_where(booking.connection, row_id=came.id)
    back = {gift.id: gift.refunded for gift in gifts}
    for entry in refunds:
        pledge = await find_pledge(booking.connection, entry.pledge_code, lock=True) if entry.pledge_code else None
        left = _debited(entry)
        for gift in gifts:
            part = min(left, back[gift.id]) if gift.pledge_id == (pledge.id if pledge else None) else 0
            if part:
                left, back[gift.id] = left - part, back[gift.id] - part
                await refund_gift(booking.connection, gift.id, -part)
        assert left == 0, "a gift of which something went back cannot be taken back itself"
        if pledge is not None:
            await add_received(booking.connection, {pledge.id: _debited(entry)}, now=booking.now)


async def _promise_again(booking: Booking, lowered: Entry) -> None:
    """Raise a pledge to what was promised before a refund lowered it."""
    pledge = await find_pledge(booking.connection, lowered.pledge_code or "", lock=True)
    assert pledge is not None
    promised = pledge.promised + sum(-amount for account, amount in lowered.postings if account == "claims")
    state = "fulfilled" if pledge.kind != "drive" and pledge.received >= promised else "open"
    await set_amount(
        booking.connection, pledge, amount=promised, promised=promised, state=state, instalments=None, now=booking.now
    )


def _debited(entry: Entry) -> int:
    return sum(amount for _, amount in entry.postings if amount > 0)
