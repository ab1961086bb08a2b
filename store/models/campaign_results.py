"""What comes back from campaigns: answers to polls, relays who spread the word, and who is told of results."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Identity

from store.campaign_states import HookState
from store.models.base import Base

_HOOK_STATES = ", ".join(f"'{state}'" for state in HookState)


class PollAnswer(Base):
    """What one chat answered to one question of a campaign's poll. The last answer counts."""

    __tablename__ = "poll_answer"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True)
    #: Numbers from 1, as in the campaign's content.
    question: Mapped[int] = mapped_column(primary_key=True)
    option: Mapped[int]
    answered_at: Mapped[datetime]


class CampaignRelay(Base):
    """Somebody in a village who spreads a campaign by loudspeaker, poster or group, and said that it was done."""

    __tablename__ = "campaign_relay"
    __table_args__ = (
        CheckConstraint("medium in ('loudspeaker', 'poster', 'group', 'meeting')", name="known_medium"),
        Index("ix_campaign_relay_campaign_id", "campaign_id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    #: Stands in the link with which the relay confirms.
    code: Mapped[str] = mapped_column(unique=True)
    #: Code of the commune or ward.
    commune: Mapped[str]
    #: Village or neighbourhood, in words.
    village: Mapped[str]
    medium: Mapped[str]
    created_by: Mapped[int]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class Webhook(Base):
    """An address of an organisation's own system that is told of results."""

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    organisation: Mapped[str]
    url: Mapped[str]
    #: Key of the signature; never shown again.
    secret: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(String))
    active: Mapped[bool]
    created_by: Mapped[int]
    created_at: Mapped[datetime]


class WebhookCall(Base):
    """One event for one webhook: queued with the change that it tells of, tried until taken or given up."""

    __tablename__ = "webhook_call"
    __table_args__ = (
        CheckConstraint(f"state in ({_HOOK_STATES})", name="known_state"),
        UniqueConstraint("webhook_id", "event", "subject"),
        Index("ix_webhook_call_open", "next_try_at", postgresql_where=text("state = 'queued'")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    event: Mapped[str]
    #: What it is about, such as `run:12`: the same is told once.
    subject: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    state: Mapped[str]
    attempts: Mapped[int]
    next_try_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    #: HTTP status of the last try, or the name of what went wrong.
    last_result: Mapped[str | None]
