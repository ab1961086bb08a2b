"""What gifts became: gifts as they came in, allocations, which gift went into which, and what was handed over."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Identity

from store.models.base import Base


class FundGift(Base):
    """Money that was received: for a pledge, or without one. `refunded` and `allocated` are sums, kept for speed."""

    __tablename__ = "fund_gift"
    __table_args__ = (
        CheckConstraint("amount > 0 and refunded >= 0 and allocated >= 0", name="not_negative"),
        CheckConstraint("refunded + allocated <= amount", name="not_used_twice"),
        Index("ix_fund_gift_pledge_id", "pledge_id"),
        Index("ix_fund_gift_row_id", "row_id"),
        Index("ix_fund_gift_received_on", "received_on", "id"),
        Index("ix_fund_gift_to_thank", "id", postgresql_where=sql("thanked_at is null and pledge_id is not null")),
        Index("ix_fund_gift_free", "level", "id", postgresql_where=sql("refunded + allocated < amount")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    entry: Mapped[int] = mapped_column(ForeignKey("fund_entry.number"))
    row_id: Mapped[int | None] = mapped_column(ForeignKey("fund_statement_row.id"))
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"))
    received_on: Mapped[date] = mapped_column(Date)
    level: Mapped[str]
    amount: Mapped[int]
    refunded: Mapped[int] = mapped_column(server_default="0")
    allocated: Mapped[int] = mapped_column(server_default="0")
    #: When its donor was thanked, or found to be out of reach.
    thanked_at: Mapped[datetime | None]


class FundAllocation(Base):
    """Money set aside for something: a programme, a commune, or, only with consent and masked, one household."""

    __tablename__ = "fund_allocation"
    __table_args__ = (
        CheckConstraint("amount > 0 and delivered >= 0 and delivered <= amount", name="not_over_delivered"),
        CheckConstraint("household is null or household_consent_text is not null", name="household_with_consent"),
        Index("ix_fund_allocation_allocated_on", "allocated_on", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    voucher_id: Mapped[int] = mapped_column(ForeignKey("fund_voucher.id"), unique=True)
    entry: Mapped[int] = mapped_column(ForeignKey("fund_entry.number"))
    #: What people read: "Sửa nhà cho hộ nghèo, đợt 1".
    title: Mapped[str]
    programme: Mapped[str]
    level: Mapped[str]
    commune: Mapped[str | None]
    household: Mapped[str | None]
    household_consent_text: Mapped[str | None]
    amount: Mapped[int]
    delivered: Mapped[int] = mapped_column(server_default="0")
    #: Number of the entry that took the whole allocation back; its gifts are free again.
    taken_back_by: Mapped[int | None] = mapped_column(ForeignKey("fund_entry.number"))
    allocated_on: Mapped[date] = mapped_column(Date)


class FundAllocationShare(Base):
    """How much of one gift went into one allocation."""

    __tablename__ = "fund_allocation_share"
    __table_args__ = (
        CheckConstraint("amount > 0", name="positive_amount"),
        Index("ix_fund_allocation_share_gift_id", "gift_id"),
    )

    allocation_id: Mapped[int] = mapped_column(ForeignKey("fund_allocation.id"), primary_key=True)
    gift_id: Mapped[int] = mapped_column(ForeignKey("fund_gift.id"), primary_key=True)
    amount: Mapped[int]


class FundDelivery(Base):
    """Money that was handed over out of an allocation, with its day and its document."""

    __tablename__ = "fund_delivery"
    __table_args__ = (Index("ix_fund_delivery_allocation_id", "allocation_id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    allocation_id: Mapped[int] = mapped_column(ForeignKey("fund_allocation.id"))
    voucher_id: Mapped[int] = mapped_column(ForeignKey("fund_voucher.id"), unique=True)
    entry: Mapped[int] = mapped_column(ForeignKey("fund_entry.number"))
    amount: Mapped[int]
    delivered_on: Mapped[date] = mapped_column(Date)
    document: Mapped[str]


class FundReceipt(Base):
    """A paper that was issued to a donor: a receipt for a pledge, or the summary of a year, with what it says."""

    __tablename__ = "fund_receipt"
    __table_args__ = (Index("ix_fund_receipt_pledge_id", "pledge_id"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"))
    year: Mapped[int | None]
    amount: Mapped[int]
    facts: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]
