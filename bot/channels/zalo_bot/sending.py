"""Sending to the Zalo Bot Platform: text in parts, pictures and recordings by their public addresses.

There are no buttons: `bot/channels/fitting.py` has written a numbered menu into the text, and a typed number chooses.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from bot.channels.base import LONGEST_SEND_SECONDS, Failed, SendResult, Sent, Shipment
from bot.channels.capabilities import ZALO_BOT, ZALO_BOT_PLATFORM
from bot.channels.media_lines import recording_line
from bot.channels.parts import PartNotes
from bot.channels.splitting import split_text
from bot.channels.zalo_bot.client import Client, NoAnswer, NotReached, Refusal, failure_of
from bot.channels.zalo_bot.parsing import GROUP
from bot.messages import OutgoingMessage
from store.clock import Clock
from store.database import LOST_CONNECTION, Database
from store.delivery_errors import ErrorClass

log = structlog.get_logger(__name__)

#: The only form in which the platform plays a recording in the chat.
_PLAYED = ".aac"

#: Method and values of one call.
type Call = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class ZaloBotChannel:
    """Sends as one bot. `public_address`: from where the platform fetches pictures and recordings; may be empty."""

    client: Client
    database: Database
    clock: Clock
    public_address: str = ""
    name = ZALO_BOT
    capabilities = ZALO_BOT_PLATFORM

    @property
    def _notes(self) -> PartNotes:
        return PartNotes(self.database, self.clock, self.name)

    async def send(self, message: OutgoingMessage, address: str, shipment: Shipment) -> SendResult:
        """Send what did not leave yet of a message; see `bot.channels.base.Channel.send`."""
        calls = self._calls(message)
        try:
            left = await self._notes.left(shipment.key) if len(calls) > 1 else set()
        except LOST_CONNECTION:
            return Failed(ErrorClass.RETRYABLE, "database_away")
        try:
            async with asyncio.timeout(LONGEST_SEND_SECONDS):
                return await self._send(calls, left, address.removeprefix(GROUP), shipment.key)
        except TimeoutError:
            return Failed(ErrorClass.UNKNOWN, "zalo_bot_timed_out")
        except (Refusal, NotReached, NoAnswer) as error:
            return failure_of(error)

    async def _send(self, calls: Sequence[Call], left: set[int], chat: str, key: str) -> Sent:
        sent_as = None
        for number, (method, values) in enumerate(calls, 1):
            if number in left:
                continue
            result = await self.client.call(method, chat_id=chat, **values)
            sent_as = f"{result['message_id']}" if isinstance(result, dict) and "message_id" in result else None
            if number < len(calls):
                await self._notes.note(key, number, sent_as)
        return Sent(sent_as)

    def _calls(self, message: OutgoingMessage) -> list[Call]:
        before: list[Call] = []
        links: list[str] = []
        picture, recording = self._public(message.image), self._public(message.audio)
        if picture is not None:
            before.append(("sendPhoto", {"photo": picture}))
        if recording is not None and recording.endswith(_PLAYED):
            before.append(("sendVoice", {"voice_url": recording}))
        elif recording is not None:
            links.append(recording_line(recording, message.language))
        longest = self.capabilities.split_at or self.capabilities.max_text_length
        text = "\n\n".join([message.text, *links])
        return [*before, *(("sendMessage", {"text": part}) for part in split_text(text, longest))]

    def _public(self, media: str | None) -> str | None:
        if media is None or media.startswith(("http://", "https://")):
            return media
        return f"{self.public_address}{media}" if self.public_address else None
