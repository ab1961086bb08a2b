"""Keeping, reading, labelling and purging open questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class OpenQuestionRow:
    """See `store.models.open_question.OpenQuestion`."""

    id: int
    text: str
    folded: str
    reason: str
    topic_guess: str | None
    confidence: float | None
    statement: str | None
    language: str
    times: int
    first_asked_on: date
    last_asked_on: date
    state: str
    label: str | None


_COLUMNS = """id, text, folded, reason, topic_guess, confidence, statement, language, times, first_asked_on,
    last_asked_on, state, label"""

_KEEP = sql("""
insert into open_question
    (text, folded, reason, topic_guess, confidence, statement, language, first_asked_on, last_asked_on)
values (:text, :folded, :reason, :topic_guess, :confidence, :statement, :language, :asked_on, :asked_on)
on conflict (folded, reason) do update set
    times = open_question.times + 1,
    topic_guess = excluded.topic_guess,
    confidence = excluded.confidence,
    statement = coalesce(excluded.statement, open_question.statement),
    last_asked_on = greatest(open_question.last_asked_on, excluded.last_asked_on)
""")


async def keep_open_question(
    connection: AsyncConnection,
    *,
    text: str,
    folded: str,
    reason: str,
    topic_guess: str | None,
    confidence: float | None,
    statement: str | None,
    language: str,
    asked_on: date,
) -> None:
    """Keep one question, or count it where the same words are kept for the same reason."""
    await connection.execute(
        _KEEP,
        {
            "text": text,
            "folded": folded,
            "reason": reason,
            "topic_guess": topic_guess,
            "confidence": confidence,
            "statement": statement,
            "language": language,
            "asked_on": asked_on,
        },
    )


_LIST = sql(f"""
select {_COLUMNS} from open_question
where state = any(:states) and last_asked_on >= coalesce(cast(:since as date), last_asked_on)
  and (cast(:topic as text) is null or coalesce(label, topic_guess, '') = :topic)
order by times desc, id
""")


async def open_questions(
    connection: AsyncConnection, *, states: Sequence[str], since: date | None = None, topic: str | None = None
) -> list[OpenQuestionRow]:
    """Return questions in some states (`open`, `labelled`, `ignored`), most asked first.

    `topic`: the label, or before there is one the guess.
    """
    rows = await connection.execute(_LIST, {"states": list(states), "since": since, "topic": topic})
    return [OpenQuestionRow(*row) for row in rows]


_LABEL = sql("""
update open_question set state = :state, label = :label, labelled_on = :today, text = coalesce(:text, text)
where id = :id returning text
""")


async def label_question(
    connection: AsyncConnection, *, number: int, label: str | None, today: date, text: str | None = None
) -> str | None:
    """Label a question with a topic, or put it aside (`label` None); return its words, None when there is none such.

    `text` replaces its words.
    """
    state = "ignored" if label is None else "labelled"
    values = {"id": number, "state": state, "label": label, "today": today, "text": text}
    found = (await connection.execute(_LABEL, values)).scalar_one_or_none()
    return None if found is None else str(found)


_PURGE = sql("delete from open_question where last_asked_on < :before")


async def purge_open_questions(connection: AsyncConnection, *, before: date) -> int:
    """Delete questions that were last asked before a day, labelled or not; return how many."""
    return (await connection.execute(_PURGE, {"before": before})).rowcount
