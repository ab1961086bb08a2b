"""Which questions are kept for staff, and how: redacted, and without whom, where and when in the day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import structlog

from bot.learning.redaction import redact
from content.folding import folded_syllables
from store.clock import Clock, local_date
from store.database import LOST_CONNECTION, Database
from store.queries.open_questions import keep_open_question

log = structlog.get_logger(__name__)

#: An answer given with less confidence than this is looked at.
LOW_CONFIDENCE = 0.5
#: Fewer syllables than this say nothing that could be taught.
_LEAST_SYLLABLES = 2


class Reason(StrEnum):
    """Why a question is kept."""

    NOT_UNDERSTOOD = "not_understood"
    UNSURE = "unsure"
    OUT_OF_SCOPE = "out_of_scope"
    NO_SOURCE = "no_source"
    LOW_CONFIDENCE = "low_confidence"
    THUMBS_DOWN = "thumbs_down"


_REASON_OF_KEY = {
    "do_not_know": Reason.NOT_UNDERSTOOD,
    "did_you_mean": Reason.UNSURE,
    "out_of_scope": Reason.OUT_OF_SCOPE,
    "out_of_scope_near": Reason.OUT_OF_SCOPE,
    "no_source": Reason.NO_SOURCE,
}


@dataclass(frozen=True, slots=True)
class Kept:
    """Why a question is kept, the topic it may be about, and the classifier's confidence."""

    reason: Reason
    topic: str | None
    confidence: float | None


def why_kept(said: Sequence[Mapping[str, Any]]) -> Kept | None:
    """Return why the question that was answered with `said` (message keys with data) is kept, or None.

    Nothing is kept of somebody in danger: such words are for a person, not for training.
    """
    if any(isinstance(one.get("custom"), Mapping) and one["custom"].get("key") == "crisis" for one in said):
        return None
    for one in said:
        data = one.get("custom")
        if not isinstance(data, Mapping):
            continue
        confidence = data.get("confidence")
        reason = _REASON_OF_KEY.get(str(data.get("key")))
        if reason is None and data.get("key") == "answer" and (confidence or 0.0) < LOW_CONFIDENCE:
            reason = Reason.LOW_CONFIDENCE
        if reason is not None:
            offers = data.get("offers") or ()
            topic = offers[0]["intent"] if offers else data.get("topic")
            return Kept(reason, topic, confidence)
    return None


class OpenQuestions:
    """Keeps questions. `keep`: False where the operator wants none kept."""

    def __init__(self, database: Database, clock: Clock, *, keep: bool = True) -> None:
        self._database = database
        self._clock = clock
        self._keep = keep

    async def note(self, words: str, said: Sequence[Mapping[str, Any]], *, language: str) -> None:
        """Keep the question `words` if what was `said` shows that it should be looked at.

        Called after the answer was settled: a crash in between loses a question, never an answer. A database
        that is away is no error.
        """
        kept = why_kept(said) if self._keep else None
        if kept is None:
            return
        try:
            await self.keep(words, kept, language=language)
        except LOST_CONNECTION as error:
            log.warning("open_question_lost", error=str(error))

    async def keep(self, words: str, kept: Kept, *, language: str, statement: str | None = None) -> None:
        """Keep one question, redacted. Asked in the same words again, it is counted."""
        text = redact(words)
        syllables = folded_syllables(text)
        if not self._keep or len(syllables) < _LEAST_SYLLABLES:
            return
        async with self._database.single() as connection:
            await keep_open_question(
                connection,
                text=text,
                folded=" ".join(syllables),
                reason=kept.reason.value,
                topic_guess=kept.topic,
                confidence=kept.confidence,
                statement=statement,
                language=language,
                asked_on=local_date(self._clock.now()),
            )
