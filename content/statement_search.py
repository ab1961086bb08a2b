"""Statements that share words with a question, for "did you mean" where the question was not understood.

A finding is an offer, never an answer. Everything is read from the library that the process answers from, so the
index cannot lag behind the content.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from content.aspect_names import aspect_name
from content.folding import folded_syllables
from content.library import Library, Period
from content.statements import Statement
from content.topics import Aspect, Group, Topic
from content.translations import catalogue_for

#: How often the words of a topic's name count beside those of the text: the name says what the whole is about.
_TOPIC_NAME_COUNTS = 2
_K1, _B = 1.2, 0.6
#: Share of a question's weight (rare words weigh more) that a statement must hold to be found. On real questions of a
#: topic this loses one right finding in fifty, and drops what shares only words like "hôm nay" or "bao nhiêu".
LEAST_SHARE = 0.05
#: Longest question looked at, in syllables: the first sentences say what is asked.
_LONGEST = 120

_PLACEHOLDER = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Finding:
    """A statement that is valid on the day asked about. `share`: 0 to 1, of the question's weight found in it."""

    statement_id: str
    topic: Topic
    aspect: Aspect
    group: Group | None
    share: float


class StatementSearch:
    """BM25 over folded syllables and pairs of syllables of every wording of every statement.

    Measured against PostgreSQL's full text over the same words: `docs/decisions/0012-search-for-statements.md`.
    """

    def __init__(self, library: Library) -> None:
        # Takes a good part of a second to import, which commands that never search need not wait for.
        import bm25s

        # Its import sets its own logger to debug, whatever the process is set to.
        logging.getLogger("bm25s").setLevel(logging.NOTSET)

        self._entries = list(_entries(library))
        self._index = bm25s.BM25(k1=_K1, b=_B)
        self._index.index([words for _, _, words in self._entries], show_progress=False)
        holding: dict[str, int] = {}
        for _, _, words in self._entries:
            for word in set(words):
                holding[word] = holding.get(word, 0) + 1
        number = len(self._entries)
        self._weights = {word: _weight(count, number) for word, count in holding.items()}
        self._weight_of_unknown = _weight(0, number)

    def find(self, text: str, on: date, limit: int = 3) -> list[Finding]:
        """Return the best finding of each topic among statements valid on a day, best first, at most `limit`."""
        asked = _words(text)
        known = [word for word in asked if word in self._weights]
        if not known:
            return []
        valid = np.fromiter((period.covers(on) for _, period, _ in self._entries), dtype=np.float32)
        scores = self._index.get_scores(known, weight_mask=valid)
        # A word adds at most its weight times k1 + 1; bm25s leaves that constant factor out.
        full = sum(self._weights.get(word, self._weight_of_unknown) for word in asked)
        found: dict[Topic, Finding] = {}
        for index in np.argsort(-scores, kind="stable"):
            statement, share = self._entries[index][0], float(scores[index]) / full
            if share < LEAST_SHARE or len(found) == limit:
                break
            if statement.topic not in found:
                group = next(iter(statement.groups), None)
                found[statement.topic] = Finding(statement.id, statement.topic, statement.aspect, group, share)
        return list(found.values())


def _weight(holding: int, number: int) -> float:
    """The usual inverse document frequency of BM25."""
    return float(np.log(1 + (number - holding + 0.5) / (holding + 0.5)))


def _words(text: str) -> list[str]:
    """Syllables, and pairs of them: most Vietnamese words have two."""
    syllables = folded_syllables(text)[:_LONGEST]
    return [*syllables, *_pairs(syllables)]


def _pairs(syllables: Sequence[str]) -> Iterator[str]:
    return (f"{first}_{second}" for first, second in pairwise(syllables))


def _entries(library: Library) -> Iterator[tuple[Statement, Period, list[str]]]:
    catalogue = catalogue_for("vi")
    for statement in library.statements.values():
        topic = _words(catalogue.text(f"topic.{statement.topic}"))
        aspect = _words(aspect_name(statement.topic, statement.aspect, catalogue))
        for period in library.periods_of(statement):
            text = _words(_PLACEHOLDER.sub(" ", period.version.text.vi))
            yield statement, period, topic * _TOPIC_NAME_COUNTS + aspect + text
