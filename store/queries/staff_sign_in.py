"""Signing in: passwords, one-time codes and failed attempts as they are stored. The rules are in `console.access`."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class Credentials:
    """What an account signs in with.

    Attributes:
        totp_sealed: the secret of the one-time codes, encrypted.
        totp_secret: the same in the clear, where it was not sealed yet.
        totp_confirmed: its owner typed a code once: the secret is in their app.
    """

    staff_id: int
    demo: bool
    password_hash: str | None
    totp_sealed: bytes | None
    totp_secret: str | None
    totp_confirmed: bool


_CREDENTIALS = """
select id, demo, password_hash, totp_sealed, totp_secret, totp_last_step is not null
from staff_account where disabled_at is null and
"""
_BY_LOGIN = text(f"{_CREDENTIALS} login = :login")
_BY_ID = text(f"{_CREDENTIALS} id = :staff_id")


async def credentials_of_login(connection: AsyncConnection, *, login: str) -> Credentials | None:
    """Return the credentials of an open account, None for one that is shut or not there."""
    row = (await connection.execute(_BY_LOGIN, {"login": login.strip().lower()})).one_or_none()
    return None if row is None else Credentials(*row)


async def credentials_of(connection: AsyncConnection, *, staff_id: int) -> Credentials | None:
    """The same, by id."""
    row = (await connection.execute(_BY_ID, {"staff_id": staff_id})).one_or_none()
    return None if row is None else Credentials(*row)


_SET_PASSWORD = text("update staff_account set password_hash = :hash where id = :staff_id")
_SET_SECRET = text("""
update staff_account set totp_sealed = :sealed, totp_secret = null, totp_last_step = null, recovery_digests = '{}'
where id = :staff_id
""")


async def set_password_hash(connection: AsyncConnection, *, staff_id: int, password_hash: str) -> None:
    """Store an Argon2id hash."""
    await connection.execute(_SET_PASSWORD, {"staff_id": staff_id, "hash": password_hash})


async def set_totp_secret(connection: AsyncConnection, *, staff_id: int, sealed: bytes | None) -> None:
    """Begin with a new secret, which its owner has still to confirm; None: none at all. Old codes stop to work."""
    await connection.execute(_SET_SECRET, {"staff_id": staff_id, "sealed": sealed})


_UNSEALED = text("select id, totp_secret from staff_account where totp_secret is not null order by id for update")
_SEAL = text("update staff_account set totp_sealed = :sealed, totp_secret = null where id = :staff_id")


async def unsealed_totp_secrets(connection: AsyncConnection) -> list[tuple[int, str]]:
    """Return (account, secret) of those that lie in the clear, locked."""
    return [(int(number), str(secret)) for number, secret in await connection.execute(_UNSEALED)]


async def seal_totp_secret(connection: AsyncConnection, *, staff_id: int, sealed: bytes) -> None:
    """Put a secret that lay in the clear under its seal; whoever has it in their app goes on using it."""
    await connection.execute(_SEAL, {"staff_id": staff_id, "sealed": sealed})


_USE_STEP = text("""
update staff_account set totp_last_step = :step
where id = :staff_id and (totp_last_step is null or totp_last_step < :step)
""")


async def use_totp_step(connection: AsyncConnection, *, staff_id: int, step: int) -> bool:
    """Use up a 30-second step; False if it, or a later one, was used before: whoever sends it again is refused."""
    return (await connection.execute(_USE_STEP, {"staff_id": staff_id, "step": step})).rowcount == 1


def recovery_digest(code: str) -> str:
    """Return what is stored of a recovery code. It has enough random bits: a slow hash would add nothing."""
    return hashlib.sha256(code.encode()).hexdigest()


_SET_RECOVERY = text("update staff_account set recovery_digests = :digests where id = :staff_id")
_USE_RECOVERY = text("""
update staff_account set recovery_digests = array_remove(recovery_digests, cast(:digest as text))
where id = :staff_id and cast(:digest as text) = any(recovery_digests)
returning cardinality(recovery_digests)
""")


async def set_recovery_codes(connection: AsyncConnection, *, staff_id: int, codes: Sequence[str]) -> None:
    """Replace the recovery codes of an account."""
    digests = [recovery_digest(code) for code in codes]
    await connection.execute(_SET_RECOVERY, {"staff_id": staff_id, "digests": digests})


async def use_recovery_code(connection: AsyncConnection, *, staff_id: int, code: str) -> int | None:
    """Use a recovery code up and return how many are left; None if it is not one of them, or not any more."""
    values = {"staff_id": staff_id, "digest": recovery_digest(code)}
    left = (await connection.execute(_USE_RECOVERY, values)).scalar_one_or_none()
    return None if left is None else int(left)


_FAILED = text("insert into sign_in_attempt (whom, at) values (:whom, :now)")
_FAILURES = text("select count(*) from sign_in_attempt where whom = :whom and at > :since")
_FORGET = text("delete from sign_in_attempt where whom = :whom")
_PURGE = text("delete from sign_in_attempt where at < :before")


def _whom(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()


async def note_failure(connection: AsyncConnection, *, kind: str, value: str, now: datetime) -> None:
    """Note a failed attempt for a login or an address."""
    await connection.execute(_FAILED, {"whom": _whom(kind, value), "now": now})


async def failures_since(connection: AsyncConnection, *, kind: str, value: str, since: datetime) -> int:
    """Return how many attempts for a login or from an address failed since then."""
    found = await connection.execute(_FAILURES, {"whom": _whom(kind, value), "since": since})
    return int(found.scalar_one())


async def forget_failures(connection: AsyncConnection, *, kind: str, value: str) -> None:
    """Begin to count anew, after a sign-in that worked."""
    await connection.execute(_FORGET, {"whom": _whom(kind, value)})


async def purge_failures(connection: AsyncConnection, *, before: datetime) -> int:
    """Delete old attempts; return how many."""
    return (await connection.execute(_PURGE, {"before": before})).rowcount
