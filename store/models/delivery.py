"""The delivery ledger: every message that this system sends, one row each."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
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
        Index("ix_delivery_open", "priority", "id", postgresql_where=text("state = 'queued'")),
        Index("ix_delivery_claimed", "claimed_until", postgresql_where=text("state = 'claimed'")),
        Index("ix_delivery_order", "conversation_id", "id", postgresql_where=text("state in ('queued', 'claimed')")),
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
    message: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    send_before: Mapped[datetime | None]

    state: Mapped[str] = mapped_column(server_default=DeliveryState.QUEUED.value)
    reason: Mapped[str | None]
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    provider_message_id: Mapped[str | None]
