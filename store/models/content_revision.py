"""Revisions of the content: what staff propose to tell, and what a second person put in force."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Identity

from store.models.base import Base

_STATES = "'proposed', 'approved', 'refused', 'withdrawn'"


class ContentRevision(Base):
    """The whole new content of one statement or dated number. Approved ones are never changed or deleted."""

    __tablename__ = "content_revision"
    __table_args__ = (
        CheckConstraint("kind in ('statement', 'parameter')", name="known_kind"),
        CheckConstraint(f"state in ({_STATES})", name="known_state"),
        CheckConstraint("(state = 'proposed') = (decided_at is null)", name="decided_with_time"),
        # The second person is another one.
        CheckConstraint("state <> 'approved' or decided_by <> proposed_by", name="two_people"),
        Index("ix_content_revision_name", "kind", "name", "id"),
        # One proposal at a time for each statement or number: two would not know of each other.
        Index("uq_content_revision_open", "kind", "name", unique=True, postgresql_where=sql("state = 'proposed'")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    kind: Mapped[str]
    #: Id of the statement, or dotted name of the number.
    name: Mapped[str]
    #: What its YAML file would hold, dates as ISO strings.
    data: Mapped[dict[str, Any]]
    #: Fingerprint of the content that it was made from: what was approved meanwhile is not overwritten.
    base: Mapped[str]
    #: Why, in the words of whoever proposes it.
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="proposed")
    proposed_by: Mapped[int] = mapped_column(ForeignKey("staff_account.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff_account.id"))
    decided_at: Mapped[datetime | None]
    #: Why it was refused.
    decision: Mapped[str] = mapped_column(server_default="")


class PolicyRequest(Base):
    """Something that people ask and nobody has written: a request of a colleague to the policy owners."""

    __tablename__ = "policy_request"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    #: Redacted words of an open question.
    question: Mapped[str]
    topic: Mapped[str | None]
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff_account.id"))
    asked_at: Mapped[datetime]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("staff_account.id"))
    closed_at: Mapped[datetime | None]
