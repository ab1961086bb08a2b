"""Stopping a run that goes wrong: after its canary, and whenever too many of its last messages did."""

from collections import deque
from collections.abc import Callable

import structlog

from bot.channels.base import Failed, SendResult
from store.clock import Clock
from store.database import Database
from store.delivery_errors import ErrorClass
from store.queries.bulk import ReadyRun, canary_results, pass_canary
from store.queries.campaign_runs import change_run
from store.run_states import RunState

log = structlog.get_logger(__name__)

#: Messages of a run, of one sender, over which its error budget is counted.
LAST = 200
#: Before so many are known, a share says nothing.
AT_LEAST = 50
#: So many faults one after the other need no share.
IN_A_ROW = 20

#: Faults of the message or of the provider. That somebody has blocked us is their right, and no fault.
_FAULTS = frozenset({ErrorClass.PAYLOAD, ErrorClass.UNKNOWN, ErrorClass.RETRYABLE})


class Breaker:
    """Counts the faults of each run in this process and stops a run in the database, for all."""

    def __init__(self, database: Database, clock: Clock, *, on_stop: Callable[[], None] = lambda: None) -> None:
        self._database = database
        self._clock = clock
        self._on_stop = on_stop
        self._last: dict[int, deque[bool]] = {}

    async def note(self, run: ReadyRun, result: SendResult) -> None:
        """Count one answer; stop the run when its error budget is used up."""
        if isinstance(result, Failed) and result.stops_run:
            await self.stop(run.id, result.reason)
            return
        faulty = isinstance(result, Failed) and result.error in _FAULTS
        last = self._last.setdefault(run.id, deque(maxlen=LAST))
        last.append(faulty)
        if not faulty:
            return
        spent = len(last) >= AT_LEAST and sum(last) > run.error_budget * len(last)
        in_a_row = len(last) >= IN_A_ROW and all(list(last)[-IN_A_ROW:])
        if spent or in_a_row:
            assert isinstance(result, Failed)
            await self.stop(run.id, f"error_budget: {result.reason}")

    async def stop(self, run_id: int, reason: str) -> None:
        """Stop a run. A person may resume it; then it is counted anew."""
        self._last.pop(run_id, None)
        async with self._database.transaction() as connection:
            stopped = await change_run(connection, run_id, RunState.STOPPED, now=self._clock.now(), reason=reason)
        if stopped:
            log.error("campaign_run_stopped", run=run_id, reason=reason)
            self._on_stop()

    async def look_at_canaries(self) -> None:
        """Let runs go on whose first messages went well, stop the others."""
        async with self._database.single() as connection:
            results = await canary_results(connection)
        for result in results:
            if result.tried and result.bad > result.error_budget * result.tried:
                await self.stop(result.run_id, f"canary: {result.bad} of {result.tried} went wrong")
                continue
            async with self._database.single() as connection:
                await pass_canary(connection, result.run_id, now=self._clock.now())
            log.info("canary_passed", run=result.run_id, tried=result.tried)
