"""What people decide about their own conversation: its language, and that it is forgotten."""

from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, Restarted
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.subject import answer_data, subject_before
from bot.actions.understanding import understanding_of
from bot.courses.notices import queue_course_news
from bot.helpdesk.work import withdraw_all
from bot.languages import SpokenLanguages
from content.library import Library
from content.topics import Topic
from content.translations import COMPLETE_LANGUAGES, LANGUAGES
from store.clock import Clock, local_date
from store.database import Database
from store.queries.course_privacy import forget_course_interests
from store.queries.inbox import set_language
from store.queries.pledges import forget_donor
from store.queries.privacy import forget_conversation

#: "A minority language", without saying which.
ANY_MINORITY = "minority"
#: What people ask for that is not registered, by value in nlu/gazetteers/language.yml. Giẻ and Triêng are two languages
#: without a code for both, and the codes of the others are not certain.
UNREGISTERED = {ANY_MINORITY: "dân tộc", "jeh_trieng": "Giẻ-Triêng", "trieng": "Triêng", "hre": "Hrê"}


class ChangeLanguageAction(Action):
    """Switches the language and remembers it, if there is anything in it. Without one named, offers the choice.

    "Tiếng Anh thì sao?" after an answer says that answer again, in the new language; a button only switches.
    """

    def __init__(self, library: Library, database: Database, languages: SpokenLanguages) -> None:
        self._library = library
        self._database = database
        self._languages = languages

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_change_language"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Switch, remember, and confirm in the new language; or say that it is not there yet and who can help."""
        understood = understanding_of(tracker)
        on = date.fromisoformat(understood.on)
        named = understood.entities.get("language")
        if named == ANY_MINORITY and self._languages.minorities(on):
            named = None
        topic = {"topic": Topic.CHITCHAT.value}
        if named is None:
            dispatcher.utter_message(json_message={**understood.base("choose_language"), **topic})
            return []
        if named not in LANGUAGES or not self._languages.is_offered(named, on):
            wanted = LANGUAGES[named].name if named in LANGUAGES else UNREGISTERED[named]
            dispatcher.utter_message(json_message={**understood.base("language_not_there"), "wanted": wanted, **topic})
            return []
        async with self._database.transaction() as connection:
            await set_language(connection, conversation_id=understood.conversation, language=named)
        key = "language_changed" if named in COMPLETE_LANGUAGES else "language_changed_partly"
        dispatcher.utter_message(json_message={**understood.base(key), "language": named, **topic})
        before = subject_before(tracker)
        if before is not None and not understood.pressed:
            today = date.fromisoformat(understood.today)
            again = answer_data(understood.base("answer"), before, self._library, today=today)
            dispatcher.utter_message(json_message={**again, "language": named})
        return []


class ForgetConversationAction(Action):
    """Forgets what was said, for phones that several people use.

    Only a button or command erases; words that sound like it ("xóa nợ"?) get the button.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_forget_conversation"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Erase the words of this conversation here and in Rasa's tracker."""
        understood = understanding_of(tracker)
        if not understood.pressed:
            dispatcher.utter_message(json_message={**understood.base("forget_offered"), "topic": Topic.CHITCHAT.value})
            return []
        now = self._clock.now()
        async with self._database.transaction() as connection:
            # Seats in courses go to those who wait for one.
            moved_up = await forget_course_interests(
                connection, conversation_id=understood.conversation, today=local_date(now), now=now
            )
            await queue_course_news(connection, "seat", moved_up, now=now)
            # What was promised and what came stays in the books; who it was does not.
            await forget_donor(connection, conversation_id=understood.conversation, now=now)
            await forget_conversation(connection, conversation_id=understood.conversation)
            await withdraw_all(connection, understood.conversation, now=now)
        dispatcher.utter_message(json_message={**understood.base("forgotten"), "topic": Topic.CHITCHAT.value})
        return [Restarted()]
