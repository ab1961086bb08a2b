"""Sending to Telegram: pictures and recordings, then text in parts with buttons under the last one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
import telegram
from telegram import LinkPreviewOptions
from telegram.error import TelegramError

from bot.channels.base import LONGEST_SEND_SECONDS, Failed, SendResult, Sent, Shipment
from bot.channels.capabilities import TELEGRAM, TELEGRAM_BOT
from bot.channels.media_lines import picture_line, recording_line
from bot.channels.parts import PartNotes
from bot.channels.splitting import split_text
from bot.channels.telegram.buttons import contact_button, keyboard, long_payloads
from bot.channels.telegram.errors import failure_of
from bot.channels.telegram.uploads import Kind, Uploads, kind_of_recording
from bot.messages import OutgoingMessage
from store.clock import Clock
from store.database import LOST_CONNECTION, Database
from store.delivery_errors import ErrorClass
from store.queries.button_payloads import keep_payloads

log = structlog.get_logger(__name__)


type Markup = telegram.InlineKeyboardMarkup | telegram.ReplyKeyboardMarkup

#: Sends one part and returns Telegram's id of it.
type Part = Callable[[], Awaitable[str]]


@dataclass(frozen=True)
class TelegramChannel:
    """Sends as one bot.

    Attributes:
        public_address: where people reach recordings and pictures that cannot be shown in the chat; empty when nobody
            said.
        uploads: sends pictures and recordings of our own; None: they are told by their addresses.
    """

    bot: telegram.Bot
    database: Database
    clock: Clock
    public_address: str = ""
    uploads: Uploads | None = None
    name = TELEGRAM
    capabilities = TELEGRAM_BOT

    @property
    def _notes(self) -> PartNotes:
        return PartNotes(self.database, self.clock, self.name)

    async def send(self, message: OutgoingMessage, address: str, shipment: Shipment) -> SendResult:
        """Send what did not leave yet of a message; see `bot.channels.base.Channel.send`."""
        try:
            chat = int(address)
        except ValueError:
            return Failed(ErrorClass.PERMANENT_RECIPIENT, "telegram_no_chat_id")
        try:
            if long := long_payloads(message.buttons):
                async with self.database.single() as connection:
                    await keep_payloads(connection, long)
            parts = await self._parts(message, chat)
            left = await self._notes.left(shipment.key) if len(parts) > 1 else set()
        except LOST_CONNECTION:
            return Failed(ErrorClass.RETRYABLE, "database_away")
        try:
            async with asyncio.timeout(LONGEST_SEND_SECONDS):
                return await self._send(parts, left, shipment.key)
        except TimeoutError:
            return Failed(ErrorClass.UNKNOWN, "telegram_timed_out")
        except TelegramError as error:
            return failure_of(error)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            # Telegram answered 200 with something that python-telegram-bot cannot read: it was asked.
            log.warning("telegram_odd_answer", reason=type(error).__name__)
            return Failed(ErrorClass.UNKNOWN, "telegram_odd_answer")

    async def _send(self, parts: Sequence[Part], left: set[int], key: str) -> Sent:
        sent_as = ""
        for number, part in enumerate(parts, 1):
            if number in left:
                continue
            sent_as = await part()
            if number < len(parts):
                await self._notes.note(key, number, sent_as)
        return Sent(sent_as or None)

    async def _parts(self, message: OutgoingMessage, chat: int) -> list[Part]:
        """Return what is to be sent, in order: picture, recording, text with buttons under its last part, request."""
        before: list[Part] = []
        links: list[str] = []
        shown: list[tuple[str | None, Kind]] = [
            (message.image, "photo"),
            (message.audio, kind_of_recording(message.audio or "")),
        ]
        for media, kind in shown:
            if media is None:
                continue
            content = None if self.uploads is None or not media.startswith("/") else await self.uploads.content(media)
            if content is not None:
                before.append(self._file(chat, kind, media, content))
                continue
            outside = media.startswith(("http://", "https://"))
            if outside or self.public_address:
                where = media if outside else f"{self.public_address}{media}"
                links.append((picture_line if kind == "photo" else recording_line)(where, message.language))
        words = "\n\n".join([message.text, *links])
        texts = split_text(words, self.capabilities.split_at or self.capabilities.max_text_length)
        markup = keyboard(message.buttons)
        last = len(texts)
        after = [self._text(chat, text, markup if number == last else None) for number, text in enumerate(texts, 1)]
        if message.phone_request is not None and chat > 0:
            # Buttons under words and one in place of the keyboard do not go together in one message.
            after.append(self._text(chat, message.phone_request.words, contact_button(message.phone_request.title)))
        return [*before, *after]

    def _file(self, chat: int, kind: Kind, path: str, content: bytes) -> Part:
        async def send() -> str:
            assert self.uploads is not None
            return await self.uploads.send(chat, kind, path, content)

        return send

    def _text(self, chat: int, text: str, markup: Markup | None) -> Part:
        async def send() -> str:
            # No parse mode: what people or policy texts hold of "<" and "*" is shown as it is.
            sent = await self.bot.send_message(
                chat, text, reply_markup=markup, link_preview_options=LinkPreviewOptions(is_disabled=True)
            )
            return f"{chat}:{sent.message_id}"

        return send
