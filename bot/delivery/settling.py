"""Writing what became of messages: many in one statement, with everything that follows from it."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.metrics import DELIVERIES_SETTLED
from store.clock import Clock
from store.database import LOST_CONNECTION, Database
from store.delivery_errors import ErrorClass
from store.delivery_states import DeliveryState
from store.queries.bulk import give_back_canary, give_back_reach
from store.queries.people import set_unreachable
from store.queries.sending import ClaimedDelivery, Outcome, settle_deliveries
from store.queries.sending_limits import GrantUse, release_grants

log = structlog.get_logger(__name__)

#: The person has the message, or may have it: it counts against what they get.
_REACHED = frozenset({DeliveryState.SENT, DeliveryState.UNKNOWN})
_RETRY_SECONDS = 0.3


@dataclass(frozen=True)
class Settlement:
    """One outcome, the row it is about, and whether it was one of the canaries of its run."""

    delivery: ClaimedDelivery
    outcome: Outcome
    canary: bool = False


class Settler:
    """Collects outcomes and writes them.

    Args:
        gather: returns when what was collected meanwhile is to be written together.
        on_settled: called after each writing.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        sender: str,
        *,
        gather: Callable[[], Awaitable[None]],
        on_settled: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._sender = sender
        self._gather = gather
        self._on_settled = on_settled
        self._settlements: list[Settlement] = []
        self._uses: list[GrantUse] = []
        self._something = asyncio.Event()
        self._writing = asyncio.Lock()

    def add(self, *settlements: Settlement) -> None:
        """Have outcomes written."""
        self._settlements += settlements
        self._something.set()

    def release(self, use: GrantUse) -> None:
        """Have a grant given back."""
        self._uses.append(use)
        self._something.set()

    async def run(self) -> None:
        """Write until cancelled. What cannot be written for want of a database is kept and written later."""
        while True:
            await self._something.wait()
            await self._gather()
            try:
                await self.flush()
            except LOST_CONNECTION as error:
                log.warning("settling_waits_for_database", error=str(error))
                await asyncio.sleep(_RETRY_SECONDS)

    async def flush(self) -> None:
        """Write what was collected."""
        async with self._writing:
            self._something.clear()
            settlements, self._settlements = self._settlements, []
            uses, self._uses = self._uses, []
            if not settlements and not uses:
                return
            try:
                await self._write(settlements, uses)
            except BaseException:
                self._settlements[:0] = settlements
                self._uses[:0] = uses
                self._something.set()
                raise
        for one in settlements:
            self._tell(one)
        self._on_settled()

    async def _write(self, settlements: list[Settlement], uses: list[GrantUse]) -> None:
        now = self._clock.now()
        async with self._database.transaction() as connection:
            if uses:
                await release_grants(connection, uses)
            if not settlements:
                return
            # Nobody waits at a page for a message of a campaign, unless it appears there.
            told = {
                one.delivery.conversation_id
                for one in settlements
                if one.delivery.bulk is None or one.outcome.words is not None
            }
            await settle_deliveries(
                connection, [one.outcome for one in settlements], sender=self._sender, now=now, tell=told
            )
            await give_back_reach(connection, [one.outcome.delivery_id for one in settlements if _gives_back(one)])
            canaries = Counter(
                one.delivery.bulk.run_id
                for one in settlements
                if one.canary
                and one.delivery.bulk is not None
                and one.outcome.state in (DeliveryState.QUEUED, DeliveryState.SKIPPED, DeliveryState.EXPIRED)
            )
            for run_id, number in sorted(canaries.items()):
                await give_back_canary(connection, run_id, number)
            for one in settlements:
                if one.outcome.error_class is ErrorClass.PERMANENT_RECIPIENT:
                    await self._note_unreachable(connection, one, now)

    async def _note_unreachable(self, connection: AsyncConnection, one: Settlement, now: datetime) -> None:
        await set_unreachable(
            connection,
            channel=one.delivery.channel,
            address=one.delivery.address,
            reason=one.outcome.reason or "refused",
            at=now,
        )

    def _tell(self, one: Settlement) -> None:
        outcome, delivery = one.outcome, one.delivery
        DELIVERIES_SETTLED.labels(delivery.channel, outcome.state.value).inc()
        if delivery.bulk is not None and outcome.state is DeliveryState.SENT:
            # A hundred thousand lines that all went well help nobody; the ledger has them.
            return
        log.info(
            "delivery_settled",
            delivery=delivery.id,
            conversation=delivery.conversation_id,
            state=outcome.state.value,
            reason=outcome.reason,
        )

    async def drain(self) -> None:
        """Write what is left before the process ends, if the database is there."""
        with contextlib.suppress(*LOST_CONNECTION):
            await self.flush()


def _gives_back(one: Settlement) -> bool:
    """True when a message did not reach its person and should not count; one that is tried again counts on."""
    if one.delivery.bulk is None:
        return False
    return one.outcome.state not in _REACHED and one.outcome.state is not DeliveryState.QUEUED
