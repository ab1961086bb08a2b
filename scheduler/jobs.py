"""How whoever changes a plan tells the process that holds the clock."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

#: Notified when something was planned, taken back or let go.
CALENDAR_CHANGED = "calendar_changed"
_TELL = text(f"select pg_notify('{CALENDAR_CHANGED}', '')")


async def tell_calendar(connection: AsyncConnection) -> None:
    """Let the calendar look at what is planned once this transaction is committed."""
    await connection.execute(_TELL)
