"""What officers do with tickets. Each function is one transaction's work: what it refuses changes nothing."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.helpdesk.hours import DeskRules
from bot.helpdesk.officers import DeskRefused, own_ticket, ticket_to_work_on
from bot.helpdesk.opening import PRESENT_FOR, assign_to_somebody_present
from bot.helpdesk.talking import bot_comes_back, menu_button, say
from bot.personal_data import mask
from content.translations import catalogue_for
from store.clock import LOCAL_ZONE
from store.queries.audit import record_audit
from store.queries.desk import desk_chat, desk_rules
from store.queries.silence import end_silence, keep_silent, shorten_silence
from store.queries.staff import Staff, note_presence, organisations, staff_member
from store.queries.ticket_history import add_ticket_event
from store.queries.tickets import TicketRow, change_ticket, get_ticket_with_chat, open_tickets_of
from store.staff_roles import Role
from store.ticket_states import TicketEventKind, TicketReason, TicketState

#: Code points of one message of an officer; every channel takes as many in one piece.
LONGEST_REPLY = 1500


async def _done(
    connection: AsyncConnection, staff: Staff, ticket: TicketRow, action: str, now: datetime, **details: Any
) -> None:
    await record_audit(
        connection,
        actor=staff.id,
        action=f"ticket.{action}",
        subject=f"ticket:{ticket.id}",
        area=ticket.area,
        now=now,
        details={"code": ticket.code, **details},
    )
    await note_presence(connection, staff_id=staff.id, now=now)


async def _require_free(connection: AsyncConnection, staff: Staff, ticket: TicketRow, now: datetime) -> None:
    """Raise DeskRefused where another officer, who is there, sees to it."""
    if ticket.assignee_id in (None, staff.id):
        return
    assert ticket.assignee_id is not None
    other = await staff_member(connection, staff_id=ticket.assignee_id)
    if other is not None and other.present_at is not None and other.present_at >= now - PRESENT_FOR:
        raise DeskRefused("taken", code=ticket.code, name=other.name)


def _require_officer(staff: Staff) -> None:
    """Only officers talk with residents; an administrator steers."""
    if not staff.has(Role.HELP_DESK_OFFICER):
        raise DeskRefused("only_officers_talk")


async def take_ticket(
    connection: AsyncConnection, staff: Staff, ticket_id: int, *, now: datetime, from_colleague: int | None = None
) -> TicketRow:
    """Take a ticket over: from now on the bot keeps quiet in its chat, and the person is told who answers.

    Args:
        from_colleague: whose it is by what the officer saw; taking it from them is then meant.

    Raises:
        NoSuchTicket, DeskRefused: resolved, or another officer took it meanwhile.
    """
    ticket = await ticket_to_work_on(connection, staff, ticket_id)
    _require_officer(staff)
    if ticket.assignee_id is None or ticket.assignee_id != from_colleague:
        await _require_free(connection, staff, ticket, now)
    if ticket.assignee_id == staff.id and ticket.state is TicketState.OPEN:
        return ticket
    await change_ticket(
        connection,
        ticket.id,
        state=TicketState.OPEN.value,
        assignee_id=staff.id,
        assigned_at=now,
        snoozed_until=None,
    )
    await add_ticket_event(connection, ticket.id, TicketEventKind.TAKEN, now=now, actor=staff.id)
    if ticket.conversation_id is not None:
        await _officer_talks(connection, ticket, now, told="desk.taken", staff=staff)
    await _done(connection, staff, ticket, "taken", now)
    return await own_ticket(connection, staff, ticket_id)


async def _officer_talks(
    connection: AsyncConnection, ticket: TicketRow, now: datetime, *, told: str, staff: Staff, text: str = ""
) -> None:
    assert ticket.conversation_id is not None
    chat = await desk_chat(connection, ticket.conversation_id)
    assert chat is not None
    catalogue = catalogue_for(chat.language)
    names = {
        one.code: (one.name_in_english if chat.language == "en" else one.name)
        for one in await organisations(connection)
    }
    words = catalogue.text(told, name=staff.name, organisation=names[staff.organisation], code=ticket.code, text=text)
    await say(connection, ticket.conversation_id, chat, words, now=now)
    rules = DeskRules.of(await desk_rules(connection))
    await keep_silent(connection, conversation_id=ticket.conversation_id, until=now + rules.silent)


async def reply(
    connection: AsyncConnection, staff: Staff, ticket_id: int, text: str, *, now: datetime, key: str | None = None
) -> bool:
    """Send an officer's words to the person, under their name; the ticket becomes theirs.

    Args:
        text: at most `LONGEST_REPLY` code points; card numbers, codes and passwords in it are masked like everywhere.
        key: chosen by the page for this press of the button: the same twice is sent once.

    Returns:
        False when it was sent before under this key.

    Raises:
        NoSuchTicket, DeskRefused: empty, too long, resolved, no chat to answer in, or another officer answers.
    """
    ticket = await ticket_to_work_on(connection, staff, ticket_id)
    _require_officer(staff)
    words = text.strip()
    if not words:
        raise DeskRefused("empty")
    if len(words) > LONGEST_REPLY:
        raise DeskRefused("too_long", limit=LONGEST_REPLY, length=len(words))
    if ticket.conversation_id is None:
        raise DeskRefused("no_chat", code=ticket.code)
    await _require_free(connection, staff, ticket, now)
    if not await add_ticket_event(
        connection, ticket.id, TicketEventKind.REPLIED, now=now, actor=staff.id, key=key and f"{ticket.id}/{key}"
    ):
        return False
    await _officer_talks(connection, ticket, now, told="desk.officer_says", staff=staff, text=mask(words))
    await change_ticket(
        connection,
        ticket.id,
        state=TicketState.OPEN.value,
        assignee_id=staff.id,
        assigned_at=ticket.assigned_at if ticket.assignee_id == staff.id else now,
        answered_at=now,
        first_answered_at=ticket.first_answered_at or now,
        answer_due_at=None,
        snoozed_until=None,
    )
    await _done(connection, staff, ticket, "replied", now)
    return True


async def add_note(
    connection: AsyncConnection, staff: Staff, ticket_id: int, text: str, *, now: datetime, key: str | None = None
) -> None:
    """Write a note that only staff read.

    Raises:
        NoSuchTicket, DeskRefused: empty or too long.
    """
    ticket = await ticket_to_work_on(connection, staff, ticket_id)
    words = text.strip()
    if not words:
        raise DeskRefused("empty")
    if len(words) > LONGEST_REPLY:
        raise DeskRefused("too_long", limit=LONGEST_REPLY, length=len(words))
    key = key and f"{ticket.id}/{key}"
    await add_ticket_event(
        connection, ticket.id, TicketEventKind.NOTE, now=now, actor=staff.id, words=mask(words), key=key
    )
    await change_ticket(connection, ticket.id)
    await _done(connection, staff, ticket, "noted", now)


async def hand_back(connection: AsyncConnection, staff: Staff, ticket_id: int, *, now: datetime) -> None:
    """Let the bot answer again, at once and with a line that says so; the ticket stays as it is."""
    ticket = await ticket_to_work_on(connection, staff, ticket_id)
    if ticket.conversation_id is None:
        raise DeskRefused("no_chat", code=ticket.code)
    await shorten_silence(connection, conversation_id=ticket.conversation_id, until=now)
    if not await bot_comes_back(connection, ticket.conversation_id, now=now):
        raise DeskRefused("bot_talks_already", code=ticket.code)
    await add_ticket_event(connection, ticket.id, TicketEventKind.HANDED_BACK, now=now, actor=staff.id)
    await change_ticket(connection, ticket.id)
    await _done(connection, staff, ticket, "handed_back", now)


async def snooze(connection: AsyncConnection, staff: Staff, ticket_id: int, *, until: datetime, now: datetime) -> None:
    """Put a ticket aside until a time, or until the person writes."""
    ticket = await ticket_to_work_on(connection, staff, ticket_id)
    if until <= now:
        raise DeskRefused("in_the_past", at=f"{until.astimezone(LOCAL_ZONE):%H:%M %d/%m/%Y}")
    await change_ticket(connection, ticket.id, state=TicketState.SNOOZED.value, snoozed_until=until)
    details = {"until": until.isoformat()}
    await add_ticket_event(connection, ticket.id, TicketEventKind.SNOOZED, now=now, actor=staff.id, details=details)
    await _done(connection, staff, ticket, "snoozed", now, **details)


async def resolve(connection: AsyncConnection, staff: Staff, ticket_id: int, *, now: datetime) -> None:
    """End a ticket: the person is told, and the bot answers again."""
    ticket = await ticket_to_work_on(connection, staff, ticket_id)
    await _require_free(connection, staff, ticket, now)
    await end_ticket(connection, ticket, now=now)
    await add_ticket_event(connection, ticket.id, TicketEventKind.RESOLVED, now=now, actor=staff.id)
    if ticket.conversation_id is not None:
        chat = await desk_chat(connection, ticket.conversation_id)
        assert chat is not None
        catalogue = catalogue_for(chat.language)
        words = catalogue.text("desk.resolved", code=ticket.code)
        await say(connection, ticket.conversation_id, chat, words, now=now, buttons=[menu_button(catalogue)])
    await _done(connection, staff, ticket, "resolved", now)


async def end_ticket(connection: AsyncConnection, ticket: TicketRow, *, now: datetime) -> None:
    """Set a locked ticket to resolved and let the bot talk again, without a word."""
    await change_ticket(
        connection,
        ticket.id,
        state=TicketState.RESOLVED.value,
        resolved_at=now,
        open_key=None,
        snoozed_until=None,
        answer_due_at=None,
    )
    if ticket.conversation_id is not None:
        await shorten_silence(connection, conversation_id=ticket.conversation_id, until=now)
        await end_silence(connection, conversation_id=ticket.conversation_id, now=now)


async def reopen(connection: AsyncConnection, staff: Staff, ticket_id: int, *, now: datetime) -> None:
    """Take a resolved ticket up again.

    Raises:
        DeskRefused: it is not resolved, or they only look on.
    """
    ticket = await own_ticket(connection, staff, ticket_id, lock=True)
    if not staff.has(Role.HELP_DESK_OFFICER, Role.ADMINISTRATOR):
        raise DeskRefused("only_looking")
    if ticket.state is not TicketState.RESOLVED:
        raise DeskRefused("not_resolved", code=ticket.code)
    await change_ticket(
        connection, ticket.id, state=TicketState.PENDING.value, resolved_at=None, assignee_id=staff.id, assigned_at=now
    )
    await add_ticket_event(connection, ticket.id, TicketEventKind.REOPENED, now=now, actor=staff.id)
    await _done(connection, staff, ticket, "reopened", now)


async def assign(connection: AsyncConnection, staff: Staff, ticket_id: int, *, to: int | None, now: datetime) -> None:
    """Give a ticket to a colleague who may see it, or to nobody (`to` None).

    Raises:
        DeskRefused: the colleague may not see it.
    """
    ticket = await ticket_to_work_on(connection, staff, ticket_id)
    if to is None:
        await change_ticket(connection, ticket.id, assignee_id=None, assigned_at=None)
        await add_ticket_event(connection, ticket.id, TicketEventKind.UNASSIGNED, now=now, actor=staff.id)
        await _done(connection, staff, ticket, "unassigned", now)
        return
    colleague = await staff_member(connection, staff_id=to)
    if colleague is None or colleague.disabled or not colleague.has(Role.HELP_DESK_OFFICER):
        raise DeskRefused("not_an_officer")
    if colleague.organisation != ticket.organisation or not colleague.may(Role.HELP_DESK_OFFICER, ticket.area):
        raise DeskRefused("colleague_may_not_see", name=colleague.name, code=ticket.code)
    await change_ticket(connection, ticket.id, assignee_id=to, assigned_at=now)
    await add_ticket_event(
        connection, ticket.id, TicketEventKind.ASSIGNED, now=now, actor=staff.id, details={"assignee": to}
    )
    await _done(connection, staff, ticket, "assigned", now, to=colleague.name)


async def route(
    connection: AsyncConnection,
    staff: Staff,
    ticket_id: int,
    *,
    now: datetime,
    organisation: str | None = None,
    area: str | None = None,
    topic: str | None = None,
    confidential: bool | None = None,
) -> None:
    """Hand a ticket on: to another organisation or commune, under another topic, to fewer or more eyes."""
    ticket = await ticket_to_work_on(connection, staff, ticket_id)
    changes: dict[str, Any] = {}
    if organisation is not None and organisation != ticket.organisation:
        if organisation not in {one.code for one in await organisations(connection)}:
            raise DeskRefused("no_such_organisation", organisation=organisation)
        changes |= {"organisation": organisation, "assignee_id": None, "assigned_at": None}
    if area is not None and area != ticket.area:
        changes |= {"area": area, "assignee_id": None, "assigned_at": None}
    if topic is not None and topic != ticket.topic:
        changes["topic"] = topic or None
    if confidential is not None and confidential != ticket.confidential:
        changes["confidential"] = confidential
    if not changes:
        return
    await change_ticket(connection, ticket.id, **changes)
    details: dict[str, Any] = {
        name: changes[name] for name in ("organisation", "area", "topic", "confidential") if name in changes
    }
    await add_ticket_event(connection, ticket.id, TicketEventKind.ROUTED, now=now, actor=staff.id, details=details)
    await _done(connection, staff, ticket, "routed", now, **details)
    if "assignee_id" in changes:
        await assign_to_somebody_present(connection, ticket.id, now=now)


async def withdraw(connection: AsyncConnection, ticket_id: int, *, now: datetime) -> None:
    """The resident does not need an answer any more."""
    ticket = await get_ticket_with_chat(connection, ticket_id)
    if ticket is None or ticket.state is TicketState.RESOLVED:
        return
    await end_ticket(connection, ticket, now=now)
    await add_ticket_event(connection, ticket.id, TicketEventKind.WITHDRAWN, now=now)


async def withdraw_all(connection: AsyncConnection, conversation_id: int, *, now: datetime) -> None:
    """Take back what waits in a chat whose words are erased; whoever is in danger is still looked after."""
    for ticket in await open_tickets_of(connection, conversation_id):
        if ticket.reason is not TicketReason.DANGER:
            await withdraw(connection, ticket.id, now=now)
