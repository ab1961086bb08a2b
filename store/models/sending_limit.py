"""Limits of sending, shared by all processes: what an account may send, and whom bulk messages reached lately."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Identity
from sqlalchemy.types import DateTime, Double

from store.models.base import Base


class SendingAccount(Base):
    """One account on one channel: its limits, what it has used of them, and why it holds back.

    A limit is `per_window` messages in any `window_seconds`. Bulk leaves `reserve` of them for replies.
    """

    __tablename__ = "sending_account"

    #: Name of the channel, as in `delivery.channel`.
    channel: Mapped[str] = mapped_column(primary_key=True)

    #: None: no limit.
    per_window: Mapped[int | None]
    window_seconds: Mapped[float] = mapped_column(Double, server_default="1")
    reserve: Mapped[int] = mapped_column(server_default="0")
    daily_quota: Mapped[int | None]
    monthly_quota: Mapped[int | None]
    #: Share of the quotas that bulk leaves for replies.
    quota_reserve: Mapped[float] = mapped_column(Double, server_default="0.1")

    #: Days and months in Vietnam.
    day: Mapped[date | None]
    used_today: Mapped[int] = mapped_column(server_default="0")
    used_this_month: Mapped[int] = mapped_column(server_default="0")

    #: Evens bulk out within the window: the moment from which the next bulk message may leave.
    paced_until: Mapped[datetime | None]
    #: The provider said: not before. Replies go on, slower.
    blocked_until: Mapped[datetime | None]
    #: Share of the limit that bulk may use right after `blocked_until`; it recovers with time.
    pace: Mapped[float] = mapped_column(Double, server_default="1")

    #: Nothing leaves until somebody mends the account: error class and the provider's words.
    paused_reason: Mapped[str | None]
    paused_at: Mapped[datetime | None]


class SendingGrant(Base):
    """So many messages of an account that a sender may have under way, or sent within the last window.

    A provider counts a message at some moment between asking and answering. So a message counts from the moment that
    it is granted until a whole window after the answer: then no window of the provider's can hold too many.
    """

    __tablename__ = "sending_grant"
    __table_args__ = (Index("ix_sending_grant_channel_free_at", "channel", "free_at"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    channel: Mapped[str]
    number: Mapped[int]
    bulk: Mapped[bool]
    #: When the messages stop to count. Of a sender that died: a window after the end of its claims.
    free_at: Mapped[datetime]


class ChatPace(Base):
    """How soon the next message may go to one chat or group: generic cell rate algorithm, one row while it matters."""

    __tablename__ = "chat_pace"

    channel: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    #: Theoretical arrival time of the next message.
    arrives_at: Mapped[datetime]


class BulkReach(Base):
    """When bulk messages of any organisation reached a person lately; holds the cap over all organisations."""

    __tablename__ = "bulk_reach"

    #: No foreign key: one more look-up for each message, and rows of people who left go by themselves.
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Of the last days only, oldest first.
    reached_at: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)))
