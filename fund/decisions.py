"""Booking what people decided about statement rows: assign, discard, refund, undo; and gifts in cash."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from content.translations import Catalogue
from fund.books import Kind, entry_of, taken_back
from fund.importing import Received
from fund.matching import Reason, RowState
from store.clock import local_date
from store.ledger_chain import NewEntry
from store.queries.fund_ledger import append_entries, entries_of_row
from store.queries.fund_statements import StatementRow, decide_row, get_row
from store.queries.fund_uses import NewGift, add_gifts, gifts_where, refund_gift
from store.queries.pledges import PledgeRow, add_received, find_pledge, get_pledge, set_amount


class VoucherRefused(ValueError):
    """A voucher that cannot be recorded, approved or booked; `cause` is a key `fund.refused.<cause>`."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(cause)

    def text(self, catalogue: Catalogue) -> str:
        """What is wrong, and what to do."""
        return catalogue.text(f"fund.refused.{self.cause}")


@dataclass(frozen=True)
class Booking:
    """What a voucher is booked with: `by` names both people."""

    connection: AsyncConnection
    voucher_id: int
    by: str
    now: datetime

    @property
    def today(self) -> date:
        """Today in Vietnam."""
        return local_date(self.now)

    async def book(self, *entries: NewEntry) -> list[int]:
        """Write entries; return their numbers."""
        return await append_entries(self.connection, entries, now=self.now)


@dataclass(frozen=True)
class Decided:
    """What came of a voucher: gifts to be thanked for, and the id of what was made."""

    received: tuple[Received, ...] = ()
    made: int | None = None


#: States from which a row can still be decided about.
_OPEN = (RowState.UNCHECKED, RowState.AMBIGUOUS, RowState.UNKNOWN)


async def _open_row(booking: Booking, row_id: int) -> StatementRow:
    row = await get_row(booking.connection, row_id, lock=True)
    if row is None:
        raise VoucherRefused("unknown_row")
    if row.state not in _OPEN:
        raise VoucherRefused("row_decided")
    return row


async def _place_of(booking: Booking, row: StatementRow) -> tuple[str, str | None]:
    """Return level and commune on which a movement was booked when it came."""
    first = (await entries_of_row(booking.connection, row.id))[0]
    return first.level, first.commune


async def assign(booking: Booking, body: Mapping[str, Any]) -> Decided:
    """Assign a transfer to one pledge or several, or (a part of) it to none: a gift without a pledge."""
    row = await _open_row(booking, int(body["row"]))
    parts = [(code, int(amount)) for code, amount in body["parts"]]
    if row.amount <= 0 or not parts or any(amount <= 0 for _, amount in parts):
        raise VoucherRefused("no_gift")
    if sum(amount for _, amount in parts) != row.amount:
        raise VoucherRefused("parts_differ")
    level, commune = await _place_of(booking, row)
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
    row = await _open_row(booking, int(body["row"]))
    await booking.book(
        entry_of(
            Kind.DISCARDED,
            row.amount,
            happened_on=row.booked_on,
            level=(await _place_of(booking, row))[0],
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


async def refund(booking: Booking, body: Mapping[str, Any]) -> Decided:
    """Take money out (`row`) as the return of gifts that came in with `gift_row`.

    Received goes down. With `reopen` (the bank sent a transfer back) the pledge waits for it again; else what was
    promised goes down, too, as the donor wanted it back. A transfer that was never assigned is simply sent back.
    """
    row = await _open_row(booking, int(body["row"]))
    came = await get_row(booking.connection, int(body["gift_row"]), lock=True)
    if came is None or came.amount <= 0 or row.amount >= 0:
        raise VoucherRefused("no_refund")
    back = -row.amount
    gifts = await gifts_where(booking.connection, row_id=came.id)
    level, _ = await _place_of(booking, came)
    common: dict[str, Any] = {
        "row_id": row.id,
        "row_digest": row.digest,
        "voucher_id": booking.voucher_id,
        "recorded_by": booking.by,
    }
    if not gifts:
        if came.state not in _OPEN or back != came.amount:
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


async def undo(booking: Booking, body: Mapping[str, Any]) -> Decided:
    """Take back a wrong decision about a row: new entries the other way round, and the row waits again."""
    row = await get_row(booking.connection, int(body["row"]), lock=True)
    if row is None:
        raise VoucherRefused("unknown_row")
    if row.state not in (RowState.MATCHED, RowState.DISCARDED) or row.reason == Reason.PAID_OUT:
        raise VoucherRefused("row_waits")
    gifts = await gifts_where(booking.connection, row_id=row.id)
    if any(gift.allocated for gift in gifts):
        raise VoucherRefused("gift_is_used")
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
        left = gift.amount - gift.refunded
        await refund_gift(booking.connection, gift.id, left)
        if gift.pledge_id is not None and left:
            await add_received(booking.connection, {gift.pledge_id: -left}, now=booking.now)
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
