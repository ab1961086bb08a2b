"""Words as they were meant: short forms of text messages written out, slips of a telex keyboard read as the syllable.

A word is touched only where it is no Vietnamese syllable itself, so nothing that is written properly ever changes.
Diacritics that were left out stay out.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import AbstractSet, Dict, FrozenSet, List, Tuple

import yaml

from components.syllable import from_telex, is_syllable
from components.text import fold

_FOLDER = Path(__file__).parent
_WORD = re.compile(r"\w+")
#: "80t" is said of people; of money people write "tr".
_AGE = re.compile(r"(\d{1,3})t")


def _read_short_forms() -> Dict[str, str]:
    meanings = yaml.safe_load((_FOLDER / "teencode.yml").read_text(encoding="utf-8"))
    forms: Dict[str, str] = {}
    for meaning, short in meanings.items():
        for form in short:
            forms[str(form)] = meaning
    # Also where the diacritics of the short form were left out: "xkld".
    return {**{fold(form): meaning for form, meaning in forms.items() if not is_syllable(fold(form))}, **forms}


SHORT_FORMS = _read_short_forms()

#: English words in which telex keys would make a Vietnamese syllable: "as" is not "á" where people write English.
ENGLISH: FrozenSet[str] = frozenset(
    word for line in yaml.safe_load((_FOLDER / "english_words.yml").read_text(encoding="utf-8")) for word in line
)


@lru_cache(maxsize=8192)
def respelled_word(word: str) -> str:
    """Return what the lower-case `word` stands for, or `word`: "ntn" -> "như thế nào", "hoojo" -> "hộ"."""
    meaning = SHORT_FORMS.get(word)
    if meaning is not None:
        return meaning
    age = _AGE.fullmatch(word)
    if age is not None:
        return f"{age[1]} tuổi"
    if word in ENGLISH:
        return word
    return from_telex(word) or word


def respelled(text: str) -> str:
    """Return cleaned `text` with each word as it was meant; punctuation stays."""
    return _WORD.sub(lambda match: respelled_word(match.group()), text)


def respelled_syllables(words: List[str], known: AbstractSet[str] = frozenset()) -> Tuple[List[str], List[int]]:
    """Return folded syllables for folded `words`, and for each the place of the word that it comes from.

    Words in `known` stay: "moong" is a telex slip of "mông", and half the name of the commune Hơ Moong.
    """
    syllables: List[str] = []
    places: List[int] = []
    for place, word in enumerate(words):
        meant = word if word in known else respelled_word(word)
        for syllable in (word,) if meant is word else fold(meant).split():
            syllables.append(syllable)
            places.append(place)
    return syllables, places
