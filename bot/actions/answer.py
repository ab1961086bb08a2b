"""Answers from the policy statements, and what is said when there is none."""

from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.place import with_office
from bot.actions.understanding import NOT_FROM_STATEMENTS, Understanding, understanding_of
from content.library import Library
from content.topics import Topic

#: A topic is offered as "did you mean" from this confidence on. Below it the guess would only puzzle people.
WORTH_OFFERING = 0.12
MOST_OFFERED = 3
#: From this confidence on a question that begins with "thế còn" has named a topic of its own.
CLEARLY_NAMED = 0.8

_SELECTORS = ("aspect", "household_group", "loan_programme", "area")


def answer_data(library: Library, understood: Understanding, topic: Topic) -> dict[str, Any]:
    """Return message data for an answer about `topic`, or for "no valid source" where there is none that day."""
    selectors = {name: understood.entities.get(name) for name in _SELECTORS}
    answer = library.answer(
        topic,
        aspect=selectors["aspect"],
        group=selectors["household_group"],
        programme=selectors["loan_programme"],
        area=selectors["area"],
        on=date.fromisoformat(understood.on),
        today=date.fromisoformat(understood.today),
    )
    return {**understood.base("answer" if answer else "no_source"), "topic": topic.value, **selectors}


def topic_leant_on(tracker: Tracker, understood: Understanding) -> Topic | None:
    """Return the topic of the question before when this one leans on it: "Thế còn hộ cận nghèo?" names none itself.

    A household's name alone pulls towards the poverty standard; any other topic that is clearly named is taken as said.
    """
    before = tracker.get_slot("topic")
    if before is None or understood.pressed or not any(name in understood.entities for name in _SELECTORS):
        return None
    if understood.intent == "nlu_fallback":
        return Topic(before)
    names_no_topic = understood.intent == Topic.POVERTY_STANDARD or understood.confidence < CLEARLY_NAMED
    return Topic(before) if "follow_up" in understood.entities and names_no_topic else None


class AnswerAction(Action):
    """Answers a question about a topic."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Say the answer and remember its topic for questions that lean on it."""
        understood = understanding_of(tracker)
        topic = topic_leant_on(tracker, understood) or Topic(understood.intent)
        messages, events = with_office(tracker, understood, answer_data(self._library, understood, topic))
        for message in messages:
            dispatcher.utter_message(json_message=message)
        return [SlotSet("topic", topic.value), *events]


class DoNotKnowAction(Action):
    """Says that the question was not understood or is outside what this bot is for; offers the likeliest topics."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_do_not_know"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Say so."""
        understood = understanding_of(tracker)
        if understood.intent == Topic.OUT_OF_SCOPE:
            data: dict[str, Any] = {**understood.base("out_of_scope"), "topic": Topic.OUT_OF_SCOPE.value}
        elif (topic := topic_leant_on(tracker, understood)) is not None:
            data = answer_data(self._library, understood, topic)
        elif likely := likely_topics(understood):
            selectors = {name: understood.entities.get(name) for name in _SELECTORS}
            data = {**understood.base("did_you_mean"), "topics": likely, **selectors}
        else:
            data = understood.base("do_not_know")
        dispatcher.utter_message(json_message=data)
        return []


def likely_topics(understood: Understanding) -> list[str]:
    """Return the topics worth offering for a message that was not understood, likeliest first."""
    answerable = {topic.value for topic in Topic if topic not in NOT_FROM_STATEMENTS}
    return [
        intent for intent, confidence in understood.ranking if intent in answerable and confidence >= WORTH_OFFERING
    ][:MOST_OFFERED]
