"""API tokens: made once, kept as a digest, checked at every call."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.api_scopes import Scope

#: What every token begins with, so that one that was published by mistake can be recognised.
TOKEN_PREFIX = "chungtay_"  # noqa: S105 – not a secret


@dataclass(frozen=True)
class TokenRow:
    """A token as its owner sees it in the list."""

    id: int
    staff_id: int
    purpose: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


def token_digest(token: str) -> str:
    """Return what is stored instead of a token. It has 256 random bits: a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


_ADD = text("""
insert into api_token (digest, staff_id, purpose, scopes, created_at, expires_at)
values (:digest, :staff_id, :purpose, :scopes, :now, :expires_at)
""")


async def add_api_token(
    connection: AsyncConnection,
    *,
    staff_id: int,
    purpose: str,
    scopes: Collection[Scope],
    now: datetime,
    expires_at: datetime,
) -> str:
    """Make a token and return it; it cannot be read again."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    await connection.execute(
        _ADD,
        {
            "digest": token_digest(token),
            "staff_id": staff_id,
            "purpose": purpose,
            "scopes": sorted(scope.value for scope in scopes),
            "now": now,
            "expires_at": expires_at,
        },
    )
    return token


# `last_used_at` is written at most once a minute: a program that calls often must not write a row each time.
_USE = text("""
with found as (
    select api_token.id, staff_id, scopes, last_used_at from api_token
    join staff_account on staff_account.id = staff_id
    where digest = :digest and revoked_at is null and expires_at > :now and disabled_at is null
), noted as (
    update api_token set last_used_at = :now from found
    where api_token.id = found.id
      and (found.last_used_at is null or found.last_used_at < cast(:now as timestamptz) - interval '1 minute')
)
select staff_id, scopes from found
""")


async def use_api_token(connection: AsyncConnection, *, token: str, now: datetime) -> tuple[int, frozenset[str]] | None:
    """Return whose token it is and its scopes; None for one that is unknown, expired, revoked, or of a shut account."""
    row = (await connection.execute(_USE, {"digest": token_digest(token), "now": now})).one_or_none()
    return None if row is None else (int(row.staff_id), frozenset(row.scopes))


_LIST = text("""
select id, staff_id, purpose, scopes, created_at, expires_at, revoked_at, last_used_at
from api_token where cast(:staff_id as bigint) is null or staff_id = :staff_id order by id desc
""")


async def api_tokens(connection: AsyncConnection, *, staff_id: int | None) -> list[TokenRow]:
    """Return the tokens of one account, or of all, newest first."""
    rows = await connection.execute(_LIST, {"staff_id": staff_id})
    return [TokenRow(row[0], row[1], row[2], tuple(row[3]), *row[4:]) for row in rows]


_REVOKE = text("update api_token set revoked_at = :now where id = :token_id and revoked_at is null returning staff_id")


async def revoke_api_token(connection: AsyncConnection, *, token_id: int, now: datetime) -> int | None:
    """End a token now; return whose it was, None if it had ended."""
    found = (await connection.execute(_REVOKE, {"token_id": token_id, "now": now})).scalar_one_or_none()
    return None if found is None else int(found)
