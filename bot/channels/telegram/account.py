"""The bot's account, and the client that speaks to Telegram's servers or to whatever stands in for them."""

from dataclasses import dataclass
from typing import Any

import structlog
import telegram
from telegram.error import TelegramError

from bot.channels.telegram.request import AiohttpRequest

log = structlog.get_logger(__name__)

#: Updates that we ask for; Telegram remembers the list, and tells of reactions only where they stand in it
#: (channels.md C2). The others say nothing that we use.
ALLOWED_UPDATES = (
    *("message", "edited_message", "callback_query", "my_chat_member", "channel_post"),
    "message_reaction",
)
#: Seconds that Telegram may hold a poll open; it allows 50.
LONGEST_POLL_SECONDS = 50
#: Messages under way at once, of both lanes of a sender and of its bulk (bot/delivery).
_CONNECTIONS = 256
#: Together shorter than the claim on a ledger row lasts.
_CONNECT_SECONDS, _READ_SECONDS = 4.0, 8.0


@dataclass(frozen=True)
class Account:
    """One bot.

    Attributes:
        token: `<bot id>:<secret>`.
        base_address: where the Bot API answers, without `/bot`.
    """

    token: str
    base_address: str = "https://api.telegram.org"

    @property
    def bot_id(self) -> int:
        """The bot's own user id, which its token begins with; 0 for a token that names none."""
        number = self.token.partition(":")[0]
        return int(number) if number.isdecimal() and number.isascii() else 0

    def bot(self) -> telegram.Bot:
        """Return a client. It asks nothing of Telegram by itself, so that we start while Telegram is away."""
        base = self.base_address.rstrip("/")
        return telegram.Bot(
            self.token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=AiohttpRequest(_CONNECTIONS, connect=_CONNECT_SECONDS, read=_READ_SECONDS),
            # A poll holds its line for long; it must not take one from sending.
            get_updates_request=AiohttpRequest(2, connect=_CONNECT_SECONDS, read=LONGEST_POLL_SECONDS + 10),
        )


class BotName:
    """The bot's user name, asked of Telegram once it is needed: in groups people say "@name"."""

    def __init__(self, bot: telegram.Bot) -> None:
        self._bot = bot
        self._name: str | None = None

    async def ask(self) -> str | None:
        """Return the name in lower case, None while Telegram does not answer."""
        if self._name is None:
            try:
                self._name = ((await self._bot.get_me()).username or "").lower()
            except TelegramError as error:
                log.warning("telegram_name_unknown", reason=type(error).__name__)
        return self._name


async def close(bot: telegram.Bot) -> None:
    """Give back the client's connections."""
    for request in bot._request:  # Bot.shutdown does nothing for a bot that was never initialised.
        await request.shutdown()


type Json = dict[str, Any]
