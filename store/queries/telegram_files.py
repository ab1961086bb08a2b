"""Files that Telegram has already: uploaded once, sent again by their id."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_FIND = text("select file_id from telegram_file where bot_id = :bot_id and digest = :digest")
_KEEP = text("""
insert into telegram_file (bot_id, digest, file_id, kept_at) values (:bot_id, :digest, :file_id, :now)
on conflict (bot_id, digest) do update set file_id = excluded.file_id, kept_at = excluded.kept_at
""")
_FORGET = text("delete from telegram_file where bot_id = :bot_id and digest = :digest")


async def find_file(connection: AsyncConnection, *, bot_id: int, digest: str) -> str | None:
    """Return the id by which this bot sends a file again; ids hold for one bot only."""
    return (await connection.execute(_FIND, {"bot_id": bot_id, "digest": digest})).scalar_one_or_none()


async def keep_file(connection: AsyncConnection, *, bot_id: int, digest: str, file_id: str, now: datetime) -> None:
    """Remember the id of a file. `digest`: SHA-256 of its content and how it is sent, in hex."""
    await connection.execute(_KEEP, {"bot_id": bot_id, "digest": digest, "file_id": file_id, "now": now})


async def forget_file(connection: AsyncConnection, *, bot_id: int, digest: str) -> None:
    """Forget an id that Telegram does not know any more."""
    await connection.execute(_FORGET, {"bot_id": bot_id, "digest": digest})
