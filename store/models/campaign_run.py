"""A campaign run: one leaving of one campaign, and the texts that its ledger rows fill in."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Identity
from sqlalchemy.types import BigInteger

from store.models.base import Base
from store.run_states import RunState

_STATES = ", ".join(f"'{state}'" for state in RunState)


class CampaignRun(Base):
    """What senders look at before each batch: whether the run may leave, when, how fast, and by which rules.

    Its recipients are rows of `delivery` with its id. Pausing, resuming and cancelling change this one row.
    """

    __tablename__ = "campaign_run"
    __table_args__ = (
        CheckConstraint(f"state in ({_STATES})", name="known_state"),
        Index("ix_campaign_run_open", "id", postgresql_where=text("state in ('running', 'paused', 'stopped')")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    #: Code of the organisation that sends; senders share the channels fairly between organisations.
    organisation: Mapped[str]
    #: What staff call it.
    title: Mapped[str]
    #: One of `store.run_states.Purpose`.
    purpose: Mapped[str]
    #: Topic (or channel of news) that people can opt out of.
    topic: Mapped[str | None]

    state: Mapped[str] = mapped_column(server_default=RunState.WAITING.value)
    #: Why it is paused or stopped: a short key of ours, or the words of the person who did it.
    state_reason: Mapped[str | None]
    state_changed_at: Mapped[datetime]
    #: Account of the person who changed the state last; None when the system did.
    state_changed_by: Mapped[int | None]
    created_at: Mapped[datetime]

    #: Sending rules that differ from the default, in the shape of `bot.delivery.rules.SendingRules`.
    rules: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    send_from: Mapped[datetime | None]
    #: "No use after": what has not left by then is `expired`.
    send_before: Mapped[datetime | None]
    #: At most this many an hour, to spread the questions that come back. None: as fast as the channels allow.
    per_hour: Mapped[int | None]
    #: The moment from which the run's own pace allows the next message.
    paced_until: Mapped[datetime | None]

    #: So many leave first; the rest waits until it is known what became of them. 0: no canary.
    canary_size: Mapped[int] = mapped_column(server_default="50")
    #: How many of them have not been claimed yet.
    canary_left: Mapped[int] = mapped_column(server_default="0")
    canary_passed_at: Mapped[datetime | None]
    #: Share of failures among the messages settled last above which the run is stopped.
    error_budget: Mapped[float] = mapped_column(server_default="0.05")

    #: Emergency: quiet hours, days and caps do not hold. Set only with two different accounts and a reason.
    override_reason: Mapped[str | None]
    override_by: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))


class RunMessage(Base):
    """One frozen text of a run, with `{placeholders}` that each recipient's row fills in."""

    __tablename__ = "run_message"

    campaign_run_id: Mapped[int] = mapped_column(ForeignKey("campaign_run.id", ondelete="CASCADE"), primary_key=True)
    #: Free name: language, version of an A/B comparison.
    variant: Mapped[str] = mapped_column(primary_key=True)
    #: Channel for which it was fitted; empty: any.
    channel: Mapped[str] = mapped_column(primary_key=True, server_default="")
    #: In the shape of `bot.messages.OutgoingMessage`.
    message: Mapped[dict[str, Any]]
