"""What people decide about their own conversation: its language, and that it is forgotten."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, Restarted
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.understanding import understanding_of
from content.topics import Topic
from content.translations import COMPLETE_LANGUAGES
from store.database import Database
from store.queries.inbox import set_language
from store.queries.privacy import forget_conversation


class ChangeLanguageAction(Action):
    """Switches the language and remembers it. Without a language named, it switches to the other one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_change_language"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Switch, remember, and confirm in the new language."""
        understood = understanding_of(tracker)
        now = tracker.latest_message["metadata"].get("language", "vi")
        language = understood.entities.get("language")
        if language not in COMPLETE_LANGUAGES:
            language = "vi" if now == "en" else "en"
        async with self._database.transaction() as connection:
            await set_language(connection, conversation_id=understood.conversation, language=language)
        dispatcher.utter_message(
            json_message={
                **understood.base("language_changed"),
                "language": language,
                "topic": Topic.CHITCHAT.value,
            }
        )
        return []


class ForgetConversationAction(Action):
    """Forgets what was said, for phones that several people use.

    Only a button or command erases; words that sound like it ("xóa nợ"?) get the button.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_forget_conversation"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Erase the words of this conversation here and in Rasa's tracker."""
        understood = understanding_of(tracker)
        if not understood.pressed:
            dispatcher.utter_message(json_message={**understood.base("forget_offered"), "topic": Topic.CHITCHAT.value})
            return []
        async with self._database.transaction() as connection:
            await forget_conversation(connection, conversation_id=understood.conversation)
        dispatcher.utter_message(json_message={**understood.base("forgotten"), "topic": Topic.CHITCHAT.value})
        return [Restarted()]
