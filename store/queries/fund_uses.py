"""Gifts, allocations and deliveries: writing them, and what became of a gift."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class NewGift:
    """A gift to be written."""

    entry: int
    row_id: int | None
    pledge_id: int | None
    received_on: date
    level: str
    amount: int


_ADD_GIFTS = text("""
insert into fund_gift (entry, row_id, pledge_id, received_on, level, amount)
select entry, row_id, pledge_id, received_on, level, amount
from jsonb_to_recordset(cast(:gifts as jsonb)) as one(
    entry bigint, row_id bigint, pledge_id bigint, received_on date, level text, amount bigint)
""").bindparams(bindparam("gifts", type_=JSONB))
_BATCH = 5_000


async def add_gifts(connection: AsyncConnection, gifts: Sequence[NewGift]) -> None:
    """Write gifts in this order."""
    for begin in range(0, len(gifts), _BATCH):
        rows = [{**vars(gift), "received_on": gift.received_on.isoformat()} for gift in gifts[begin : begin + _BATCH]]
        await connection.execute(_ADD_GIFTS, {"gifts": rows})


@dataclass(frozen=True)
class Gift:
    """Money that was received; what is neither given back nor set aside is free."""

    id: int
    entry: int
    row_id: int | None
    pledge_id: int | None
    received_on: date
    level: str
    amount: int
    refunded: int
    allocated: int

    @property
    def free(self) -> int:
        """What may still be set aside or given back."""
        return self.amount - self.refunded - self.allocated


_GIFT = ", ".join(one.name for one in fields(Gift))


async def gifts_where(
    connection: AsyncConnection, *, row_id: int | None = None, pledge_id: int | None = None
) -> list[Gift]:
    """Return the gifts of a statement row or of a pledge, oldest first.

    What was taken back as a wrong decision never was a gift of theirs, and is not told as one that went back.
    """
    column, value = ("row_id", row_id) if row_id is not None else ("pledge_id", pledge_id)
    statement = text(
        f"select {_GIFT} from fund_gift where {column} = :value and not exists ("
        "select from fund_entry where fund_entry.row_id = fund_gift.row_id and reverses = fund_gift.entry) order by id"
    )
    return [Gift(*row) for row in await connection.execute(statement, {"value": value})]


_REFUND = text("update fund_gift set refunded = refunded + :amount where id = :id")


async def refund_gift(connection: AsyncConnection, gift_id: int, amount: int) -> None:
    """Note that a part of a gift went back (below nought: came again)."""
    await connection.execute(_REFUND, {"id": gift_id, "amount": amount})


@dataclass(frozen=True)
class Allocation:
    """Money set aside; see `store.models.fund_use.FundAllocation`."""

    id: int
    voucher_id: int
    entry: int
    title: str
    programme: str
    level: str
    commune: str | None
    household: str | None
    amount: int
    delivered: int
    taken_back_by: int | None
    allocated_on: date


_ALLOCATION = ", ".join(f"fund_allocation.{one.name}" for one in fields(Allocation))
_ADD_ALLOCATION = text("""
insert into fund_allocation (voucher_id, entry, title, programme, level, commune, household, household_consent_text,
    amount, allocated_on)
values (:voucher_id, :entry, :title, :programme, :level, :commune, :household, :household_consent_text, :amount,
    :allocated_on)
returning id
""")
#: Oldest first, but those before that were given for just this. What was given for something else, or for another
#: commune, is left alone.
_ADD_SHARES = text("""
with free as (
    select gift.id, gift.amount - gift.refunded - gift.allocated as free,
        row_number() over (order by pledge.purpose is null, entry.commune is null, gift.id) as turn
    from fund_gift as gift
    join fund_entry as entry on entry.number = gift.entry
    left join pledge on pledge.id = gift.pledge_id
    where gift.level = :level and gift.refunded + gift.allocated < gift.amount
      and (pledge.purpose is null or pledge.purpose = :programme)
      and (entry.commune is null and :level <> 'commune' or entry.commune = cast(:commune as text))
), turns as (
    select id, free, sum(free) over (order by turn) - free as before from free
), shares as (
    insert into fund_allocation_share (allocation_id, gift_id, amount)
    select :id, id, least(free, :amount - before) from turns where before < :amount
    returning gift_id, amount
), used as (
    update fund_gift set allocated = allocated + shares.amount from shares where fund_gift.id = shares.gift_id
)
select coalesce(sum(amount), 0)::bigint from shares
""")


async def add_allocation(connection: AsyncConnection, **values: Any) -> tuple[int, int]:
    """Write an allocation and how much of which gift goes into it; the caller holds the ledger's lock.

    Returns its id, and how much of `amount` the free gifts cover: less than all of it must be rolled back.
    """
    allocation_id = int((await connection.execute(_ADD_ALLOCATION, values)).scalar_one())
    wanted = {name: values[name] for name in ("level", "commune", "programme", "amount")}
    covered = (await connection.execute(_ADD_SHARES, {**wanted, "id": allocation_id})).scalar_one()
    return allocation_id, int(covered)


async def get_allocation(connection: AsyncConnection, allocation_id: int) -> Allocation | None:
    """Return an allocation and lock it."""
    statement = text(f"select {_ALLOCATION} from fund_allocation where id = :id for update")
    row = (await connection.execute(statement, {"id": allocation_id})).one_or_none()
    return None if row is None else Allocation(*row)


async def allocations(connection: AsyncConnection, *, limit: int = 100) -> list[Allocation]:
    """Return what was set aside and not taken back, newest first."""
    statement = text(
        f"select {_ALLOCATION} from fund_allocation where taken_back_by is null "
        "order by allocated_on desc, id desc limit :limit"
    )
    return [Allocation(*row) for row in await connection.execute(statement, {"limit": limit})]


_TAKE_BACK = text("update fund_allocation set taken_back_by = :entry where id = :id")
_FREE_AGAIN = text("""
update fund_gift set allocated = fund_gift.allocated - share.amount
from fund_allocation_share as share where share.allocation_id = :id and share.gift_id = fund_gift.id
""")


async def take_allocation_back(connection: AsyncConnection, allocation_id: int, *, entry: int) -> None:
    """Note that entry `entry` took an allocation back; its gifts are free again."""
    await connection.execute(_TAKE_BACK, {"id": allocation_id, "entry": entry})
    await connection.execute(_FREE_AGAIN, {"id": allocation_id})


_ADD_DELIVERY = text("""
insert into fund_delivery (allocation_id, voucher_id, entry, amount, delivered_on, document)
values (:allocation_id, :voucher_id, :entry, :amount, :delivered_on, :document)
""")
_DELIVERED = text("update fund_allocation set delivered = delivered + :amount where id = :allocation_id")


async def add_delivery(connection: AsyncConnection, **values: Any) -> None:
    """Write a delivery: `allocation_id`, `voucher_id`, `entry`, `amount`, `delivered_on`, `document`."""
    await connection.execute(_ADD_DELIVERY, values)
    await connection.execute(_DELIVERED, {"allocation_id": values["allocation_id"], "amount": values["amount"]})


@dataclass(frozen=True)
class Use:
    """Where a part of a pledge went: how much, into what, and whether it was handed over."""

    title: str
    programme: str
    commune: str | None
    household: str | None
    amount: int
    allocated_on: date
    all_delivered: bool
    delivered_on: date | None


_USES = text("""
select allocation.title, programme, commune, household, sum(share.amount)::bigint as amount, allocated_on,
    delivered >= allocation.amount as all_delivered,
    (select max(delivered_on) from fund_delivery where allocation_id = allocation.id) as delivered_on
from fund_gift as gift
join fund_allocation_share as share on share.gift_id = gift.id
join fund_allocation as allocation on allocation.id = share.allocation_id and taken_back_by is null
where gift.pledge_id = :pledge_id
group by allocation.id order by allocation.id limit 20
""")


async def uses_of_pledge(connection: AsyncConnection, pledge_id: int) -> list[Use]:
    """Return what became of the gifts of a pledge, oldest first."""
    return [Use(*row) for row in await connection.execute(_USES, {"pledge_id": pledge_id})]
