"""Thumbs up and down: whether an answer helped."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.understanding import understanding_of
from bot.learning.open_questions import Kept, OpenQuestions, Reason
from content.topics import Topic
from store.clock import Clock, local_date
from store.database import Database
from store.queries.ratings import rate_answer


class FeedbackAction(Action):
    """Counts a rating by statement; keeps the redacted question of an answer that was found wrong."""

    def __init__(self, database: Database, clock: Clock, open_questions: OpenQuestions) -> None:
        self._database = database
        self._clock = clock
        self._open_questions = open_questions

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_feedback"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Count, keep, and say thanks; or say that there is no answer to rate."""
        understood = understanding_of(tracker)
        value = understood.entities["value"]
        async with self._database.single() as connection:
            rated = await rate_answer(
                connection,
                conversation_id=understood.conversation,
                code=understood.entities.get("code"),
                value=value,
                today=local_date(self._clock.now()),
            )
        if rated is not None and rated.counted and value == "down" and rated.words:
            kept = Kept(Reason.THUMBS_DOWN, rated.topic, rated.confidence)
            await self._open_questions.keep(rated.words, kept, language=understood.language, statement=rated.statement)
        key = "feedback_nothing" if rated is None else f"feedback_{value}"
        dispatcher.utter_message(json_message={**understood.base(key), "topic": Topic.CHITCHAT.value})
        return []
