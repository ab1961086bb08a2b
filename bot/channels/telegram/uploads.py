"""Pictures and recordings: uploaded once, then sent by the id under which Telegram keeps them.

https://core.telegram.org/bots/api#sending-files
"""

import hashlib
from dataclasses import dataclass
from typing import Literal

import telegram
from telegram import InputFile, Message
from telegram.error import BadRequest

from bot.channels.capabilities import TELEGRAM_BOT
from bot.channels.own_media import OwnMedia
from bot.channels.telegram.errors import is_file_forgotten
from store.clock import Clock
from store.database import Database
from store.queries.telegram_files import find_file, forget_file, keep_file

type Kind = Literal["photo", "voice", "audio"]

#: Only OGG with Opus is shown as a voice note; MP3 as music.
_VOICE_ENDING = ".ogg"


def kind_of_recording(path: str) -> Kind:
    """Return how a recording is sent."""
    return "voice" if path.endswith(_VOICE_ENDING) else "audio"


@dataclass(frozen=True)
class Uploads:
    """Sends files as one bot."""

    bot: telegram.Bot
    bot_id: int
    database: Database
    clock: Clock
    own: OwnMedia

    async def content(self, path: str) -> bytes | None:
        """Return what lies behind a path of ours, None where it cannot be had."""
        return await self.own.read(path, largest=TELEGRAM_BOT.max_image_bytes or 0)

    async def send(self, chat: int, kind: Kind, path: str, content: bytes) -> str:
        """Send a file by its id, or upload it; return Telegram's id of the message.

        Raises:
            TelegramError: as from any send.
        """
        digest = hashlib.sha256(kind.encode() + content).hexdigest()
        async with self.database.single() as connection:
            known = await find_file(connection, bot_id=self.bot_id, digest=digest)
        if known is not None:
            try:
                return f"{chat}:{(await self._ask(chat, kind, known)).message_id}"
            except BadRequest as error:
                if not is_file_forgotten(error):
                    raise
                async with self.database.single() as connection:
                    await forget_file(connection, bot_id=self.bot_id, digest=digest)
        sent = await self._ask(chat, kind, InputFile(content, filename=path.rpartition("/")[2]))
        if (file_id := _file_id(sent)) is not None:
            async with self.database.single() as connection:
                await keep_file(connection, bot_id=self.bot_id, digest=digest, file_id=file_id, now=self.clock.now())
        return f"{chat}:{sent.message_id}"

    async def _ask(self, chat: int, kind: Kind, file: str | InputFile) -> Message:
        if kind == "photo":
            return await self.bot.send_photo(chat, file)
        if kind == "voice":
            return await self.bot.send_voice(chat, file)
        return await self.bot.send_audio(chat, file)


def _file_id(sent: Message) -> str | None:
    if sent.photo:
        return sent.photo[-1].file_id
    kept = sent.voice or sent.audio or sent.document
    return kept.file_id if kept is not None else None
