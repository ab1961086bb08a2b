"""Conversations in which staff try the bot out."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_MARK_STAFF_TEST = text("update conversation set staff_test = true where id = :conversation_id and not staff_test")


async def mark_staff_test(connection: AsyncConnection, *, conversation_id: int) -> None:
    """Mark a conversation as one in which staff try the bot out."""
    await connection.execute(_MARK_STAFF_TEST, {"conversation_id": conversation_id})
