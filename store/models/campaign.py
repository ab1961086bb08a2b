"""Campaigns: what an organisation wants to tell whom and when, each version kept, and who approved which."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Identity

from store.campaign_states import ApprovalScope, ApprovalState, CampaignState, OccurrenceState
from store.models.base import Base


def _in(column: str, values: type[CampaignState | ApprovalState | ApprovalScope | OccurrenceState]) -> str:
    return f"{column} in ({', '.join(repr(str(value)) for value in values)})"


class Campaign(Base):
    """One campaign of one organisation. What it says is in its versions; the lock of this row orders all changes."""

    __tablename__ = "campaign"
    __table_args__ = (CheckConstraint(_in("state", CampaignState), name="known_state"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    #: Stands in every message; `/kiem-chung/<code>` shows what was really sent. In the shape of a receipt code.
    code: Mapped[str] = mapped_column(unique=True)
    #: Code of the organisation.
    organisation: Mapped[str]
    title: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=CampaignState.DRAFT.value)
    #: Newest version; approvals, occurrences and jobs of older ones count for nothing.
    version: Mapped[int]
    #: Id of the starter campaign (content/campaigns) that it was made from.
    starter: Mapped[str | None]
    demo: Mapped[bool] = mapped_column(server_default=text("false"))
    #: Planned leavings are passed over meanwhile.
    paused_at: Mapped[datetime | None]
    paused_by: Mapped[int | None]
    created_by: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class CampaignVersion(Base):
    """What a campaign said from one edit to the next, in the shape of `scheduler.campaign.CampaignContent`."""

    __tablename__ = "campaign_version"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    written_by: Mapped[int]
    written_at: Mapped[datetime]


class CampaignTest(Base):
    """A rendering that was sent to the guest list."""

    __tablename__ = "campaign_test"
    __table_args__ = (Index("ix_campaign_test_campaign_id", "campaign_id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    version: Mapped[int]
    #: Fingerprint of the rendering.
    rendering: Mapped[str]
    run_id: Mapped[int]
    sent_by: Mapped[int]
    sent_at: Mapped[datetime]


class CampaignApproval(Base):
    """A request to let exactly one rendering leave to exactly one audience, and what a second person said to it."""

    __tablename__ = "campaign_approval"
    __table_args__ = (
        CheckConstraint(_in("state", ApprovalState), name="known_state"),
        CheckConstraint(_in("scope", ApprovalScope), name="known_scope"),
        CheckConstraint("decided_by is null or decided_by <> requested_by", name="second_person"),
        Index("uq_campaign_approval_open", "campaign_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_campaign_approval_campaign_id", "campaign_id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    version: Mapped[int]
    scope: Mapped[str]
    #: Fingerprints: of all words in every language and shape, and of the recipients with what fills their messages.
    rendering: Mapped[str]
    audience: Mapped[str]
    #: Fingerprint of the rule that chose the recipients; holds a standing approval.
    audience_rule: Mapped[str]
    number: Mapped[int]
    #: Counts and cost by route, left out by reason: what the second person saw.
    summary: Mapped[dict[str, Any]]
    requested_by: Mapped[int]
    requested_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default=ApprovalState.OPEN.value)
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    #: Why it was refused, or became void.
    reason: Mapped[str | None]
    #: Emergency: why it may leave at any hour. The two signatures are those of request and approval.
    emergency_reason: Mapped[str | None]


class CampaignRecipient(Base):
    """One recipient as frozen with a request for approval; put into the ledger when that is given, then deleted."""

    __tablename__ = "campaign_recipient"

    approval_id: Mapped[int] = mapped_column(ForeignKey("campaign_approval.id", ondelete="CASCADE"), primary_key=True)
    #: As in `delivery.recipient`.
    recipient: Mapped[str] = mapped_column(primary_key=True)
    #: In the shape of `store.queries.campaign_runs.Recipient`.
    frozen: Mapped[dict[str, Any]]


class CampaignOccurrence(Base):
    """One planned leaving of a campaign. A job of the calendar names the occurrence; what holds is this row."""

    __tablename__ = "campaign_occurrence"
    __table_args__ = (
        CheckConstraint(_in("state", OccurrenceState), name="known_state"),
        UniqueConstraint("campaign_id", "version", "due_at"),
        Index("ix_campaign_occurrence_due_at", "due_at"),
        Index("ix_campaign_occurrence_run_id", "run_id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    version: Mapped[int]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default=OccurrenceState.PLANNED.value)
    reason: Mapped[str | None]
    approval_id: Mapped[int | None] = mapped_column(ForeignKey("campaign_approval.id", ondelete="SET NULL"))
    #: The run in the delivery ledger.
    run_id: Mapped[int | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None]
