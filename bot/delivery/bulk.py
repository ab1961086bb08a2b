"""Messages of campaign runs on one channel: fair between organisations, by the rules of each run, behind all else."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.base import Failed, SendResult
from bot.delivery.breaker import Breaker
from bot.delivery.direct import Parts
from bot.delivery.fairness import FairShares
from bot.delivery.giving_way import LEAST_REST_SECONDS, PER_SECOND, TOGETHER_SECONDS, GivingWay
from bot.delivery.lane import POLL_SECONDS, GrantedBatch, Lane, RoundTrips
from bot.delivery.limits import account_limit, chat_limit, is_group
from bot.delivery.obstacles import obstacle
from bot.delivery.routes import Routes
from bot.delivery.rules import SendingRules, local_midnight
from bot.delivery.settling import Settlement, Settler
from bot.delivery.texts import NoText, RunTexts
from bot.delivery.verdicts import takes_another_route
from store.clock import local_date
from store.delivery_errors import ErrorClass
from store.delivery_states import DeliveryState
from store.queries.bulk import (
    ClaimedRecipient,
    ReachCap,
    ReadyRun,
    claim_recipients,
    pace_run,
    ready_runs,
    run_messages,
)
from store.queries.leases import somebody_is_answered
from store.queries.sending import Outcome
from store.queries.sending_limits import Grant, grant_sending, pace_chats

#: Rows claimed at once. All of them are asked for at once: what is claimed is what is in flight.
BATCH = 50
#: Messages of one channel under way at once, of one process.
MOST_UNDER_WAY = 150
#: A grant holds so much longer than the claims under it: the longest window of a limit.
_LONGEST_WINDOW = timedelta(minutes=1)
#: A limited channel is granted so much ahead of the moment at which its messages leave. Asking for the grant, claiming
#: and waking up happen meanwhile; at the moment itself the window would stand empty for that long.
LEAD = timedelta(milliseconds=40)
#: Room that opens so soon after is granted as well, to leave at that very moment: who wakes up for it is never early
#: enough otherwise.
EARLY = timedelta(milliseconds=8)

#: Returns the share of the usual pace at which bulk may go on now: 1 as usual, 0 not at all.
Pace = Callable[[], Awaitable[float]]


@dataclass(frozen=True)
class OpenRun:
    """A run that may send now, with its rules."""

    run: ReadyRun
    rules: SendingRules


@dataclass(frozen=True)
class Leaving:
    """The moment at which messages may leave, by the clock of the system and by that of the machine in seconds."""

    at: datetime
    monotonic: float


class BulkLane(Lane):
    """Claims, sends and settles recipients of campaign runs on one channel."""

    def __init__(
        self,
        parts: Parts,
        channel: str,
        settler: Settler,
        *,
        routes: Routes,
        cap: ReachCap,
        breaker: Breaker,
        pace: Pace,
        giving_way: GivingWay,
        limited: bool,
    ) -> None:
        super().__init__(MOST_UNDER_WAY)
        self._parts = parts
        self._channel = channel
        self._settler = settler
        self._routes = routes
        self._cap = cap
        self._breaker = breaker
        self._pace = pace
        self._giving_way = giving_way
        self._shares = FairShares()
        self._texts: dict[int, RunTexts] = {}
        self._round_trips = RoundTrips()
        self._limited = limited
        #: When there is room again, as the last grant said.
        self._opens_at: datetime | None = None
        self._slow_until = datetime.min.replace(tzinfo=UTC)
        #: Until then nothing more leaves while bulk gives way, by the machine's own clock.
        self._rests_until = 0.0
        limit = account_limit(parts.channels[channel].capabilities)
        #: Messages a second when nothing holds back; unlimited channels are slowed down from a figure of ours.
        self._usual = (limit.per_window or 1) / limit.window_seconds if limit is not None else 100.0

    async def turn(self) -> float:
        """A batch; while somebody is being answered one that leaves slowly, and a rest after it."""
        if not (self._giving_way.now or await self._somebody_is_answered()):
            return await self.round()
        if (rest := self._rests_until - time.monotonic()) > 0:
            return rest
        await self._giving_way.hold_still()
        before = self.begun
        wait = await self.round(round(PER_SECOND * TOGETHER_SECONDS), 1 / PER_SECOND)
        rest = max(LEAST_REST_SECONDS, (self.begun - before) / PER_SECOND)
        self._rests_until = time.monotonic() + rest
        return max(rest, wait)

    async def _somebody_is_answered(self) -> bool:
        """Look for a process that works on an answer: those of the web chat never come to a sender."""
        async with self._parts.database.single() as connection:
            found = await somebody_is_answered(connection, now=self._parts.clock.now())
        if found:
            self._giving_way.note()
        return found

    async def round(self, most: int = BATCH, apart: float = 0.0) -> float:
        """Begin to send a batch; return for how many seconds nothing is to be expected.

        Args:
            apart: seconds between a message of the batch and the next.
        """
        if self.room < min(BATCH, self._most) // 2:
            return POLL_SECONDS
        want = min(self.room, most)
        parts, now = self._parts, self._parts.clock.now()
        pace = await self._pace()
        if pace <= 0:
            return POLL_SECONDS
        if pace < 1 and now < self._slow_until:
            return _seconds(now, self._slow_until)
        async with parts.database.single() as connection:
            runs = await self._open_runs(await ready_runs(connection, self._channel, now=now), now)
            at_most: dict[int, int] = {}
            for one in runs:
                bounds = [want] if one.run.canary_left is None else [one.run.canary_left]
                if one.run.per_hour is not None:
                    async with parts.database.transaction() as pacing:
                        bounds.append(await pace_run(pacing, one.run, min(want, *bounds), now=now))
                if one.run.canary_left is not None or one.run.per_hour is not None:
                    at_most[one.run.id] = min(bounds)
            runs = [one for one in runs if at_most.get(one.run.id, 1) > 0]
            if not runs:
                return POLL_SECONDS
            leaving = self._leaving()
            grant = await self._grant(connection, want, leaving)
            self._opens_at = grant.retry_at
            if grant.number < 1:
                wait = POLL_SECONDS if grant.retry_at is None else _seconds(leaving.at + EARLY, grant.retry_at)
                return min(POLL_SECONDS, wait)
            recipients = await claim_recipients(
                connection,
                self._shares.of([one.run for one in runs], grant.number, at_most),
                sender=parts.name,
                channel=self._channel,
                cap=self._cap,
                now=now,
                today=local_midnight(now),
                lasting=parts.claim_lasts,
            )
            await self._send(connection, grant, leaving, recipients, {one.run.id: one for one in runs}, now, apart)
        if pace < 1 and not any(one.run.overridden for one in runs):
            # Whatever wakes the lane before: an emergency alone does not wait for the help desk.
            self._slow_until = now + timedelta(seconds=len(recipients) / (pace * self._usual))
        return 0.0 if recipients else POLL_SECONDS

    def _leaving(self) -> Leaving:
        lead, now = LEAD if self._limited else timedelta(), self._parts.clock.now()
        if self._opens_at is not None and now + lead < self._opens_at <= now + lead + EARLY:
            lead = self._opens_at - now
        return Leaving(now + lead, time.monotonic() + lead.total_seconds())

    async def _grant(self, connection: AsyncConnection, want: int, leaving: Leaving) -> Grant:
        if self._channel in self._parts.ungranted:
            return Grant(want, None, None)
        return await grant_sending(
            connection,
            self._channel,
            want,
            bulk=True,
            now=leaving.at,
            free_at=leaving.at + self._parts.claim_lasts + _LONGEST_WINDOW,
            day=local_date(leaving.at),
        )

    async def _open_runs(self, runs: Sequence[ReadyRun], now: datetime) -> list[OpenRun]:
        found = []
        for run in runs:
            try:
                rules = SendingRules.model_validate(run.rules)
            except ValidationError:
                await self._breaker.stop(run.id, "rules_not_understood")
                continue
            if run.send_from is not None and run.send_from > now:
                continue
            if run.send_before is not None and run.send_before <= now:
                continue
            if run.overridden or rules.opens_at(now, run.purpose) == now:
                found.append(OpenRun(run, rules))
        return found

    async def _send(
        self,
        connection: AsyncConnection,
        grant: Grant,
        leaving: Leaving,
        recipients: Sequence[ClaimedRecipient],
        runs: dict[int, OpenRun],
        now: datetime,
        apart: float,
    ) -> None:
        ready = []
        too_fast = await self._too_fast(connection, recipients, now)
        for recipient in recipients:
            one = runs[recipient.run_id]
            if recipient.run_id not in self._texts:
                self._texts[recipient.run_id] = RunTexts(await run_messages(connection, recipient.run_id))
            refusal = too_fast.get(recipient.delivery.id) or obstacle(
                recipient, one.run, one.rules, now=now, chance=self._parts.verdicts.chance
            )
            if refusal is None:
                ready.append(recipient)
            else:
                self._settle(recipient, refusal, one)
        batch = GrantedBatch(self._channel, grant, len(ready), self._settler)
        if not ready:
            batch.close(now)
        for number, recipient in enumerate(ready):
            later = replace(leaving, monotonic=leaving.monotonic + number * apart)
            self.begin(self._send_one(recipient, runs[recipient.run_id], batch, later))

    async def _too_fast(
        self, connection: AsyncConnection, recipients: Sequence[ClaimedRecipient], now: datetime
    ) -> dict[int, Outcome]:
        """Return what is to wait because too much goes to its group. A person gets one message of a run at most."""
        groups = [one.delivery for one in recipients if is_group(self._channel, one.delivery.address)]
        if not groups:
            return {}
        limit = chat_limit(self._parts.channels[self._channel].capabilities, self._channel, groups[0].address)
        if limit is None:
            return {}
        allowed = await pace_chats(connection, self._channel, [one.address for one in groups], limit, now=now)
        return {
            one.id: Outcome(
                one.id,
                one.conversation_id,
                DeliveryState.QUEUED,
                reason="chat_pace",
                error_class=ErrorClass.RATE,
                not_before=now + limit.spacing,
            )
            for one in groups
            if one.address not in allowed
        }

    async def _send_one(self, recipient: ClaimedRecipient, one: OpenRun, batch: GrantedBatch, leaving: Leaving) -> None:
        parts, delivery = self._parts, recipient.delivery
        words = None
        result: SendResult
        if recipient.reachable:
            try:
                words = self._texts[recipient.run_id].words(recipient)
            except NoText as missing:
                batch.not_asked(parts.clock.now())
                result = Failed(ErrorClass.PAYLOAD, f"no_text_{missing}")
            else:
                if (early := leaving.monotonic - time.monotonic()) > 0:
                    # A timer of whole milliseconds may go off a little early.
                    await asyncio.sleep(early + 0.001)
                await self._giving_way.hold_still()
                asked_at = parts.clock.now()
                result = await parts.shipping.ship(delivery, words, may_cost=one.rules.may_cost)
                self._round_trips.note(parts.clock.now() - asked_at)
                batch.answered(self._round_trips.counted_at(parts.clock.now()))
                if isinstance(result, Failed) or delivery.channel not in parts.ungranted:
                    await parts.accounts.heed(delivery.channel, result)
        else:
            batch.not_asked(parts.clock.now())
            result = Failed(ErrorClass.RECIPIENT, "unreachable")
        await self._conclude(recipient, one, result, words)

    async def _conclude(
        self, recipient: ClaimedRecipient, one: OpenRun, result: SendResult, words: Mapping[str, Any] | None
    ) -> None:
        parts, delivery = self._parts, recipient.delivery
        route = None
        if takes_another_route(result, may_cost=one.rules.may_cost):
            async with parts.database.single() as connection:
                route = await self._routes.next_route(connection, delivery, parts.channels)
        now = parts.clock.now()
        outcome = parts.verdicts.of(delivery, result, now=now, route=route)
        if outcome.state is DeliveryState.SENT and words is not None and self._is_read_back(words):
            outcome = Outcome(**{**vars(outcome), "words": words})
        self._settle(recipient, outcome, one)
        await self._breaker.note(one.run, result)

    def _is_read_back(self, words: Mapping[str, Any]) -> bool:
        """True where the ledger must keep the words: a page shows them, or a typed number means a button."""
        capabilities = self._parts.channels[self._channel].capabilities
        return capabilities.repeatable or len(words.get("buttons", ())) > capabilities.max_buttons

    def _settle(self, recipient: ClaimedRecipient, outcome: Outcome, one: OpenRun) -> None:
        canary = one.run.canary_left is not None
        self._settler.add(Settlement(recipient.delivery, outcome, canary=canary))


def _seconds(now: datetime, then: datetime) -> float:
    return max(0.001, (then - now).total_seconds())


async def usual_pace() -> float:
    """Nothing holds bulk back."""
    await asyncio.sleep(0)
    return 1.0
