"""Files that residents sent and that still lie with the channel's provider."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class Unfetched:
    """One file: the channel it came by, and the channel's own name of it."""

    id: int
    channel: str
    reference: str
    tries: int


_UNFETCHED = text("""
select id, reference->>'channel', reference->>'reference', coalesce(cast(reference->>'tries' as bigint), 0)
from ticket_media
where content is null and reference->>'channel' = any(:channels)
  and coalesce(cast(reference->>'tries' as bigint), 0) < :most_tries
  and (not reference ? 'not_before' or cast(reference->>'not_before' as timestamptz) <= :now)
order by coalesce(cast(reference->>'tries' as bigint), 0), id limit :limit
""")


async def unfetched_media(
    connection: AsyncConnection, *, channels: Sequence[str], most_tries: int, limit: int, now: datetime
) -> list[Unfetched]:
    """Return files to fetch, those that were tried least first."""
    rows = await connection.execute(
        _UNFETCHED, {"channels": list(channels), "most_tries": most_tries, "limit": limit, "now": now}
    )
    return [Unfetched(*row) for row in rows]


_KEEP = text("""
update ticket_media set content = :content, size = :size, kind = :kind, mime = :media_type where id = :id
""")


async def keep_content(
    connection: AsyncConnection, media_id: int, *, kind: str, media_type: str, content: bytes
) -> None:
    """Keep the bytes of a file, and what they are."""
    await connection.execute(
        _KEEP, {"id": media_id, "content": content, "size": len(content), "kind": kind, "media_type": media_type}
    )


_TRIED = text("""
update ticket_media set reference = reference || jsonb_build_object(
    'tries', coalesce(cast(reference->>'tries' as bigint), 0) + cast(:tries as bigint),
    'failed', cast(:reason as text), 'not_before', cast(:not_before as timestamptz))
where id = :id
""")


async def note_try(
    connection: AsyncConnection, media_id: int, *, tries: int, reason: str, not_before: datetime
) -> None:
    """Note that a file could not be fetched, why, and when it may be tried again."""
    values = {"id": media_id, "tries": tries, "reason": reason, "not_before": not_before}
    await connection.execute(_TRIED, values)


_LAST = text("""
select max(at) from ticket_media
where incoming_id in (select id from incoming where conversation_id = :conversation_id) and incoming_id <> :incoming_id
""")
_KNOWN = text("select exists (select from ticket_media where incoming_id = :incoming_id)")


async def media_before(
    connection: AsyncConnection, *, conversation_id: int, incoming_id: int
) -> tuple[bool, datetime | None]:
    """Return whether this message's file is noted already, and when the conversation's last one before came."""
    known = bool((await connection.execute(_KNOWN, {"incoming_id": incoming_id})).scalar_one())
    values = {"conversation_id": conversation_id, "incoming_id": incoming_id}
    return known, (await connection.execute(_LAST, values)).scalar_one()
