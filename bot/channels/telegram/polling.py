"""Long polling, for machines that Telegram cannot reach. The offset moves on only after everything was stored.

python-telegram-bot's own poller acknowledges what it fetched before anything is safe; so this one is ours.
https://core.telegram.org/bots/api#getupdates
"""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

import structlog
import telegram
from sqlalchemy.ext.asyncio import AsyncConnection
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.alone import run_alone
from bot.channels.events import EventDoor
from bot.channels.telegram.account import ALLOWED_UPDATES
from bot.channels.telegram.webhook import take
from store.database import Database

log = structlog.get_logger(__name__)

POLL_SECONDS = 30
#: Pauses after a fault; doubled up to the longest.
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 1.0, 60.0
#: Somebody else polls with our token; asking again at once would only throw each other out.
_PAUSE_AFTER_CONFLICT_SECONDS = 15.0
#: An empty answer that comes sooner was not waited for.
_AT_ONCE_SECONDS = 0.2


@dataclass
class Poller:
    """Fetches updates and stores them. Of all processes on one database, one polls at a time."""

    bot: telegram.Bot
    database: Database
    door: EventDoor
    bot_id: int
    seconds: int = POLL_SECONDS
    offset: int | None = None

    async def run(self) -> None:
        """Poll until cancelled, whenever no other process does."""
        await run_alone(self.database, f"telegram_poller {self.bot_id}", self._poll)

    async def _poll(self, _session: AsyncConnection) -> None:
        webhook_is_gone = False
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                if not webhook_is_gone:
                    # While a webhook is set Telegram refuses polls. What waits there is kept for us.
                    await self.bot.delete_webhook(drop_pending_updates=False)
                    webhook_is_gone = True
                asked_at = time.monotonic()
                found = await self.round()
                pause = _FIRST_PAUSE_SECONDS
                if not found and time.monotonic() - asked_at < _AT_ONCE_SECONDS:
                    # A server that does not hold the line would be asked without end.
                    await asyncio.sleep(pause)
                continue
            except Conflict:
                webhook_is_gone = False
                wait = _PAUSE_AFTER_CONFLICT_SECONDS
                log.error(
                    "telegram_polled_elsewhere",
                    hint="Another program uses this bot's token: stop it, or set CHUNGTAY_TELEGRAM_MODE=off here.",
                )
            except RetryAfter as error:
                after = error.retry_after
                wait = float(after) if isinstance(after, int) else after.total_seconds()
            except InvalidToken:
                wait = _LONGEST_PAUSE_SECONDS
                log.error("telegram_token_refused", hint="Check CHUNGTAY_TELEGRAM_TOKEN, or ask BotFather for another.")
            except (TelegramError, KeyError, TypeError, ValueError) as error:
                wait, pause = pause, min(pause * 2, _LONGEST_PAUSE_SECONDS)
                log.warning("telegram_not_polled", reason=type(error).__name__)
            await asyncio.sleep(wait)

    async def round(self) -> int:
        """Fetch once, store everything, then move the offset; return how many updates there were.

        Raises:
            TelegramError: nothing was fetched.
            store.database.LOST_CONNECTION: not everything was stored; the offset stays, and Telegram keeps them.
        """
        wanted: dict[str, Any] = {"timeout": self.seconds, "limit": 100, "allowed_updates": list(ALLOWED_UPDATES)}
        if self.offset is not None:
            wanted["offset"] = self.offset
        # As bare JSON: an update that python-telegram-bot cannot read must be stored too, and let the others pass.
        updates = await self.bot._post("getUpdates", wanted, read_timeout=self.seconds + 10)
        if not isinstance(updates, list):
            raise TypeError("getUpdates gave no list")
        last = None
        for update in updates:
            await take(self.door, json.dumps(update).encode(), self.bot_id)
            number = update.get("update_id") if isinstance(update, dict) else None
            if isinstance(number, int):
                last = number if last is None else max(last, number)
        if last is not None:
            self.offset = last + 1
        return len(updates)
