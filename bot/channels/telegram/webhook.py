"""`POST /webhooks/telegram`: checks the secret, stores the update as it came, says 200. Nothing else happens here.

https://core.telegram.org/bots/api#setwebhook
"""

import asyncio
import hmac
from dataclasses import dataclass

import structlog
import telegram
from fastapi import APIRouter, Request, Response
from telegram.error import TelegramError

from bot.channels.events import Door
from bot.channels.json_bodies import read_json
from bot.channels.spool import SpoolFull
from bot.channels.telegram.account import ALLOWED_UPDATES
from bot.channels.telegram.parsing import address_of, key_of

log = structlog.get_logger(__name__)

PATH = "/webhooks/telegram"
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 – a header's name
#: Telegram delivers this many updates at the same time, never two of one chat.
_CONNECTIONS = 40
#: How often the webhook is looked at: Telegram gives up on one that stays away, and says so only here.
LOOK_AT_WEBHOOK_SECONDS = 3600.0
_FIRST_RETRY_SECONDS, _LONGEST_RETRY_SECONDS = 5.0, 300.0


def telegram_router(door: Door, secret: str, bot_id: int) -> APIRouter:
    """Return the route by which Telegram delivers."""
    router = APIRouter()
    expected = secret.encode()

    @router.post(PATH, include_in_schema=False)
    async def deliver(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "").encode()
        if not hmac.compare_digest(given, expected):
            return Response(status_code=403)
        body = await request.body()
        try:
            await take(door, body, bot_id)
        except (SpoolFull, OSError) as error:
            # Telegram keeps it and delivers again.
            log.error("telegram_update_not_kept", reason=type(error).__name__)
            return Response(status_code=503)
        return Response(status_code=200)

    return router


async def take(door: Door, body: bytes, bot_id: int) -> None:
    """Store one update, whatever it holds."""
    update = read_json(body)
    key, rank = key_of(update, body, bot_id)
    await door.take(key, body, address=address_of(update), rank=rank)


@dataclass(frozen=True)
class WebhookKeeper:
    """Tells Telegram where to deliver, and looks from time to time whether it does."""

    bot: telegram.Bot
    url: str
    secret: str

    async def run(self) -> None:
        """Run until cancelled."""
        wait = _FIRST_RETRY_SECONDS
        while True:
            try:
                await self.bot.set_webhook(
                    self.url,
                    secret_token=self.secret,
                    allowed_updates=ALLOWED_UPDATES,
                    max_connections=_CONNECTIONS,
                    # What people wrote while we were away is worth an answer.
                    drop_pending_updates=False,
                )
                log.info("telegram_webhook_set")
                break
            except (TelegramError, KeyError, TypeError) as error:
                log.error("telegram_webhook_not_set", reason=type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LONGEST_RETRY_SECONDS)
        while True:
            await asyncio.sleep(LOOK_AT_WEBHOOK_SECONDS)
            await self.look()

    async def look(self) -> bool:
        """Return True if Telegram delivers here without complaint; what it complains of is logged."""
        try:
            info = await self.bot.get_webhook_info()
        except (TelegramError, KeyError, TypeError) as error:
            log.warning("telegram_webhook_unknown", reason=type(error).__name__)
            return False
        if info.url != self.url:
            log.error("telegram_delivers_elsewhere", waiting=info.pending_update_count)
            return False
        if info.last_error_message:
            log.warning("telegram_webhook_failed", waiting=info.pending_update_count)
        return not info.last_error_message
