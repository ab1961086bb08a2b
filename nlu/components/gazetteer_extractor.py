"""Entities from word lists: aspects of a question, household groups, areas, loan programmes, places.

A phrase matches on folded syllables, so "hộ cận nghèo", "ho can ngheo" and "HỘ CẬN NGHÈO" are one; the longest phrase
wins, and a phrase never matches inside a longer word.
"""

from pathlib import Path
from typing import Any, Dict, List, Text, Tuple

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.spelling import SHORT_FORMS, respelled_syllables
from components.text import clean, fold, syllables

Phrase = Tuple[str, ...]

GAZETTEERS = Path(__file__).parent.parent / "gazetteers"

#: Value of phrases that hold a name and mean something else: they only keep shorter phrases from their words.
NOT_A_PLACE = "not_a_place"

_THOUSAND = "nghin"

#: Begins a phrase that is meant only where it is the whole message: "Hiếu" as the answer to "which commune?".
ALONE = "="

#: Of the entity `aspect`: phrases that a question about something else mentions in passing (folded) ...
MENTIONED_IN_PASSING = frozenset(
    {
        *("ho so", "ho so xin", "ho so de nghi", "ho so thu tuc", "thu tuc", "thu tuc ho so", "trinh tu"),
        *("to khai", "don de nghi", "don xin", "lam don", "viet don", "muon xin", "muon dang ky"),
    }
)
#: ... where it asks for one of these: "Nộp hồ sơ ở đâu?" wants a place, "Thủ tục mất bao lâu?" a time.
ASKED_RATHER = frozenset({"where", "deadline", "how_much"})


def read_gazetteers(directory: Path) -> Dict[Phrase, List[Tuple[str, str]]]:
    """Read `<entity>.yml` files (canonical value -> phrases) into folded phrase -> [(entity, value)].

    A phrase that begins with "= " is meant only where the whole message is nothing else; its key begins with "=".

    Raises:
        ValueError: a file is not a mapping of value to a list of phrases, or a phrase stands for two values.
    """
    phrases: Dict[Phrase, List[Tuple[str, str]]] = {}
    for file in sorted(directory.glob("*.yml")):
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
        if not isinstance(values, dict):
            raise ValueError(f"{file.name}: expected a mapping of value to phrases")
        for value, texts in values.items():
            for text in texts:
                phrase = tuple(syllables(fold(clean(str(text)))))
                if str(text).startswith(ALONE):
                    phrase = (ALONE, *phrase)
                known = phrases.setdefault(phrase, [])
                other = [found for entity, found in known if entity == file.stem and found != value]
                if other:
                    raise ValueError(f'{file.name}: "{text}" stands for both {other[0]} and {value}')
                if (file.stem, str(value)) not in known:
                    known.append((file.stem, str(value)))
    return phrases


def _longest(found: List[Dict[Text, Any]], others: List[Dict[Text, Any]]) -> List[Dict[Text, Any]]:
    """Return both readings together; where two of one entity overlap the longer one, or that of `found`."""

    def overlap(one: Dict[Text, Any], other: Dict[Text, Any]) -> bool:
        return one["entity"] == other["entity"] and one["start"] < other["end"] and other["start"] < one["end"]

    def length(entity: Dict[Text, Any]) -> int:
        return int(entity["end"]) - int(entity["start"])

    longer = [one for one in others if all(length(one) > length(kept) for kept in found if overlap(one, kept))]
    return [kept for kept in found if not any(overlap(kept, one) for one in longer)] + longer


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class GazetteerExtractor(EntityExtractorMixin, GraphComponent):
    """Adds `{entity, value, start, end}` for every phrase found; offsets count syllables as typed."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "GazetteerExtractor":
        """Create the extractor from the word lists beside the components."""
        return cls(read_gazetteers(GAZETTEERS))

    def __init__(self, phrases: Dict[Phrase, List[Tuple[str, str]]]) -> None:
        self._phrases = phrases
        self._known = frozenset(word for phrase in phrases for word in phrase)
        self._longest = max((len(phrase) for phrase in phrases), default=0)

    def process(self, messages: List[Message]) -> List[Message]:
        """Add entities to `messages`; those that came with a payload keep what the payload says."""
        for message in messages:
            if message.get(ENTITIES):
                continue
            message.set(ENTITIES, self.find(message.get(TEXT) or ""), add_to_output=True)
        return messages

    def find(self, text: str) -> List[Dict[Text, Any]]:
        """Return the entities in `text`, longest phrases first come, not overlapping within one entity."""
        typed = syllables(fold(clean(text)))
        found = self._find_in(*respelled_syllables(typed, self._known))
        if any(word in self._known and word in SHORT_FORMS for word in typed):
            # "k" is half of Đăk Kroong, and "không" wherever no place is meant: what the longer reading finds, counts.
            # After a number it is "nghìn": "góp 20 k" says no "không".
            said = [
                _THOUSAND if word == "k" and typed[max(at - 1, 0)].isdecimal() else word
                for at, word in enumerate(typed)
            ]
            written_out = self._find_in(*respelled_syllables(said, self._known - SHORT_FORMS.keys()))
            found = _longest(found, [entity for entity in written_out if entity["entity"] != "place"])
        if any(entity["entity"] == "aspect" and entity["value"] in ASKED_RATHER for entity in found):
            found = [entity for entity in found if not self._mentioned_in_passing(entity, typed)]
        return sorted(found, key=lambda entity: entity["start"])

    def _find_in(self, words: List[str], places: List[int]) -> List[Dict[Text, Any]]:
        """Return the entities in `words`; `places` says of which typed syllable each word is."""
        alone = self._phrases.get((ALONE, *words), [])
        found = [self._entity(entity, value, 0, places[-1] + 1) for entity, value in alone]
        taken: Dict[str, List[bool]] = {}
        for length in range(min(self._longest, len(words)), 0, -1):
            for start in range(len(words) - length + 1):
                for entity, value in self._phrases.get(tuple(words[start : start + length]), []):
                    used = taken.setdefault(entity, [False] * len(words))
                    if any(used[start : start + length]):
                        continue
                    used[start : start + length] = [True] * length
                    if value == NOT_A_PLACE:
                        continue
                    found.append(self._entity(entity, value, places[start], places[start + length - 1] + 1))
        return found

    @staticmethod
    def _mentioned_in_passing(entity: Dict[Text, Any], words: List[str]) -> bool:
        phrase = " ".join(words[entity["start"] : entity["end"]])
        return entity["entity"] == "aspect" and phrase in MENTIONED_IN_PASSING

    @staticmethod
    def _entity(entity: str, value: str, start: int, end: int) -> Dict[Text, Any]:
        return {"entity": entity, "value": value, "start": start, "end": end, "extractor": "GazetteerExtractor"}
