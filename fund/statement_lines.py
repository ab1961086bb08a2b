"""One movement on an account as a bank or a feed tells of it, before anything is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from fund.pledge_codes import joined
from store.ledger_chain import row_digest


@dataclass(frozen=True)
class StatementLine:
    """One movement. `amount` is whole đồng, above nought for money in; `booked_at` is UTC where the time is known."""

    account: str
    booked_on: date
    amount: int
    memo: str
    reference: str | None = None
    booked_at: datetime | None = None
    counter_name: str | None = None
    counter_account: str | None = None
    balance: int | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)

    @property
    def memo_key(self) -> str:
        """The memo as two sources of the same movement agree on it: letters and digits only."""
        return joined(self.memo)

    @property
    def digest(self) -> str:
        """Digest of what was said; it stands in the ledger."""
        return row_digest(
            account=self.account,
            reference=self.reference,
            booked_on=self.booked_on,
            amount=self.amount,
            memo=self.memo,
            counter_name=self.counter_name,
        )
