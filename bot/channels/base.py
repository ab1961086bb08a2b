"""What a channel is to the rest of the system.

A channel package holds three things:

- its `Capabilities` (in `bot/channels/capabilities.py`): what it can show and how fast, as data;
- a `Channel`: `send(message, address, …)` asks the provider once and says what became of it, as `Sent` or `Failed`;
- its receiving side: a router or a poller that stores what the provider delivers before it acknowledges
  (`bot/channels/events.py`), and turns it into `bot.messages.Incoming` for `bot.inbox.Inbox.accept`; what is no text it
  puts into `wishes["received"]` (`bot/channels/received.py`), and hands its content out as a `MediaSource`.

`server/channels.py` puts the channels that the settings name into the running process.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.channels.capabilities import Capabilities
from bot.messages import OutgoingMessage
from store.delivery_errors import ErrorClass
from store.delivery_states import Priority

__all__ = ["Capabilities", "Channel", "ErrorClass", "Failed", "SendResult", "Sent", "Shipment"]


#: All requests of one message together; shorter than the claim on its ledger row lasts (`bot.delivery.CLAIM_LASTS`).
LONGEST_SEND_SECONDS = 16.0

#: Classes after which the row goes back to waiting: the fault is not the message's.
WAITING_CLASSES = frozenset(
    {ErrorClass.RETRYABLE, ErrorClass.RATE, ErrorClass.QUOTA, ErrorClass.AUTH, ErrorClass.BILLING}
)


@dataclass(frozen=True)
class Sent:
    """The provider took the message. `provider_message_id` is that of its last part where it was split."""

    provider_message_id: str | None = None


@dataclass(frozen=True)
class Failed:
    """The provider did not take it, or nobody knows.

    Attributes:
        error: what to do about it.
        reason: short and stable, without words of people: `zalo_-230`, `telegram_403_blocked`. Kept in the ledger.
        retry_after: with RATE, QUOTA, RETRYABLE: not before this long; None leaves the back-off to the sender.
        new_address: the person's chat moved: send there from now on (Telegram's groups that became supergroups).
        stops_run: the same would happen to every recipient of the campaign: a person has to look first.
    """

    error: ErrorClass
    reason: str
    retry_after: timedelta | None = None
    new_address: str | None = None
    stops_run: bool = False


type SendResult = Sent | Failed


@dataclass(frozen=True)
class Shipment:
    """What the sender knows about a message beside its words.

    Attributes:
        key: the same in every attempt at this message. Parts that left under it are not sent again, and where the
            provider takes a key of ours, it is this one.
        priority: replies may use the reserve of a limit.
        may_cost: money may be spent on it (a campaign's own setting); False refuses a paid route with BILLING.
        conversation_id: the person's conversation, None for addresses that never wrote.
    """

    key: str
    priority: Priority = Priority.REPLY
    may_cost: bool = False
    conversation_id: int | None = None


class Channel(Protocol):
    """Sends messages to people on one channel."""

    name: str
    capabilities: Capabilities

    async def send(self, message: OutgoingMessage, address: str, shipment: Shipment) -> SendResult:
        """Ask the provider once to send `message` to `address` and say what became of it.

        Must not raise for anything that the provider or the network does, and must not wait longer than the claim on
        a ledger row lasts (`bot.delivery.CLAIM_LASTS`). Limits are the sender's business: `send` asks at once.
        """
        ...
