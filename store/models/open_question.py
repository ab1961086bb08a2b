"""Questions that were not answered well, and how answers were rated. Neither points to a person."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base


class OpenQuestion(Base):
    """A question in redacted words, for staff to label. No row of another table points here or is pointed to.

    Only the day is known: a finer time would lead to the message.
    """

    __tablename__ = "open_question"
    __table_args__ = (
        UniqueConstraint("folded", "reason"),
        CheckConstraint("state in ('open', 'labelled', 'ignored')", name="known_state"),
        Index("ix_open_question_last_asked_on", "last_asked_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    #: Syllables without diacritics and punctuation, by which the same question is recognised.
    folded: Mapped[str]
    #: `bot.learning.open_questions.Reason`.
    reason: Mapped[str]
    topic_guess: Mapped[str | None]
    confidence: Mapped[float | None]
    #: Id of the statement that answered, where an answer was found wrong.
    statement: Mapped[str | None]
    language: Mapped[str]
    times: Mapped[int] = mapped_column(server_default="1")
    first_asked_on: Mapped[date]
    last_asked_on: Mapped[date]

    state: Mapped[str] = mapped_column(server_default="open")
    #: Topic that staff gave it.
    label: Mapped[str | None]
    labelled_on: Mapped[date | None]


class AnswerRating(Base):
    """How often a statement was found helpful or wrong on a day."""

    __tablename__ = "answer_rating"

    statement: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    helpful: Mapped[int] = mapped_column(server_default="0")
    wrong: Mapped[int] = mapped_column(server_default="0")
