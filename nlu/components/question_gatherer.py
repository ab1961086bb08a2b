"""Decides what a message is once all of it is classified: one question, several, or one that leans on the one before.

Two intents come from here and from no example:

- `several_questions`: the message has parts, and each is understood with confidence. They stand in `parts`.
- `follow_up`: the message names no topic itself ("thế còn hộ cận nghèo?", "giấy tờ gì?"). Which topic it leans on is
  known to the dialogue, not to a pipeline that sees one message: the action reads it from the slot `context`. The
  ranking still says what the message would be on its own.
"""

import re
from pathlib import Path
from typing import Any, Dict, List, Text, Tuple

import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.stateless import StatelessComponent
from components.text import clean, fold, syllables

FOLLOW_UP = "follow_up"
SEVERAL_QUESTIONS = "several_questions"

#: From this confidence on a part counts as understood.
UNDERSTOOD = 0.6
#: "Outside of what I know" needs more: what is not understood looks like it.
CLEARLY_OUTSIDE = 0.8
#: From this confidence on a question that begins with "thế còn" has named a topic of its own.
CLEARLY_NAMED = 0.8

#: Parts that are all of these are one question: what is outside stays outside, and "what is that commune called now,
#: and where is its office?" has one answer.
READ_AS_ONE = frozenset({"out_of_scope", "contact_office"})

#: What a question can lean with: whom it is about, what about it, where, which loan, since when.
SELECTORS = frozenset({"aspect", "household_group", "area", "programme", "validity"})

#: Intents that may be one question of several: topics, not what people say to the bot. A test holds the list together.
QUESTIONS = frozenset(yaml.safe_load((Path(__file__).parent / "topics.yml").read_text(encoding="utf-8")))

# Words that say nothing about the topic, folded. A message of only these and of selectors names no topic.
_FILLERS = frozenset(yaml.safe_load((Path(__file__).parent / "fillers.yml").read_text(encoding="utf-8")))
# Phrases that are selectors and yet name a topic: who asks for the interest rate asks about loans.
_NAMES_A_TOPIC = re.compile(
    r"\b(?:vay|lai suat|tien lai|lai bao nhieu|tin dung|von|tro cap|muc dong|interest|loans?|borrow)\b"
)
# Typed without diacritics, "vậy" at the end ("o dau vay") looks like "vay" (to borrow), which follows such words.
_FINAL_PARTICLE = re.compile(
    r"(?<!\bduoc)(?<!\bmuon)(?<!\bcho)(?<!\bxin)(?<!\bdi) vay(?: (?:a|ha|nhi|nha|bac|co|chu|anh|chi|em))*$"
)


def _all_said(text: str, entities: List[Dict[Text, Any]]) -> bool:
    """Return True when every word of `text` is a filler or belongs to one of `entities`."""
    words = syllables(fold(clean(text)))
    covered = [False] * len(words)
    for entity in entities:
        covered[entity["start"] : entity["end"]] = [True] * (entity["end"] - entity["start"])
    return all(known or word in _FILLERS for known, word in zip(covered, words, strict=False))


def _asks_for_a_language(text: str, entities: List[Dict[Text, Any]]) -> bool:
    """Return True when `text` names a language and nothing else; "Xơ Đăng được gì?" names the people."""
    words = set(syllables(fold(clean(text))))
    of_the_people = "gi" in words and not words & {"tieng", "noi"}
    named = any(entity["entity"] == "language" for entity in entities)
    return named and not of_the_people and _all_said(text, entities)


def names_no_topic(text: str, entities: List[Dict[Text, Any]]) -> bool:
    """Return True when `text` is made of selectors and filler words only, and of at least one selector."""
    words = syllables(fold(clean(text)))
    said = _FINAL_PARTICLE.sub("", " ".join(words))
    if not any(entity["entity"] in SELECTORS for entity in entities) or _NAMES_A_TOPIC.search(said):
        return False
    values = {(entity["entity"], str(entity["value"])) for entity in entities}
    if any(name == "matter" for name, _ in values):
        # "Trái tuyến được bao nhiêu?" is about health insurance, whatever was talked about before.
        return False
    has_group = any(name == "household_group" for name, _ in values)
    leads_on = any(name == "follow_up" for name, _ in values)
    if has_group and ("aspect", "what") in values and not leads_on:
        # "Hộ nghèo là gì?" asks for the standard, whatever was talked about before.
        return False
    return _all_said(text, entities)


def _what_is_answered(part: Dict[Text, Any]) -> Tuple[Text, List[Tuple[Text, Any]]]:
    """What two parts share when one answer serves both; outside of what is known there is one for everything."""
    outside = part["intent"] == "out_of_scope"
    return part["intent"], [] if outside else sorted(part["entities"].items())


def _are_one_question(parts: List[Dict[Text, Any]]) -> bool:
    """Return True when no part asks something of its own."""
    overview = [p for p in parts if p["intent"] == "benefits_overview" and "household_group" not in p["entities"]]
    others = {part["intent"] for part in parts if part not in overview}
    if overview:
        # "What may I get?" after a story from another field is about that field.
        return others == {"out_of_scope"}
    return others <= READ_AS_ONE


def leans(message: Message) -> bool:
    """Return True when `message` leans on what was asked before."""
    entities = message.get(ENTITIES) or []
    if names_no_topic(message.get(TEXT) or "", entities):
        return True
    names = {entity["entity"] for entity in entities}
    if not names & SELECTORS:
        return False
    intent = message.get(INTENT) or {}
    if intent.get("name") == "nlu_fallback":
        return True
    # A household's name alone pulls towards the poverty standard.
    unclear = intent.get("name") == "poverty_standard" or float(intent.get("confidence") or 0) < CLEARLY_NAMED
    return "follow_up" in names and unclear


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class QuestionGatherer(StatelessComponent):
    """Takes the parts out of the list again and says what the message is."""

    def process(self, messages: List[Message]) -> List[Message]:
        """Return the messages without their parts, with `follow_up` or `several_questions` where they are that."""
        whole: List[Message] = []
        parts_of: List[List[Message]] = []
        for message in messages:
            if message.get("is_part"):
                parts_of[-1].append(message)
            else:
                whole.append(message)
                parts_of.append([])
        for message, parts in zip(whole, parts_of, strict=False):
            entities = message.get(ENTITIES) or []
            if self._set_parts(message, parts):
                continue
            if leans(message):
                self._rename(message, FOLLOW_UP)
            elif _asks_for_a_language(message.get(TEXT) or "", entities):
                self._rename(message, "change_language")
        return whole

    def _set_parts(self, message: Message, parts: List[Message]) -> bool:
        read: List[Dict[Text, Any]] = []
        for part in parts:
            intent = dict(part.get(INTENT) or {})
            leaning = leans(part)
            name, confidence = intent.get("name"), float(intent.get("confidence") or 0)
            understood = name in QUESTIONS and confidence >= (CLEARLY_OUTSIDE if name == "out_of_scope" else UNDERSTOOD)
            # A part may lean on a part before it; the first may not, or the whole message leans.
            if not (understood or (leaning and read)):
                return False
            entities = {}
            for entity in part.get(ENTITIES) or []:
                entities.setdefault(entity["entity"], entity["value"])
            read.append(
                {"intent": FOLLOW_UP if leaning and read else name, "confidence": confidence, "entities": entities}
            )
        asked = [_what_is_answered(part) for part in read]
        different = [part for number, part in enumerate(read) if asked[number] not in asked[:number]]
        if len(different) < 2 or _are_one_question(different):
            return False
        self._rename(message, SEVERAL_QUESTIONS)
        message.set("parts", different, add_to_output=True)
        return True

    @staticmethod
    def _rename(message: Message, name: str) -> None:
        confidence = float((message.get(INTENT) or {}).get("confidence") or 0)
        message.set(INTENT, {"name": name, "confidence": confidence}, add_to_output=True)
        message.set(INTENT_RANKING_KEY, message.get(INTENT_RANKING_KEY) or [], add_to_output=True)
