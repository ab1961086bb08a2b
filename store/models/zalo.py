"""What is particular to Zalo: its tokens, and what people did besides writing."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Identity

from store.models.base import Base


class ZaloContact(Base):
    """One person as one Official Account sees them: when they did something last, and whether they follow it."""

    __tablename__ = "zalo_contact"

    oa_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    user_id_by_app: Mapped[str | None]
    #: Opens the window for free text: a message, follow, reaction, tap or call.
    last_interaction_at: Mapped[datetime | None]
    follows: Mapped[bool | None]
    follows_since: Mapped[datetime | None]


class ZaloToken(Base):
    """The pair of tokens of one Official Account. One row, changed only under its advisory lock.

    The refresh token works once. `asked_at` is committed before it is used, the new pair before that is used.
    """

    __tablename__ = "zalo_token"

    oa_id: Mapped[str] = mapped_column(primary_key=True)
    #: Name of the installation that may refresh it: a copy of the database must not.
    environment: Mapped[str]
    #: Encrypted (`store/sealing.py`).
    access_token: Mapped[bytes] = mapped_column(LargeBinary)
    refresh_token: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
    refreshed_at: Mapped[datetime]
    #: When the refresh token was last handed in, also when no answer came.
    asked_at: Mapped[datetime | None]
    #: Why a person must give their consent anew; None while all is well.
    needs_consent: Mapped[str | None]
    needs_consent_since: Mapped[datetime | None]


class ZaloTokenChange(Base):
    """What became of the tokens, newest last; with the refresh token that was replaced."""

    __tablename__ = "zalo_token_change"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    oa_id: Mapped[str]
    at: Mapped[datetime]
    #: `given`, `refreshed`, `no_answer`, `refused`, `busy`.
    what: Mapped[str]
    reason: Mapped[str | None]
    #: Encrypted.
    previous_refresh_token: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_refreshed_at: Mapped[datetime | None]


class ZaloRequest(Base):
    """One request to send, written before Zalo is asked.

    A message that is tried again goes on behind the parts that left. An echo is known for our own by its id, or by its
    digest within a minute when the answer to the request was lost.
    """

    __tablename__ = "zalo_request"
    __table_args__ = (
        Index("ix_zalo_request_message_id", "message_id"),
        Index("ix_zalo_request_address", "address", "asked_at"),
        Index("ix_zalo_request_asked_at", "asked_at"),
    )

    #: `bot.channels.base.Shipment.key`: the id of the row in the ledger.
    key: Mapped[str] = mapped_column(primary_key=True)
    #: Of the part within the message, from 0.
    position: Mapped[int] = mapped_column(primary_key=True)
    #: Nothing of the message comes after this part.
    is_last: Mapped[bool]
    address: Mapped[str]
    #: SHA-256 of what it says; never the words.
    digest: Mapped[str]
    asked_at: Mapped[datetime]
    #: Zalo's id of the message, from its answer or from the echo.
    message_id: Mapped[str | None]
    #: Zalo did not take it because the person wants no such messages.
    refused_by_person: Mapped[bool] = mapped_column(server_default="false")


class ZaloEarlyReceipt(Base):
    """A receipt that came before the ledger knew the message's id; kept for a day and matched as soon as it does."""

    __tablename__ = "zalo_early_receipt"

    message_id: Mapped[str] = mapped_column(primary_key=True)
    #: `delivered` or `seen`.
    state: Mapped[str]
    came_at: Mapped[datetime]


class ZaloUpload(Base):
    """A picture or file that Zalo keeps for us for some days, by its content."""

    __tablename__ = "zalo_upload"

    #: SHA-256 of the content.
    digest: Mapped[str] = mapped_column(primary_key=True)
    #: `image`, `gif` or `file`.
    kind: Mapped[str] = mapped_column(primary_key=True)
    #: Zalo's name for it.
    token: Mapped[str]
    uploaded_at: Mapped[datetime]


class ZaloTemplate(Base):
    """A message that Zalo approved: what stands in it, what it costs, whether it may be sent now."""

    __tablename__ = "zalo_template"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    #: Zalo's word; only `ENABLE` may be sent.
    status: Mapped[str]
    #: List of `store.queries.zalo_templates.Parameter`.
    parameters: Mapped[list[Any]] = mapped_column(JSONB)
    #: Đồng for one message to a person, and to a telephone number.
    price_by_user: Mapped[int | None]
    price_by_phone: Mapped[int | None]
    quality: Mapped[str]
    looked_at: Mapped[datetime]


class PaidMessages(Base):
    """How many messages were sent for money on a channel and day, for the daily cap."""

    __tablename__ = "paid_messages"

    channel: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int]
