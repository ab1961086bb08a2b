"""What is done about each update that was stored."""

import contextlib
from dataclasses import dataclass
from typing import Any

import structlog
import telegram
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.channels.capabilities import TELEGRAM
from bot.channels.events import UNKNOWN, ReadLater
from bot.channels.json_bodies import read_json
from bot.channels.telegram.account import BotName
from bot.channels.telegram.buttons import is_reference
from bot.channels.telegram.parsing import (
    Corrected,
    Ignored,
    Moved,
    NotUnderstood,
    Parsed,
    Pressed,
    Reached,
    Reacted,
    Said,
    parse,
    without_mention,
)
from bot.channels.typing import Typing
from bot.channels.web import language_of
from bot.inbox import Inbox
from bot.learning.ratings import Ratings
from bot.messages import Incoming
from bot.payloads import UnknownPayload, check_payload
from bot.personal_data import mask
from store.clock import Clock
from store.database import Database
from store.queries import corrections, reactions
from store.queries.button_payloads import find_payload
from store.queries.channel_events import StoredEvent
from store.queries.people import move_address, set_unreachable

log = structlog.get_logger(__name__)


@dataclass
class Reading:
    """Reads stored updates of one bot; see `bot.channels.events.EventReader`."""

    bot: telegram.Bot
    bot_id: int
    database: Database
    inbox: Inbox
    clock: Clock
    typing: Typing
    name: BotName
    ratings: Ratings

    async def __call__(self, event: StoredEvent) -> str:
        """Do what the update asks for and say what it was."""
        try:
            parsed = parse(read_json(event.body), self.bot_id)
        except NotUnderstood as error:
            log.warning("telegram_update_unknown", number=event.id, reason=str(error))
            return UNKNOWN
        return await self._do(parsed, event.rank)

    async def _do(self, parsed: Parsed, rank: int) -> str:
        match parsed:
            case Said():
                return await self._said(parsed)
            case Pressed():
                return await self._pressed(parsed)
            case Corrected():
                return await self._corrected(parsed)
            case Reached():
                async with self.database.single() as connection:
                    await set_unreachable(
                        connection, channel=TELEGRAM, address=parsed.address, reason=parsed.reason, at=parsed.at
                    )
                return "blocked" if parsed.reason else "unblocked"
            case Reacted():
                # Telegram's time has whole seconds; within one its numbers tell the order.
                at_ms = int(parsed.at.timestamp() * 1000)
                reacted = reactions.Reacted(parsed.message_id, parsed.icons, at_ms, rank)
                return await self.ratings.react(reacted, channel=TELEGRAM, address=parsed.address)
            case Moved():
                async with self.database.transaction() as connection:
                    await move_address(connection, channel=TELEGRAM, old=parsed.old, new=parsed.new)
                return "moved"
            case Ignored():
                return "ignored"

    async def _said(self, said: Said, *, message_id: str | None = None) -> str:
        text = said.text
        if said.mentions:
            name = await self.name.ask()
            if name is None and not said.addressed:
                raise ReadLater
            if name in said.mentions:
                said = Said(**{**vars(said), "addressed": True})
                text = without_mention(text, name)
        if not said.addressed:
            return "not_for_us"
        wishes: dict[str, Any] = {}
        if said.start is not None:
            wishes["start"] = said.start
        if said.received is not None:
            wishes["received"] = said.received.to_json()
        stored = await self.inbox.accept(
            Incoming(
                channel=TELEGRAM,
                address=said.address,
                provider_message_id=message_id or said.message_id,
                text=text,
                language=language_of(said.language),
                wishes=wishes,
            )
        )
        if stored.new:
            self.typing.soon(stored.conversation_id, lambda: self._type(said.address))
        return "message" if said.received is None else "media"

    async def _pressed(self, pressed: Pressed) -> str:
        # At once, for the button shows a spinner until then.
        self.typing.aside(self._noticed(pressed.query_id))
        stored = await self.inbox.accept(
            Incoming(
                channel=TELEGRAM,
                address=pressed.address,
                provider_message_id=f"press:{pressed.query_id}",
                text=pressed.title or pressed.data,
                payload=await self._payload(pressed.data),
                language=language_of(pressed.language),
            )
        )
        if stored.new:
            self.typing.soon(stored.conversation_id, lambda: self._type(pressed.address))
        return "press"

    async def _payload(self, data: str) -> str | None:
        """Return what a button stands for. Clients can be made to send anything: only what we offer is taken."""
        if is_reference(data):
            async with self.database.single() as connection:
                data = await find_payload(connection, data) or ""
        try:
            return check_payload(data)
        except UnknownPayload:
            return None

    async def _corrected(self, corrected: Corrected) -> str:
        said = corrected.said
        async with self.database.transaction() as connection:
            met = await corrections.correct_incoming(
                connection, channel=TELEGRAM, provider_message_id=said.message_id, text=mask(said.text)
            )
        if met is corrections.Corrected.ANSWERED and corrected.soon:
            # They corrected themselves right after asking: the answer to the first words helps nobody.
            return await self._said(said, message_id=corrected.edit_id)
        return "edited"

    async def _noticed(self, query_id: str) -> None:
        with contextlib.suppress(TelegramError, KeyError, TypeError):
            await self.bot.answer_callback_query(query_id)

    async def _type(self, address: str) -> None:
        with contextlib.suppress(TelegramError, KeyError, TypeError, ValueError):
            await self.bot.send_chat_action(int(address), ChatAction.TYPING)
