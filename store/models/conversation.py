"""A conversation: one person's chat on one channel."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Identity

from store.models.base import Base
from store.models.person import person_number


class Conversation(Base):
    """One chat, the language spoken in it, and the lease of the worker that is answering it.

    `waiting` counts stored messages that have no answer yet. It is changed only in the statements that store and
    settle a message, always under the lock of this row, which is what makes "is there more to answer?" free of races.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("channel", "address"),
        Index("ix_conversation_person_id", "person_id"),
        Index("ix_conversation_to_answer", "oldest_waiting_at", postgresql_where=text("waiting > 0")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    channel: Mapped[str]
    address: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="vi")
    #: Whose chat this is. The row of a new person is added by a trigger in the same transaction.
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", deferrable=True, initially="DEFERRED"), server_default=person_number.next_value()
    )
    created_at: Mapped[datetime]
    last_message_at: Mapped[datetime]

    #: Since when the provider says that nothing reaches this person here ("blocked", "deactivated", …). Whatever they
    #: write after that lifts it: it counts only while it is younger than `last_message_at`.
    unreachable_since: Mapped[datetime | None]
    unreachable_reason: Mapped[str | None]

    #: When the person was first told that this is a machine and how to reach a person.
    introduced_at: Mapped[datetime | None]

    #: Until when a person talks here and the bot keeps quiet. Once over it is cleared, with a line that says so.
    silent_until: Mapped[datetime | None]

    #: Staff try the bot out here, as on another day; nobody's question, so not counted as one.
    staff_test: Mapped[bool] = mapped_column(server_default=text("false"))

    waiting: Mapped[int] = mapped_column(server_default="0")
    oldest_waiting_at: Mapped[datetime | None]
    answer_not_before: Mapped[datetime | None]
    #: The message for which "the answer is coming" was said; cleared by the next answer.
    notice_given_for: Mapped[int | None]

    lease: Mapped[str | None]
    leased_until: Mapped[datetime | None]
