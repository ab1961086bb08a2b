"""The sender: claims rows of the delivery ledger, sends them, settles them. Replies leave first."""

import asyncio
import contextlib
import uuid
from collections.abc import Mapping
from datetime import timedelta

import structlog

from bot.channels.base import Channel, ErrorClass, SendResult, Sent, Shipment
from bot.messages import OutgoingMessage
from bot.metrics import DELIVERIES_SETTLED
from store.clock import Clock
from store.database import LOST_CONNECTION, Database
from store.delivery_states import DeliveryState
from store.queries.deliveries import (
    ClaimedDelivery,
    Outcome,
    claim_deliveries,
    settle_deliveries,
    sweep_lapsed_claims,
)

log = structlog.get_logger(__name__)

#: Rows claimed at once: large enough to pay for the round trips, small enough that little is in flight at a crash.
BATCH = 100
#: How long a claim holds. Longer than any provider call; a dead sender's rows are settled after it.
CLAIM_LASTS = timedelta(seconds=20)
#: Looked for without being woken, so that a lost notification delays a message and does not lose it.
POLL_SECONDS = 1.0
SWEEP_SECONDS = 2.0


class Sender:
    """One sender of a process. Any number may run on one database."""

    def __init__(self, database: Database, clock: Clock, channels: Mapping[str, Channel]) -> None:
        self._database = database
        self._clock = clock
        self._channels = channels
        self._name = f"sender-{uuid.uuid4().hex[:12]}"
        self._woken = asyncio.Event()
        self._repeatable = [name for name, channel in channels.items() if channel.capabilities.repeatable]

    def wake(self, _payload: str = "") -> None:
        """Look into the ledger now."""
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled."""
        sweep_at = 0.0
        loop = asyncio.get_running_loop()
        while True:
            self._woken.clear()
            try:
                if loop.time() >= sweep_at:
                    await self.sweep()
                    sweep_at = loop.time() + SWEEP_SECONDS
                if await self.send_one_batch() > 0:
                    continue
            except LOST_CONNECTION as error:
                log.warning("sender_waits_for_database", error=str(error))
                await asyncio.sleep(0.5)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)

    async def send_one_batch(self) -> int:
        """Claim, send and settle one batch; return how many rows it had."""
        async with self._database.single() as connection:
            claimed = await claim_deliveries(
                connection,
                sender=self._name,
                channels=list(self._channels),
                limit=BATCH,
                now=self._clock.now(),
                lasting=CLAIM_LASTS,
            )
        if not claimed:
            return 0
        outcomes = await asyncio.gather(*(self._send(delivery) for delivery in claimed))
        async with self._database.transaction() as connection:
            await settle_deliveries(connection, outcomes, sender=self._name, now=self._clock.now())
        for delivery, outcome in zip(claimed, outcomes, strict=True):
            DELIVERIES_SETTLED.labels(delivery.channel, outcome.state.value).inc()
            log.info(
                "delivery_settled",
                delivery=delivery.id,
                conversation=delivery.conversation_id,
                state=outcome.state.value,
                reason=outcome.reason,
            )
        return len(claimed)

    async def _send(self, delivery: ClaimedDelivery) -> Outcome:
        if delivery.send_before is not None and self._clock.now() > delivery.send_before:
            return Outcome(delivery.id, delivery.conversation_id, DeliveryState.EXPIRED, reason="too_old_to_send")
        try:
            result = await self._channels[delivery.channel].send(
                OutgoingMessage.model_validate(delivery.message),
                delivery.address,
                Shipment(key=f"{delivery.id}", conversation_id=delivery.conversation_id),
            )
        except Exception as error:
            # A channel that raises is a fault of ours after the provider may have been asked: never send it again.
            log.exception("channel_raised", delivery=delivery.id, channel=delivery.channel)
            return Outcome(delivery.id, delivery.conversation_id, DeliveryState.UNKNOWN, reason=type(error).__name__)
        return outcome_of(delivery, result)

    async def sweep(self) -> None:
        """Settle what dead senders left behind."""
        async with self._database.single() as connection:
            swept = await sweep_lapsed_claims(connection, repeatable_channels=self._repeatable, now=self._clock.now())
        if swept:
            log.warning("lapsed_claims_settled", number=swept)


def outcome_of(delivery: ClaimedDelivery, result: SendResult) -> Outcome:
    """Return what a channel's answer means for the row."""
    if isinstance(result, Sent):
        return Outcome(
            delivery.id,
            delivery.conversation_id,
            DeliveryState.SENT,
            provider_message_id=result.provider_message_id,
        )
    unknown = result.error is ErrorClass.UNKNOWN
    state = DeliveryState.UNKNOWN if unknown else DeliveryState.FAILED
    return Outcome(delivery.id, delivery.conversation_id, state, reason=result.reason)
