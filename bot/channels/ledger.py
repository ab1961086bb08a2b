"""Channels that show the ledger itself: the web chat and the command line. Sending a message makes its row visible."""

from bot.channels.base import Sent, Shipment
from bot.channels.capabilities import LEDGER, TERMINAL, WEB
from bot.messages import OutgoingMessage

__all__ = ["LEDGER_CHANNELS", "TERMINAL", "WEB", "LedgerChannel"]

LEDGER_CHANNELS = frozenset({WEB, TERMINAL})


class LedgerChannel:
    """The person's page (or terminal) reads settled rows; it is told by the notification that settling sends."""

    capabilities = LEDGER

    def __init__(self, name: str) -> None:
        self.name = name

    async def send(self, message: OutgoingMessage, address: str, shipment: Shipment) -> Sent:
        """Let the row be seen."""
        return Sent()
