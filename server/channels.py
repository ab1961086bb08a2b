"""The channels of a running process, as the settings name them.

Each channel package is put together in a function of its own here (`zalo_connection`, …) that returns a `Connection`,
or None when the settings do not name the channel. The runtime asks `connections` once.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from fastapi import APIRouter

from bot.channels.base import Channel
from bot.channels.capabilities import TELEGRAM
from bot.channels.events import EventDoor, EventReader
from bot.channels.ledger import LEDGER_CHANNELS, LedgerChannel
from bot.channels.simulated import SimulatedChannel
from bot.channels.telegram.account import Account, BotName, close
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.reading import Reading
from bot.channels.telegram.sending import TelegramChannel
from bot.channels.telegram.webhook import PATH as TELEGRAM_PATH
from bot.channels.telegram.webhook import WebhookKeeper, telegram_router
from bot.channels.waiting import SettledSignal
from bot.inbox import Inbox
from server.settings import Settings
from store.clock import Clock
from store.database import Database
from store.queries.channel_events import CHANNEL_EVENT

#: Telegram keeps the order of a chat, but a webhook's deliveries may overtake each other between it and us.
TELEGRAM_SETTLES = timedelta(milliseconds=150)

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


def connections(
    settings: Settings, database: Database, inbox: Inbox, clock: Clock, signal: SettledSignal
) -> Sequence[Connection]:
    """Return the channels that are set up. The web chat and the terminal always are."""
    shown = [Connection(LedgerChannel(name)) for name in sorted(LEDGER_CHANNELS)]
    messengers = [telegram_connection(settings, database, inbox, clock, signal)]
    return [*shown, Connection(SimulatedChannel()), *(one for one in messengers if one is not None)]


def telegram_connection(
    settings: Settings, database: Database, inbox: Inbox, clock: Clock, signal: SettledSignal
) -> Connection | None:
    """Return Telegram, None where no token is set or it is switched off."""
    if settings.telegram_token is None or settings.telegram_mode == "off":
        return None
    account = Account(settings.telegram_token.get_secret_value(), settings.telegram_address)
    bot = account.bot()
    public_address = (settings.public_address or "").rstrip("/")
    door = EventDoor(database, clock, TELEGRAM)
    reading = Reading(bot, account.bot_id, database, inbox, clock, signal, BotName(bot))
    by_webhook = settings.telegram_mode == "webhook"
    reader = EventReader(database, clock, TELEGRAM, reading, settle=TELEGRAM_SETTLES if by_webhook else timedelta())
    receiving: dict[str, Run] = {"telegram_reader": reader.run}
    router = None
    if by_webhook:
        assert settings.telegram_secret is not None
        secret = settings.telegram_secret.get_secret_value()
        router = telegram_router(door, secret, account.bot_id)
        if public_address:
            receiving["telegram_webhook"] = WebhookKeeper(bot, f"{public_address}{TELEGRAM_PATH}", secret).run
    else:
        receiving["telegram_poller"] = Poller(bot, database, door, account.bot_id).run
    return Connection(
        TelegramChannel(bot, database, clock, public_address),
        router=router,
        receiving=receiving,
        hears={CHANNEL_EVENT: reader.heard},
        close=lambda: close(bot),
    )
