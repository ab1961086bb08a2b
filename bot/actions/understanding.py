"""What Rasa understood, read from the tracker that travels with an action call."""

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker

from content.topics import Topic

_ENTITIES = (
    *("aspect", "household_group", "loan_programme", "area", "follow_up", "language"),
    *("trade", "place", "course", "month", "page", "sure"),
)

#: Topics that are not answered from policy statements.
NOT_FROM_STATEMENTS = frozenset({Topic.OUT_OF_SCOPE, Topic.CHITCHAT, Topic.CONTACT_OFFICE})


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

    def base(self, key: str) -> dict[str, Any]:
        """Return message data that every reply carries."""
        return {
            "key": key,
            "intent": self.intent,
            "confidence": round(self.confidence, 4),
            "on": self.on,
            "today": self.today,
        }


def understanding_of(tracker: Tracker) -> Understanding:
    """Read the latest message of `tracker`.

    Raises:
        KeyError: the call does not come from our conversation worker (metadata is missing).
    """
    message = tracker.latest_message
    metadata = message["metadata"]
    intent = message.get("intent") or {}
    entities: dict[str, str] = {}
    for entity in message.get("entities") or ():
        if entity["entity"] in _ENTITIES:
            entities.setdefault(entity["entity"], str(entity["value"]))
    return Understanding(
        intent=str(intent.get("name") or "nlu_fallback"),
        confidence=float(intent.get("confidence") or 0.0),
        ranking=tuple((str(one["name"]), float(one["confidence"])) for one in message.get("intent_ranking") or ()),
        entities=entities,
        on=metadata["on"],
        today=metadata["today"],
        conversation=int(metadata["conversation"]),
        pressed=bool(metadata.get("pressed")),
        language=str(metadata.get("language") or "vi"),
    )
