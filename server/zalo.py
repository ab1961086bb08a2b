"""Zalo in a process: the Official Account that the settings name, with everything it needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.channels.capabilities import ZALO
from bot.channels.events import EventDoor, EventReader
from bot.channels.spool import Spool
from bot.channels.webhook_door import WebhookDoor
from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.anonymous import ZaloAnonymousChannel
from bot.channels.zalo.channel import RateNotes, ZaloChannel
from bot.channels.zalo.client import ZaloClient
from bot.channels.zalo.consent import CALLBACK, ZaloConsent
from bot.channels.zalo.phone import ZaloPhoneChannel
from bot.channels.zalo.reading import ZaloReading
from bot.channels.zalo.templates import Templates
from bot.channels.zalo.tokens import TokenKeeper
from bot.channels.zalo.upkeep import ZaloUpkeep
from bot.channels.zalo.uploads import Uploads
from bot.channels.zalo.watch import ZaloWatch
from bot.channels.zalo.webhook import PATH, ZaloDoor, zalo_router
from bot.channels.zalo_http import HttpCalls
from bot.channels.zalo_media import ZaloMedia
from bot.inbox import Inbox
from bot.learning.ratings import Ratings
from server.connection import Connection
from server.secret_file import sealing_secret
from server.settings import Settings
from store.clock import Clock
from store.database import Database
from store.queries.channel_events import CHANNEL_EVENT
from store.sealing import Sealer


def zalo_account(settings: Settings) -> ZaloAccount | None:
    """Return what the settings say about the account, None when they name none."""
    if settings.zalo_oa_id is None:
        return None
    key = settings.zalo_webhook_key
    return ZaloAccount(
        oa_id=settings.zalo_oa_id,
        app_id=settings.zalo_app_id,
        app_secret=settings.zalo_app_secret.get_secret_value(),
        webhook_key=key.get_secret_value() if key is not None else None,
        openapi=settings.zalo_openapi_url.rstrip("/"),
        business=settings.zalo_business_url.rstrip("/"),
        oauth=settings.zalo_oauth_url.rstrip("/"),
        enforce=settings.zalo_signatures == "enforce",
        environment=settings.installation,
        appsecret_proof=settings.zalo_appsecret_proof,
        mute=timedelta(minutes=settings.zalo_mute_minutes),
        settle=timedelta(seconds=settings.zalo_settle_seconds),
        paid_per_day=settings.zalo_paid_per_day,
    )


@dataclass(frozen=True)
class ZaloCalls:
    """What calls Zalo: for the running system and for the command line."""

    account: ZaloAccount
    calls: HttpCalls
    tokens: TokenKeeper
    client: ZaloClient


def zalo_calls(settings: Settings, account: ZaloAccount, database: Database, clock: Clock) -> ZaloCalls:
    """Return what calls Zalo for one account."""
    calls = HttpCalls(account.timeout)
    tokens = TokenKeeper(account, database, clock, Sealer(sealing_secret(settings)), calls)
    client = ZaloClient(account, tokens, calls, clock, on_rate=RateNotes(database, clock).heed)
    return ZaloCalls(account, calls, tokens, client)


def zalo_connections(
    settings: Settings, database: Database, inbox: Inbox, clock: Clock, ratings: Ratings
) -> Sequence[Connection]:
    """Return the channels of the account: its followers, its visitors without a name, and telephone numbers."""
    account = zalo_account(settings)
    if account is None:
        return ()
    zalo = zalo_calls(settings, account, database, clock)
    address = (settings.public_address or "").rstrip("/")
    uploads = Uploads(zalo.client, database, clock, folder=settings.recordings_dir, public_address=address)
    templates = Templates(database, clock, zalo.client)
    channel = ZaloChannel(account, database, clock, zalo.client, uploads, templates, public_address=address)
    reading = ZaloReading(account, database, inbox, clock, ratings)
    media = ZaloMedia(settings.zalo_openapi_url)
    spool = Spool(settings.kept_events_dir / ZALO)
    kept = WebhookDoor(EventDoor(database, clock, ZALO), spool)
    reader = EventReader(database, clock, ZALO, reading.read, settle=account.settle, held=spool.marks)
    watch = ZaloWatch(account, database, clock, zalo.calls, f"{address}{PATH}" if address else None)
    upkeep = ZaloUpkeep(database, clock, zalo.tokens)
    verifier = settings.zalo_pkce_verifier
    consent = ZaloConsent(
        account,
        zalo.tokens,
        Sealer(sealing_secret(settings)),
        clock,
        f"{address}{CALLBACK}",
        verifier.get_secret_value() if verifier is not None else None,
    )
    return (
        Connection(
            channel,
            router=zalo_router(ZaloDoor(account, kept, clock)),
            receiving={"zalo_kept_events": kept.run, "zalo_watch": watch.run},
            reading={"zalo_reader": reader.run},
            sending={"zalo_token": upkeep.keep_token_fresh, "zalo_receipts": upkeep.match_receipts},
            hears={CHANNEL_EVENT: reader.heard},
            note=zalo.tokens.note,
            media=media,
            close=zalo.calls.close,
            # Zalo sends nobody back to an address that nobody said.
            zalo_consent=consent if address else None,
        ),
        Connection(ZaloAnonymousChannel(database, clock, zalo.client, public_address=address), media=media),
        Connection(ZaloPhoneChannel(account, database, clock, zalo.client, templates)),
    )
