"""Work that one process of all those on one database does at a time; another takes over when it ends."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.database import LOST_CONNECTION, Database

log = structlog.get_logger(__name__)

#: Whether the one that works still does is asked this often.
ASK_SECONDS = 1.0
_RETRY_SECONDS = 0.5

_LOCK = text("select pg_try_advisory_lock(hashtextextended(cast(:name as text), 0))")


async def is_ours(session: AsyncConnection, name: str) -> bool:
    """Return True if this session does the work of this name now; it does until it ends."""
    return bool((await session.execute(_LOCK, {"name": name})).scalar_one())


async def run_alone(database: Database, name: str, work: Callable[[AsyncConnection], Awaitable[None]]) -> None:
    """Do `work` until cancelled, whenever no other process does; it is handed the session that holds the lock.

    When the database goes away the lock is gone with the session, and the work is begun anew after it was taken again.
    """
    while True:
        try:
            async with database.held() as connection:
                # The lock belongs to the session; a transaction that stays open would hold back the vacuum.
                session = await connection.execution_options(isolation_level="AUTOCOMMIT")
                while not await is_ours(session, name):  # noqa: ASYNC110 – no event tells of it
                    await asyncio.sleep(ASK_SECONDS)
                try:
                    await work(session)
                finally:
                    # Given back to the pool, the session would keep the lock.
                    await connection.invalidate()
        except LOST_CONNECTION as error:
            log.warning("work_waits_for_database", work=name.split()[0], error=str(error))
            await asyncio.sleep(_RETRY_SECONDS)
