"""Telegram in a process: the bot that the settings name, by webhook or long poll."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot.channels.capabilities import TELEGRAM, TELEGRAM_BOT
from bot.channels.events import EventDoor, EventReader
from bot.channels.own_media import OwnMedia
from bot.channels.spool import Spool
from bot.channels.telegram.account import Account, BotName, close
from bot.channels.telegram.media import TelegramMedia
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.reading import Reading
from bot.channels.telegram.sending import TelegramChannel
from bot.channels.telegram.uploads import Uploads
from bot.channels.telegram.webhook import PATH as TELEGRAM_PATH
from bot.channels.telegram.webhook import WebhookKeeper, telegram_router
from bot.channels.typing import Typing
from bot.channels.waiting import SettledSignal
from bot.channels.webhook_door import WebhookDoor
from bot.delivery.limits import account_limit
from bot.inbox import Inbox
from bot.learning.ratings import Ratings
from server.connection import Connection, Run
from server.settings import Settings
from store.clock import Clock
from store.database import Database
from store.queries.channel_events import CHANNEL_EVENT

#: Telegram keeps the order of a chat, but a webhook's deliveries may overtake each other between it and us.
TELEGRAM_SETTLES = timedelta(milliseconds=150)


def telegram_is_set_up(settings: Settings) -> bool:
    """True where a token is set and Telegram is not switched off."""
    return settings.telegram_token is not None and settings.telegram_mode != "off"


def telegram_connection(
    settings: Settings,
    database: Database,
    inbox: Inbox,
    clock: Clock,
    signal: SettledSignal,
    own_address: Callable[[], str],
    ratings: Ratings,
) -> Connection | None:
    """Return Telegram, None where no token is set or it is switched off."""
    if settings.telegram_token is None or not telegram_is_set_up(settings):
        return None
    account = Account(settings.telegram_token.get_secret_value(), settings.telegram_address)
    bot = account.bot()
    public_address = (settings.public_address or "").rstrip("/")
    own = OwnMedia(settings.recordings_dir, lambda: own_address() or public_address)
    uploads = Uploads(bot, account.bot_id, database, clock, own)
    door = EventDoor(database, clock, TELEGRAM)
    reading = Reading(bot, account.bot_id, database, inbox, clock, Typing(signal), BotName(bot), ratings)
    by_webhook = settings.telegram_mode == "webhook"
    spool = Spool(settings.kept_events_dir / TELEGRAM)
    settle = TELEGRAM_SETTLES if by_webhook else timedelta()
    reader = EventReader(database, clock, TELEGRAM, reading, settle=settle, held=spool.marks)
    receiving: dict[str, Run] = {}
    router = None
    if by_webhook:
        assert settings.telegram_secret is not None
        secret = settings.telegram_secret.get_secret_value()
        kept = WebhookDoor(door, spool)
        router = telegram_router(kept, secret, account.bot_id)
        receiving["telegram_kept_events"] = kept.run
        if public_address:
            receiving["telegram_webhook"] = WebhookKeeper(bot, f"{public_address}{TELEGRAM_PATH}", secret).run
    else:
        receiving["telegram_poller"] = Poller(bot, database, door, account.bot_id).run
    return Connection(
        TelegramChannel(bot, database, clock, public_address, uploads),
        router=router,
        receiving=receiving,
        reading={"telegram_reader": reader.run},
        hears={CHANNEL_EVENT: reader.heard},
        media=TelegramMedia(bot, account.base_address),
        close=lambda: close(bot),
        limit=account_limit(replace(TELEGRAM_BOT, per_second=settings.telegram_per_second)),
    )
