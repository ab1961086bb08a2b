"""Pledges to the fund: who promises what, and by when. What came of it is in the ledger, `store.models.fund_ledger`."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Identity

from store.models.base import Base


class Pledge(Base):
    """One promise under one code. Amounts are whole đồng.

    Name and contact are here and nowhere in the ledger, so that they can be erased and the books stay whole.
    """

    __tablename__ = "pledge"
    __table_args__ = (
        CheckConstraint("state in ('open', 'fulfilled', 'cancelled')", name="known_state"),
        CheckConstraint("kind in ('money', 'in_kind', 'drive')", name="known_kind"),
        CheckConstraint("donor_kind in ('person', 'group', 'company')", name="known_donor_kind"),
        CheckConstraint("name_shown in ('name', 'masked', 'hidden')", name="known_name_shown"),
        CheckConstraint("schedule in ('once', 'instalments', 'monthly')", name="known_schedule"),
        CheckConstraint("level in ('province', 'commune')", name="known_level"),
        CheckConstraint("amount is null or amount > 0", name="positive_amount"),
        CheckConstraint("received >= 0", name="received_not_negative"),
        CheckConstraint("kind <> 'in_kind' or goods is not null", name="in_kind_names_goods"),
        CheckConstraint("(contact is null) = (contact_consent_text is null)", name="contact_with_consent"),
        Index("ix_pledge_conversation_id", "conversation_id"),
        Index("ix_pledge_created_on", "created_on", "id"),
        Index("ix_pledge_open_amount", "amount", postgresql_where=sql("state = 'open'")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    #: What is promised in all; None where it is not known before, as in a drive for a day's wage.
    amount: Mapped[int | None]
    #: What the ledger says is pledged: `amount`, or what came before the rest was cancelled.
    promised: Mapped[int] = mapped_column(server_default="0")
    #: What came so far, less what went back: a sum over the ledger, kept for the lookup and checked by `fund verify`.
    received: Mapped[int] = mapped_column(server_default="0")
    schedule: Mapped[str] = mapped_column(server_default="once")
    donor_kind: Mapped[str]
    donor_name: Mapped[str | None]
    name_shown: Mapped[str]
    #: Capitals without accents, to compare with the names that banks show.
    name_key: Mapped[str | None]
    level: Mapped[str]
    commune: Mapped[str | None]
    purpose: Mapped[str | None]
    #: A drive: how many people the organiser expects.
    people: Mapped[int | None]
    #: A gift in kind: what and how many, and where it is handed over.
    goods: Mapped[str | None]
    goods_place: Mapped[str | None]
    goods_received_on: Mapped[date | None] = mapped_column(Date)
    contact: Mapped[str | None]
    contact_consent_text: Mapped[str | None]
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"))
    language: Mapped[str] = mapped_column(server_default="vi")
    demo: Mapped[bool] = mapped_column(server_default=sql("false"))
    #: What it was made from: a draft in a chat. The same draft never makes two pledges, however often it is confirmed.
    draft_key: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(server_default="open")
    created_on: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class PledgeInstalment(Base):
    """One part of a pledge and the day on which it is due. Paid or not follows from `Pledge.received`, oldest first."""

    __tablename__ = "pledge_instalment"
    __table_args__ = (
        CheckConstraint("amount > 0", name="positive_amount"),
        UniqueConstraint("pledge_id", "number"),
        Index("ix_pledge_instalment_due_on", "due_on"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"))
    number: Mapped[int]
    due_on: Mapped[date] = mapped_column(Date)
    amount: Mapped[int]
    #: When a reminder was queued: before the day, and once after it.
    reminded_before_at: Mapped[datetime | None]
    reminded_after_at: Mapped[datetime | None]


class AccountReport(Base):
    """An account, link or text about which somebody asked whether it is the fund's, and which it is not: for staff."""

    __tablename__ = "account_report"
    __table_args__ = (
        Index("ix_account_report_reported_at", "reported_at"),
        UniqueConstraint("conversation_id", "subject"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    #: The number or address itself, and the words around it, with personal data masked.
    subject: Mapped[str]
    words: Mapped[str]
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"))
    reported_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
