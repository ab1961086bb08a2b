"""The form `course_phone_form`: an optional telephone number for a course that the person is on.

It asks once. A number is noted, "bỏ qua" or "không" ends it, a wrong number is asked again; any other question is
answered as always and ends the form without a word, so nobody is held in it.
"""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.course_interest import language_of
from bot.actions.courses import course_data
from bot.actions.safety import goes_before_forms
from bot.actions.understanding import understanding_of
from bot.courses.phone import is_attempt, is_skip, phone_in
from content.trades import folded
from content.translations import catalogue_for
from store.clock import Clock
from store.database import Database
from store.queries.course_interests import interest_in, set_phone

QUESTION, NUMBER = "course_phone_question", "course_phone"
_SKIPPED = "skipped"
#: Wrong numbers after which the person is left in peace.
TRIES = 3


class AskCoursePhoneAction(Action):
    """Asks for the number, or ends the form."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_ask_course_phone"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Ask with words that are kept, to be stored with the number."""
        understood = understanding_of(tracker)
        question = tracker.get_slot(QUESTION)
        if understood.intent == "course_phone":
            code = understood.entities.get("course") or tracker.get_slot("course") or ""
            async with self._database.transaction() as connection:
                interest = await interest_in(connection, code=code, conversation_id=understood.conversation)
            if interest is None:
                dispatcher.utter_message(json_message=course_data(understood, "course_unknown"))
                return [ActiveLoop(None)]
            words = catalogue_for(language_of(tracker)).text("course.phone_question")
            dispatcher.utter_message(json_message=course_data(understood, "course_phone_question", words=words))
            return [SlotSet(QUESTION, {"course": code, "words": words, "tries": 0})]
        if question and is_attempt(tracker.latest_message.get("text") or ""):
            dispatcher.utter_message(json_message=course_data(understood, "course_phone_wrong"))
            return [SlotSet(QUESTION, {**question, "tries": question["tries"] + 1})]
        return [SlotSet(QUESTION, None), ActiveLoop(None)]


class ValidateCoursePhoneForm(Action):
    """Reads the number out of what was typed.

    Setting no slot makes Rasa reject the form, and the message is then handled as if there were none.
    """

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "validate_course_phone_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Set the number, or that there is none."""
        understood = understanding_of(tracker)
        text = tracker.latest_message.get("text") or ""
        if tracker.get_slot(QUESTION) is None or (understood.pressed and understood.intent != "deny"):
            return []
        if goes_before_forms(understood):
            return []
        if (number := phone_in(text)) is not None:
            return [SlotSet(NUMBER, number)]
        if understood.intent == "deny" or is_skip(folded(text)):
            return [SlotSet(NUMBER, _SKIPPED)]
        if is_attempt(text):
            tired = tracker.get_slot(QUESTION)["tries"] + 1 >= TRIES
            return [SlotSet(NUMBER, _SKIPPED if tired else None)]
        return []


class SaveCoursePhoneAction(Action):
    """Notes the number with the words that asked for it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_save_course_phone"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Save it, and leave no copy in the tracker's slots."""
        understood = understanding_of(tracker)
        number, question = tracker.get_slot(NUMBER), tracker.get_slot(QUESTION)
        if number is not None and question is not None:
            saved = False
            if number != _SKIPPED:
                async with self._database.transaction() as connection:
                    saved = await set_phone(
                        connection,
                        code=question["course"],
                        conversation_id=understood.conversation,
                        phone=number,
                        consent_text=question["words"],
                        now=self._clock.now(),
                    )
            key = "course_phone_saved" if saved else "course_phone_skipped"
            dispatcher.utter_message(json_message=course_data(understood, key))
        return [SlotSet(NUMBER, None), SlotSet(QUESTION, None)]
