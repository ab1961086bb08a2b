"""Looking, every second or so, for rows and runs that would stay as they are if nobody did."""

import asyncio
from collections.abc import Collection

import structlog

from bot.delivery.accounts import Accounts
from bot.delivery.breaker import Breaker
from bot.delivery.closures import Closures
from store.clock import Clock
from store.database import LOST_CONNECTION, Database
from store.queries.sending import sweep_lapsed_claims
from store.queries.sweeps import cancel_leftovers, expire_overdue, finish_runs, forget_old_limits

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 1.0
#: Sweeps between two looks for what limits need not remember.
_FORGET_EVERY = 60


class Sweeper:
    """Ends each state in which something could hang:

    claimed by a sender that died · queued beyond its "no use after" · queued in a cancelled run · run with nothing
    left · canary that nobody looked at · account paused by a process that died · message on a channel
    that was closed · grants and paces of the past.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        breaker: Breaker,
        accounts: Accounts,
        repeatable: Collection[str],
        closures: Closures,
    ) -> None:
        self._database = database
        self._clock = clock
        self._breaker = breaker
        self._accounts = accounts
        self._repeatable = sorted(repeatable)
        self._closures = closures
        self._sweeps = 0

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            try:
                await self.sweep()
            except LOST_CONNECTION as error:
                log.warning("sweeper_waits_for_database", error=str(error))
            await asyncio.sleep(SWEEP_SECONDS)

    async def sweep(self) -> None:
        """Look at everything once."""
        now = self._clock.now()
        async with self._database.single() as connection:
            lapsed = await sweep_lapsed_claims(connection, repeatable_channels=self._repeatable, now=now)
            cancelled = await cancel_leftovers(connection, now=now)
            expired = await expire_overdue(connection, now=now)
        await self._breaker.look_at_canaries()
        await self._accounts.look()
        await self._closures.look()
        async with self._database.single() as connection:
            finished = await finish_runs(connection, now=now)
            if self._sweeps % _FORGET_EVERY == 0:
                await forget_old_limits(connection, now=now)
        self._sweeps += 1
        if lapsed:
            log.warning("lapsed_claims_settled", number=lapsed)
        if cancelled or expired:
            log.info("rows_swept", cancelled=cancelled, expired=expired)
        for run_id in finished:
            log.info("campaign_run_finished", run=run_id)
