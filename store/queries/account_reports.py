"""Reports of accounts that people were asked to pay to and that are not the fund's: for staff to look into."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_REPORT = text("""
insert into account_report (subject, words, conversation_id, reported_at)
values (:subject, :words, :conversation_id, :now)
on conflict (conversation_id, subject) do nothing
""")


async def report_account(
    connection: AsyncConnection, *, subject: str, words: str, conversation_id: int, now: datetime
) -> None:
    """Write a report; the same account from the same chat is one report."""
    await connection.execute(
        _REPORT, {"subject": subject, "words": words, "conversation_id": conversation_id, "now": now}
    )


@dataclass(frozen=True)
class AccountReport:
    """See `store.models.pledge.AccountReport`."""

    id: int
    subject: str
    words: str
    reported_at: datetime


_OPEN = text("""
select id, subject, words, reported_at from account_report where handled_at is null order by reported_at limit :limit
""")


async def open_reports(connection: AsyncConnection, *, limit: int = 100) -> Sequence[AccountReport]:
    """Return reports that nobody has handled, oldest first."""
    return [AccountReport(*row) for row in await connection.execute(_OPEN, {"limit": limit})]
