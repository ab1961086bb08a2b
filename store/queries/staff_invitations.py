"""Invitations: links with which staff choose their password, once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

#: Long enough for somebody who is in the field for some days, and no longer.
INVITATION_LASTS = timedelta(days=7)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


_INVITE = text("""
with older as (delete from staff_invitation where staff_id = :staff_id and used_at is null)
insert into staff_invitation (digest, staff_id, expires_at) values (:digest, :staff_id, :expires_at)
""")


async def invite(connection: AsyncConnection, *, staff_id: int, now: datetime) -> str:
    """Return the code of a new invitation, to stand in a link; older ones of the account stop to work."""
    code = secrets.token_urlsafe(24)
    values = {"digest": _digest(code), "staff_id": staff_id, "expires_at": now + INVITATION_LASTS}
    await connection.execute(_INVITE, values)
    return code


_VALID = text("""
select staff_id from staff_invitation join staff_account on staff_account.id = staff_id
where digest = :digest and used_at is null and expires_at > :now and disabled_at is null
""")
_USE = text("update staff_invitation set used_at = :now where digest = :digest and used_at is null")


async def invited(connection: AsyncConnection, *, code: str, now: datetime) -> int | None:
    """Return whom a code invites, None for one that is unknown, used or expired."""
    found = (await connection.execute(_VALID, {"digest": _digest(code), "now": now})).scalar_one_or_none()
    return None if found is None else int(found)


async def use_invitation(connection: AsyncConnection, *, code: str, now: datetime) -> bool:
    """Use a code up; False if somebody was faster."""
    return (await connection.execute(_USE, {"digest": _digest(code), "now": now})).rowcount == 1
