"""Who works at the help desk, and how it works."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

_OFFICERS = """
from staff_account join staff_duty on staff_duty.staff_id = staff_account.id
    and staff_duty.role = 'help_desk_officer' and staff_duty.area in ('', :area)
where staff_account.disabled_at is null
"""
_COVERING = text(f"select distinct staff_account.organisation {_OFFICERS}")


async def organisations_at_the_desk(connection: AsyncConnection, *, area: str) -> frozenset[str]:
    """Return the organisations of which somebody sees to tickets of `area` (empty: of no known commune)."""
    rows = await connection.execute(_COVERING, {"area": area})
    return frozenset(rows.scalars())


_SEES_CONFIDENTIAL = text(f"""
select exists (select {_OFFICERS} and staff_account.organisation = :organisation and staff_duty.area = '')
""")


async def sees_confidential(connection: AsyncConnection, *, organisation: str) -> bool:
    """True if somebody of an organisation sees to the whole province, and so to confidential tickets."""
    found = await connection.execute(_SEES_CONFIDENTIAL, {"organisation": organisation, "area": ""})
    return bool(found.scalar_one())


# Whoever sees to the commune alone comes before those for the whole province, then whoever has least to do.
_FREE = text(f"""
select staff_account.id, bool_or(staff_duty.area <> '') as near,
    (select count(*) from ticket where assignee_id = staff_account.id and state in ('pending', 'open')) as busy
{_OFFICERS}
  and staff_account.organisation = :organisation and staff_account.present_at >= :present_since
  and (not cast(:confidential as boolean) or staff_duty.area = '')
  and staff_account.id is distinct from cast(:other_than as bigint)
  and (not exists (select from desk_topic where staff_id = staff_account.id)
       or exists (select from desk_topic where staff_id = staff_account.id and topic = cast(:topic as text)))
group by staff_account.id
order by near desc, busy, staff_account.id limit 1
""")


async def officer_for(
    connection: AsyncConnection,
    *,
    organisation: str,
    area: str,
    topic: str | None,
    confidential: bool,
    present_since: datetime,
    other_than: int | None = None,
) -> int | None:
    """Return the officer who is there and should see to a ticket, None when there is none (but `other_than`)."""
    values = {
        "organisation": organisation,
        "area": area,
        "topic": topic,
        "confidential": confidential,
        "present_since": present_since,
        "other_than": other_than,
    }
    row = (await connection.execute(_FREE, values)).one_or_none()
    return None if row is None else int(row.id)


@dataclass(frozen=True)
class DeskRulesRow:
    """See `store.models.ticket.DeskRules`."""

    hours: Mapping[str, Any]
    answer_within_minutes: int
    silent_minutes: int
    confirmed_at: datetime | None


_RULES = text("select hours, answer_within_minutes, silent_minutes, confirmed_at from desk_rules").columns(hours=JSONB)


async def desk_rules(connection: AsyncConnection) -> DeskRulesRow:
    """Return how the desk works."""
    return DeskRulesRow(*(await connection.execute(_RULES)).one())


_SET_RULES = text("""
update desk_rules set hours = :hours, answer_within_minutes = :answer_within_minutes, silent_minutes = :silent_minutes,
    confirmed_by = :by, confirmed_at = :now
""").bindparams(bindparam("hours", type_=JSONB))


async def confirm_desk_rules(
    connection: AsyncConnection,
    *,
    hours: Mapping[str, Any],
    answer_within_minutes: int,
    silent_minutes: int,
    by: int | None,
    now: datetime,
) -> None:
    """Set how the desk works, as an administrator confirms it."""
    values = {
        "hours": dict(hours),
        "answer_within_minutes": answer_within_minutes,
        "silent_minutes": silent_minutes,
        "by": by,
        "now": now,
    }
    await connection.execute(_SET_RULES, values)


_SET_TOPICS = text("insert into desk_topic (staff_id, topic) select :staff_id, unnest(cast(:topics as text[]))")
_NO_TOPICS = text("delete from desk_topic where staff_id = :staff_id")


async def set_desk_topics(connection: AsyncConnection, *, staff_id: int, topics: list[str]) -> None:
    """Set to which topics an officer sees; none: to all."""
    await connection.execute(_NO_TOPICS, {"staff_id": staff_id})
    await connection.execute(_SET_TOPICS, {"staff_id": staff_id, "topics": topics})


_CHAT = text("""
select channel, address, language, person_id, staff_test,
    (select person.commune from person where person.id = person_id) as commune,
    coalesce((select person.demo from person where person.id = person_id), false) as demo,
    coalesce((select max(id) from incoming where conversation_id = conversation.id), 0) as last_message
from conversation where id = :conversation_id
""")


@dataclass(frozen=True)
class DeskChat:
    """The chat that a ticket is about; `commune` where the person told and agreed that it is kept."""

    channel: str
    address: str
    language: str
    person_id: int
    staff_test: bool
    commune: str | None
    demo: bool
    last_message: int


async def desk_chat(connection: AsyncConnection, conversation_id: int) -> DeskChat | None:
    """Return the chat, None when there is none such."""
    row = (await connection.execute(_CHAT, {"conversation_id": conversation_id})).one_or_none()
    return None if row is None else DeskChat(*row)


_WAITING = text("select count(*) from ticket where state = 'pending' and not demo")


async def waiting_tickets(connection: AsyncConnection) -> int:
    """Return how many tickets wait for somebody to answer."""
    return int((await connection.execute(_WAITING)).scalar_one())
