"""What is held about a person, shown and erased in the chat."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, Restarted
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.understanding import understanding_of
from bot.privacy import erase
from content.topics import Topic
from store.clock import Clock
from store.consent_purposes import ConsentPurpose
from store.database import Database
from store.queries.consents import consents_now
from store.queries.people import person_of
from store.queries.personal_data import export_person

#: Of a telephone number only these are shown: the phone may be somebody else's.
_LAST_DIGITS = 3


class MyDataAction(Action):
    """Says what is held, in a few lines, without repeating what others should not read over a shoulder."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_my_data"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Read it all and say what there is."""
        understood = understanding_of(tracker)
        async with self._database.single() as connection:
            person_id = await person_of(connection, conversation_id=understood.conversation)
            held = await export_person(connection, person_id=person_id)
            consents = await consents_now(connection, person_id=person_id)
        assert held is not None, "every conversation has a person"
        person = held["person"]
        phones = [person["phone"], *(course["phone"] for course in held["course_interest"])]
        found = {
            "channels": sorted({chat["channel"] for chat in held["conversation"]}),
            "words": sum(1 for message in held["incoming"] if message["text"]),
            "commune": person["commune"],
            "household_group": person["household_group"],
            "phone": next((phone[-_LAST_DIGITS:] for phone in phones if phone), None),
            "kept_answers": bool(held["kept_answers"]),
            "courses": [course["course"] for course in held["course_interest"] if course["state"] != "withdrawn"],
            "trades": [row["trade"] for row in held["trade_interest"]],
            "news": any(entry.given and entry.purpose == ConsentPurpose.NEWS for entry in consents),
            "pledges": [pledge["code"] for pledge in held["pledge"]],
        }
        dispatcher.utter_message(
            json_message={**understood.base("my_data"), "topic": Topic.CHITCHAT.value, "held": found}
        )
        return []


class EraseAllAction(Action):
    """Erases all that is held about a person, on every channel, after a second press."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_erase_all"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Ask, or erase here and in Rasa's tracker."""
        understood = understanding_of(tracker)
        topic = {"topic": Topic.CHITCHAT.value}
        if not understood.pressed or "sure" not in understood.entities:
            dispatcher.utter_message(json_message={**understood.base("erase_all_offered"), **topic})
            return []
        async with self._database.transaction() as connection:
            person_id = await person_of(connection, conversation_id=understood.conversation)
            await erase(
                connection,
                person_id=person_id,
                channel="chat",
                now=self._clock.now(),
                keep=understood.conversation,
            )
        dispatcher.utter_message(json_message={**understood.base("erased_all"), **topic})
        return [Restarted()]
