"""Pledges: writing them, finding them by code or conversation, what is due, and what likely belongs to a transfer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from store.ledger_chain import DEMO_LEVEL


@dataclass(frozen=True)
class Instalment:
    """One part of a pledge."""

    number: int
    due_on: date
    amount: int


@dataclass(frozen=True)
class PledgeRow:
    """A pledge as it is kept; see `store.models.pledge.Pledge`."""

    id: int
    code: str
    kind: str
    amount: int | None
    promised: int
    received: int
    schedule: str
    donor_kind: str
    donor_name: str | None
    name_shown: str
    level: str
    commune: str | None
    purpose: str | None
    people: int | None
    goods: str | None
    goods_place: str | None
    goods_received_on: date | None
    contact: str | None
    conversation_id: int | None
    language: str
    demo: bool
    state: str
    created_on: date
    instalments: tuple[Instalment, ...]

    @property
    def ledger_level(self) -> str:
        """Level on which it is booked: what is made up stands apart."""
        return DEMO_LEVEL if self.demo else self.level


_COLUMNS = ", ".join(f"pledge.{one.name}" for one in fields(PledgeRow) if one.name != "instalments")
_SELECT = f"""
select {_COLUMNS}, (
    select coalesce(jsonb_agg(jsonb_build_array(number, due_on, amount) order by number), '[]')
    from pledge_instalment where pledge_id = pledge.id
) as instalments
from pledge
"""


def _pledge(row: Row[Any]) -> PledgeRow:
    parts = tuple(Instalment(number, date.fromisoformat(due), amount) for number, due, amount in row.instalments)
    return PledgeRow(**{**row._mapping, "instalments": parts})


_ADD = text("""
insert into pledge (code, kind, amount, promised, schedule, donor_kind, donor_name, name_shown, name_key, level,
    commune, purpose, people, goods, goods_place, contact, contact_consent_text, conversation_id, language, demo,
    draft_key, created_on, created_at, updated_at)
values (:code, :kind, cast(:amount as bigint), coalesce(cast(:amount as bigint), 0), :schedule, :donor_kind,
    :donor_name, :name_shown, :name_key, :level, :commune, :purpose, :people, :goods, :goods_place, :contact,
    :contact_consent_text, :conversation_id, :language, :demo,
    :draft_key, :created_on, :now, :now)
on conflict do nothing returning id
""")
_INSTALMENTS = text("""
insert into pledge_instalment (pledge_id, number, due_on, amount)
select :pledge_id, number, due_on, amount
from jsonb_to_recordset(cast(:instalments as jsonb)) as one(number bigint, due_on date, amount bigint)
""").bindparams(bindparam("instalments", type_=JSONB))
_DROP_INSTALMENTS = text("delete from pledge_instalment where pledge_id = :pledge_id")


async def add_pledge(connection: AsyncConnection, values: Mapping[str, Any], instalments: Sequence[Instalment]) -> bool:
    """Write a pledge; return False, with nothing written, when its code is taken or its draft made one already."""
    pledge_id = (await connection.execute(_ADD, values)).scalar_one_or_none()
    if pledge_id is None:
        return False
    await _write_instalments(connection, pledge_id, instalments)
    return True


async def _write_instalments(connection: AsyncConnection, pledge_id: int, instalments: Sequence[Instalment]) -> None:
    if instalments:
        rows = [{"number": one.number, "due_on": one.due_on.isoformat(), "amount": one.amount} for one in instalments]
        await connection.execute(_INSTALMENTS, {"pledge_id": pledge_id, "instalments": rows})


_BY_CODE = {
    locked: text(f"{_SELECT} where code = :code" + (" for update" if locked else "")) for locked in (False, True)
}


async def find_pledge(connection: AsyncConnection, code: str, *, lock: bool = False) -> PledgeRow | None:
    """Return the pledge with this code; `lock` keeps others from changing it until the transaction ends."""
    row = (await connection.execute(_BY_CODE[lock], {"code": code})).one_or_none()
    return None if row is None else _pledge(row)


_BY_ID = text(f"{_SELECT} where id = :id")


async def get_pledge(connection: AsyncConnection, pledge_id: int) -> PledgeRow:
    """Return the pledge with this id, which exists."""
    return _pledge((await connection.execute(_BY_ID, {"id": pledge_id})).one())


_BY_CODES = text(f"{_SELECT} where code = any(:codes)")


async def find_pledges(connection: AsyncConnection, codes: Sequence[str]) -> dict[str, PledgeRow]:
    """Return those of `codes` that are pledges, by code."""
    rows = await connection.execute(_BY_CODES, {"codes": list(codes)})
    return {row.code: _pledge(row) for row in rows}


_BY_DRAFT = text(f"{_SELECT} where draft_key = :draft_key")


async def pledge_of_draft(connection: AsyncConnection, draft_key: str) -> PledgeRow | None:
    """Return the pledge that a draft made, None where it made none yet."""
    row = (await connection.execute(_BY_DRAFT, {"draft_key": draft_key})).one_or_none()
    return None if row is None else _pledge(row)


_OF_PERSON = text(f"""
{_SELECT} join conversation as chat on chat.id = pledge.conversation_id
where chat.person_id = (select person_id from conversation where id = :conversation_id)
order by pledge.id desc limit :limit
""")


async def pledges_of_person(connection: AsyncConnection, *, conversation_id: int, limit: int = 8) -> list[PledgeRow]:
    """Return the pledges that were made by whose conversation it is, in any chat of theirs, newest first."""
    rows = await connection.execute(_OF_PERSON, {"conversation_id": conversation_id, "limit": limit})
    return [_pledge(row) for row in rows]


_PAGE = text(f"""
{_SELECT} where id > :after and (cast(:since as date) is null or created_on >= :since) order by id limit :limit
""")


async def pledges_page(
    connection: AsyncConnection, *, after: int = 0, limit: int = 100, since: date | None = None
) -> list[PledgeRow]:
    """Return pledges with an id above `after`, made on `since` or later, in the order in which they were made."""
    rows = await connection.execute(_PAGE, {"after": after, "limit": limit, "since": since})
    return [_pledge(row) for row in rows]


_BEGINNING = text(f"""
{_SELECT} where code >= :beginning and code < :beginning || '~' and state <> 'cancelled' order by code limit :limit
""")


async def pledges_beginning_with(connection: AsyncConnection, beginning: str, *, limit: int = 3) -> list[PledgeRow]:
    """Return pledges whose code begins so; for a code that was cut off."""
    rows = await connection.execute(_BEGINNING, {"beginning": beginning, "limit": limit})
    return [_pledge(row) for row in rows]


_LIKELY = text(f"""
with near as (
    select id from pledge where state = 'open' and amount = :amount
      and created_on between cast(:day as date) - 60 and cast(:day as date) + 1 order by created_on desc limit 200
)
{_SELECT} join near using (id)
order by (name_key is not null and length(name_key) >= 5 and position(name_key in :memo_key) > 0) desc,
    abs(cast(:day as date) - created_on), pledge.id
limit :limit
""")


async def likely_pledges(
    connection: AsyncConnection, *, amount: int, day: date, memo_key: str, limit: int = 3
) -> list[PledgeRow]:
    """Return open pledges over this very amount, those first whose donor's name stands in the memo, then by day."""
    values = {"amount": amount, "day": day, "memo_key": memo_key, "limit": limit}
    return [_pledge(row) for row in await connection.execute(_LIKELY, values)]


_CHANGE = text("""
update pledge set amount = :amount, promised = :promised, state = :state, updated_at = :now where id = :id
""")


async def set_amount(
    connection: AsyncConnection,
    pledge: PledgeRow,
    *,
    amount: int | None,
    promised: int,
    state: str,
    instalments: Sequence[Instalment] | None,
    now: datetime,
) -> None:
    """Change amount, what is booked as promised, and state of a pledge, and its parts where they are given."""
    await connection.execute(
        _CHANGE, {"id": pledge.id, "amount": amount, "promised": promised, "state": state, "now": now}
    )
    if instalments is not None:
        await connection.execute(_DROP_INSTALMENTS, {"pledge_id": pledge.id})
        await _write_instalments(connection, pledge.id, instalments)


#: Adds what came (or went back) to pledges. A pledge is fulfilled when all of it came; a drive stays open.
_RECEIVED = text("""
update pledge set received = pledge.received + one.amount, updated_at = :now,
    state = case
        when pledge.state = 'cancelled' then 'cancelled'
        when pledge.kind <> 'drive' and pledge.received + one.amount >= coalesce(pledge.amount, 0) then 'fulfilled'
        else 'open' end
from jsonb_to_recordset(cast(:sums as jsonb)) as one(id bigint, amount bigint)
where pledge.id = one.id
""").bindparams(bindparam("sums", type_=JSONB))


async def add_received(connection: AsyncConnection, sums: Mapping[int, int], *, now: datetime) -> None:
    """Add what came in, by id of the pledge; below nought for what went back."""
    if sums:
        rows = [{"id": pledge_id, "amount": amount} for pledge_id, amount in sums.items()]
        await connection.execute(_RECEIVED, {"sums": rows, "now": now})


_GOODS = text("""
update pledge set goods_received_on = :day, state = 'fulfilled', updated_at = :now where id = :id
""")


async def set_goods_received(connection: AsyncConnection, pledge: PledgeRow, *, day: date, now: datetime) -> None:
    """Note that a gift in kind came."""
    await connection.execute(_GOODS, {"id": pledge.id, "day": day, "now": now})


_FORGET = text("""
update pledge set donor_name = null, name_key = null, name_shown = 'hidden', contact = null,
    contact_consent_text = null, conversation_id = null, updated_at = :now
where conversation_id = :conversation_id
""")


async def forget_donor(connection: AsyncConnection, *, conversation_id: int, now: datetime) -> int:
    """Erase names and contacts of the pledges of a conversation. The pledges and the books stay."""
    return (await connection.execute(_FORGET, {"conversation_id": conversation_id, "now": now})).rowcount
