"""Asking a channel to send one message."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import ValidationError

from bot.channels.base import Channel, Failed, SendResult, Shipment
from bot.messages import OutgoingMessage
from store.clock import Clock
from store.delivery_errors import ErrorClass
from store.delivery_states import Priority
from store.queries.sending import ClaimedDelivery

log = structlog.get_logger(__name__)

#: Settled as `expired`: our own reason, no provider was asked.
TOO_OLD = "too_old_to_send"


@dataclass(frozen=True)
class Shipping:
    """Hands messages to their channels."""

    clock: Clock
    channels: Mapping[str, Channel]

    async def ship(self, delivery: ClaimedDelivery, words: Mapping[str, Any], *, may_cost: bool = False) -> SendResult:
        """Ask the channel of a row once."""
        try:
            message = OutgoingMessage.model_validate(words)
        except ValidationError:
            return Failed(ErrorClass.PAYLOAD, "not_a_message")
        shipment = Shipment(
            key=f"{delivery.id}",
            priority=Priority(delivery.priority),
            may_cost=may_cost,
            conversation_id=delivery.conversation_id,
        )
        try:
            return await self.channels[delivery.channel].send(message, delivery.address, shipment)
        except Exception as error:
            # A channel that raises is a fault of ours after the provider may have been asked: never send it again.
            log.exception("channel_raised", delivery=delivery.id, channel=delivery.channel)
            return Failed(ErrorClass.UNKNOWN, type(error).__name__)

    def is_too_old(self, delivery: ClaimedDelivery) -> bool:
        """True when the message is of no use any more."""
        return delivery.send_before is not None and self.clock.now() >= delivery.send_before
