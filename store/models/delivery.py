"""The delivery ledger: every message that this system sends, one row each.

A row without a campaign run is a message to one person (an answer, a receipt, a reminder). A row with one is a
recipient of that run, made when its audience was frozen.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from store.delivery_states import DeliveryState
from store.models.base import Base, message_number

_STATES = ", ".join(f"'{state}'" for state in DeliveryState)


class Delivery(Base):
    """One message to one person: what is sent, how urgent it is, and what became of it."""

    __tablename__ = "delivery"
    __table_args__ = (
        # One answer row per message and position: an answer that is computed twice cannot be sent twice.
        UniqueConstraint("incoming_id", "kind", "position"),
        CheckConstraint(f"state in ({_STATES})", name="known_state"),
        # A recipient gets its message or its text from the run, and always knows when it may leave.
        CheckConstraint("message is not null or (campaign_run_id is not null and variant is not null)", name="words"),
        CheckConstraint(
            "campaign_run_id is null or (recipient is not null and not_before is not null)", name="recipient_of_run"
        ),
        Index(
            "ix_delivery_open", "priority", "id", postgresql_where=text("state = 'queued' and campaign_run_id is null")
        ),
        # Recipients that have to wait stand behind those that may leave: claiming never reads past them.
        Index(
            "ix_delivery_bulk",
            "campaign_run_id",
            "channel",
            "not_before",
            "id",
            postgresql_where=text("state = 'queued' and campaign_run_id is not null"),
        ),
        # One row for each recipient of a run: nobody can be frozen twice.
        Index(
            "uq_delivery_campaign_run_id_recipient",
            "campaign_run_id",
            "recipient",
            unique=True,
            postgresql_where=text("campaign_run_id is not null"),
        ),
        Index("ix_delivery_claimed", "claimed_until", postgresql_where=text("state = 'claimed'")),
        Index("ix_delivery_order", "conversation_id", "id", postgresql_where=text("state in ('queued', 'claimed')")),
        Index(
            "ix_delivery_provider_message_id",
            "channel",
            "provider_message_id",
            postgresql_where=text("provider_message_id is not null and state in ('sent', 'delivered', 'unknown')"),
        ),
        Index("ix_delivery_unknown", "settled_at", postgresql_where=text("state = 'unknown'")),
        Index("ix_delivery_conversation_id_id", "conversation_id", "id"),
    )

    id: Mapped[int] = mapped_column(server_default=message_number.next_value(), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    incoming_id: Mapped[int | None] = mapped_column(ForeignKey("incoming.id", ondelete="CASCADE"))
    kind: Mapped[str]
    position: Mapped[int] = mapped_column(server_default="0")
    priority: Mapped[int]
    channel: Mapped[str]
    address: Mapped[str]
    #: The message in the words of the person's language, in the shape of `bot.messages.OutgoingMessage`.
    #: None in a row of a campaign run that fills in the text `variant` of the run.
    message: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    send_before: Mapped[datetime | None]
    #: The row waits until then (back-off, night, a cap). Of a recipient always set.
    not_before: Mapped[datetime | None]
    #: Tries that ended in an error after which the row was queued again.
    attempts: Mapped[int] = mapped_column(server_default="0")

    campaign_run_id: Mapped[int | None] = mapped_column(ForeignKey("campaign_run.id", ondelete="CASCADE"))
    #: Who gets it: `person:<id>`, or `conversation:<id>` of somebody without a contact record.
    recipient: Mapped[str | None]
    #: Contact record, for reports by commune and language.
    person_id: Mapped[int | None]
    #: Which text of the run it gets (`run_message.variant`), and what fills its placeholders.
    variant: Mapped[str | None]
    filled: Mapped[dict[str, Any] | None]
    #: Channels on which this person could not be reached with this message; the row has gone on to the next.
    tried_channels: Mapped[list[str] | None] = mapped_column(ARRAY(String))
    #: When it was counted against the person's cap; set by the claim, cleared when it did not reach them after all.
    counted_at: Mapped[datetime | None]

    state: Mapped[str] = mapped_column(server_default=DeliveryState.QUEUED.value)
    reason: Mapped[str | None]
    #: One of `store.delivery_errors.ErrorClass`: of the last try, if that was refused.
    error_class: Mapped[str | None]
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    provider_message_id: Mapped[str | None]
