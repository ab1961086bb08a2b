"""What providers deliver, as it came, until it has been read; and what sending has to remember between two tries."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Identity

from store.models.base import Base


class ChannelEvent(Base):
    """One event of a provider. Stored before it is acknowledged, once however often it is delivered.

    The body is there to be read once: it is erased with the reading, for what matters of it is in `incoming` by then,
    with personal data masked. Events that nobody understood, or that could not be read, keep it until they are purged.
    """

    __tablename__ = "channel_event"
    __table_args__ = (
        UniqueConstraint("channel", "key"),
        Index("ix_channel_event_unread", "channel", "id", postgresql_where=text("read_at is null")),
        Index("ix_channel_event_received_at", "received_at"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    channel: Mapped[str]
    #: The provider's id of the event; a redelivery carries the same.
    key: Mapped[str]
    #: Whose events keep their order: the chat or person. Empty where the event is about nobody.
    address: Mapped[str] = mapped_column(server_default="")
    #: Order among the events of one address, as the provider counts (its time in ms, or its number).
    rank: Mapped[int] = mapped_column(server_default="0")
    #: Raw bytes: signatures are made over these, and text columns would refuse some of them.
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    #: What it was read as (`message`, `press`, `ignored`, `unknown`, `dead`, …).
    outcome: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    not_before: Mapped[datetime | None]


class ButtonPayload(Base):
    """What a button stands for where the provider allows fewer bytes than it takes; the button carries `reference`."""

    __tablename__ = "button_payload"

    #: First characters of the payload's SHA-256: the same payload has the same reference, for ever.
    reference: Mapped[str] = mapped_column(primary_key=True)
    payload: Mapped[str]


class TelegramFile(Base):
    """A picture or recording that Telegram has already, and the id by which it is sent again."""

    __tablename__ = "telegram_file"

    bot_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: SHA-256 of its content and of how it is sent, in hex.
    digest: Mapped[str] = mapped_column(primary_key=True)
    file_id: Mapped[str]
    kept_at: Mapped[datetime]


class SentPart(Base):
    """A part of a message that left, kept so that another try at the message does not say it again."""

    __tablename__ = "sent_part"
    __table_args__ = (Index("ix_sent_part_sent_at", "sent_at"),)

    channel: Mapped[str] = mapped_column(primary_key=True)
    #: `bot.channels.base.Shipment.key` of the message.
    key: Mapped[str] = mapped_column(primary_key=True)
    #: From 1.
    number: Mapped[int] = mapped_column(primary_key=True)
    provider_message_id: Mapped[str | None]
    sent_at: Mapped[datetime]
