"""The one clock of planned work: of all processes with the scheduler role, the holder of an advisory lock runs it."""

import asyncio

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import text

from scheduler.housekeeping import Housekeeping
from store.clock import LOCAL_ZONE
from store.database import LOST_CONNECTION, Database

log = structlog.get_logger(__name__)

_CLOCK_LOCK = 7_203_002
_LOOK_AGAIN_SECONDS = 5.0


async def run_clock(database: Database, housekeeping: Housekeeping) -> None:
    """Run the planned work whenever this process holds the clock, until cancelled.

    The lock belongs to a database session: it is free again as soon as its holder dies, and another process takes over.
    """
    while True:
        try:
            async with database.held() as connection:
                taken = await connection.execute(text("select pg_try_advisory_lock(:lock)"), {"lock": _CLOCK_LOCK})
                if taken.scalar_one():
                    await connection.commit()
                    try:
                        await _run_while_held(connection, housekeeping)
                    finally:
                        # The lock would go back into the pool with the connection.
                        await connection.invalidate()
        except LOST_CONNECTION as error:
            log.warning("clock_waits_for_database", error=str(error))
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)


async def _run_while_held(connection, housekeeping: Housekeeping) -> None:  # type: ignore[no-untyped-def]
    clock = AsyncIOScheduler(timezone=LOCAL_ZONE)
    # At night, when nobody is kept waiting by it; and once after the start, for machines that are off at night.
    clock.add_job(housekeeping.purge, CronTrigger(hour=2, minute=30, timezone=LOCAL_ZONE), misfire_grace_time=3600)
    clock.add_job(housekeeping.purge)
    clock.add_job(housekeeping.mend_counters, IntervalTrigger(minutes=5), coalesce=True, max_instances=1)
    clock.add_job(housekeeping.drop_idle_checks, IntervalTrigger(minutes=10), coalesce=True, max_instances=1)
    clock.start()
    log.info("clock_started")
    try:
        while True:
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            await connection.execute(text("select 1"))
            await connection.commit()
    finally:
        clock.shutdown(wait=False)
