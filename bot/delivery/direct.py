"""Messages to single people: answers in a lane of their own, receipts and reminders in another. Never behind bulk."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.base import Channel, Failed, SendResult
from bot.delivery.accounts import Accounts
from bot.delivery.lane import POLL_SECONDS, GrantedBatch, Lane, RoundTrips
from bot.delivery.limits import chat_limit
from bot.delivery.routes import route_of_single
from bot.delivery.settling import Settlement, Settler
from bot.delivery.shipping import TOO_OLD, Shipping
from bot.delivery.verdicts import Verdicts, takes_another_route
from store.clock import Clock, local_date
from store.database import LOST_CONNECTION, Database
from store.delivery_errors import ErrorClass
from store.delivery_states import DeliveryState, Priority
from store.queries.sending import ClaimedDelivery, Outcome, claim_deliveries, waiting_by_channel
from store.queries.sending_limits import ChatLimit, Grant, grant_sending, pace_chats

#: Rows claimed at once: large enough to pay for the round trips, small enough that little is in flight at a crash.
BATCH = 50
#: Messages of one lane under way at once.
MOST_UNDER_WAY = 100


@dataclass(frozen=True)
class Parts:
    """What every lane of a sender works with."""

    name: str
    database: Database
    clock: Clock
    channels: Mapping[str, Channel]
    shipping: Shipping
    accounts: Accounts
    verdicts: Verdicts
    claim_lasts: timedelta
    #: Channels whose messages need no grant: sending means making the row visible.
    ungranted: frozenset[str]


class DirectLane(Lane):
    """Claims, sends and settles messages of some priorities that belong to no campaign run."""

    def __init__(self, parts: Parts, settler: Settler, priorities: Sequence[Priority]) -> None:
        super().__init__(MOST_UNDER_WAY)
        self._parts = parts
        self._settler = settler
        self._priorities = priorities
        self._round_trips: dict[str, RoundTrips] = {name: RoundTrips() for name in parts.channels}

    async def round(self) -> float:
        """Begin to send what waits; return for how many seconds nothing is to be expected."""
        if self.room < 1:
            return POLL_SECONDS
        parts, now = self._parts, self._parts.clock.now()
        begun, wait = 0, POLL_SECONDS
        async with parts.database.single() as connection:
            waiting = await waiting_by_channel(
                connection, channels=list(parts.channels), priorities=self._priorities, now=now
            )
            for channel, number in sorted(waiting.items()):
                want = min(number, self.room, BATCH)
                if want < 1:
                    return 0.0
                grant = Grant(want, None, None)
                if channel not in parts.ungranted:
                    window = timedelta(minutes=1)
                    grant = await grant_sending(
                        connection,
                        channel,
                        want,
                        bulk=False,
                        now=now,
                        free_at=now + parts.claim_lasts + window,
                        day=local_date(now),
                    )
                if grant.number < want and grant.retry_at is not None:
                    wait = min(wait, max(0.001, (grant.retry_at - now).total_seconds()))
                if grant.number < 1:
                    continue
                claimed = await claim_deliveries(
                    connection,
                    sender=parts.name,
                    channels=[channel],
                    limit=grant.number,
                    now=now,
                    lasting=parts.claim_lasts,
                    priorities=self._priorities,
                )
                begun += len(claimed)
                self._send(channel, grant, await self._in_pace(connection, channel, claimed))
        return 0.0 if begun else wait

    async def _in_pace(
        self, connection: AsyncConnection, channel: str, claimed: list[ClaimedDelivery]
    ) -> list[ClaimedDelivery]:
        """Put back what would come too fast for one chat; return the others."""
        parts, now = self._parts, self._parts.clock.now()
        capabilities = parts.channels[channel].capabilities
        sent_on: list[ClaimedDelivery] = []
        by_limit: dict[ChatLimit, list[ClaimedDelivery]] = {}
        for delivery in claimed:
            limit = chat_limit(capabilities, channel, delivery.address)
            (sent_on if limit is None else by_limit.setdefault(limit, [])).append(delivery)
        for limit, deliveries in by_limit.items():
            allowed = await pace_chats(connection, channel, sorted({one.address for one in deliveries}), limit, now=now)
            for one in deliveries:
                if one.address in allowed:
                    sent_on.append(one)
                    continue
                later = Outcome(
                    one.id,
                    one.conversation_id,
                    DeliveryState.QUEUED,
                    reason="chat_pace",
                    error_class=ErrorClass.RATE,
                    not_before=now + limit.spacing,
                )
                self._settler.add(Settlement(one, later))
                self.wake_in(limit.spacing.total_seconds())
        return sent_on

    def _send(self, channel: str, grant: Grant, deliveries: Sequence[ClaimedDelivery]) -> None:
        batch = GrantedBatch(channel, grant, len(deliveries), self._settler)
        if not deliveries:
            batch.close(self._parts.clock.now())
        for delivery in deliveries:
            self.begin(self._send_one(delivery, batch))

    async def _send_one(self, delivery: ClaimedDelivery, batch: GrantedBatch) -> None:
        parts = self._parts
        if parts.shipping.is_too_old(delivery):
            batch.not_asked(parts.clock.now())
            expired = Outcome(delivery.id, delivery.conversation_id, DeliveryState.EXPIRED, reason=TOO_OLD)
            self._settler.add(Settlement(delivery, expired))
            return
        asked_at = parts.clock.now()
        result: SendResult = await parts.shipping.ship(delivery, delivery.message)
        now = parts.clock.now()
        trips = self._round_trips[delivery.channel]
        trips.note(now - asked_at)
        batch.answered(trips.counted_at(now))
        route = None
        if takes_another_route(result, may_cost=False):
            # Without a database the message ends as refused; the outcome is written when it is back.
            with contextlib.suppress(*LOST_CONNECTION):
                async with parts.database.single() as connection:
                    route = await route_of_single(connection, delivery, parts.channels)
        outcome = parts.verdicts.of(delivery, result, now=now, route=route)
        self._settler.add(Settlement(delivery, outcome))
        if outcome.not_before is not None:
            self.wake_in((outcome.not_before - now).total_seconds())
        if isinstance(result, Failed) or delivery.channel not in parts.ungranted:
            await parts.accounts.heed(delivery.channel, result)
