"""The Zalo Bot Platform in a process: the bot that the settings name, by webhook or poll."""

from datetime import timedelta

from bot.channels.capabilities import ZALO_BOT
from bot.channels.events import EventDoor, EventReader
from bot.channels.spool import Spool
from bot.channels.typing import Typing
from bot.channels.waiting import SettledSignal
from bot.channels.webhook_door import WebhookDoor
from bot.channels.zalo_bot.client import Client
from bot.channels.zalo_bot.receiving import PATH, Poller, Reading, WebhookSetter, zalo_bot_router
from bot.channels.zalo_bot.sending import ZaloBotChannel
from bot.channels.zalo_media import ZaloMedia
from bot.inbox import Inbox
from server.connection import Connection, Run
from server.settings import Settings
from store.clock import Clock
from store.database import Database
from store.queries.channel_events import CHANNEL_EVENT

#: The platform says nothing about order.
ZALO_BOT_SETTLES = timedelta(milliseconds=300)


def zalo_bot_is_set_up(settings: Settings) -> bool:
    """True where a token is set and the bot is not switched off."""
    return settings.zalo_bot_token is not None and settings.zalo_bot_mode != "off"


def zalo_bot_connection(
    settings: Settings, database: Database, inbox: Inbox, clock: Clock, signal: SettledSignal
) -> Connection | None:
    """Return the bot, None where no token is set or it is switched off."""
    if settings.zalo_bot_token is None or not zalo_bot_is_set_up(settings):
        return None
    client = Client(settings.zalo_bot_token.get_secret_value(), settings.zalo_bot_address)
    public_address = (settings.public_address or "").rstrip("/")
    door = EventDoor(database, clock, ZALO_BOT)
    spool = Spool(settings.kept_events_dir / ZALO_BOT)
    reading = Reading(client, inbox, Typing(signal))
    reader = EventReader(database, clock, ZALO_BOT, reading, settle=ZALO_BOT_SETTLES, held=spool.marks)
    receiving: dict[str, Run] = {}
    router = None
    if settings.zalo_bot_mode == "webhook":
        assert settings.zalo_bot_secret is not None
        secret = settings.zalo_bot_secret.get_secret_value()
        kept = WebhookDoor(door, spool)
        router = zalo_bot_router(kept, secret, client.bot_id)
        receiving["zalo_bot_kept_events"] = kept.run
        if public_address:
            receiving["zalo_bot_webhook"] = WebhookSetter(client, f"{public_address}{PATH}", secret).run
    else:
        receiving["zalo_bot_poller"] = Poller(client, database, door).run
    return Connection(
        ZaloBotChannel(client, database, clock, public_address),
        router=router,
        receiving=receiving,
        reading={"zalo_bot_reader": reader.run},
        hears={CHANNEL_EVENT: reader.heard},
        media=ZaloMedia(settings.zalo_bot_address),
        close=client.close,
    )
