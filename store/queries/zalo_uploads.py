"""Pictures and files that Zalo keeps for us, by their content."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_FIND = text("select token from zalo_upload where digest = :digest and kind = :kind and uploaded_at > :since")


async def find_upload(connection: AsyncConnection, *, digest: str, kind: str, since: datetime) -> str | None:
    """Return Zalo's name for a content that was uploaded after `since`."""
    found = (await connection.execute(_FIND, {"digest": digest, "kind": kind, "since": since})).scalar_one_or_none()
    return None if found is None else str(found)


_KEEP = text("""
insert into zalo_upload (digest, kind, token, uploaded_at) values (:digest, :kind, :token, :now)
on conflict (digest, kind) do update set token = excluded.token, uploaded_at = excluded.uploaded_at
""")


async def keep_upload(connection: AsyncConnection, *, digest: str, kind: str, token: str, now: datetime) -> None:
    """Remember Zalo's name for a content."""
    await connection.execute(_KEEP, {"digest": digest, "kind": kind, "token": token, "now": now})


_DROP = text("delete from zalo_upload where digest = :digest and kind = :kind")


async def drop_upload(connection: AsyncConnection, *, digest: str, kind: str) -> None:
    """Forget a name that Zalo does not know any more."""
    await connection.execute(_DROP, {"digest": digest, "kind": kind})
