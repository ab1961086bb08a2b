"""Opening a ticket: the one door to the help desk for the chat, the channels, campaigns and public pages."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.ledger import TERMINAL
from bot.helpdesk.codes import new_ticket_code
from bot.helpdesk.hours import DeskRules
from bot.helpdesk.routing import is_confidential, responsible, staffed
from content.place_units import load_places
from store.clock import LOCAL_ZONE
from store.queries.desk import desk_chat, desk_rules, officer_for, organisations_at_the_desk, sees_confidential
from store.queries.ticket_history import add_ticket_event
from store.queries.tickets import (
    NewTicket,
    TicketRow,
    add_ticket,
    change_ticket,
    get_ticket,
    notify_ticket,
    ticket_of_key,
)
from store.ticket_states import TicketEventKind, TicketReason, TicketState

#: An officer counts as there for so long after a page of theirs was last heard of.
PRESENT_FOR = timedelta(seconds=45)


@dataclass(frozen=True)
class OpenedTicket:
    """A ticket as it is told to the person.

    Attributes:
        new: False when it was open already.
        opens_at: when the desk is staffed next; `now` or earlier while it is, None when no hours are set.
        confirmed: the hours were confirmed by an administrator and may be told.
    """

    id: int
    code: str
    new: bool
    state: TicketState
    opens_at: datetime | None
    confirmed: bool

    def told(self, now: datetime) -> dict[str, Any]:
        """Return what messages about a ticket say of it (`bot.rendering.helpdesk`)."""
        opens = self.opens_at
        return {
            "code": self.code,
            "new": self.new,
            "talking": self.state is TicketState.OPEN,
            "confirmed": self.confirmed,
            "open_now": opens is not None and opens <= now,
            "opens_at": None if opens is None else opens.astimezone(LOCAL_ZONE).isoformat(),
        }


async def desk_is_staffed(connection: AsyncConnection, area: str = "") -> bool:
    """Return whether anybody sees to tickets of `area`: without officers nobody is promised an answer."""
    return bool(await organisations_at_the_desk(connection, area=area))


async def open_ticket(
    connection: AsyncConnection,
    *,
    reason: TicketReason,
    now: datetime,
    conversation_id: int | None = None,
    about: str = "",
    topic: str | None = None,
    area: str | None = None,
    organisation: str | None = None,
    confidential: bool | None = None,
    actor: int | None = None,
) -> OpenedTicket | None:
    """Open a ticket, or return the one that is open for the same person, reason and subject.

    To be called in the transaction that stores what it is about. Idempotent: the person who asks again, the message
    that is handled twice, get the same ticket; what it knows about topic and commune is filled in.

    Args:
        conversation_id: the chat of the person, in which officers answer them. None for what came in another way;
            then `about` must name the matter.
        about: what exactly: a kind of complaint (`store.ticket_states.ComplaintKind`), `campaign:12`,
            `account:…1234`. Never words of residents, which stay in the chat.
        topic: a question topic (`content.topics.Topic`), where one is known.
        area: code of the commune or ward; None: the one that the person agreed to keep, if any.
        organisation: code of the organisation that sees to it; None: the one whose matter it is
            (`bot.helpdesk.routing`). Where that has nobody for the area, another that has gets it.
        confidential: seen only by its assignee and by the organisation's officers for the whole province; None: so
            for danger, wrongdoing and personal data.
        actor: the member of staff who opens it; None: the resident or the system.

    Returns:
        The ticket; None where no resident speaks: staff who try the bot out, and the command line.

    Raises:
        ValueError: neither a conversation nor `about`; or no such conversation.
    """
    if conversation_id is None and not about:
        raise ValueError("a ticket without a conversation needs `about`")
    chat = None if conversation_id is None else await desk_chat(connection, conversation_id)
    if conversation_id is not None and chat is None:
        raise ValueError(f"there is no conversation {conversation_id}")
    if chat is not None and (chat.staff_test or chat.channel == TERMINAL):
        return None
    rules = DeskRules.of(await desk_rules(connection))
    if area is None:
        area = (chat.commune if chat is not None else None) or ""
    if area not in load_places().by_id:
        area = ""
    whose = "somebody" if chat is None else f"person:{chat.person_id}"
    open_key = f"{whose}/{reason}/{about}"
    if organisation is None:
        at_the_desk = await organisations_at_the_desk(connection, area=area)
        organisation = staffed(responsible(reason, about, topic), at_the_desk)
    if confidential is None:
        confidential = is_confidential(reason, about)
        if reason is TicketReason.DANGER:
            # Somebody in danger is helped by whoever is there, if nobody sees to the whole province.
            confidential = await sees_confidential(connection, organisation=organisation)
    opens_at = rules.opens_at(now)
    while True:
        code = new_ticket_code()
        ticket = NewTicket(
            code=code,
            open_key=open_key,
            conversation_id=conversation_id,
            reason=reason,
            about=about,
            topic=topic,
            area=area,
            organisation=organisation,
            confidential=confidential,
            demo=chat is not None and chat.demo,
            opened_at=now,
            since_message=chat.last_message if chat is not None else None,
            answer_due_at=rules.answer_due_at(now),
        )
        number = await add_ticket(connection, ticket)
        if number is not None:
            await add_ticket_event(connection, number, TicketEventKind.OPENED, now=now, actor=actor)
            await assign_to_somebody_present(connection, number, now=now)
            await notify_ticket(connection, number)
            return OpenedTicket(number, code, True, TicketState.PENDING, opens_at, rules.confirmed)
        known = await ticket_of_key(connection, open_key)
        if known is None:
            # Resolved between the two statements: this is a new matter.
            continue
        filled: dict[str, object] = {}
        if known.topic is None and topic is not None:
            filled["topic"] = topic
        if not known.area and area:
            filled["area"] = area
        if known.state is TicketState.SNOOZED:
            filled |= {"state": TicketState.PENDING.value, "snoozed_until": None}
        if filled:
            await change_ticket(connection, known.id, **filled)
        await add_ticket_event(connection, known.id, TicketEventKind.ASKED_AGAIN, now=now, actor=actor)
        return OpenedTicket(known.id, known.code, False, known.state, opens_at, rules.confirmed)


async def officer_who_is_there(
    connection: AsyncConnection, ticket: TicketRow, *, now: datetime, other_than: int | None = None
) -> int | None:
    """Return the officer who is there and may have a ticket, by area and topic; None where there is nobody."""
    return await officer_for(
        connection,
        organisation=ticket.organisation,
        area=ticket.area,
        topic=ticket.topic,
        confidential=ticket.confidential,
        present_since=now - PRESENT_FOR,
        other_than=other_than,
    )


async def assign_to_somebody_present(connection: AsyncConnection, ticket_id: int, *, now: datetime) -> int | None:
    """Give a ticket that is nobody's to an officer who is there, by area and topic; return whom."""
    ticket = await get_ticket(connection, ticket_id, lock=True)
    if ticket is None or ticket.assignee_id is not None or ticket.state is TicketState.RESOLVED:
        return None
    officer = await officer_who_is_there(connection, ticket, now=now)
    if officer is None:
        return None
    await change_ticket(connection, ticket_id, assignee_id=officer, assigned_at=now)
    await add_ticket_event(
        connection, ticket_id, TicketEventKind.ASSIGNED, now=now, details={"assignee": officer, "by": "desk"}
    )
    return officer
