"""Answer receipts: what was said under a short code, and nothing about whom it was said to."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base


class Receipt(Base):
    """The words of one policy answer and the statement behind them.

    No row points to a conversation, nor the other way round but for the code inside the delivered message, which is
    erased with it. `said_at` is cut to the hour: finer, it would lead to the message that was answered then.
    """

    __tablename__ = "receipt"
    __table_args__ = (Index("ix_receipt_said_at", "said_at", postgresql_using="brin"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    #: Id of the statement, and the first and last day on which its wording holds.
    statement: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    #: The day asked about.
    as_of: Mapped[date]
    language: Mapped[str]
    text: Mapped[str]
    #: Fingerprint of the statement's own words that day, to see whether they changed since.
    wording: Mapped[str]
    #: Legal sources in the shape of `bot.messages.SourceReference`, in a list.
    sources: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    said_at: Mapped[datetime]
