"""The one clock of planned work: of all processes with the scheduler role, the holder of an advisory lock runs it."""

import asyncio
import contextlib
from contextvars import ContextVar
from dataclasses import dataclass

import structlog
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import NullPool

from bot.helpdesk.sweep import SWEEP_SECONDS, DeskSweep
from fund.office import seal_days
from scheduler import calendar
from scheduler.desk import Desk
from scheduler.housekeeping import Housekeeping
from scheduler.results import announce_results, close_finished
from scheduler.webhooks import WebhookCaller
from store.clock import LOCAL_ZONE
from store.database import LOST_CONNECTION, Database

log = structlog.get_logger(__name__)

_CLOCK_LOCK = 7_203_002
_LOOK_AGAIN_SECONDS = 5.0


@dataclass
class Clockwork:
    """The planned work of one process.

    Args:
        database_url: for APScheduler's job store, which speaks to PostgreSQL by a connection of its own.
    """

    database: Database
    database_url: str
    housekeeping: Housekeeping
    desk: Desk
    webhooks: WebhookCaller | None = None
    helpdesk: DeskSweep | None = None

    def __post_init__(self) -> None:
        self._woken = asyncio.Event()

    def wake(self, _payload: str = "") -> None:
        """Look at what is planned now."""
        self._woken.set()

    async def run(self) -> None:
        """Run the planned work whenever this process holds the clock, until cancelled.

        The lock belongs to a database session: it is free again as soon as its holder dies, and another takes over.
        """
        while True:
            try:
                async with self.database.held() as connection:
                    taken = await connection.execute(text("select pg_try_advisory_lock(:lock)"), {"lock": _CLOCK_LOCK})
                    if taken.scalar_one():
                        await connection.commit()
                        try:
                            await self._run_while_held(connection)
                        finally:
                            # The lock would go back into the pool with the connection.
                            await connection.invalidate()
            except LOST_CONNECTION as error:
                log.warning("clock_waits_for_database", error=str(error))
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    async def _run_while_held(self, connection: AsyncConnection) -> None:
        clock = AsyncIOScheduler(timezone=LOCAL_ZONE)
        clock.add_jobstore(job_store(self.database_url), calendar.STORE)
        self._add_regular_jobs(clock)
        # Timers and jobs of the scheduler run in a copy of the context in which it was started.
        _running.set(self)
        clock.start()
        log.info("clock_started")
        try:
            while True:
                self._woken.clear()
                await calendar.sync_jobs(self.database, clock, occurrence_is_due)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), _LOOK_AGAIN_SECONDS)
                await connection.execute(text("select 1"))
                await connection.commit()
        finally:
            clock.shutdown(wait=False)
            _running.set(None)

    def _add_regular_jobs(self, clock: AsyncIOScheduler) -> None:
        keeping = self.housekeeping
        # At night, when nobody is kept waiting by it; and once after the start, for machines that are off at night.
        clock.add_job(keeping.purge, CronTrigger(hour=2, minute=30, timezone=LOCAL_ZONE), misfire_grace_time=3600)
        clock.add_job(keeping.purge)
        clock.add_job(keeping.mend_counters, IntervalTrigger(minutes=5), coalesce=True, max_instances=1)
        clock.add_job(keeping.drop_idle_checks, IntervalTrigger(minutes=10), coalesce=True, max_instances=1)
        clock.add_job(keeping.give_free_seats, IntervalTrigger(minutes=10), coalesce=True, max_instances=1)
        clock.add_job(keeping.thank_donors, IntervalTrigger(minutes=1), coalesce=True, max_instances=1)
        clock.add_job(self._announce, IntervalTrigger(seconds=10), coalesce=True, max_instances=1)
        if self.helpdesk is not None:
            every = IntervalTrigger(seconds=SWEEP_SECONDS)
            clock.add_job(self.helpdesk.sweep, every, coalesce=True, max_instances=1)
        # Each day soon after it is over; and again every hour, for nights on which nothing ran.
        clock.add_job(self._seal, CronTrigger(minute=5, timezone=LOCAL_ZONE), coalesce=True, max_instances=1)
        clock.add_job(self._seal)
        if self.webhooks is not None:
            clock.add_job(self.webhooks.call_due, IntervalTrigger(seconds=5), coalesce=True, max_instances=1)

    async def _seal(self) -> None:
        """Seal the days of the fund's books that are over."""
        async with self.database.transaction() as connection:
            made = await seal_days(connection, now=self.desk.clock.now())
        if made:
            log.info("fund_sealed", days=len(made), last=str(made[-1].day))

    async def _announce(self) -> None:
        await announce_results(self.database, self.desk.clock)
        await close_finished(self.database, self.desk.clock)

    async def due(self, occurrence_id: int, version: int) -> None:
        """One planned leaving is due."""
        try:
            await calendar.fire(self.database, self.desk, occurrence_id, version)
        except LOST_CONNECTION as error:
            # The job is gone from the store, the row is still planned: the next look sets the alarm again.
            log.warning("due_waits_for_database", error=str(error))
        self.wake()


#: The clockwork whose scheduler runs the present job. Jobs in the database can name a function, not an object; and one
#: process may run several systems, so this is not a variable of the module.
_running: ContextVar[Clockwork | None] = ContextVar("running_clockwork", default=None)


async def occurrence_is_due(occurrence_id: int, version: int) -> None:
    """What a job in the database calls."""
    clockwork = _running.get()
    if clockwork is not None:
        await clockwork.due(occurrence_id, version)


def job_store(database_url: str) -> SQLAlchemyJobStore:
    """APScheduler's store of jobs in our PostgreSQL; its table is its own."""
    url = make_url(database_url).set(drivername="postgresql+psycopg")
    return SQLAlchemyJobStore(engine=create_engine(url, poolclass=NullPool), tablename="apscheduler_job")
