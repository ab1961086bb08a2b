"""The channels of a running process, as the settings name them.

Each channel package is put together by a function in a file of its own (`server/zalo.py`, …) that returns its
`Connection`s, none when the settings do not name the channel. The runtime asks `connections` once.
"""

from collections.abc import Callable, Sequence

from bot.channels.capabilities import TELEGRAM, WEB, ZALO, ZALO_ANONYMOUS, ZALO_BOT, ZALO_PHONE
from bot.channels.ledger import LEDGER_CHANNELS, LedgerChannel
from bot.channels.simulated import SimulatedChannel
from bot.channels.waiting import SettledSignal
from bot.inbox import Inbox
from bot.learning.open_questions import OpenQuestions
from bot.learning.ratings import Ratings
from server.connection import Connection
from server.settings import Settings
from server.telegram import telegram_connection, telegram_is_set_up
from server.zalo import zalo_account, zalo_connections
from server.zalo_bot import zalo_bot_connection, zalo_bot_is_set_up
from store.clock import Clock
from store.database import Database


def connections(
    settings: Settings,
    database: Database,
    inbox: Inbox,
    clock: Clock,
    signal: SettledSignal,
    own_address: Callable[[], str],
) -> Sequence[Connection]:
    """Return the channels that are set up. The web chat and the terminal always are.

    Args:
        own_address: where the web part of this process answers; empty where it has none.
    """
    ratings = Ratings(database, clock, OpenQuestions(database, clock, keep=settings.keeps_open_questions))
    shown = [Connection(LedgerChannel(name)) for name in sorted(LEDGER_CHANNELS)]
    bots = [
        telegram_connection(settings, database, inbox, clock, signal, own_address, ratings),
        zalo_bot_connection(settings, database, inbox, clock, signal),
    ]
    return [
        *shown,
        Connection(SimulatedChannel()),
        *zalo_connections(settings, database, inbox, clock, ratings),
        *(one for one in bots if one is not None),
    ]


def channels_set_up(settings: Settings) -> frozenset[str]:
    """Return the names of the channels that the settings name an account for, and the web chat."""
    found = {WEB}
    if zalo_account(settings) is not None:
        found |= {ZALO, ZALO_ANONYMOUS, ZALO_PHONE}
    if zalo_bot_is_set_up(settings):
        found.add(ZALO_BOT)
    if telegram_is_set_up(settings):
        found.add(TELEGRAM)
    return frozenset(found)
