"""What happened to a ticket, and what was said in its chat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from store.ticket_states import TicketEventKind


@dataclass(frozen=True)
class TicketEventRow:
    """See `store.models.ticket.TicketEvent`."""

    id: int
    at: datetime
    actor_id: int | None
    actor_name: str | None
    kind: TicketEventKind
    text: str
    details: Mapping[str, Any]


_EVENT = text("""
insert into ticket_event (ticket_id, at, actor_id, kind, text, details, key)
values (:ticket_id, :now, :actor, :kind, :text, :details, :key)
on conflict (key) do nothing returning id
""").bindparams(bindparam("details", type_=JSONB))


async def add_ticket_event(
    connection: AsyncConnection,
    ticket_id: int,
    kind: TicketEventKind,
    *,
    now: datetime,
    actor: int | None = None,
    words: str = "",
    details: Mapping[str, Any] | None = None,
    key: str | None = None,
) -> bool:
    """Write down what happened; return False when it was written down under `key` before."""
    values = {
        "ticket_id": ticket_id,
        "now": now,
        "actor": actor,
        "kind": kind.value,
        "text": words,
        "details": dict(details or {}),
        "key": key,
    }
    return (await connection.execute(_EVENT, values)).one_or_none() is not None


_EVENTS = text("""
select ticket_event.id, at, actor_id, staff_account.name, kind, text, details
from ticket_event left join staff_account on staff_account.id = actor_id
where ticket_id = :ticket_id order by ticket_event.id
""").columns(details=JSONB)


async def ticket_events(connection: AsyncConnection, ticket_id: int) -> list[TicketEventRow]:
    """Return what happened to a ticket, oldest first."""
    rows = await connection.execute(_EVENTS, {"ticket_id": ticket_id})
    return [TicketEventRow(row[0], row[1], row[2], row[3], TicketEventKind(row[4]), row[5], row[6]) for row in rows]


_CHAT = text("""
select * from (
    select id, received_at as at, true as from_person, text, null as kind, null as state, payload is not null as pressed
    from incoming where conversation_id = :conversation_id and id >= :since
    union all
    select id, created_at, false, coalesce(message ->> 'text', ''), kind, state, false
    from delivery
    where conversation_id = :conversation_id and id >= :since and campaign_run_id is null
) as said order by id desc limit :limit
""")
_SINCE = text("""
select coalesce(min(id), 0) from (
    select id from incoming where conversation_id = :conversation_id and id < :since order by id desc limit :before
) as earlier
""")


@dataclass(frozen=True)
class ChatLine:
    """One message of a chat as an officer sees it; `kind` and `state` are those of the delivery ledger."""

    id: int
    at: datetime
    from_person: bool
    text: str
    kind: str | None
    state: str | None
    pressed: bool


async def chat_lines(
    connection: AsyncConnection, *, conversation_id: int, since: int, before: int, limit: int = 500
) -> Sequence[ChatLine]:
    """Return both sides of a chat, oldest first, from `before` messages of the person ahead of message `since`."""
    begin = {"conversation_id": conversation_id, "since": since, "before": before}
    first = (await connection.execute(_SINCE, begin)).scalar_one() or since
    rows = await connection.execute(_CHAT, {"conversation_id": conversation_id, "since": first, "limit": limit})
    return [ChatLine(*row) for row in rows][::-1]


_PURGE_MEDIA = text("delete from ticket_media where at < :before")
_PURGE_NOTES = text("update ticket_event set text = '' where at < :before and text <> ''")
_FORGET_MEDIA = text("""
delete from ticket_media using ticket where ticket.id = ticket_id and conversation_id = :conversation_id
""")
_FORGET_NOTES = text("""
update ticket_event set text = '' from ticket
where ticket.id = ticket_id and conversation_id = :conversation_id and ticket_event.text <> ''
""")


async def purge_ticket_words(connection: AsyncConnection, *, before: datetime) -> int:
    """Erase notes and what was sent along before a moment; return how many there were."""
    media = await connection.execute(_PURGE_MEDIA, {"before": before})
    notes = await connection.execute(_PURGE_NOTES, {"before": before})
    return media.rowcount + notes.rowcount


async def forget_ticket_words(connection: AsyncConnection, *, conversation_id: int) -> None:
    """Erase what officers noted about a chat, and what was sent along in it."""
    await connection.execute(_FORGET_MEDIA, {"conversation_id": conversation_id})
    await connection.execute(_FORGET_NOTES, {"conversation_id": conversation_id})
