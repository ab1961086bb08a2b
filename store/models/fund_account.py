"""The accounts that donors are told to pay to."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Identity

from store.models.base import Base


class FundAccount(Base):
    """An account, set and retired by two people. Each change is an entry of the ledger, so that a swapped one shows."""

    __tablename__ = "fund_account"
    __table_args__ = (
        CheckConstraint("level in ('province', 'commune')", name="known_level"),
        CheckConstraint("(level = 'commune') = (commune is not null)", name="commune_of_its_level"),
        Index("uq_fund_account_number", "number", unique=True, postgresql_where=sql("retired_by is null")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    #: BIN of the bank, or its name where it has none.
    bank: Mapped[str]
    number: Mapped[str]
    holder: Mapped[str]
    level: Mapped[str]
    commune: Mapped[str | None]
    demo: Mapped[bool] = mapped_column(server_default=sql("false"))
    #: Numbers of the entries that set and retired it.
    set_by: Mapped[int] = mapped_column(ForeignKey("fund_entry.number"))
    retired_by: Mapped[int | None] = mapped_column(ForeignKey("fund_entry.number"))
    set_at: Mapped[datetime]
