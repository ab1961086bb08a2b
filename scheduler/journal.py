"""What staff did with campaigns, in the audit log."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from store.queries.audit import record_audit


async def note(
    connection: AsyncConnection, *, by: int | None, action: str, campaign: int, now: datetime, **details: object
) -> None:
    """Write down an action on a campaign (`campaign.<action>`) in the transaction in which it is done."""
    await record_audit(
        connection, actor=by, action=f"campaign.{action}", subject=f"campaign:{campaign}", now=now, details=details
    )
