"""The fund's books: an append-only double-entry ledger, sealed every day. Triggers keep rows from being changed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Identity

from store.models.base import Base


class FundEntry(Base):
    """One thing that happened. Numbers have no gaps, and `hash` covers the entry, its postings and the hash before.

    No name and no contact stands in it: people are erased from `pledge`, and the chain stays valid.
    """

    __tablename__ = "fund_entry"
    __table_args__ = (
        Index("ix_fund_entry_recorded_on", "recorded_on", "number"),
        Index("ix_fund_entry_pledge_code", "pledge_code", "number"),
        Index("ix_fund_entry_row_id", "row_id"),
        # Few among many: the public list of goods is read without looking at gifts of money.
        Index("ix_fund_entry_goods", "number", postgresql_where=text("kind in ('goods_received', 'goods_delivered')")),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Key of `fund.entry.<kind>`, see `fund.books`.
    kind: Mapped[str]
    #: Day of the thing itself, in Vietnam; and when it was written down.
    happened_on: Mapped[date] = mapped_column(Date)
    recorded_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime]
    level: Mapped[str]
    commune: Mapped[str | None]
    pledge_code: Mapped[str | None]
    row_id: Mapped[int | None] = mapped_column(ForeignKey("fund_statement_row.id"))
    row_digest: Mapped[str | None]
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("fund_voucher.id"))
    #: Number of the entry that this one takes back.
    reverses: Mapped[int | None] = mapped_column(ForeignKey("fund_entry.number"))
    recorded_by: Mapped[str]
    details: Mapped[dict[str, Any]]
    hash: Mapped[str]


class FundPosting(Base):
    """One side of an entry: debit above nought, credit below. The sides of an entry add up to nought."""

    __tablename__ = "fund_posting"
    __table_args__ = (CheckConstraint("amount <> 0", name="moves_something"),)

    entry: Mapped[int] = mapped_column(ForeignKey("fund_entry.number"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    amount: Mapped[int]


class FundTotal(Base):
    """Balance of one account by month and level: a sum over the postings, kept for the public page and checked."""

    __tablename__ = "fund_total"

    month: Mapped[date] = mapped_column(Date, primary_key=True)
    level: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int]


class FundSeal(Base):
    """The seal of one day: hash over the seal before, and over what was recorded since."""

    __tablename__ = "fund_seal"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    entries: Mapped[int]
    last_entry: Mapped[int]
    last_hash: Mapped[str]
    previous: Mapped[str]
    hash: Mapped[str]
    sealed_at: Mapped[datetime]


class FundVoucher(Base):
    """What a member of staff wants to have booked, and the other one who approved it.

    Nothing that rests on a person's word reaches the ledger without a second person.
    """

    __tablename__ = "fund_voucher"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'approved', 'rejected')", name="known_state"),
        CheckConstraint("decided_by is null or decided_by <> recorded_by", name="two_people"),
        CheckConstraint("(state = 'waiting') = (decided_by is null)", name="decided_by_somebody"),
        Index("ix_fund_voucher_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    #: `assign`, `refund`, `discard`, `undo`, `allocate`, `deliver`, `goods_in`, `goods_out`, `cash_in`.
    kind: Mapped[str]
    body: Mapped[dict[str, Any]]
    note: Mapped[str]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    state: Mapped[str]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
