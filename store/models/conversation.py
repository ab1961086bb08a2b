"""A conversation: one person's chat on one channel."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Identity

from store.models.base import Base


class Conversation(Base):
    """One chat, the language spoken in it, and the lease of the worker that is answering it.

    `waiting` counts stored messages that have no answer yet. It is changed only in the statements that store and
    settle a message, always under the lock of this row, which is what makes "is there more to answer?" free of races.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("channel", "address"),
        Index("ix_conversation_to_answer", "oldest_waiting_at", postgresql_where=text("waiting > 0")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    channel: Mapped[str]
    address: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="vi")
    created_at: Mapped[datetime]
    last_message_at: Mapped[datetime]

    #: When the person was first told that this is a machine and how to reach a person.
    introduced_at: Mapped[datetime | None]

    #: Staff try the bot out here, as on another day; nobody's question, so not counted as one.
    staff_test: Mapped[bool] = mapped_column(server_default=text("false"))

    waiting: Mapped[int] = mapped_column(server_default="0")
    oldest_waiting_at: Mapped[datetime | None]
    answer_not_before: Mapped[datetime | None]
    #: The message for which "the answer is coming" was said; cleared by the next answer.
    notice_given_for: Mapped[int | None]

    lease: Mapped[str | None]
    leased_until: Mapped[datetime | None]
