"""Replies that an organisation wrote for its officers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class OwnReply:
    """See `store.models.ticket.CannedReply`."""

    id: int
    title: str
    text: str


_OF = text("select id, title, text from canned_reply where organisation = :organisation order by title")


async def own_replies(connection: AsyncConnection, *, organisation: str) -> list[OwnReply]:
    """Return the replies of an organisation, by title."""
    return [OwnReply(*row) for row in await connection.execute(_OF, {"organisation": organisation})]


_REPLACE = text("delete from canned_reply where organisation = :organisation and title = :title")
_ADD = text("""
insert into canned_reply (organisation, title, text, changed_by, changed_at)
values (:organisation, :title, :words, :by, :now)
""")


async def save_own_reply(
    connection: AsyncConnection, *, organisation: str, title: str, words: str, by: int | None, now: datetime
) -> None:
    """Write a reply in the place of one with the same title, if there is one."""
    values = {"organisation": organisation, "title": title, "words": words, "by": by, "now": now}
    await connection.execute(_REPLACE, values)
    await connection.execute(_ADD, values)


_DELETE = text("delete from canned_reply where organisation = :organisation and id = :reply_id")


async def delete_own_reply(connection: AsyncConnection, *, organisation: str, reply_id: int) -> bool:
    """Delete a reply; False when there is none such."""
    values = {"organisation": organisation, "reply_id": reply_id}
    return (await connection.execute(_DELETE, values)).rowcount == 1
