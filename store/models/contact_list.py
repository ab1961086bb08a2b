"""Static lists of people that an organisation writes to, and its guest lists for test sends."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Identity

from store.models.base import Base


class ContactList(Base):
    """A named list of one organisation: `contacts` to write to, or `guests` who see a campaign before others."""

    __tablename__ = "contact_list"
    __table_args__ = (
        CheckConstraint("kind in ('contacts', 'guests')", name="known_kind"),
        UniqueConstraint("organisation", "name"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    organisation: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    created_by: Mapped[int]
    created_at: Mapped[datetime]


class ContactListMember(Base):
    """One person on a list, with what the list says about them for the placeholders of a text."""

    __tablename__ = "contact_list_member"

    list_id: Mapped[int] = mapped_column(ForeignKey("contact_list.id", ondelete="CASCADE"), primary_key=True)
    #: `person.id`.
    person_id: Mapped[int] = mapped_column(primary_key=True)
    fields: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
