"""What is said to people in danger, to provocation, and to whoever asks whether a message is really ours."""

from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.giving.account_check import AccountCheck
from bot.actions.helpdesk import ticket_data
from bot.actions.place import named_place, remembered_place
from bot.actions.subject import Subject, answer_data, subject_said
from bot.actions.understanding import NOT_FROM_STATEMENTS, Understanding, understanding_of
from bot.dangers import Danger, danger_of, safety_topic, topic_beside
from bot.helpdesk.opening import desk_is_staffed, open_ticket
from bot.payloads import SAFETY_INTENTS
from content.library import Library
from content.topics import Group, Topic
from store.clock import Clock
from store.database import Database
from store.ticket_states import TicketReason

#: From this confidence on a question beside the danger is answered, too, after the help.
CLEARLY_ASKED = 0.8


def goes_before_forms(understood: Understanding) -> bool:
    """True for a message that no form may take for a reply: help comes first, the form waits where it is."""
    return understood.intent in SAFETY_INTENTS


class SafetyAction(Action):
    """Says where help is, stays calm, or tells how to know what is genuine. A policy comes after help, never before."""

    def __init__(self, library: Library, database: Database, clock: Clock, accounts: AccountCheck) -> None:
        self._library = library
        self._database = database
        self._clock = clock
        self._accounts = accounts

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_safety"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Reply; for hunger the rule follows, for another danger the answer to what was clearly asked beside it."""
        understood = understanding_of(tracker)
        message = tracker.latest_message
        data = {**understood.base(understood.intent), "topic": safety_topic(message).value}
        if understood.intent == "verify_source":
            judged = await self._accounts.reply(tracker, understood, asked=True)
            dispatcher.utter_message(json_message=data if judged is None else judged[0])
            return [] if judged is None else judged[1]
        if understood.intent != "crisis":
            dispatcher.utter_message(json_message=data)
            return []
        danger = danger_of(message)
        dispatcher.utter_message(json_message={**data, "danger": danger.value})
        if (ticket := await self._tell_an_officer(tracker, understood, danger)) is not None:
            dispatcher.utter_message(json_message=ticket)
        subject = self._asked_beside(message, understood, danger)
        if subject is None:
            return []
        today = date.fromisoformat(understood.today)
        answer = answer_data(understood.base("answer"), subject, self._library, today=today)
        if answer["key"] == "answer":
            dispatcher.utter_message(json_message=answer)
        return [subject.remembered()]

    async def _tell_an_officer(
        self, tracker: Tracker, understood: Understanding, danger: Danger
    ) -> dict[str, Any] | None:
        """Open a ticket that few may see, if there is anybody who sees to it."""
        place = named_place(tracker, understood) or remembered_place(tracker, understood)
        area = place.unit.id if place.unit is not None else None
        now = self._clock.now()
        async with self._database.transaction() as connection:
            if not await desk_is_staffed(connection, area or ""):
                return None
            ticket = await open_ticket(
                connection,
                reason=TicketReason.DANGER,
                about=danger.value,
                now=now,
                conversation_id=understood.conversation,
                topic=safety_topic(tracker.latest_message).value,
                area=area,
            )
        return None if ticket is None else ticket_data(understood, "ticket_danger", ticket, now)

    @staticmethod
    def _asked_beside(message: dict[str, Any], understood: Understanding, danger: Danger) -> Subject | None:
        if danger is Danger.HUNGER:
            return Subject(Topic.SOCIAL_ASSISTANCE, household_group=Group.HUNGER.value)
        beside = topic_beside(message)
        if beside is None or beside[0] in NOT_FROM_STATEMENTS or beside[1] < CLEARLY_ASKED:
            return None
        return subject_said(beside[0], understood.entities)
