"""Parts of long messages that left, so that another try does not say them again."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_LEFT = text("select number from sent_part where channel = :channel and key = :key")
_LEAVES = text("""
insert into sent_part (channel, key, number, provider_message_id, sent_at)
values (:channel, :key, :number, :provider_message_id, :now) on conflict do nothing
""")


async def parts_that_left(connection: AsyncConnection, *, channel: str, key: str) -> set[int]:
    """Return the numbers (from 1) of the parts of a message that left."""
    return set((await connection.execute(_LEFT, {"channel": channel, "key": key})).scalars())


async def note_part(
    connection: AsyncConnection, *, channel: str, key: str, number: int, provider_message_id: str | None, now: datetime
) -> None:
    """Note that a part of a message left."""
    await connection.execute(
        _LEAVES,
        {"channel": channel, "key": key, "number": number, "provider_message_id": provider_message_id, "now": now},
    )
