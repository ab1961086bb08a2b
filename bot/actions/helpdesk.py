"""Asking for a person: opens a ticket, tells its state, takes it back."""

from datetime import datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.place import named_place, place_message, remember, remembered_place
from bot.actions.subject import subject_before
from bot.actions.understanding import Understanding, understanding_of
from bot.helpdesk.hours import DeskRules
from bot.helpdesk.opening import OpenedTicket, desk_is_staffed, open_ticket
from bot.helpdesk.work import withdraw
from content.topics import Topic
from store.clock import LOCAL_ZONE, Clock
from store.database import Database
from store.queries.desk import desk_chat, desk_rules
from store.queries.tickets import TicketRow, ticket_of_code
from store.ticket_states import ComplaintKind, TicketReason, TicketState

#: Value of the entity `why` with which somebody chooses what their complaint is about.
COMPLAIN = "complaint"


def ticket_data(understood: Understanding, key: str, ticket: OpenedTicket, now: datetime) -> dict[str, Any]:
    """Return message data about a ticket: code, whether it is new, when the desk is staffed next."""
    return {**understood.base(key), "topic": Topic.CONTACT_OFFICE.value, **ticket.told(now)}


class ContactPersonAction(Action):
    """Opens a ticket for whoever wants a person; where nobody sees to tickets, tells which office to ask."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_contact_person"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Reply."""
        understood = understanding_of(tracker)
        named = named_place(tracker, understood)
        place = named or remembered_place(tracker, understood)
        why = understood.entities.get("why") if understood.pressed else None
        area = place.unit.id if place.unit is not None else None
        async with self._database.transaction() as connection:
            staffed = await desk_is_staffed(connection, area or "")
            if staffed and why == COMPLAIN:
                dispatcher.utter_message(json_message={**understood.base("complaint_kinds"), "topic": None})
                return remember(named)
            ticket = await self._open(connection, tracker, understood, why, area) if staffed else None
        if ticket is not None:
            key = "complaint_opened" if why in set(ComplaintKind) else "ticket_opened"
            data = ticket_data(understood, key, ticket, self._clock.now())
            dispatcher.utter_message(json_message=data)
            return remember(named)
        data = {**understood.base("contact_person"), "topic": Topic.CONTACT_OFFICE.value}
        dispatcher.utter_message(json_message=data)
        if place:
            dispatcher.utter_message(json_message={**place_message(understood, place), "remembered": not named})
        return remember(named)

    async def _open(
        self, connection: Any, tracker: Tracker, understood: Understanding, why: str | None, area: str | None
    ) -> OpenedTicket | None:
        subject = subject_before(tracker)
        reason, about = TicketReason.ASKED_FOR_PERSON, ""
        if why in set(ComplaintKind):
            reason, about = TicketReason.COMPLAINT, str(why)
        elif why is not None:
            reason = TicketReason(why)
        return await open_ticket(
            connection,
            reason=reason,
            about=about,
            now=self._clock.now(),
            conversation_id=understood.conversation,
            topic=subject.topic.value if subject is not None else None,
            area=area,
        )


class TicketAction(Action):
    """Tells how a ticket stands, by its code; `value` down takes it back."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_ticket"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Look it up; only whoever it belongs to may take it back, or hear of a confidential one."""
        understood = understanding_of(tracker)
        base = {"topic": Topic.CONTACT_OFFICE.value, "code": understood.entities["code"]}
        async with self._database.transaction() as connection:
            ticket = await ticket_of_code(connection, understood.entities["code"])
            own = ticket is not None and await self._is_own(connection, ticket, understood.conversation)
            if ticket is None or (ticket.confidential and not own):
                dispatcher.utter_message(json_message={**understood.base("ticket_unknown"), **base})
                return []
            if own and understood.entities.get("value") == "down" and ticket.state is not TicketState.RESOLVED:
                await withdraw(connection, ticket.id, now=self._clock.now())
                dispatcher.utter_message(json_message={**understood.base("ticket_withdrawn"), **base})
                return []
            now = self._clock.now()
            rules = DeskRules.of(await desk_rules(connection))
        opens = rules.opens_at(now)
        shown = OpenedTicket(ticket.id, ticket.code, False, ticket.state, opens, rules.confirmed)
        dispatcher.utter_message(
            json_message={
                **ticket_data(understood, "ticket_state", shown, now),
                "state": ticket.state.value,
                "own": own,
                "opened_on": ticket.opened_at.astimezone(LOCAL_ZONE).date().isoformat(),
            }
        )
        return []

    @staticmethod
    async def _is_own(connection: Any, ticket: TicketRow, conversation_id: int) -> bool:
        """True in any chat of the person whose ticket it is."""
        if ticket.conversation_id is None:
            return False
        if ticket.conversation_id == conversation_id:
            return True
        here, there = await desk_chat(connection, conversation_id), await desk_chat(connection, ticket.conversation_id)
        return here is not None and there is not None and here.person_id == there.person_id
