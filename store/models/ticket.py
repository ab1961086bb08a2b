"""The help desk: tickets, what happened to them, what was sent along, and how the desk works.

What is said stays in `incoming` and `delivery`, where it is kept and erased like all other words; a ticket names the
conversation and holds no copy.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Identity

from store.models.base import Base
from store.ticket_states import TicketReason, TicketState

_STATES = ", ".join(f"'{state}'" for state in TicketState)
_REASONS = ", ".join(f"'{reason}'" for reason in TicketReason)


class Ticket(Base):
    """Something that a person of the staff has to see to."""

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint(f"state in ({_STATES})", name="known_state"),
        CheckConstraint(f"reason in ({_REASONS})", name="known_reason"),
        CheckConstraint("(state = 'resolved') = (resolved_at is not null)", name="resolved_with_time"),
        CheckConstraint("state <> 'resolved' or open_key is null", name="free_when_resolved"),
        Index("ix_ticket_unresolved", "state", "answer_due_at", postgresql_where=sql("state <> 'resolved'")),
        Index("ix_ticket_conversation_id", "conversation_id", "id"),
        Index("ix_ticket_opened_at", "opened_at"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    #: What the resident is told: `bot.helpdesk.codes`.
    code: Mapped[str] = mapped_column(unique=True)
    #: Names person, reason and subject while the ticket is not resolved: nobody gets two open tickets for one thing.
    open_key: Mapped[str | None] = mapped_column(unique=True)
    #: Where the person is answered; None for what came in another way.
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    reason: Mapped[str]
    #: What exactly: a kind of complaint, `campaign:12`, the last digits of an account. Never words of residents.
    about: Mapped[str] = mapped_column(server_default="")
    topic: Mapped[str | None]
    #: Code of the commune or ward; empty where it is not known.
    area: Mapped[str] = mapped_column(server_default="")
    #: Which organisation sees to it.
    organisation: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    #: Seen only by its assignee and by officers of its organisation for the whole province.
    confidential: Mapped[bool] = mapped_column(server_default=sql("false"))
    #: Made up, for rehearsals.
    demo: Mapped[bool] = mapped_column(server_default=sql("false"))
    state: Mapped[str] = mapped_column(server_default=TicketState.PENDING.value)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff_account.id"))
    assigned_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    #: Number of the message with which it began; what was said a little before is shown with it.
    since_message: Mapped[int | None]
    #: When somebody should have answered at the latest, by office hours; None once somebody has.
    answer_due_at: Mapped[datetime | None]
    first_answered_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    #: Who was told so far (`EscalationStep`).
    escalation_step: Mapped[int] = mapped_column(SmallInteger, server_default=sql("0"))
    #: When the person wrote last, and when an officer answered last.
    heard_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]


class TicketEvent(Base):
    """One thing that happened to a ticket. `text` is a note of an officer, erased with the words of the chat."""

    __tablename__ = "ticket_event"
    __table_args__ = (Index("ix_ticket_event_ticket_id", "ticket_id", "id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    #: None: the system itself, or the resident.
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("staff_account.id"))
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(server_default="")
    details: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'::jsonb"))
    #: Chosen by the page that acts: pressing twice does it once.
    key: Mapped[str | None] = mapped_column(unique=True)


class TicketMedia(Base):
    """A picture, recording or file that a resident sent. Its bytes, or where the provider keeps them."""

    __tablename__ = "ticket_media"
    __table_args__ = (Index("ix_ticket_media_ticket_id", "ticket_id", "id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    #: The message that it came with.
    incoming_id: Mapped[int | None] = mapped_column(ForeignKey("incoming.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    #: `image`, `audio`, `video`, `file`, `location`.
    kind: Mapped[str]
    mime: Mapped[str]
    name: Mapped[str] = mapped_column(server_default="")
    size: Mapped[int | None]
    #: What the channel needs to fetch it again, such as `{"file_id": …}`.
    reference: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'::jsonb"))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)


class DeskTopic(Base):
    """A topic that an officer sees to. Officers without any see to all."""

    __tablename__ = "desk_topic"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_account.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)


class CannedReply(Base):
    """A reply that officers use again, besides those of content/desk/canned_replies.yaml."""

    __tablename__ = "canned_reply"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    title: Mapped[str]
    text: Mapped[str]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("staff_account.id"))
    changed_at: Mapped[datetime]


class DeskRules(Base):
    """How the desk works, in one row. Until an administrator has confirmed them, no hours are told to anybody."""

    __tablename__ = "desk_rules"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, server_default="1")
    #: Shape of `bot.helpdesk.hours.OfficeHours`.
    hours: Mapped[dict[str, Any]]
    answer_within_minutes: Mapped[int]
    silent_minutes: Mapped[int]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("staff_account.id"))
    confirmed_at: Mapped[datetime | None]
