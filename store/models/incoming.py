"""The inbox: every message that was acknowledged to a channel."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, message_number


class Incoming(Base):
    """One message from a person. Unique per channel and provider message id, so a redelivery is stored once."""

    __tablename__ = "incoming"
    __table_args__ = (
        UniqueConstraint("channel", "provider_message_id"),
        Index("ix_incoming_waiting", "conversation_id", "id", postgresql_where=sql("answered_at is null")),
        Index("ix_incoming_conversation_id_id", "conversation_id", "id"),
        # For the figures of the last days.
        Index("ix_incoming_received_at", "received_at", postgresql_using="brin"),
    )

    id: Mapped[int] = mapped_column(server_default=message_number.next_value(), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    channel: Mapped[str]
    provider_message_id: Mapped[str]
    #: What the person typed, or the label of the button that was pressed.
    text: Mapped[str]
    #: What a pressed button stands for; None when the person typed.
    payload: Mapped[str | None]
    #: Wishes of the channel: `language`, `on` (ISO date of "as on date" mode).
    wishes: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'::jsonb"))
    received_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    #: Tries that reached Rasa and brought no answer; a message is given up politely after a few.
    failed_attempts: Mapped[int] = mapped_column(server_default="0")
