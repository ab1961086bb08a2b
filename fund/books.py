"""What is booked when: the accounts of the fund and the entries on them.

Debits are above nought, credits below. Pledged, received, allocated and delivered stand on accounts of their own, and
gifts in kind on others, so that no total holds two of them.

| account | a debit is … | a credit is … |
| --- | --- | --- |
| `claims` / `pledged` | more promised | (the other side) |
| `bank`, `cash` | money in | money out |
| `suspense` | money out that is not explained yet | money in that is not explained yet |
| `received` | given back to a donor | a gift |
| `set_aside` / `allocated` | set aside for something | (the other side) |
| `delivered` | handed over | – |
| `payable` | paid by the bank | handed over, not seen on a statement yet |
| `goods` / `goods_received`, `goods_delivered` | value of goods, where somebody valued them | |
| `not_ours` | fees, interest and movements that are no gifts | |
"""

from datetime import date
from enum import StrEnum
from typing import Any

from store.ledger_chain import Entry, NewEntry

#: Who books what no person decided.
MACHINE = "machine"


class Kind(StrEnum):
    """Kinds of entries; words are under `fund.entry.<kind>`."""

    PLEDGED = "pledged"
    PLEDGE_CHANGED = "pledge_changed"
    PLEDGE_CANCELLED = "pledge_cancelled"
    BANK_IN = "bank_in"
    BANK_OUT = "bank_out"
    RECEIVED = "received"
    ASSIGNED = "assigned"
    CASH_RECEIVED = "cash_received"
    REFUNDED = "refunded"
    DISCARDED = "discarded"
    ALLOCATED = "allocated"
    DELIVERED = "delivered"
    PAID = "paid"
    GOODS_RECEIVED = "goods_received"
    GOODS_DELIVERED = "goods_delivered"
    TAKEN_BACK = "taken_back"
    #: No money moves: which account donors are told is a part of the books all the same.
    ACCOUNT_SET = "account_set"
    ACCOUNT_RETIRED = "account_retired"


#: Totals of the public page: name -> account and the side on which it grows.
TOTALS: dict[str, tuple[str, int]] = {
    "pledged": ("pledged", -1),
    "received": ("received", -1),
    "allocated": ("allocated", -1),
    "delivered": ("delivered", 1),
}

#: Both sides of each kind of entry: debited and credited account.
_SIDES: dict[Kind, tuple[str, str]] = {
    Kind.PLEDGED: ("claims", "pledged"),
    Kind.PLEDGE_CHANGED: ("claims", "pledged"),
    Kind.PLEDGE_CANCELLED: ("claims", "pledged"),
    Kind.BANK_IN: ("bank", "suspense"),
    Kind.BANK_OUT: ("suspense", "bank"),
    Kind.RECEIVED: ("bank", "received"),
    Kind.ASSIGNED: ("suspense", "received"),
    Kind.CASH_RECEIVED: ("cash", "received"),
    Kind.REFUNDED: ("received", "suspense"),
    Kind.DISCARDED: ("suspense", "not_ours"),
    Kind.ALLOCATED: ("set_aside", "allocated"),
    Kind.DELIVERED: ("delivered", "payable"),
    Kind.PAID: ("payable", "suspense"),
    Kind.GOODS_RECEIVED: ("goods", "goods_received"),
    Kind.GOODS_DELIVERED: ("goods_delivered", "goods"),
    Kind.ACCOUNT_SET: ("bank", "suspense"),
    Kind.ACCOUNT_RETIRED: ("bank", "suspense"),
}


def entry_of(kind: Kind, amount: int, *, happened_on: date, level: str, recorded_by: str, **more: Any) -> NewEntry:
    """Return an entry that moves `amount` from the credited to the debited account of its kind.

    A negative amount moves it back; 0 leaves an entry without postings, as for goods that nobody valued.
    """
    debit, credit = _SIDES[kind]
    postings = ((debit, amount), (credit, -amount)) if amount else ()
    return NewEntry(
        kind=kind.value, happened_on=happened_on, level=level, postings=postings, recorded_by=recorded_by, **more
    )


def taken_back(entry: Entry, *, happened_on: date, recorded_by: str, voucher_id: int | None, note: str) -> NewEntry:
    """Return the entry that takes another one back: the same accounts, the other way round."""
    return NewEntry(
        kind=Kind.TAKEN_BACK.value,
        happened_on=happened_on,
        level=entry.level,
        postings=tuple((account, -amount) for account, amount in entry.postings),
        recorded_by=recorded_by,
        commune=entry.commune,
        pledge_code=entry.pledge_code,
        row_id=entry.row_id,
        row_digest=entry.row_digest,
        voucher_id=voucher_id,
        reverses=entry.number,
        details={"note": note, "of": entry.kind},
    )
