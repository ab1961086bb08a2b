"""Whether an answer helped: thumbs up and down, and "that is not what I asked" in words."""

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.did_you_mean import DidYouMean, Offer
from bot.actions.understanding import Understanding, ranking_before, understanding_of
from bot.learning.ratings import Ratings
from content.topics import Topic
from store.queries.ratings import RatedAnswer


class FeedbackAction(Action):
    """A thumb."""

    def __init__(self, ratings: Ratings) -> None:
        self._ratings = ratings

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_feedback"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Count, keep, and say thanks; or say that there is no answer to rate."""
        understood = understanding_of(tracker)
        value = understood.entities["value"]
        rated = await self._ratings.rate(understood.conversation, value, code=understood.entities.get("code"))
        key = "feedback_nothing" if rated is None else f"feedback_{value}"
        dispatcher.utter_message(json_message={**understood.base(key), "topic": Topic.CHITCHAT.value})
        return []


class WrongAnswerAction(Action):
    """Words that say that the answer was not right: a thumb down, and what else may have been meant."""

    def __init__(self, ratings: Ratings, did_you_mean: DidYouMean) -> None:
        self._ratings = ratings
        self._did_you_mean = did_you_mean

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_wrong_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Apologise; offer other readings of the question, the other sides of its topic, and a person."""
        understood = understanding_of(tracker)
        rated = await self._ratings.rate(understood.conversation, "down", just_said=True)
        answered = rated.topic if rated is not None else None
        offers = self._other_readings(tracker, understood, rated)
        key = "wrong_answer_near" if offers or answered else "wrong_answer"
        data = {**understood.base(key), "topic": Topic.CHITCHAT.value, "offers": offers, "answered": answered}
        dispatcher.utter_message(json_message=data)
        return []

    def _other_readings(self, tracker: Tracker, understood: Understanding, rated: RatedAnswer | None) -> list[Offer]:
        """Return what the question may have meant besides the topic that was answered; a button meant what it said."""
        if rated is None or not rated.words:
            return []
        question = replace(understood, ranking=ranking_before(tracker), entities={})
        return [offer for offer in self._did_you_mean.offers(question, rated.words) if offer["intent"] != rated.topic]
