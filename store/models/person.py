"""People: who is behind one or several conversations, and what they agreed to."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Identity

from store.consent_purposes import ConsentPurpose
from store.models.base import Base

_PURPOSES = ", ".join(f"'{purpose}'" for purpose in ConsentPurpose)

#: A conversation draws the number of its person as it begins; a trigger (migration of this table) adds the row.
person_number = Sequence("person_number", metadata=Base.metadata, data_type=BigInteger)


class Person(Base):
    """The contact record: the little that is known about one person, each part with their consent.

    Every conversation has a person from its first moment. Linking two channels merges two people: the younger row
    stays with `merged_into`, so that history which names it can be followed.
    """

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_commune", "commune", postgresql_where=text("commune is not null")),)

    id: Mapped[int] = mapped_column(server_default=person_number.next_value(), primary_key=True)
    created_at: Mapped[datetime]
    #: Code of the commune or ward (content/places).
    commune: Mapped[str | None]
    #: `content.topics.Group`.
    household_group: Mapped[str | None]
    #: E.164.
    phone: Mapped[str | None]
    #: Language of messages that this system starts; None: that of the conversation.
    language: Mapped[str | None]
    #: Channel on which the person wants to hear from us; None: where they wrote last.
    preferred_channel: Mapped[str | None]
    #: When one of the fields above was changed last.
    changed_at: Mapped[datetime | None]
    #: Made up, for rehearsals.
    demo: Mapped[bool] = mapped_column(server_default=text("false"))
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: When the person asked to be erased; consents stay, as proof, with nothing that says whose they were.
    erased_at: Mapped[datetime | None]


class Consent(Base):
    """One thing that a person said about one purpose: yes or no, after which words, where and when.

    The newest row of a person, purpose and subject holds. Rows are only ever added: a trigger refuses everything but
    handing them on to the person that somebody was merged into.
    """

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint(f"purpose in ({_PURPOSES})", name="known_purpose"),
        CheckConstraint("not given or text <> ''", name="given_after_words"),
        Index("ix_consent_newest", "person_id", "purpose", "subject", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[str]
    #: What exactly, such as a topic; empty for the purpose as a whole.
    subject: Mapped[str] = mapped_column(server_default="")
    #: True: given; False: withdrawn or refused.
    given: Mapped[bool]
    #: The very words that the person was shown; empty where they withdrew without being asked.
    text: Mapped[str]
    language: Mapped[str]
    #: Channel on which it was said, or how it reached us otherwise (`console`, `import`).
    channel: Mapped[str]
    at: Mapped[datetime]


class LinkCode(Base):
    """A code with which a person shows on one channel that a conversation on another is theirs. Works once."""

    __tablename__ = "link_code"

    #: SHA-256 of the code, in hex.
    digest: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), unique=True)
    expires_at: Mapped[datetime]


class LinkAttempt(Base):
    """A code that was wrong, so that nobody tries many."""

    __tablename__ = "link_attempt"
    __table_args__ = (Index("ix_link_attempt_conversation_id", "conversation_id", "at"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    at: Mapped[datetime]
