"""Browsers in which staff are signed in. The cookie is kept as a digest only."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

#: A browser that did nothing for so long is signed out: offices share computers.
IDLE_LIMIT = timedelta(hours=2)
#: Nobody stays signed in longer than a working day.
SESSION_LASTS = timedelta(hours=12)
#: Between the password and the one-time code.
HALF_WAY_LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class SessionRow:
    """A browser in which somebody is signed in, for the list of them."""

    id: int
    staff_id: int
    browser: str
    complete: bool
    created_at: datetime
    last_seen_at: datetime


def session_digest(cookie: str) -> str:
    """Return what is stored of a cookie. It has 256 random bits: a slow hash would add nothing."""
    return hashlib.sha256(cookie.encode()).hexdigest()


_BEGIN = text("""
insert into staff_session (digest, staff_id, browser, complete, created_at, last_seen_at)
values (:digest, :staff_id, :browser, :complete, :now, :now)
""")


async def begin_session(
    connection: AsyncConnection, *, staff_id: int, browser: str, complete: bool, now: datetime
) -> str:
    """Begin a session and return its cookie. `complete`: False while the one-time code is still to come."""
    cookie = secrets.token_urlsafe(32)
    await connection.execute(
        _BEGIN,
        {
            "digest": session_digest(cookie),
            "staff_id": staff_id,
            "browser": browser[:80],
            "complete": complete,
            "now": now,
        },
    )
    return cookie


_ALIVE = """
    ended_at is null and created_at > cast(:now as timestamptz) - cast(:lasts as interval)
    and last_seen_at > cast(:now as timestamptz) - cast(:idle as interval)
    and (complete or created_at > cast(:now as timestamptz) - cast(:half_way as interval))
"""
_LIMITS = {"lasts": SESSION_LASTS, "idle": IDLE_LIMIT, "half_way": HALF_WAY_LASTS}
# `last_seen_at` is written at most once a minute: not with every click.
_FIND = text(f"""
with found as (
    select staff_session.id, staff_id, browser, complete, staff_session.created_at, last_seen_at from staff_session
    join staff_account on staff_account.id = staff_id
    where digest = :digest and disabled_at is null and {_ALIVE.replace("created_at", "staff_session.created_at")}
), seen as (
    update staff_session set last_seen_at = :now from found
    where staff_session.id = found.id and :touch
      and found.last_seen_at < cast(:now as timestamptz) - interval '1 minute'
)
select * from found
""")


async def find_session(
    connection: AsyncConnection, *, cookie: str, now: datetime, touch: bool = True
) -> SessionRow | None:
    """Return the session of a cookie; None for one that is forged, ended, too old, or of a shut account.

    Args:
        touch: the person did something. False for what a page asks by itself, which must not keep it open for ever.
    """
    values = {"digest": session_digest(cookie), "now": now, "touch": touch, **_LIMITS}
    row = (await connection.execute(_FIND, values)).one_or_none()
    return None if row is None else SessionRow(*row)


_END = text("""
update staff_session set ended_at = :now where ended_at is null and staff_id = :staff_id
  and (cast(:session_id as bigint) is null or id = :session_id)
  and (cast(:but as bigint) is null or id <> :but)
""")


async def end_sessions(
    connection: AsyncConnection,
    *,
    staff_id: int,
    now: datetime,
    session_id: int | None = None,
    but: int | None = None,
) -> int:
    """Sign somebody out: of one session, of all, or of all `but` one. Returns how many ended."""
    values = {"staff_id": staff_id, "now": now, "session_id": session_id, "but": but}
    return (await connection.execute(_END, values)).rowcount


_LIST = text(f"""
select id, staff_id, browser, complete, created_at, last_seen_at from staff_session
where staff_id = :staff_id and complete and {_ALIVE} order by last_seen_at desc, id desc
""")


async def sessions_of(connection: AsyncConnection, *, staff_id: int, now: datetime) -> list[SessionRow]:
    """Return where somebody is signed in, the latest first."""
    rows = await connection.execute(_LIST, {"staff_id": staff_id, "now": now, **_LIMITS})
    return [SessionRow(*row) for row in rows]


_PURGE = text("delete from staff_session where created_at < :before")


async def purge_sessions(connection: AsyncConnection, *, before: datetime) -> int:
    """Delete old sessions; return how many."""
    return (await connection.execute(_PURGE, {"before": before})).rowcount
