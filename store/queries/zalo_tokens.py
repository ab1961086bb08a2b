"""The tokens of Zalo accounts: read, replaced under a lock, with a record of every change. All values are sealed."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.database import Database


@dataclass(frozen=True)
class TokenRow:
    """See `store.models.zalo.ZaloToken`."""

    oa_id: str
    environment: str
    access_token: bytes
    refresh_token: bytes
    expires_at: datetime
    refreshed_at: datetime
    asked_at: datetime | None
    needs_consent: str | None
    needs_consent_since: datetime | None


_READ = text("""
select oa_id, environment, access_token, refresh_token, expires_at, refreshed_at, asked_at, needs_consent,
       needs_consent_since
from zalo_token where oa_id = :oa_id
""")


async def read_token(connection: AsyncConnection, oa_id: str) -> TokenRow | None:
    """Return the tokens of an account, None when nobody has given any."""
    row = (await connection.execute(_READ, {"oa_id": oa_id})).one_or_none()
    return None if row is None else TokenRow(*row)


_ALL = text("""
select oa_id, environment, access_token, refresh_token, expires_at, refreshed_at, asked_at, needs_consent,
       needs_consent_since
from zalo_token order by oa_id
""")


async def all_tokens(connection: AsyncConnection) -> list[TokenRow]:
    """Return the tokens of all accounts, sealed."""
    return [TokenRow(*row) for row in await connection.execute(_ALL)]


_LOCK = text("select pg_advisory_lock(hashtextextended('zalo_token ' || cast(:oa_id as text), 0))")
_UNLOCK = text("select pg_advisory_unlock(hashtextextended('zalo_token ' || cast(:oa_id as text), 0))")


@asynccontextmanager
async def token_lock(database: Database, oa_id: str) -> AsyncIterator[AsyncConnection]:
    """Hold the lock under which alone the tokens of an account change, over all processes.

    Gives a connection on which each statement commits by itself. The lock ends with the block, or with the process.
    """
    async with database.single() as connection:
        await connection.execute(_LOCK, {"oa_id": oa_id})
        try:
            yield connection
        except BaseException:
            # Whatever happened, the session must not go back to the pool with the lock.
            await connection.invalidate()
            raise
        await connection.execute(_UNLOCK, {"oa_id": oa_id})


_GIVE = text("""
insert into zalo_token (oa_id, environment, access_token, refresh_token, expires_at, refreshed_at)
values (:oa_id, :environment, :access_token, :refresh_token, :expires_at, :now)
on conflict (oa_id) do update set environment = excluded.environment, access_token = excluded.access_token,
    refresh_token = excluded.refresh_token, expires_at = excluded.expires_at, refreshed_at = excluded.refreshed_at,
    asked_at = null, needs_consent = null, needs_consent_since = null
""")
_CHANGE = text("""
insert into zalo_token_change (oa_id, at, what, reason, previous_refresh_token, previous_refreshed_at)
select cast(:oa_id as text), cast(:now as timestamptz), cast(:what as text), cast(:reason as text),
       (select refresh_token from zalo_token where oa_id = :oa_id),
       (select refreshed_at from zalo_token where oa_id = :oa_id)
""")


async def _note(connection: AsyncConnection, oa_id: str, what: str, now: datetime, reason: str | None = None) -> None:
    await connection.execute(_CHANGE, {"oa_id": oa_id, "what": what, "reason": reason, "now": now})


async def put_tokens(
    connection: AsyncConnection,
    oa_id: str,
    *,
    environment: str,
    access_token: bytes,
    refresh_token: bytes,
    expires_at: datetime,
    now: datetime,
    what: str,
) -> None:
    """Replace the pair; `what` is `given` (a person pasted it) or `refreshed`. Call in a transaction."""
    await _note(connection, oa_id, what, now)
    await connection.execute(
        _GIVE,
        {
            "oa_id": oa_id,
            "environment": environment,
            "access_token": access_token,
            "refresh_token": refresh_token,
            "expires_at": expires_at,
            "now": now,
        },
    )


_ASKED = text("update zalo_token set asked_at = :now where oa_id = :oa_id")


async def note_asked(connection: AsyncConnection, oa_id: str, *, now: datetime) -> None:
    """Note, before it happens, that the refresh token is about to be handed in."""
    await connection.execute(_ASKED, {"oa_id": oa_id, "now": now})


async def note_no_answer(connection: AsyncConnection, oa_id: str, *, what: str, reason: str, now: datetime) -> None:
    """Note that a refresh was not refused and brought nothing (`no_answer`, `busy`)."""
    await _note(connection, oa_id, what, now, reason)


_NEEDS_CONSENT = text("""
update zalo_token set needs_consent = :reason, needs_consent_since = :now where oa_id = :oa_id
""")


async def note_refused(connection: AsyncConnection, oa_id: str, *, reason: str, now: datetime) -> None:
    """Note that the refresh token was refused: only a person can help now. Call in a transaction."""
    await _note(connection, oa_id, "refused", now, reason)
    await connection.execute(_NEEDS_CONSENT, {"oa_id": oa_id, "reason": reason, "now": now})


@dataclass(frozen=True)
class TokenChange:
    """One line of an account's history of tokens, without the tokens."""

    at: datetime
    what: str
    reason: str | None


_CHANGES = text("select at, what, reason from zalo_token_change where oa_id = :oa_id order by id desc limit :limit")


async def token_changes(connection: AsyncConnection, oa_id: str, *, limit: int = 20) -> Sequence[TokenChange]:
    """Return what became of the tokens of an account, newest first."""
    return [TokenChange(*row) for row in await connection.execute(_CHANGES, {"oa_id": oa_id, "limit": limit})]
