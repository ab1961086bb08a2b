"""The bot keeps quiet in a chat while a person talks there."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_SILENCE = text("""
update conversation set silent_until = greatest(silent_until, :until) where id = :conversation_id
""")


async def keep_silent(connection: AsyncConnection, *, conversation_id: int, until: datetime) -> None:
    """Keep the bot quiet in a chat until a time, or longer where it already is."""
    await connection.execute(_SILENCE, {"conversation_id": conversation_id, "until": until})


_SHORTEN = text("""
update conversation set silent_until = least(silent_until, :until)
where id = :conversation_id and silent_until is not null
""")


async def shorten_silence(connection: AsyncConnection, *, conversation_id: int, until: datetime) -> None:
    """Let the bot come back at a time, if it would be quiet for longer."""
    await connection.execute(_SHORTEN, {"conversation_id": conversation_id, "until": until})


_END = text("""
update conversation set silent_until = null
where id = :conversation_id and silent_until is not null and silent_until <= :now
""")


async def end_silence(connection: AsyncConnection, *, conversation_id: int, now: datetime) -> bool:
    """Clear a silence that is over by `now`; True for the one caller who did, and who says that the bot is back."""
    return (await connection.execute(_END, {"conversation_id": conversation_id, "now": now})).rowcount == 1


_OVER = text("""
select id from conversation where silent_until <= :now order by silent_until limit 100
""")


async def chats_to_come_back_to(connection: AsyncConnection, *, now: datetime) -> list[int]:
    """Return chats in which the silence is over and nobody has said so."""
    return list((await connection.execute(_OVER, {"now": now})).scalars())
