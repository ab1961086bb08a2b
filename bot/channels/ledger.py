"""Channels that show the ledger itself: the web chat and the command line. Sending a message makes its row visible."""

from bot.channels.base import Capabilities
from store.delivery_states import DeliveryState
from store.queries.deliveries import ClaimedDelivery, Outcome

WEB = "web"
TERMINAL = "terminal"
LEDGER_CHANNELS = frozenset({WEB, TERMINAL})


class LedgerChannel:
    """The person's page (or terminal) reads settled rows; it is told by the notification that settling sends."""

    capabilities = Capabilities(repeatable=True, folds_sources=True, max_buttons=13, max_text_length=20_000)

    def __init__(self, name: str) -> None:
        self.name = name

    async def send(self, delivery: ClaimedDelivery) -> Outcome:
        """Let the row be seen."""
        return Outcome(delivery.id, delivery.conversation_id, DeliveryState.SENT)
