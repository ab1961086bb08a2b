"""Vocational courses, and who wants to take them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Identity

from store.models.base import Base


class Course(Base):
    """One course that people can register for.

    The lock of this row orders everything that changes who has a seat.
    """

    __tablename__ = "course"
    __table_args__ = (
        CheckConstraint("state in ('open', 'closed', 'cancelled')", name="known_state"),
        CheckConstraint("seats > 0", name="has_seats"),
        Index("ix_course_open", "starts_on", "id", postgresql_where=sql("state = 'open'")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    title_vi: Mapped[str]
    title_en: Mapped[str | None]
    trade: Mapped[str]
    communes: Mapped[list[str]] = mapped_column(ARRAY(String), server_default=sql("'{}'"))
    venue: Mapped[str]
    provider: Mapped[str]
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    register_by: Mapped[date] = mapped_column(Date)
    seats: Mapped[int]
    fee: Mapped[str]
    support: Mapped[str]
    source: Mapped[str]
    demo: Mapped[bool] = mapped_column(server_default=sql("false"))
    state: Mapped[str] = mapped_column(server_default="open")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class CourseInterest(Base):
    """One person's wish to take one course, with the words that they agreed to.

    Whoever withdraws and registers again gets a new row, at the end of the waiting list. A telephone number is there
    only if the person typed it, with the words that asked for it; it goes when they withdraw.
    """

    __tablename__ = "course_interest"
    __table_args__ = (
        CheckConstraint("state in ('registered', 'waiting', 'withdrawn')", name="known_state"),
        CheckConstraint("(phone is null) = (phone_consent_text is null)", name="phone_with_consent"),
        Index(
            "uq_course_interest_once",
            "course_id",
            "conversation_id",
            unique=True,
            postgresql_where=sql("state <> 'withdrawn'"),
        ),
        Index("ix_course_interest_queue", "course_id", "state", "id"),
        Index("ix_course_interest_conversation_id", "conversation_id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    state: Mapped[str]
    #: The very words that the person agreed to, as they were shown.
    consent_text: Mapped[str]
    consented_at: Mapped[datetime]
    registered_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    phone: Mapped[str | None]
    phone_consent_text: Mapped[str | None]
    phone_given_at: Mapped[datetime | None]


class TradeInterest(Base):
    """One person's wish to be told when a course of a trade opens, with the words that they agreed to."""

    __tablename__ = "trade_interest"
    __table_args__ = (UniqueConstraint("conversation_id", "trade"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    trade: Mapped[str]
    consent_text: Mapped[str]
    consented_at: Mapped[datetime]
