"""Channels that staff closed, and who has been told."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base


class ClosedChannel(Base):
    """A channel on which nothing leaves until somebody opens it again. No row: it is open."""

    __tablename__ = "closed_channel"

    channel: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    #: For colleagues; residents do not see it.
    reason: Mapped[str]
    #: Who closed it; None: the command line on the server.
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("staff_account.id"))


class ClosureNotice(Base):
    """Somebody has been told that a channel is closed: once for each time that it is."""

    __tablename__ = "closure_notice"

    channel: Mapped[str] = mapped_column(primary_key=True)
    #: `closed_channel.since`.
    since: Mapped[datetime] = mapped_column(primary_key=True)
    #: Their chat on the closed channel.
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True)
