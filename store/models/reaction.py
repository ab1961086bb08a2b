"""Reactions (👍, ❤, …) that people put under messages, as the messenger told last."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base


class Reaction(Base):
    """What stands under one message of a chat. A reaction that was taken back leaves a row without icons.

    Kept for any message, also of an officer or a campaign. What it says of an answer is counted in `answer_rating`
    (`store/queries/ratings.py`).
    """

    __tablename__ = "reaction"
    __table_args__ = (Index("ix_reaction_kept_at", "kept_at"),)

    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    #: The provider's id of the message, as in `delivery.provider_message_id`.
    message_id: Mapped[str] = mapped_column(primary_key=True)
    #: Emoji or the provider's codes, as it writes them; several with spaces between them.
    icons: Mapped[str]
    #: When it happened by the provider's clock, in milliseconds since 1970, and its order among those of one moment.
    at_ms: Mapped[int] = mapped_column(BigInteger)
    rank: Mapped[int] = mapped_column(BigInteger)
    kept_at: Mapped[datetime]
