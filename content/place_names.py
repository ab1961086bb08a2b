"""How people write the name of a place: with and without diacritics, spaces, hyphens and apostrophes.

Names here come from languages that several spellings try to catch: Đăk/Đắk/Dak, Ngọk/Ngọc, Ya/Ia, Loong/Long, H’Drai.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Final

from content.folding import folded_syllables
from content.place_units import PlaceKind, Places

Spelling = tuple[str, ...]
"""Folded syllables."""

KIND_WORDS: Final[dict[Spelling, PlaceKind | None]] = {
    ("xa",): PlaceKind.COMMUNE,
    ("x",): PlaceKind.COMMUNE,
    ("commune",): PlaceKind.COMMUNE,
    ("phuong",): PlaceKind.WARD,
    ("p",): PlaceKind.WARD,
    ("ward",): PlaceKind.WARD,
    ("thi", "tran"): PlaceKind.TOWNSHIP,
    ("tt",): PlaceKind.TOWNSHIP,
    ("t", "t"): PlaceKind.TOWNSHIP,
    ("township",): PlaceKind.TOWNSHIP,
    ("town",): PlaceKind.TOWNSHIP,
    ("huyen",): PlaceKind.DISTRICT,
    ("h",): PlaceKind.DISTRICT,
    ("district",): PlaceKind.DISTRICT,
    ("thanh", "pho"): PlaceKind.CITY,
    ("thi", "xa"): PlaceKind.CITY,
    ("tp",): PlaceKind.CITY,
    ("t", "p"): PlaceKind.CITY,
    ("city",): PlaceKind.CITY,
    # A province is no unit that has a commune office.
    ("tinh",): None,
    ("province",): None,
}
"""Words before a name (in English after it) that say which kind of unit is meant."""

ENGLISH_KINDS: Final[frozenset[Spelling]] = frozenset(
    (word,) for word in ("commune", "ward", "township", "town", "district", "city", "province")
)

# A joined name that is shorter reads as another word: "boy", "poe".
_SHORTEST_JOINED: Final = 5

_SAME_SOUND: Final[dict[str, Spelling]] = {
    "dak": ("dak", "dac"),
    "ngok": ("ngok", "ngoc"),
    "ngoc": ("ngoc", "ngok"),
    "ia": ("ia", "ya"),
    "ya": ("ya", "ia"),
}


def spellings_of(name: str, places: Places) -> frozenset[Spelling]:
    """Every way in which the name may be written, folded."""
    found: set[Spelling] = set()
    for written in (name, *places.spellings.also_written.get(name, ())):
        for syllables in product(*(_syllable_variants(syllable) for syllable in folded_syllables(written))):
            for split in _with_apostrophes(syllables):
                found |= set(_joined(split))
    return frozenset(found)


def needs_kind(spelling: Spelling, places: Places) -> bool:
    """Whether the words mean a place only where their surroundings say so: "Hiếu", "Hòa Bình"."""
    return "".join(spelling) in _joined_needing_kind(places.root, places.spellings.needs_kind)


def not_places(places: Places) -> frozenset[Spelling]:
    """Phrases that hold the name of a place and mean something else."""
    before = ("hợp tác xã", "đường", "tỉnh")
    phrases = [*places.spellings.not_places]
    phrases += (f"{words} {name}" for words in before for name in places.spellings.needs_kind)
    return frozenset(folded_syllables(phrase) for phrase in phrases)


@lru_cache(maxsize=4)
def _joined_needing_kind(_root: object, names: tuple[str, ...]) -> frozenset[str]:
    return frozenset("".join(folded_syllables(name)) for name in names)


def _syllable_variants(syllable: str) -> Spelling:
    sounds = _SAME_SOUND.get(syllable, (syllable,))
    return (*sounds, syllable.replace("oo", "o")) if "oo" in syllable else sounds


def _with_apostrophes(syllables: Spelling) -> Iterator[Spelling]:
    """Also "Chư H’reng", "Đăk R’ve", "Đăk P’xi": an apostrophe parts two consonants."""
    yield syllables
    for index, syllable in enumerate(syllables):
        if len(syllable) > 2 and syllable[0] in "hkpr" and syllable[1] not in "aeiouyh":
            yield (*syllables[:index], syllable[0], syllable[1:], *syllables[index + 1 :])


def _joined(syllables: Spelling) -> Iterator[Spelling]:
    """Every way to leave out spaces: "kon plong", "konplong"."""
    yield syllables
    gaps = len(syllables) - 1
    for closed in product((False, True), repeat=gaps):
        words = [syllables[0]]
        for syllable, is_closed in zip(syllables[1:], closed, strict=True):
            if is_closed:
                words[-1] += syllable
            else:
                words.append(syllable)
        if all(word in syllables or len(word) >= _SHORTEST_JOINED for word in words):
            yield tuple(words)
