"""Answers of the guided check that a person agreed to keep."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base


class KeptAnswers(Base):
    """What one conversation's household answered, with the words of the consent and when it was given."""

    __tablename__ = "kept_answers"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True)
    answers: Mapped[dict[str, Any]]
    consent_text: Mapped[str]
    consented_at: Mapped[datetime]
