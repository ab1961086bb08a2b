"""Nobody answered in time: who is told, and who has the ticket next. One step after the other, each by rule.

1. When the time is over: whoever may see the ticket has it on their first page. Another officer who is there gets it;
   an organisation that has no officer for the place any more loses it to one that has.
2. When as much office time went by again: the administrators, who see all tickets, have it on theirs.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.helpdesk.opening import assign_to_somebody_present, officer_who_is_there
from bot.helpdesk.routing import responsible, staffed
from store.queries.audit import record_audit
from store.queries.desk import organisations_at_the_desk
from store.queries.ticket_history import add_ticket_event
from store.queries.tickets import TicketRow, change_ticket, get_ticket_with_chat
from store.ticket_states import EscalationStep, TicketEventKind, TicketState

_AT_WORK = frozenset({TicketState.PENDING, TicketState.OPEN})


async def tell_colleagues(connection: AsyncConnection, number: int, now: datetime) -> bool:
    """Take the first step; False where somebody answered, or took it, meanwhile."""
    ticket = await _late(connection, number, EscalationStep.NOBODY, now)
    if ticket is None:
        return False
    await change_ticket(connection, number, escalated_at=now, escalation_step=EscalationStep.COLLEAGUES)
    await _write_down(connection, ticket, EscalationStep.COLLEAGUES, now)
    await _pass_on(connection, ticket, now)
    return True


async def tell_administrators(connection: AsyncConnection, number: int, now: datetime) -> bool:
    """Take the second step."""
    ticket = await _late(connection, number, EscalationStep.COLLEAGUES, now)
    if ticket is None:
        return False
    await change_ticket(connection, number, escalation_step=EscalationStep.ADMINISTRATORS)
    await _write_down(connection, ticket, EscalationStep.ADMINISTRATORS, now)
    return True


async def _late(connection: AsyncConnection, number: int, told: EscalationStep, now: datetime) -> TicketRow | None:
    ticket = await get_ticket_with_chat(connection, number)
    if ticket is None or ticket.state not in _AT_WORK or ticket.escalation_step is not told:
        return None
    return ticket if ticket.answer_due_at is not None and ticket.answer_due_at <= now else None


async def _pass_on(connection: AsyncConnection, ticket: TicketRow, now: datetime) -> None:
    changes: dict[str, Any] = {}
    at_the_desk = await organisations_at_the_desk(connection, area=ticket.area)
    if at_the_desk and ticket.organisation not in at_the_desk:
        organisation = staffed(responsible(ticket.reason, ticket.about, ticket.topic), at_the_desk)
        changes = {"organisation": organisation, "assignee_id": None, "assigned_at": None}
        details: dict[str, Any] = {"organisation": organisation, "by": "desk"}
        await add_ticket_event(connection, ticket.id, TicketEventKind.ROUTED, now=now, details=details)
    elif ticket.assignee_id is not None:
        # Whoever has it keeps it unless somebody else is there: a late answer is better than none.
        other = await officer_who_is_there(connection, ticket, now=now, other_than=ticket.assignee_id)
        if other is not None:
            changes = {"assignee_id": other, "assigned_at": now}
            details = {"assignee": other, "by": "desk", "instead_of": ticket.assignee_id}
            await add_ticket_event(connection, ticket.id, TicketEventKind.ASSIGNED, now=now, details=details)
    if changes:
        await change_ticket(connection, ticket.id, **changes)
    await assign_to_somebody_present(connection, ticket.id, now=now)


async def _write_down(connection: AsyncConnection, ticket: TicketRow, step: EscalationStep, now: datetime) -> None:
    told = step.name.lower()
    await add_ticket_event(connection, ticket.id, TicketEventKind.ESCALATED, now=now, details={"told": told})
    await record_audit(
        connection,
        actor=None,
        action=f"ticket.escalated_to_{told}",
        subject=f"ticket:{ticket.id}",
        area=ticket.area,
        now=now,
        details={"code": ticket.code},
    )
