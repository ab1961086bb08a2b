"""What Rasa is asked for one message of a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.giving.codes import gift_payload
from bot.helpdesk.codes import typed_ticket_code
from bot.link_codes import typed_link_code
from bot.payloads import UnknownPayload, check_payload, make_payload, numbered_payload, typed_command
from bot.personal_data import kinds_in, without_masks
from bot.receipt_codes import typed_receipt_code
from bot.stop_words import NewsWord, news_word
from store.clock import local_date
from store.database import Database
from store.queries.deliveries import offered_buttons
from store.queries.leases import LeasedConversation, WaitingMessage
from store.queries.news import news_context

#: A number of more digits is no choice from a numbered menu.
LONGEST_CHOICE = 2


@dataclass(frozen=True)
class Question:
    """What is said to Rasa for one message."""

    text: str
    metadata: Mapping[str, Any]


async def question_of(
    database: Database, conversation: LeasedConversation, message: WaitingMessage, *, now: datetime, retry: bool
) -> Question:
    """Return what to ask Rasa: the payload of a button, a command or a number that was typed; else the words.

    `retry`: Rasa may have been asked this message before.
    """
    payload = message.payload if message.payload is not None else typed_command(message.text)
    if payload is None and message.text.isdecimal() and len(message.text) <= LONGEST_CHOICE:
        payload = await _payload_of_number(database, conversation.id, int(message.text))
    if payload is None and (code := typed_receipt_code(message.text)) is not None:
        payload = make_payload("receipt", code=code)
    if payload is None and (code := typed_ticket_code(message.text)) is not None:
        payload = make_payload("ticket", code=code)
    if payload is None and (code := typed_link_code(message.text)) is not None:
        payload = make_payload("link", code=code)
    if payload is None:
        payload = await gift_payload(database, message.text)
    if payload is None and (word := news_word(message.text)) is not None:
        payload = await _payload_of_news(database, conversation.id, word)
    today = local_date(now)
    return Question(
        _said(message.text) if payload is None else _pressed(payload),
        {
            "message_id": f"{message.id}",
            "retry": retry,
            "pressed": payload is not None,
            "conversation": conversation.id,
            "language": conversation.language,
            "on": message.wishes.get("on") or today.isoformat(),
            "today": today.isoformat(),
            "masked": bool(kinds_in(message.text)),
        },
    )


def _pressed(payload: str) -> str:
    try:
        return check_payload(payload)
    except UnknownPayload:
        return "/nlu_fallback"


def _said(text: str) -> str:
    # Rasa would read a leading slash as an intent; only our own buttons may do that.
    return without_masks(text).lstrip("/ ") or "/nlu_fallback"


async def _payload_of_news(database: Database, conversation_id: int, word: NewsWord) -> str | None:
    """What ends or begins news, about the topic of the campaign that was shown last; None where it is no such word."""
    async with database.single() as connection:
        context = await news_context(connection, conversation_id)
    topic = context.topic if context.after_campaign else None
    if word is NewsWord.STOP_AFTER_CAMPAIGN and not context.after_campaign:
        return None
    return make_payload("news", value="up" if word is NewsWord.START else "down", topic=topic)


async def _payload_of_number(database: Database, conversation_id: int, number: int) -> str | None:
    async with database.single() as connection:
        payloads = await offered_buttons(connection, conversation_id=conversation_id)
    return numbered_payload(payloads, number)
