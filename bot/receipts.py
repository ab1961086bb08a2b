"""Answer receipts: codes under answers, and whether what was said under a code still holds."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.messages import OutgoingMessage
from bot.receipt_codes import new_receipt_code
from content.library import Library, Period
from store.queries.receipts import TRIAL_RESULT, StoredReceipt


class Standing(StrEnum):
    """What has become of the wording that a receipt shows."""

    HOLDS = "holds"
    #: Another wording or number is in force today.
    CHANGED = "changed"
    #: The wording was corrected since, for the same days.
    CORRECTED = "corrected"
    #: Asked about a future day: not in force yet.
    NOT_YET = "not_yet"
    #: Nothing certain is known for today any more.
    ENDED = "ended"
    #: Being reviewed: the review stamp has run out.
    IN_REVIEW = "in_review"
    #: A trial result for one household by the rules of its day: it says so, whatever holds today.
    TRIAL = "trial"


@dataclass(frozen=True)
class Judgement:
    """How a receipt stands on a day, and what holds on that day instead of or beside it.

    Attributes:
        valid_from, valid_to: of the wording in force on that day; None where nothing is.
        text: its words, where they differ from what the receipt shows.
    """

    standing: Standing
    valid_from: date | None = None
    valid_to: date | None = None
    text: str | None = None


def with_codes(replies: Sequence[OutgoingMessage]) -> list[OutgoingMessage]:
    """Return `replies` with a code under each that says what a statement says."""
    return [
        reply.model_copy(update={"receipt": new_receipt_code()}) if reply.statement is not None else reply
        for reply in replies
    ]


def receipts_of(replies: Sequence[OutgoingMessage], library: Library, *, now: datetime) -> list[StoredReceipt]:
    """Return the receipts to write for `replies`; `said_at` is cut to the hour."""
    receipts = []
    for reply in replies:
        if reply.receipt is None or reply.statement is None or reply.valid is None:
            continue
        valid, language = reply.valid, reply.language or "vi"
        period = _period_on(library, reply.statement, date.fromisoformat(valid.as_of))
        receipts.append(
            StoredReceipt(
                code=reply.receipt,
                statement=reply.statement,
                valid_from=date.fromisoformat(valid.valid_from or valid.as_of),
                valid_to=date.fromisoformat(valid.valid_to) if valid.valid_to else None,
                as_of=date.fromisoformat(valid.as_of),
                language=language,
                text=reply.text,
                wording=_fingerprint(library.text_of(period, language)) if period else "",
                sources=[source.model_dump() for source in reply.sources],
                said_at=now.replace(minute=0, second=0, microsecond=0),
            )
        )
    return receipts


def judge(receipt: StoredReceipt, library: Library, today: date) -> Judgement:
    """Return whether what a receipt shows holds on `today`."""
    if receipt.statement == TRIAL_RESULT:
        return Judgement(Standing.TRIAL)
    statement = library.statements.get(receipt.statement)
    if statement is None:
        return Judgement(Standing.ENDED)
    current = _period_on(library, receipt.statement, today)
    if receipt.valid_from > today:
        return Judgement(Standing.NOT_YET)
    if current is None:
        return Judgement(Standing.ENDED)
    text = library.text_of(current, receipt.language)
    begin, end = current.valid_from, current.valid_to
    if _fingerprint(text) != receipt.wording:
        return Judgement(Standing.CORRECTED if begin == receipt.valid_from else Standing.CHANGED, begin, end, text)
    if statement.review_has_expired_on(today):
        return Judgement(Standing.IN_REVIEW, begin, end)
    return Judgement(Standing.HOLDS, begin, end)


def _fingerprint(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def _period_on(library: Library, statement: str, day: date) -> Period | None:
    if statement == TRIAL_RESULT:
        return None
    return next((p for p in library.periods_of(library.statements[statement]) if p.covers(day)), None)
