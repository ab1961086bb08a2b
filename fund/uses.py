"""Booking what the fund does with money: setting aside, handing over; and goods that come and go."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fund.booking import Booking, Decided, VoucherRefused
from fund.books import Kind, entry_of, taken_back
from fund.matching import Reason, RowState
from store.queries.fund_ledger import get_entry
from store.queries.fund_statements import decide_row, get_row
from store.queries.fund_uses import add_allocation, add_delivery, get_allocation, take_allocation_back
from store.queries.pledges import find_pledge, set_goods_received


async def allocate(booking: Booking, body: Mapping[str, Any]) -> Decided:
    """Set money aside out of the gifts that are free, the oldest first, so that each donor can see where theirs went.

    What somebody gave for a purpose or a commune is set aside for nothing else. `programme` is the purpose's id where
    the fund offers purposes.

    One household is named only masked, and only with the words that it agreed to.
    """
    amount, level = int(body["amount"]), str(body.get("level", "province"))
    household, consent = body.get("household"), body.get("household_consent_text")
    if amount <= 0 or not str(body["title"]).strip():
        raise VoucherRefused("malformed")
    if household and not consent:
        raise VoucherRefused("household_without_consent")
    if household and "*" not in household:
        raise VoucherRefused("household_not_masked")
    (number,) = await booking.book(
        entry_of(
            Kind.ALLOCATED,
            amount,
            happened_on=booking.today,
            level=level,
            commune=body.get("commune"),
            recorded_by=booking.by,
            voucher_id=booking.voucher_id,
            details={"title": str(body["title"])},
        )
    )
    made, covered = await add_allocation(
        booking.connection,
        voucher_id=booking.voucher_id,
        entry=number,
        title=str(body["title"]).strip()[:200],
        programme=str(body["programme"]).strip()[:100],
        level=level,
        commune=body.get("commune"),
        household=household,
        household_consent_text=consent,
        amount=amount,
        allocated_on=booking.today,
    )
    if covered < amount:
        raise VoucherRefused("not_enough_free")
    return Decided(made=made)


async def cancel_allocation(booking: Booking, body: Mapping[str, Any]) -> Decided:
    """Take an allocation back of which nothing was handed over; its gifts are free again."""
    allocation = await get_allocation(booking.connection, int(body["allocation"]))
    if allocation is None or allocation.taken_back_by is not None:
        raise VoucherRefused("unknown_allocation")
    if allocation.delivered:
        raise VoucherRefused("already_delivered")
    entry = await get_entry(booking.connection, allocation.entry)
    (number,) = await booking.book(
        taken_back(entry, happened_on=entry.happened_on, recorded_by=booking.by, voucher_id=booking.voucher_id, note="")
    )
    await take_allocation_back(booking.connection, allocation.id, entry=number)
    return Decided()


async def deliver(booking: Booking, body: Mapping[str, Any]) -> Decided:
    """Note that money of an allocation was handed over, on which day and by which document.

    `row` names the movement on the bank's statement that paid it, where there is one by now.
    """
    allocation = await get_allocation(booking.connection, int(body["allocation"]))
    amount, day, document = int(body["amount"]), date.fromisoformat(body["day"]), str(body["document"]).strip()
    if allocation is None or allocation.taken_back_by is not None:
        raise VoucherRefused("unknown_allocation")
    if not document or day > booking.today or amount <= 0:
        raise VoucherRefused("malformed")
    if allocation.delivered + amount > allocation.amount:
        raise VoucherRefused("more_than_set_aside")
    common: dict[str, Any] = {"level": allocation.level, "commune": allocation.commune, "recorded_by": booking.by}
    entries = [
        entry_of(
            Kind.DELIVERED,
            amount,
            happened_on=day,
            voucher_id=booking.voucher_id,
            details={"document": document},
            **common,
        )
    ]
    if body.get("row") is not None:
        row = await get_row(booking.connection, int(body["row"]), lock=True)
        if row is None or row.amount != -amount or row.state not in (RowState.UNKNOWN, RowState.UNCHECKED):
            raise VoucherRefused("row_does_not_pay_it")
        entries.append(
            entry_of(
                Kind.PAID,
                amount,
                happened_on=row.booked_on,
                row_id=row.id,
                row_digest=row.digest,
                voucher_id=booking.voucher_id,
                **common,
            )
        )
        await decide_row(
            booking.connection, row, state=RowState.MATCHED, reason=Reason.PAID_OUT, by=booking.by, now=booking.now
        )
    numbers = await booking.book(*entries)
    await add_delivery(
        booking.connection,
        allocation_id=allocation.id,
        voucher_id=booking.voucher_id,
        entry=numbers[0],
        amount=amount,
        delivered_on=day,
        document=document[:200],
    )
    return Decided()


async def goods_in(booking: Booking, body: Mapping[str, Any]) -> Decided:
    """Note that a gift in kind came; a value only where somebody set one."""
    pledge = await find_pledge(booking.connection, body["code"], lock=True)
    day, value = date.fromisoformat(body["day"]), int(body.get("value") or 0)
    if pledge is None or pledge.kind != "in_kind":
        raise VoucherRefused("unknown_pledge")
    if pledge.goods_received_on is not None or value < 0 or day > booking.today:
        raise VoucherRefused("malformed")
    await set_goods_received(booking.connection, pledge, day=day, now=booking.now)
    await booking.book(
        entry_of(
            Kind.GOODS_RECEIVED,
            value,
            happened_on=day,
            level=pledge.ledger_level,
            commune=pledge.commune,
            recorded_by=booking.by,
            pledge_code=pledge.code,
            voucher_id=booking.voucher_id,
            details={"goods": pledge.goods},
        )
    )
    return Decided()


async def goods_out(booking: Booking, body: Mapping[str, Any]) -> Decided:
    """Note that goods were handed over."""
    day, value, what = date.fromisoformat(body["day"]), int(body.get("value") or 0), str(body["what"]).strip()
    if not what or value < 0 or day > booking.today:
        raise VoucherRefused("malformed")
    await booking.book(
        entry_of(
            Kind.GOODS_DELIVERED,
            value,
            happened_on=day,
            level=str(body.get("level", "province")),
            commune=body.get("commune"),
            recorded_by=booking.by,
            pledge_code=body.get("code"),
            voucher_id=booking.voucher_id,
            details={"goods": what},
        )
    )
    return Decided()
