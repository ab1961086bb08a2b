"""Which commune or ward is meant: from an old or new name, as people write it, to the unit of a day.

`resolve` never guesses. Where words name several places it returns all of them, so that the person can be asked.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from content.folding import folded_syllables
from content.place_names import ENGLISH_KINDS, KIND_WORDS, Spelling, needs_kind, not_places, spellings_of
from content.place_units import PLACES_DIR, District, FormerUnit, Place, PlaceKind, Places, Unit, load_places

__all__ = ["Candidate", "PlaceTable", "Resolution", "load_places", "place_table", "resolve"]

_FORMER_WORDS = frozenset({"cu", "former", "old"})
_CURRENT_WORDS = frozenset({"moi", "new"})
#: Words that may stand between the name of a unit and the name of its district: "xã Hiếu thuộc huyện Kon Plông".
_FILLERS = frozenset({"o", "thuoc", "cua", "in", "of"})
_DISTRICT_KIND_WORDS = ((), *(words for words, kind in KIND_WORDS.items() if kind and kind.is_district_level))


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place that may be meant, as it is on the day asked about.

    `via` is the old unit that was named where its place of today has another name.
    """

    place: Place
    via: FormerUnit | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the words name on a day. No candidate: no place that we know. Several: ask which one is meant."""

    on: date
    candidates: tuple[Candidate, ...] = ()

    @property
    def unit(self) -> Unit | FormerUnit | None:
        """The one commune, ward or township, where the words leave no doubt."""
        place = self.candidates[0].place if len(self.candidates) == 1 else None
        return None if isinstance(place, District) else place

    @property
    def district(self) -> District | None:
        """The former district, where nothing but a district was named."""
        place = self.candidates[0].place if len(self.candidates) == 1 else None
        return place if isinstance(place, District) else None

    @property
    def is_ambiguous(self) -> bool:
        return len(self.candidates) > 1

    def __bool__(self) -> bool:
        return bool(self.candidates)


@dataclass(frozen=True)
class PlaceTable:
    """Every spelling with the places it may stand for, and the phrases that only sound like a place."""

    places: Places
    meanings: dict[Spelling, tuple[Place, ...]]
    needing_kind: frozenset[Spelling]
    not_places: frozenset[Spelling]
    longest: int


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    meanings: tuple[Place, ...]
    kind: PlaceKind | None


@lru_cache(maxsize=4)
def place_table(places: Places) -> PlaceTable:
    """The table of all spellings, made once for each folder of places."""
    meanings: dict[Spelling, list[Place]] = {}
    for place in places.by_id.values():
        for spelling in spellings_of(place.name, places):
            meanings.setdefault(spelling, []).append(place)
    decoys = not_places(places)
    return PlaceTable(
        places=places,
        meanings={spelling: tuple(found) for spelling, found in meanings.items()},
        needing_kind=frozenset(spelling for spelling in meanings if needs_kind(spelling, places)),
        not_places=decoys,
        longest=max(len(words) for words in (*meanings, *decoys)),
    )


def resolve(text: str, *, on: date, places: Places | None = None) -> Resolution:
    """The place that `text` (a name, an id of ours, or a whole question) is about, as it is on a day."""
    table = place_table(places or load_places(PLACES_DIR))
    known = table.places.by_id.get(text)
    if known is not None:
        return Resolution(on, _candidates([(known,)], table.places, on))
    words = folded_syllables(text)
    mentions = _without_the_province(_narrowed(list(_mentions(words, table))))
    return Resolution(on, _candidates([mention.meanings for mention in mentions], table.places, on))


def _mentions(words: Spelling, table: PlaceTable) -> Iterator[_Mention]:
    """The places named, in order: the longest name comes first, and no word counts twice."""
    taken = [False] * len(words)
    found: list[_Mention] = []
    for length in range(min(table.longest, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            end = start + length
            spelling = words[start:end]
            if any(taken[start:end]):
                continue
            if spelling in table.not_places:
                taken[start:end] = [True] * length
            elif spelling in table.meanings:
                mention = _mention(words, start, end, table)
                if mention is not None:
                    found.append(mention)
                    taken[start:end] = [True] * length
    yield from sorted((mention for mention in found if mention.meanings), key=lambda mention: mention.start)


def _mention(words: Spelling, start: int, end: int, table: PlaceTable) -> _Mention | None:
    """The name at `start` with what stands around it; None where the words are no place here."""
    meanings = table.meanings[words[start:end]]
    before, after = _skip_age_back(words, start), _skip_age(words, end)
    kind_words = _kind_words_before(words, before) or _kind_words_after(words, after)
    spoken_of_former = _FORMER_WORDS & _around(words, start, end, kind_words)
    spoken_of_current = _CURRENT_WORDS & _around(words, start, end, kind_words)
    if words[start:end] in table.needing_kind and not kind_words:
        is_all = start == 0 and after == len(words)
        if not is_all and not _is_followed_by_its_district(words, after, meanings, table):
            return None
    kind = KIND_WORDS[kind_words] if kind_words else None
    if kind_words and kind is None:
        return _Mention(start, end, (), None)
    if spoken_of_former and (kind is None or not kind.is_district_level):
        meanings = _those(meanings, lambda place: isinstance(place, FormerUnit))
    elif spoken_of_current:
        meanings = _those(meanings, lambda place: isinstance(place, Unit))
    if kind is not None:
        meanings = _those(meanings, lambda place: place.kind is kind)
    return _Mention(start, end, meanings, kind)


def _those(meanings: tuple[Place, ...], wanted: Callable[[Place], bool]) -> tuple[Place, ...]:
    """The meanings that pass, or all of them where none does: people call a township a commune."""
    return tuple(place for place in meanings if wanted(place)) or meanings


def _skip_age(words: Spelling, at: int) -> int:
    return at + 1 if at < len(words) and words[at] in _FORMER_WORDS | _CURRENT_WORDS else at


def _skip_age_back(words: Spelling, at: int) -> int:
    return at - 1 if at > 0 and words[at - 1] in _FORMER_WORDS | _CURRENT_WORDS else at


def _around(words: Spelling, start: int, end: int, kind_words: Spelling) -> set[str]:
    """The words next to the name, and next to its kind: "xã cũ Đăk Hà", "xã Đăk Hà cũ", "former Đăk Hà commune"."""
    return {*words[max(start - 1, 0) : start], *words[end : end + 1]} | (
        {*words[max(start - len(kind_words) - 1, 0) : start], *words[end : end + len(kind_words) + 1]}
        if kind_words
        else set()
    )


def _kind_words_before(words: Spelling, at: int) -> Spelling:
    for length in (2, 1):
        found = words[at - length : at] if at >= length else ()
        if found in KIND_WORDS and not _ends_another_word(words, at - length, found):
            return found
    return ()


def _ends_another_word(words: Spelling, at: int, kind: Spelling) -> bool:
    """ "Hợp tác xã" is no commune."""
    return kind == ("xa",) and at > 0 and words[at - 1] == "tac"


def _kind_words_after(words: Spelling, at: int) -> Spelling:
    found = words[at : at + 1]
    return found if found in ENGLISH_KINDS else ()


def _is_followed_by_its_district(words: Spelling, at: int, meanings: tuple[Place, ...], table: PlaceTable) -> bool:
    own = {place.district for place in meanings if not isinstance(place, District)}
    while at < len(words) and words[at] in _FILLERS:
        at += 1
    for kind_words in _DISTRICT_KIND_WORDS:
        if words[at : at + len(kind_words)] != kind_words:
            continue
        begin = at + len(kind_words)
        for length in range(1, table.longest + 1):
            found = table.meanings.get(words[begin : begin + length], ())
            if any(isinstance(place, District) and place.id in own for place in found):
                return True
    return False


def _narrowed(mentions: list[_Mention]) -> list[_Mention]:
    """A district named beside a unit says which one is meant, and is then no place asked about."""
    used: set[int] = set()
    narrowed = []
    for index, mention in enumerate(mentions):
        meanings = mention.meanings
        for other, beside in enumerate(mentions):
            if other == index or (beside.kind is not None and not beside.kind.is_district_level):
                continue
            districts = {place.id for place in beside.meanings if isinstance(place, District)}
            inside = tuple(p for p in meanings if not isinstance(p, District) and p.district in districts)
            if inside and (mention.kind is None or not mention.kind.is_district_level):
                meanings = inside
                used.add(other)
        narrowed.append(_Mention(mention.start, mention.end, meanings, mention.kind))
    return [mention for index, mention in enumerate(narrowed) if index not in used]


def _without_the_province(mentions: list[_Mention]) -> list[_Mention]:
    """ "Xã Bờ Y, Kon Tum": beside another place the bare name of the former province is only its address."""
    others = [one for one in mentions if one.kind is not None or not _may_be_the_city(one)]
    return others or mentions


def _may_be_the_city(mention: _Mention) -> bool:
    return any(place.kind is PlaceKind.CITY for place in mention.meanings)


def _candidates(named: Iterable[tuple[Place, ...]], places: Places, on: date) -> tuple[Candidate, ...]:
    """The places of that day for the meanings of each mention, each place once."""
    found: dict[str, Candidate] = {}
    on_that_day = _today if places.reformed_on(on) else _before_the_reform
    for candidate in (one for meanings in named for one in on_that_day(meanings, places)):
        known = found.get(candidate.place.id)
        # Named by today's name as well: no need to speak of the old one.
        found[candidate.place.id] = candidate if known is None or candidate.via is None else known
    return tuple(found.values())


def _today(meanings: tuple[Place, ...], places: Places) -> Iterator[Candidate]:
    for place in meanings:
        if isinstance(place, FormerUnit):
            unit = places.units[place.now]
            yield Candidate(unit, None if unit.is_unchanged else place)
        else:
            yield Candidate(place)


def _before_the_reform(meanings: tuple[Place, ...], _places: Places) -> Iterator[Candidate]:
    """A name that only exists since the reform stands for all the units that it was made of."""
    has_old_meaning = any(isinstance(place, FormerUnit) for place in meanings)
    for place in meanings:
        if not isinstance(place, Unit):
            yield Candidate(place)
        elif not has_old_meaning:
            yield from (Candidate(former) for former in place.former)
