"""What banks say came in and went out: imports and their rows."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Identity

from store.models.base import Base


class FundImport(Base):
    """One statement file, known by the checksum of its bytes: the same file again changes nothing."""

    __tablename__ = "fund_import"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    checksum: Mapped[str] = mapped_column(unique=True)
    file_name: Mapped[str]
    account: Mapped[str]
    rows: Mapped[int]
    new_rows: Mapped[int]
    imported_by: Mapped[str]
    imported_at: Mapped[datetime]
    #: None while it runs, and after it was broken off: then the same file goes on where it stopped.
    finished_at: Mapped[datetime | None]


class FundStatementRow(Base):
    """One movement on an account of the fund. What the bank said never changes; what we make of it does, and is logged.

    `amount` is whole đồng, positive for money in. `row_key` is random: it leads from a row that was written to its id.
    """

    __tablename__ = "fund_statement_row"
    __table_args__ = (
        CheckConstraint(
            "state in ('unchecked', 'matched', 'ambiguous', 'unknown', 'refunded', 'discarded')", name="known_state"
        ),
        CheckConstraint("amount <> 0", name="moves_money"),
        Index("ix_fund_statement_row_day", "account", "booked_on", "amount"),
        Index("ix_fund_statement_row_lookup", "booked_on", "amount"),
        Index("ix_fund_statement_row_reference", "account", "reference", postgresql_where=sql("reference is not null")),
        Index(
            "ix_fund_statement_row_waiting", "state", "id", postgresql_where=sql("state in ('ambiguous', 'unknown')")
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    row_key: Mapped[str] = mapped_column(unique=True)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("fund_import.id"))
    #: `file`, or the webhook that told of it first.
    source: Mapped[str]
    account: Mapped[str]
    reference: Mapped[str | None]
    booked_on: Mapped[date] = mapped_column(Date)
    booked_at: Mapped[datetime | None]
    amount: Mapped[int]
    memo: Mapped[str]
    counter_name: Mapped[str | None]
    counter_account: Mapped[str | None]
    raw: Mapped[dict[str, Any]]
    #: Digest of what the bank said; it stands in the ledger.
    digest: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="unchecked")
    #: Key of `fund.reason.<key>`: why it waits for a person, or how it was matched.
    reason: Mapped[str | None]
    #: Codes that were found in the memo, right or nearly.
    codes: Mapped[list[str]] = mapped_column(ARRAY(String), server_default=sql("'{}'"))
    created_at: Mapped[datetime]


class FundRowDecision(Base):
    """Every change of a row's state: from what to what, why, by whom. Append-only."""

    __tablename__ = "fund_row_decision"
    __table_args__ = (Index("ix_fund_row_decision_row_id", "row_id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    row_id: Mapped[int] = mapped_column(ForeignKey("fund_statement_row.id"))
    state_before: Mapped[str]
    state_after: Mapped[str]
    reason: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
