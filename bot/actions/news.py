"""Beginning and ending news: consent given after words that were shown, withdrawn at a word, undo offered."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.understanding import understanding_of
from bot.rendering.campaigns import news_words
from content.translations import catalogue_for
from store.clock import Clock
from store.consent_purposes import ConsentPurpose
from store.database import Database
from store.queries.consents import record_consent
from store.queries.news import news_context


class NewsAction(Action):
    """`value` down: no more news of `topic` (of any where none is named). Up: asks first, then `sure` notes the yes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_news"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Note it, or ask."""
        understood = understanding_of(tracker)
        topic = understood.entities.get("topic", "")
        wants = understood.entities["value"] == "up"
        if wants and "sure" not in understood.entities:
            dispatcher.utter_message(json_message={**understood.base("news_offered"), "about": topic})
            return []
        words = news_words(topic, catalogue_for(understood.language)) if wants else ""
        async with self._database.transaction() as connection:
            context = await news_context(connection, understood.conversation)
            await record_consent(
                connection,
                person_id=context.person_id,
                purpose=ConsentPurpose.NEWS,
                given=wants,
                subject=topic,
                words=words,
                language=understood.language,
                channel=context.channel,
                now=self._clock.now(),
            )
        key = "news_started" if wants else "news_stopped"
        dispatcher.utter_message(json_message={**understood.base(key), "about": topic})
        return []
