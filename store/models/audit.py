"""The audit log: what staff, programs and the system itself did, in a form that can be read as sentences."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base


class AuditEntry(Base):
    """One thing that was done. A trigger refuses to change or delete rows."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_actor_id", "actor_id", "id"),
        Index("ix_audit_entry_subject", "subject", "id"),
        Index("ix_audit_entry_action", "action", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    #: None: the system itself, or the command line on the server.
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("staff_account.id"))
    #: Organisation of the actor at that time; None as above.
    organisation: Mapped[str | None]
    #: Such as `campaign.approved`; the sentence is `audit.<action>` in the catalogues.
    action: Mapped[str]
    #: What it was done to: `campaign:12`, `ticket:7`, `channel:zalo`.
    subject: Mapped[str]
    #: Commune or ward that it concerns; empty where it concerns none.
    area: Mapped[str]
    #: What the sentence needs to know. Never words of residents, telephone numbers, passwords or tokens.
    details: Mapped[dict[str, Any]]
