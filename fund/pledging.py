"""Making, changing and cancelling pledges: the pledge itself, its parts, and what the ledger says of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from fund.books import MACHINE, Kind, entry_of
from fund.pledge_codes import joined, new_pledge_code
from store.clock import local_date
from store.ledger_chain import DEMO_LEVEL
from store.queries.fund_ledger import append_entries, lock_ledger
from store.queries.pledges import Instalment, PledgeRow, add_pledge, find_pledge, pledge_of_draft, set_amount

PledgeKind = Literal["money", "in_kind", "drive"]
DonorKind = Literal["person", "group", "company"]
NameShown = Literal["name", "masked", "hidden"]
Schedule = Literal["once", "instalments", "monthly"]

#: Amounts that are taken: below, a transfer costs the fund more work than it brings; above, the Front is spoken to.
LEAST, MOST = 1_000, 100_000_000_000
#: From here on an amount is read back before it is believed; so is one that is no round thousand.
VERY_LARGE = 500_000_000
#: Days until one payment is due; nobody is reminded of it before.
DUE_AFTER = timedelta(days=14)
MOST_PARTS = 36


class PledgeRefused(ValueError):
    """A pledge that cannot be taken, changed or cancelled; `cause` is a key `fund.pledge_refused.<cause>`."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(cause)


@dataclass(frozen=True)
class NewPledge:
    """What somebody promises. `amount` is all of it, in whole đồng: of a monthly pledge the sum of its months.

    `parts` is the number of payments; above 1 for instalments and monthly pledges. `draft_key` names what it is made
    from: the same draft never makes two pledges.
    """

    kind: PledgeKind = "money"
    amount: int | None = None
    schedule: Schedule = "once"
    parts: int = 1
    donor_kind: DonorKind = "person"
    donor_name: str | None = None
    name_shown: NameShown = "masked"
    level: str = "province"
    commune: str | None = None
    purpose: str | None = None
    people: int | None = None
    goods: str | None = None
    goods_place: str | None = None
    contact: str | None = None
    contact_consent_text: str | None = None
    conversation_id: int | None = None
    language: str = "vi"
    demo: bool = False
    draft_key: str | None = None


def is_odd(amount: int) -> bool:
    """True for an amount that is asked about once more: very large, or no round thousand."""
    return amount >= VERY_LARGE or amount % 1_000 != 0


def due_days(first: date, parts: int) -> list[date]:
    """Return the days on which monthly parts are due: the same day of each month, or its last."""
    days = []
    for index in range(parts):
        months = first.month - 1 + index
        year, month = first.year + months // 12, months % 12 + 1
        last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
        days.append(date(year, month, min(first.day, last)))
    return days


def parts_of(amount: int, parts: int, first: date) -> list[Instalment]:
    """Return the parts of an amount, whole thousands each; the last takes what is left over."""
    each = amount // parts // 1_000 * 1_000 or amount // parts
    amounts = [each] * (parts - 1) + [amount - each * (parts - 1)]
    return [
        Instalment(number, day, part)
        for number, (day, part) in enumerate(zip(due_days(first, parts), amounts, strict=True), 1)
    ]


def check_pledge(pledge: NewPledge) -> None:
    """Raise PledgeRefused for a pledge that is not taken."""
    if pledge.kind == "in_kind":
        if not (pledge.goods or "").strip():
            raise PledgeRefused("no_goods")
        return
    if pledge.amount is None and pledge.kind != "drive":
        raise PledgeRefused("no_amount")
    if pledge.amount is not None and not LEAST <= pledge.amount <= MOST:
        raise PledgeRefused("too_small" if pledge.amount < LEAST else "too_large")
    if not 1 <= pledge.parts <= MOST_PARTS or (pledge.amount or MOST) < pledge.parts * LEAST:
        raise PledgeRefused("too_many_parts")


async def make_pledge(connection: AsyncConnection, pledge: NewPledge, *, by: str = MACHINE, now: datetime) -> PledgeRow:
    """Write a pledge with a new code, and book what is promised; return the one that its draft made already.

    Raises:
        PledgeRefused: nothing was written.
    """
    check_pledge(pledge)
    today = local_date(now)
    parts: Sequence[Instalment] = ()
    if pledge.kind == "money" and pledge.amount is not None:
        first = today + DUE_AFTER if pledge.parts == 1 else today
        parts = parts_of(pledge.amount, pledge.parts, first)
    values = {name: value for name, value in vars(pledge).items() if name != "parts"}
    values |= {
        "name_key": joined(pledge.donor_name) if pledge.donor_name else None,
        "name_shown": pledge.name_shown if pledge.donor_name else "hidden",
        "created_on": today,
        "now": now,
    }
    while True:
        code = new_pledge_code()
        if await add_pledge(connection, {**values, "code": code}, parts):
            break
        if pledge.draft_key is not None and (made := await pledge_of_draft(connection, pledge.draft_key)) is not None:
            return made
    if pledge.amount:
        entry = entry_of(
            Kind.PLEDGED,
            pledge.amount,
            happened_on=today,
            level=DEMO_LEVEL if pledge.demo else pledge.level,
            commune=pledge.commune,
            recorded_by=by,
            pledge_code=code,
        )
        await append_entries(connection, [entry], now=now)
    made = await find_pledge(connection, code)
    assert made is not None
    return made


async def change_amount(
    connection: AsyncConnection, code: str, amount: int, *, by: str = MACHINE, now: datetime
) -> PledgeRow:
    """Change what is promised; parts that are not paid yet share the rest.

    Raises:
        PledgeRefused: no such pledge, cancelled, or less than what came already.
    """
    pledge = await _open_pledge(connection, code)
    if pledge.kind != "money" or pledge.amount is None:
        raise PledgeRefused("no_amount")
    if not LEAST <= amount <= MOST:
        raise PledgeRefused("too_small" if amount < LEAST else "too_large")
    if amount < pledge.received:
        raise PledgeRefused("less_than_received")
    parts = len(pledge.instalments) or 1
    first = pledge.instalments[0].due_on if pledge.instalments else local_date(now)
    state = "fulfilled" if pledge.received >= amount else "open"
    new_parts = parts_of(amount, parts, first)
    await set_amount(connection, pledge, amount=amount, promised=amount, state=state, instalments=new_parts, now=now)
    await _book_difference(connection, pledge, Kind.PLEDGE_CHANGED, amount - pledge.promised, by=by, now=now)
    changed = await find_pledge(connection, code)
    assert changed is not None
    return changed


async def cancel_pledge(connection: AsyncConnection, code: str, *, by: str = MACHINE, now: datetime) -> PledgeRow:
    """Cancel what is still open of a pledge; what came stays received, and promised is what came.

    Raises:
        PledgeRefused: no such pledge, or cancelled already.
    """
    pledge = await _open_pledge(connection, code)
    promised = min(pledge.received, pledge.promised)
    await set_amount(
        connection, pledge, amount=pledge.amount, promised=promised, state="cancelled", instalments=None, now=now
    )
    await _book_difference(connection, pledge, Kind.PLEDGE_CANCELLED, promised - pledge.promised, by=by, now=now)
    cancelled = await find_pledge(connection, code)
    assert cancelled is not None
    return cancelled


async def _open_pledge(connection: AsyncConnection, code: str) -> PledgeRow:
    # In the order of everybody who books: the ledger first, then the pledge. The other way round two could wait for
    # each other.
    await lock_ledger(connection)
    pledge = await find_pledge(connection, code, lock=True)
    if pledge is None:
        raise PledgeRefused("unknown")
    if pledge.state == "cancelled":
        raise PledgeRefused("cancelled")
    return pledge


async def _book_difference(
    connection: AsyncConnection, pledge: PledgeRow, kind: Kind, amount: int, *, by: str, now: datetime
) -> None:
    if amount == 0:
        return
    entry = entry_of(
        kind,
        amount,
        happened_on=local_date(now),
        level=pledge.ledger_level,
        commune=pledge.commune,
        recorded_by=by,
        pledge_code=pledge.code,
    )
    await append_entries(connection, [entry], now=now)
