"""What a voucher is booked with, and why it cannot be."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from content.translations import Catalogue
from fund.importing import Received
from fund.matching import RowState
from store.clock import local_date
from store.ledger_chain import NewEntry
from store.queries.fund_ledger import append_entries, entries_of_row
from store.queries.fund_statements import StatementRow, get_row


class VoucherRefused(ValueError):
    """A voucher that cannot be recorded, approved or booked; `cause` is a key `fund.refused.<cause>`."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(cause)

    def text(self, catalogue: Catalogue) -> str:
        """What is wrong, and what to do."""
        return catalogue.text(f"fund.refused.{self.cause}")


@dataclass(frozen=True)
class Booking:
    """What a voucher is booked with: `by` names both people."""

    connection: AsyncConnection
    voucher_id: int
    by: str
    now: datetime

    @property
    def today(self) -> date:
        """Today in Vietnam."""
        return local_date(self.now)

    async def book(self, *entries: NewEntry) -> list[int]:
        """Write entries; return their numbers."""
        return await append_entries(self.connection, entries, now=self.now)


@dataclass(frozen=True)
class Decided:
    """What came of a voucher: gifts to be thanked for, and the id of what was made."""

    received: tuple[Received, ...] = ()
    made: int | None = None


#: States from which a row can still be decided about.
OPEN_STATES = (RowState.UNCHECKED, RowState.AMBIGUOUS, RowState.UNKNOWN)


async def open_row(booking: Booking, row_id: int) -> StatementRow:
    """Return a movement that can still be decided about, locked.

    Raises:
        VoucherRefused: there is no such movement, or it is decided.
    """
    row = await get_row(booking.connection, row_id, lock=True)
    if row is None:
        raise VoucherRefused("unknown_row")
    if row.state not in OPEN_STATES:
        raise VoucherRefused("row_decided")
    return row


async def place_of(booking: Booking, row: StatementRow) -> tuple[str, str | None]:
    """Return level and commune on which a movement was booked when it came."""
    first = (await entries_of_row(booking.connection, row.id))[0]
    return first.level, first.commune
