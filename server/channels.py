"""The channels of a running process, as the settings name them.

Each channel package is put together in a function of its own here (`zalo_connection`, …) that returns a `Connection`,
or None when the settings do not name the channel. The runtime asks `connections` once.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import APIRouter

from bot.channels.base import Channel
from bot.channels.ledger import LEDGER_CHANNELS, LedgerChannel
from bot.channels.simulated import SimulatedChannel
from bot.inbox import Inbox
from server.settings import Settings
from store.clock import Clock
from store.database import Database

Run = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Connection:
    """One channel in this process.

    Attributes:
        channel: sends; runs where the role is `delivery`.
        router: its webhook; served where the role is `web`.
        receiving: what runs beside it where the role is `web` (pollers, readers of stored events), by name. Each runs
            until cancelled and is started again when it fails.
        sending: the same where the role is `delivery`.
        hears: database notifications that wake something of it -> callback with their payload.
        close: gives back connections when the process stops.
    """

    channel: Channel
    router: APIRouter | None = None
    receiving: Mapping[str, Run] = field(default_factory=dict)
    sending: Mapping[str, Run] = field(default_factory=dict)
    hears: Mapping[str, Callable[[str], None]] = field(default_factory=dict)
    close: Run | None = None


def connections(settings: Settings, database: Database, inbox: Inbox, clock: Clock) -> Sequence[Connection]:
    """Return the channels that are set up. The web chat and the terminal always are."""
    shown = [Connection(LedgerChannel(name)) for name in sorted(LEDGER_CHANNELS)]
    return [*shown, Connection(SimulatedChannel())]
