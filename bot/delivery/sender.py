"""The sender of a process: its lanes, what they write, and what watches over runs and stuck rows."""

import asyncio
import contextlib
import random
import uuid
from collections.abc import Mapping
from datetime import timedelta

import structlog

from bot.channels.base import Channel
from bot.delivery.accounts import Accounts
from bot.delivery.breaker import Breaker
from bot.delivery.bulk import BulkLane, Pace, usual_pace
from bot.delivery.closures import Closures
from bot.delivery.direct import DirectLane, Parts
from bot.delivery.giving_way import LEAST_REST_SECONDS, TOGETHER_SECONDS, GivingWay
from bot.delivery.limits import account_limit
from bot.delivery.routes import LinkedChannels, Routes
from bot.delivery.settling import Settler
from bot.delivery.shipping import Shipping
from bot.delivery.sweeper import Sweeper
from bot.delivery.verdicts import Verdicts
from store.clock import Clock
from store.database import LOST_CONNECTION, Database
from store.delivery_states import Priority
from store.queries.bulk import ReachCap
from store.queries.sending_limits import AccountLimit, set_limit

log = structlog.get_logger(__name__)

#: How long a claim holds. Longer than any provider call; a dead sender's rows are settled after it.
CLAIM_LASTS = timedelta(seconds=20)
#: Answers are written at once, what belongs to campaigns several together.
GATHER_BULK_SECONDS = 0.05
#: What is under way when the process is told to stop gets so long to be answered.
FINISH_SECONDS = 4.0


class Sender:
    """One sender of a process. Any number may run on one database.

    Args:
        channels: by name. What is addressed to others waits for a sender that has them.
        limits: of accounts, by channel; where none is given, what the channel says of itself.
        routes: where else a recipient is reached.
        cap: bulk messages that one person gets, over all organisations.
        pace: share of the usual pace at which bulk goes, see `bot.delivery.pressure`.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        channels: Mapping[str, Channel],
        *,
        limits: Mapping[str, AccountLimit] | None = None,
        routes: Routes | None = None,
        cap: ReachCap | None = None,
        pace: Pace = usual_pace,
        chance: random.Random | None = None,
        claim_lasts: timedelta = CLAIM_LASTS,
    ) -> None:
        self.name = f"sender-{uuid.uuid4().hex[:12]}"
        self._database = database
        repeatable = frozenset(name for name, channel in channels.items() if channel.capabilities.repeatable)
        self._limits = {
            name: limit
            for name, channel in channels.items()
            if (limit := (limits or {}).get(name) or account_limit(channel.capabilities)) is not None
        }
        parts = Parts(
            name=self.name,
            database=database,
            clock=clock,
            channels=channels,
            shipping=Shipping(clock, channels),
            accounts=Accounts(database, clock),
            verdicts=Verdicts(chance or random.SystemRandom()),
            claim_lasts=claim_lasts,
            ungranted=repeatable,
        )
        self._giving_way = GivingWay()
        self._at_once = Settler(database, clock, self.name, gather=_at_once, on_settled=self._wake_direct)
        self._gathered = Settler(database, clock, self.name, gather=self._gather, on_settled=self._wake_bulk)
        breaker = Breaker(database, clock)
        self._direct = [
            DirectLane(parts, self._at_once, [Priority.REPLY]),
            DirectLane(parts, self._at_once, [Priority.TRANSACTIONAL, Priority.REMINDER, Priority.BULK]),
        ]
        self._bulk = {
            name: BulkLane(
                parts,
                name,
                self._gathered,
                routes=routes or LinkedChannels(),
                cap=cap or ReachCap(),
                breaker=breaker,
                pace=pace,
                giving_way=self._giving_way,
                limited=name in self._limits and self._limits[name].per_window is not None,
            )
            for name in channels
        }
        closures = Closures(database, clock, channels, repeatable)
        self._sweeper = Sweeper(database, clock, breaker, parts.accounts, repeatable, closures)
        self._limits_are_set = False

    def wake(self, _payload: str = "") -> None:
        """Look into the ledger now: a message to a single person is to be sent, by this process or another."""
        self._giving_way.note_to_send()
        self._wake_direct()

    async def _gather(self) -> None:
        seconds = GATHER_BULK_SECONDS
        if self._giving_way.now:
            # Under a limit, what was sent counts until it is written, and would keep the next from leaving.
            limited = any(limit.per_window is not None for limit in self._limits.values())
            seconds = LEAST_REST_SECONDS if limited else TOGETHER_SECONDS
        await asyncio.sleep(seconds)
        await self._giving_way.hold_still()

    def _wake_direct(self) -> None:
        for lane in self._direct:
            lane.wake()

    def wake_bulk(self, _payload: str = "") -> None:
        """Look at the campaign runs now: one was started, paused, resumed."""
        self._wake_bulk()

    def _wake_bulk(self) -> None:
        for lane in self._bulk.values():
            lane.wake()

    async def run(self) -> None:
        """Send until cancelled; then wait a little for what is under way, and write what became of it."""
        await self._set_limits_when_possible()
        settling = [asyncio.create_task(one.run()) for one in (self._at_once, self._gathered)]
        try:
            async with asyncio.TaskGroup() as group:
                for lane in (*self._direct, *self._bulk.values()):
                    group.create_task(lane.run())
                group.create_task(self._sweeper.run())
        finally:
            for lane in (*self._direct, *self._bulk.values()):
                with contextlib.suppress(asyncio.CancelledError):
                    await lane.finish(FINISH_SECONDS)
            for task in settling:
                task.cancel()
            for settler in (self._at_once, self._gathered):
                await settler.drain()

    async def send_one_batch(self) -> int:
        """Claim, send and settle one batch of each lane, without waiting for anything; return how many rows it had."""
        await self._set_limits()
        lanes = (*self._direct, *self._bulk.values())
        before = sum(lane.begun for lane in lanes)
        for lane in lanes:
            await lane.round()
            await lane.finish()
        for settler in (self._at_once, self._gathered):
            await settler.flush()
        return sum(lane.begun for lane in lanes) - before

    def campaigns_on(self, channel: str) -> BulkLane:
        """Return the lane of campaign messages on a channel."""
        return self._bulk[channel]

    async def sweep(self) -> None:
        """Settle what dead senders left behind, and whatever else is stuck."""
        await self._sweeper.sweep()

    async def _set_limits_when_possible(self) -> None:
        while not self._limits_are_set:
            try:
                await self._set_limits()
            except LOST_CONNECTION as error:
                log.warning("sender_waits_for_database", error=str(error))
                await asyncio.sleep(0.5)

    async def _set_limits(self) -> None:
        if self._limits_are_set:
            return
        async with self._database.single() as connection:
            for channel, limit in sorted(self._limits.items()):
                await set_limit(connection, channel, limit)
        self._limits_are_set = True


async def _at_once() -> None:
    """Answers are written as soon as they are sent."""
