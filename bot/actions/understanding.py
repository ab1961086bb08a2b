"""What Rasa understood, read from the tracker that travels with an action call."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker

from content.topics import MATTERS_OF_THEIR_OWN, Group, Topic

_ENTITIES = frozenset(
    {
        *("aspect", "household_group", "programme", "matter", "area", "follow_up", "validity", "language"),
        *("not_held", "trade", "place", "course", "month", "page", "sure", "topic", "code", "value", "answer", "why"),
        *("pledge", "gift", "do", "channel"),
    }
)

#: Topics that are not answered from policy statements.
NOT_FROM_STATEMENTS = frozenset({Topic.OUT_OF_SCOPE, Topic.CHITCHAT, Topic.CONTACT_OFFICE})

#: Intents of nlu/components/question_gatherer.py: a message that names no topic, and one that asks several things.
FOLLOW_UP = "follow_up"
SEVERAL_QUESTIONS = "several_questions"


@dataclass(frozen=True)
class Part:
    """One question of a message that holds several; `intent` is a topic or `follow_up`."""

    intent: str
    confidence: float
    entities: Mapping[str, str]


@dataclass(frozen=True)
class Understanding:
    """One message as understood.

    Attributes:
        intent: intent name; `nlu_fallback` when Rasa is unsure.
        confidence: of the intent, 0 to 1.
        ranking: (intent, confidence) of the likeliest intents, best first.
        entities: first value of each known entity.
        on: ISO date the question is about.
        today: ISO date of today in Vietnam.
        conversation: id of the conversation in the database.
        pressed: a button or command of ours said it; False when it was understood from free text.
        language: language of the conversation.
        parts: the questions of a message that holds several, in order; else empty.
    """

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    entities: dict[str, str]
    on: str
    today: str
    conversation: int
    pressed: bool
    language: str
    parts: tuple[Part, ...] = ()

    @property
    def alone(self) -> tuple[str, float]:
        """Intent and confidence of the message on its own, with nothing to lean on and as one question."""
        if self.intent not in (FOLLOW_UP, SEVERAL_QUESTIONS):
            return self.intent, self.confidence
        return self.ranking[0] if self.ranking else ("nlu_fallback", 0.0)

    def base(self, key: str) -> dict[str, Any]:
        """Return message data that every reply carries; `not_held` where no statement tells what was asked."""
        missing = self.entities.get("not_held")
        return {
            "key": key,
            "intent": self.intent,
            "confidence": round(self.confidence, 4),
            "on": self.on,
            "today": self.today,
            **({"not_held": missing} if missing else {}),
        }


def understanding_of(tracker: Tracker) -> Understanding:
    """Read the latest message of `tracker`.

    Raises:
        KeyError: the call does not come from our conversation worker (metadata is missing).
    """
    message = tracker.latest_message
    metadata = message["metadata"]
    intent = message.get("intent") or {}
    intent_name = str(intent.get("name") or "nlu_fallback")
    return Understanding(
        intent=intent_name,
        confidence=float(intent.get("confidence") or 0.0),
        ranking=_ranking(message.get("intent_ranking")),
        entities=_first_of_each(message.get("entities") or (), intent_name),
        on=metadata["on"],
        today=metadata["today"],
        conversation=int(metadata["conversation"]),
        pressed=bool(metadata.get("pressed")),
        language=str(metadata.get("language") or "vi"),
        parts=tuple(
            Part(
                str(part["intent"]),
                float(part["confidence"]),
                {name: str(value) for name, value in part["entities"].items() if name in _ENTITIES},
            )
            for part in message.get("parts") or ()
        ),
    )


def ranking_before(tracker: Tracker) -> tuple[tuple[str, float], ...]:
    """Return (intent, confidence) of the likeliest intents of the message before the latest; empty where none was."""
    said = [event for event in tracker.events if event.get("event") == "user"]
    if len(said) < 2:
        return ()
    return _ranking((said[-2].get("parse_data") or {}).get("intent_ranking"))


def _ranking(found: Iterable[Mapping[str, Any]] | None) -> tuple[tuple[str, float], ...]:
    return tuple((str(one["name"]), float(one["confidence"])) for one in found or ())


def _first_of_each(found: Iterable[Mapping[str, Any]], intent: str) -> dict[str, str]:
    """Return the first value of each entity; of several matters the first that the topic holds something about."""
    entities: dict[str, str] = {}
    for entity in found:
        name, value = entity["entity"], str(entity["value"])
        if name not in _ENTITIES:
            continue
        if name not in entities or (
            name == "matter" and _holds(intent, value) and not _holds(intent, entities["matter"])
        ):
            entities[name] = value
    return entities


def _holds(intent: str, matter: str) -> bool:
    return intent in {topic.value for topic in MATTERS_OF_THEIR_OWN.get(Group(matter), ())}


def words_of(tracker: Tracker, understood: Understanding) -> str:
    """Return what the person typed; empty for a pressed button."""
    return "" if understood.pressed else str(tracker.latest_message.get("text") or "")
