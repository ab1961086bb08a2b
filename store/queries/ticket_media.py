"""Pictures, recordings and files that residents sent to the help desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

#: Bytes of one file that are kept here; what is larger stays with the provider, by reference.
LARGEST_KEPT = 10 * 1024 * 1024


@dataclass(frozen=True)
class MediaRow:
    """See `store.models.ticket.TicketMedia`; `kept`: the bytes are here."""

    id: int
    at: datetime
    kind: str
    mime: str
    name: str
    size: int | None
    kept: bool


_ADD = text("""
insert into ticket_media (ticket_id, incoming_id, at, kind, mime, name, size, reference, content)
values (:ticket_id, :incoming_id, :now, :kind, :mime, :name, :size, :reference, :content) returning id
""").bindparams(bindparam("reference", type_=JSONB))


async def add_media(
    connection: AsyncConnection,
    ticket_id: int,
    *,
    kind: str,
    mime: str,
    now: datetime,
    name: str = "",
    size: int | None = None,
    incoming_id: int | None = None,
    reference: Mapping[str, Any] | None = None,
    content: bytes | None = None,
) -> int:
    """Keep what somebody sent along; return its id.

    Args:
        kind: `image`, `audio`, `video`, `file` or `location`.
        reference: what the channel needs to fetch it again, such as `{"channel": "telegram", "file_id": …}`.
        content: its bytes, at most `LARGEST_KEPT`.

    Raises:
        ValueError: neither bytes nor a reference, or too many bytes.
    """
    if content is None and not reference:
        raise ValueError("media need bytes or a reference")
    if content is not None and len(content) > LARGEST_KEPT:
        raise ValueError(f"media of {len(content)} bytes; at most {LARGEST_KEPT} are kept")
    values = {
        "ticket_id": ticket_id,
        "incoming_id": incoming_id,
        "now": now,
        "kind": kind,
        "mime": mime,
        "name": name,
        "size": size if content is None else len(content),
        "reference": dict(reference or {}),
        "content": content,
    }
    return int((await connection.execute(_ADD, values)).scalar_one())


_OF = text("""
select id, at, kind, mime, name, size, content is not null from ticket_media where ticket_id = :ticket_id order by id
""")


async def media_of(connection: AsyncConnection, ticket_id: int) -> list[MediaRow]:
    """Return what was sent along with a ticket, oldest first."""
    return [MediaRow(*row) for row in await connection.execute(_OF, {"ticket_id": ticket_id})]


_CONTENT = text("select content from ticket_media where id = :media_id and ticket_id = :ticket_id")


async def media_content(connection: AsyncConnection, *, ticket_id: int, media_id: int) -> bytes | None:
    """Return the bytes, None where they are not kept here."""
    values = {"ticket_id": ticket_id, "media_id": media_id}
    return (await connection.execute(_CONTENT, values)).scalar_one_or_none()
