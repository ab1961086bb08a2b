"""Files that people sent on Telegram. https://core.telegram.org/bots/api#getfile"""

from dataclasses import dataclass

import telegram
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.channels.media import AllowedHosts, NotFetched, fetch_limited
from store.queries.ticket_media import LARGEST_KEPT


@dataclass(frozen=True)
class TelegramMedia:
    """Fetches from the Bot API's own address."""

    bot: telegram.Bot
    base_address: str

    async def fetch(self, reference: str) -> bytes:
        """See `bot.channels.media.MediaSource.fetch`; `reference` is a file id."""
        try:
            file = await self.bot.get_file(reference)
        except (BadRequest, Forbidden) as error:
            raise NotFetched("file_id", for_good=True) from error
        except (TelegramError, KeyError, TypeError) as error:
            raise NotFetched(type(error).__name__, for_good=False) from error
        if (file.file_size or 0) > LARGEST_KEPT:
            raise NotFetched("too_large", for_good=True)
        hosts = AllowedHosts(origins={self.base_address.rstrip("/")})
        return await fetch_limited(file.file_path or "", hosts)
