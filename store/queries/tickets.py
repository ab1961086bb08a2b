"""Tickets: opening, finding, changing. Who may see which is a `TicketScope`, which every reading query takes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.ticket_states import EscalationStep, TicketReason, TicketState

#: Notified with the id of a ticket that changed, or to which the person wrote.
TICKETS = "tickets"


@dataclass(frozen=True)
class TicketScope:
    """What somebody may see.

    Attributes:
        staff_id: their account; what is assigned to them they always see.
        organisation: only tickets of this one; None: of all.
        areas: only of these communes and wards; None: everywhere, also where none is known.
        confidential: also confidential tickets that are assigned to others or to nobody.
    """

    staff_id: int | None
    organisation: str | None
    areas: frozenset[str] | None
    confidential: bool


#: The system itself: sees everything.
EVERYTHING = TicketScope(None, None, None, confidential=True)


@dataclass(frozen=True)
class TicketRow:
    """See `store.models.ticket.Ticket`; with the chat, the assignee's name and the title of a campaign replied to."""

    id: int
    code: str
    conversation_id: int | None
    reason: TicketReason
    about: str
    topic: str | None
    area: str
    organisation: str
    confidential: bool
    demo: bool
    state: TicketState
    assignee_id: int | None
    assignee_name: str | None
    assigned_at: datetime | None
    snoozed_until: datetime | None
    opened_at: datetime
    since_message: int | None
    answer_due_at: datetime | None
    first_answered_at: datetime | None
    escalated_at: datetime | None
    escalation_step: EscalationStep
    heard_at: datetime | None
    answered_at: datetime | None
    resolved_at: datetime | None
    channel: str | None
    address: str | None
    language: str | None
    silent_until: datetime | None
    campaign: str | None


_COLUMNS = """ticket.id, ticket.code, ticket.conversation_id, ticket.reason, ticket.about, ticket.topic, ticket.area,
    ticket.organisation, ticket.confidential, ticket.demo, ticket.state, ticket.assignee_id, staff_account.name,
    ticket.assigned_at, ticket.snoozed_until, ticket.opened_at, ticket.since_message, ticket.answer_due_at,
    ticket.first_answered_at, ticket.escalated_at, ticket.escalation_step, ticket.heard_at, ticket.answered_at,
    ticket.resolved_at, conversation.channel, conversation.address, conversation.language, conversation.silent_until,
    (select title from campaign
     where ticket.reason = 'campaign_reply' and ticket.about = 'campaign:' || campaign.id) as campaign"""
_FROM = """from ticket left join staff_account on staff_account.id = ticket.assignee_id
    left join conversation on conversation.id = ticket.conversation_id"""
_SEEN = """(
    ticket.assignee_id = cast(:seer as bigint)
    or ((cast(:seer_organisation as text) is null or ticket.organisation = :seer_organisation)
        and (cast(:seer_areas as text[]) is null or ticket.area = any(:seer_areas))
        and (not ticket.confidential or cast(:seer_confidential as boolean)))
)"""


def scope_values(scope: TicketScope) -> dict[str, Any]:
    """Return the parameters of the condition on what may be seen."""
    return {
        "seer": scope.staff_id,
        "seer_organisation": scope.organisation,
        "seer_areas": None if scope.areas is None else sorted(scope.areas),
        "seer_confidential": scope.confidential,
    }


def _row(row: Any) -> TicketRow:
    values = list(row)
    values[3], values[10] = TicketReason(values[3]), TicketState(values[10])
    values[20] = EscalationStep(values[20])
    return TicketRow(*values)


@dataclass(frozen=True)
class NewTicket:
    """What a ticket begins with."""

    code: str
    open_key: str
    conversation_id: int | None
    reason: TicketReason
    about: str
    topic: str | None
    area: str
    organisation: str
    confidential: bool
    demo: bool
    opened_at: datetime
    since_message: int | None
    answer_due_at: datetime | None


_ADD = text("""
insert into ticket (code, open_key, conversation_id, reason, about, topic, area, organisation, confidential, demo,
    opened_at, since_message, answer_due_at, heard_at)
values (:code, :open_key, :conversation_id, :reason, :about, :topic, :area, :organisation, :confidential, :demo,
    :opened_at, :since_message, :answer_due_at, :opened_at)
on conflict (open_key) do nothing
returning id
""")


async def add_ticket(connection: AsyncConnection, ticket: NewTicket) -> int | None:
    """Add a ticket; return its id, or None when one with the same key is open."""
    found = (await connection.execute(_ADD, vars(ticket) | {"reason": ticket.reason.value})).scalar_one_or_none()
    return None if found is None else int(found)


_BY_KEY = text(f"select {_COLUMNS} {_FROM} where ticket.open_key = :open_key for update of ticket")
_BY_ID = f"select {_COLUMNS} {_FROM} where ticket.id = :ticket_id and {_SEEN}"
_BY_CODE = text(f"select {_COLUMNS} {_FROM} where ticket.code = :code and {_SEEN}")
_LOCKED = text(f"{_BY_ID} for update of ticket")
_SEEN_BY_ID = text(_BY_ID)


async def ticket_of_key(connection: AsyncConnection, open_key: str) -> TicketRow | None:
    """Return the open ticket of a key, locked; None when there is none (any more)."""
    row = (await connection.execute(_BY_KEY, {"open_key": open_key})).one_or_none()
    return None if row is None else _row(row)


async def get_ticket(
    connection: AsyncConnection, ticket_id: int, scope: TicketScope = EVERYTHING, *, lock: bool = False
) -> TicketRow | None:
    """Return a ticket; None when there is none such that `scope` may see."""
    statement = _LOCKED if lock else _SEEN_BY_ID
    row = (await connection.execute(statement, {"ticket_id": ticket_id, **scope_values(scope)})).one_or_none()
    return None if row is None else _row(row)


_LOCK_CHAT = text("""
select from conversation where id = (select conversation_id from ticket where id = :ticket_id) for no key update
""")


async def get_ticket_with_chat(
    connection: AsyncConnection, ticket_id: int, scope: TicketScope = EVERYTHING
) -> TicketRow | None:
    """Return a ticket, with its chat and itself locked in the order in which storing a message locks them.

    Whoever will change both takes this: in the other order an officer and a resident who write at once would wait for
    each other.
    """
    await connection.execute(_LOCK_CHAT, {"ticket_id": ticket_id})
    return await get_ticket(connection, ticket_id, scope, lock=True)


async def ticket_of_code(connection: AsyncConnection, code: str, scope: TicketScope = EVERYTHING) -> TicketRow | None:
    """Return the ticket of a code that `scope` may see, or None."""
    row = (await connection.execute(_BY_CODE, {"code": code, **scope_values(scope)})).one_or_none()
    return None if row is None else _row(row)


_OF_CONVERSATION = text(f"""
select {_COLUMNS} {_FROM} where ticket.conversation_id = :conversation_id and ticket.state <> 'resolved'
order by ticket.state = 'open' desc, ticket.id desc
""")


async def open_tickets_of(connection: AsyncConnection, conversation_id: int) -> list[TicketRow]:
    """Return what is not resolved of one chat: what is being talked about first, then the newest."""
    rows = await connection.execute(_OF_CONVERSATION, {"conversation_id": conversation_id})
    return [_row(row) for row in rows]


# Danger first, then what should have been answered, then whoever has waited longest since they wrote.
_LIST = text(f"""
select {_COLUMNS} {_FROM}
where {_SEEN} and ticket.state = any(:states)
  and (cast(:assignee as bigint) is null or ticket.assignee_id = :assignee)
  and (not cast(:unassigned as boolean) or ticket.assignee_id is null)
  and (cast(:reason as text) is null or ticket.reason = :reason)
  and (cast(:topic as text) is null or ticket.topic = :topic)
  and (cast(:area as text) is null or ticket.area = :area)
  and (cast(:told as smallint) is null or (ticket.escalation_step >= :told and ticket.answer_due_at is not null))
order by ticket.reason = 'danger' desc, ticket.answer_due_at nulls last, ticket.heard_at desc nulls last, ticket.id desc
limit :limit
""")


async def list_tickets(
    connection: AsyncConnection,
    scope: TicketScope,
    *,
    states: Collection[TicketState],
    assignee: int | None = None,
    unassigned: bool = False,
    reason: TicketReason | None = None,
    topic: str | None = None,
    area: str | None = None,
    told: EscalationStep | None = None,
    limit: int = 200,
) -> list[TicketRow]:
    """Return tickets that `scope` may see, most urgent first.

    Args:
        told: only those that still wait for an answer after so many were told that it is late.
    """
    values = {
        **scope_values(scope),
        "states": [state.value for state in states],
        "assignee": assignee,
        "unassigned": unassigned,
        "reason": None if reason is None else reason.value,
        "topic": topic,
        "area": area,
        "told": told,
        "limit": limit,
    }
    return [_row(row) for row in await connection.execute(_LIST, values)]


_COUNTS = text(f"select ticket.state, count(*) {_FROM} where {_SEEN} group by ticket.state")


async def count_tickets(connection: AsyncConnection, scope: TicketScope) -> dict[TicketState, int]:
    """Return how many tickets there are in each state."""
    counts = {TicketState(row[0]): int(row[1]) for row in await connection.execute(_COUNTS, scope_values(scope))}
    return {state: counts.get(state, 0) for state in TicketState}


#: Columns that `change_ticket` may set.
_CHANGEABLE = frozenset(
    {
        *("state", "assignee_id", "assigned_at", "snoozed_until", "organisation", "area", "topic", "confidential"),
        *("answer_due_at", "first_answered_at", "escalated_at", "escalation_step", "answered_at", "resolved_at"),
        "open_key",
    }
)


async def change_ticket(connection: AsyncConnection, ticket_id: int, **changes: Any) -> None:
    """Set columns of a ticket that the caller has locked, and tell pages that it changed."""
    assert changes.keys() <= _CHANGEABLE
    if changes:
        columns = ", ".join(f"{name} = :{name}" for name in sorted(changes))
        statement = text(f"update ticket set {columns} where id = :ticket_id")
        await connection.execute(statement, changes | {"ticket_id": ticket_id})
    await notify_ticket(connection, ticket_id)


_NOTIFY = text(f"select pg_notify('{TICKETS}', cast(:ticket_id as text))")


async def notify_ticket(connection: AsyncConnection, ticket_id: int) -> None:
    """Tell pages that a ticket changed."""
    await connection.execute(_NOTIFY, {"ticket_id": f"{ticket_id}"})
