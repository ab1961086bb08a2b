"""What everybody may see of the fund: gifts and uses, a page at a time by key, so that a million rows stay fast."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.ledger_chain import DEMO_LEVEL


@dataclass(frozen=True)
class PublicGift:
    """A gift without anything that leads to a person but the name as they chose (`fund.names.public_name`)."""

    id: int
    received_on: date
    amount: int
    level: str
    commune: str | None
    donor_name: str | None
    name_shown: str | None
    donor_kind: str | None
    allocated: int


#: What went back in whole is in the books, and is no gift any more.
_GIFTS = """
select gift.id, gift.received_on, gift.amount - gift.refunded as amount, gift.level, entry.commune, pledge.donor_name,
    pledge.name_shown, pledge.donor_kind, gift.allocated
from fund_gift as gift
join fund_entry as entry on entry.number = gift.entry
left join pledge on pledge.id = gift.pledge_id
where gift.refunded < gift.amount and (gift.level = :demo_level) = :demo
"""
_MONTH = """
  and gift.received_on >= :first and gift.received_on < cast(:first as date) + interval '1 month'
"""
_BEFORE = "  and (gift.received_on, gift.id) < (cast(:day as date), cast(:id as bigint))\n"
_NEWEST = "order by gift.received_on desc, gift.id desc limit :limit"
_BATCH = 2_000


async def public_gifts(
    connection: AsyncConnection,
    *,
    before: tuple[date, int] | None = None,
    month: date | None = None,
    limit: int = 50,
    demo: bool = False,
) -> list[PublicGift]:
    """Return gifts, newest first.

    Args:
        before: day and id of the last gift of the page before.
        month: its first day; only gifts of that month.
        demo: made-up gifts instead of real ones.
    """
    statement = _GIFTS + (_MONTH if month else "") + (_BEFORE if before else "") + _NEWEST
    values: dict[str, object] = {"demo": demo, "demo_level": DEMO_LEVEL, "limit": limit}
    if month is not None:
        values["first"] = month
    if before is not None:
        values["day"], values["id"] = before
    return [PublicGift(*row) for row in await connection.execute(text(statement), values)]


async def all_public_gifts(
    connection: AsyncConnection, *, month: date | None = None, demo: bool = False
) -> AsyncIterator[list[PublicGift]]:
    """Yield all gifts, newest first, many at a time."""
    before: tuple[date, int] | None = None
    while found := await public_gifts(connection, before=before, month=month, limit=_BATCH, demo=demo):
        yield found
        before = found[-1].received_on, found[-1].id


@dataclass(frozen=True)
class PublicUse:
    """Money that was set aside, and what of it was handed over, last on which day."""

    id: int
    title: str
    level: str
    commune: str | None
    household: str | None
    amount: int
    delivered: int
    allocated_on: date
    delivered_on: date | None
    gifts: int


_USES = text("""
select id, title, level, commune, household, amount, delivered, allocated_on,
    (select max(delivered_on) from fund_delivery where allocation_id = allocation.id),
    (select count(*) from fund_allocation_share where allocation_id = allocation.id)
from fund_allocation as allocation
where taken_back_by is null and (level = :demo_level) = :demo and (cast(:before as bigint) is null or id < :before)
order by id desc limit :limit
""")


async def public_uses(
    connection: AsyncConnection, *, before: int | None = None, limit: int = 20, demo: bool = False
) -> list[PublicUse]:
    """Return what money was set aside for, newest first."""
    values = {"before": before, "limit": limit, "demo": demo, "demo_level": DEMO_LEVEL}
    return [PublicUse(*row) for row in await connection.execute(_USES, values)]


@dataclass(frozen=True)
class PublicEntry:
    """An entry about one pledge: what it did to pledged and received, and the seal that covers it."""

    number: int
    kind: str
    happened_on: date
    pledged: int
    received: int
    hash: str
    sealed_on: date | None


_ENTRIES = text("""
select entry.number, entry.kind, entry.happened_on,
    coalesce((select -sum(one.amount) from fund_posting as one
        where one.entry = entry.number and account = 'pledged'), 0)::bigint,
    coalesce((select -sum(one.amount) from fund_posting as one
        where one.entry = entry.number and account = 'received'), 0)::bigint,
    entry.hash,
    (select min(day) from fund_seal where day >= entry.recorded_on and last_entry >= entry.number)
from fund_entry as entry where pledge_code = :code order by number limit :limit
""")


async def public_entries(connection: AsyncConnection, *, code: str, limit: int = 40) -> list[PublicEntry]:
    """Return the entries about a pledge, oldest first."""
    return [PublicEntry(*row) for row in await connection.execute(_ENTRIES, {"code": code, "limit": limit})]
