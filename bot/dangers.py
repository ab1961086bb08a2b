"""What people may be in danger of, and the topic that a message about safety counts under.

The signs of danger are Rasa's (nlu/components/distress.yml). They need no model, so they are read here, too, for the
minutes in which Rasa is away: there is one list, read by the same code on both sides.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from content.topics import Topic
from nlu.components.distress import danger_in


class Danger(StrEnum):
    """What somebody is in danger of; the values of the entity `danger`."""

    SELF_HARM = "self_harm"
    VIOLENCE = "violence"
    CHILD = "child"
    HUNGER = "hunger"
    UNCLEAR = "unclear"


#: From this confidence on the topic that stands behind the danger is taken as named.
NAMED_BESIDE = 0.5

_TOPICS = {Danger.HUNGER: Topic.SOCIAL_ASSISTANCE, Danger.VIOLENCE: Topic.LEGAL_AID, Danger.CHILD: Topic.LEGAL_AID}
_OTHER_TOPICS = {
    "verify_source": Topic.DONATION_RECEIPT_TRANSPARENCY,
    "insult": Topic.CHITCHAT,
    "jailbreak": Topic.OUT_OF_SCOPE,
}
_NO_QUESTION = frozenset({Topic.OUT_OF_SCOPE.value, Topic.CHITCHAT.value})


def danger_told(text: str) -> Danger | None:
    """Return the danger that the words of a message name by themselves, or None."""
    danger = danger_in(text)
    return None if danger is None else Danger(danger)


def topic_of_danger(danger: Danger) -> Topic:
    """Return the topic that help in a danger counts under."""
    return _TOPICS.get(danger, Topic.CONTACT_OFFICE)


def danger_of(message: Mapping[str, Any]) -> Danger:
    """Return the danger that Rasa read in a message, `unclear` where only that there is one can be told."""
    for entity in message.get("entities") or ():
        if entity["entity"] == "danger" and entity["value"] in set(Danger):
            return Danger(entity["value"])
    return Danger.UNCLEAR


def topic_beside(message: Mapping[str, Any]) -> tuple[Topic, float] | None:
    """Return the topic that was asked about beside the danger, with its confidence, or None."""
    for one in message.get("intent_ranking") or ():
        if one["name"] == "crisis":
            continue
        asked = one["name"] in set(Topic) - _NO_QUESTION and one["confidence"] >= NAMED_BESIDE
        return (Topic(one["name"]), float(one["confidence"])) if asked else None
    return None


def safety_topic(message: Mapping[str, Any]) -> Topic:
    """Return the topic of a reply to a message whose intent is one of safety."""
    intent = message["intent"]["name"]
    if intent != "crisis":
        return _OTHER_TOPICS[intent]
    beside = topic_beside(message)
    return beside[0] if beside else topic_of_danger(danger_of(message))
