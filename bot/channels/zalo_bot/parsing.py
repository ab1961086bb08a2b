"""What an update of the Zalo Bot Platform says. Pure.

Both bodies that were seen are read: the documented one, wrapped in `{"ok": true, "result": …}`, and the flat one of
live traffic. https://docs.zaloplatforms.com/docs/BOT
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from bot.channels.received import Received, ReceivedKind
from bot.messages import MAX_TEXT_LENGTH, clean_text

#: Groups are told apart from people by this (bot/delivery/limits.py): the platform's ids do not tell.
GROUP = "g:"

_IMAGE, _VOICE, _STICKER = "message.image.received", "message.voice.received", "message.sticker.received"
_TEXTS = frozenset({"message.text.received", "message.link.received"})
#: Files, cards, protected users: the platform says that something came, and not what.
_UNSUPPORTED = "message.unsupported.received"
_IGNORED = frozenset({"message.reaction.received"})


@dataclass(frozen=True)
class Said:
    """Somebody wrote."""

    address: str
    message_id: str
    text: str
    received: Received | None = None


class NotUnderstood(Exception):
    """No update that we know."""


def unwrapped(body: Any) -> dict[str, Any]:
    """Return the update itself, an empty one where there is none."""
    if isinstance(body, dict) and isinstance(body.get("result"), dict):
        body = body["result"]
    return body if isinstance(body, dict) else {}


def key_of(update: dict[str, Any], body: bytes, bot_id: str) -> tuple[str, int]:
    """Return the key of an event and its rank: the id of its message and its time; else the bytes themselves.

    A reaction names the message that it is about, so the name of the event is part of the key.
    """
    message = update.get("message")
    number = message.get("message_id") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(number, str | int) or isinstance(number, bool) or number == "":
        return f"{bot_id}:{hashlib.sha256(body).hexdigest()}", 0
    date = message.get("date")
    rank = date if isinstance(date, int) and 0 <= date < 2**62 else 0
    name = update.get("event_name")
    kind = "" if name != "message.reaction.received" else f":reaction:{rank}"
    return f"{bot_id}:{number}{kind}"[:400], rank


def address_of(update: dict[str, Any]) -> str:
    """Return the chat whose order an update belongs to; empty where it names none."""
    message = update.get("message")
    chat = message.get("chat") if isinstance(message, dict) else None
    number = chat.get("id") if isinstance(chat, dict) else None
    if not isinstance(chat, dict) or not isinstance(number, str | int) or number == "":
        return ""
    return f"{GROUP if chat.get('chat_type') == 'GROUP' else ''}{number}"[:200]


def parse(update: dict[str, Any]) -> Said | None:
    """Return what was said; None where nobody expects an answer.

    Raises:
        NotUnderstood: of a kind that we do not know, or without what its kind must have.
    """
    name, message, address = update.get("event_name"), update.get("message"), address_of(update)
    if not isinstance(name, str):
        raise NotUnderstood("event name")
    if name in _IGNORED:
        return None
    if not isinstance(message, dict) or not address:
        raise NotUnderstood("no message")
    sender = message.get("from")
    if isinstance(sender, dict) and sender.get("is_bot") is True:
        return None
    message_id = message.get("message_id")
    if not isinstance(message_id, str | int) or message_id == "":
        raise NotUnderstood("no message id")
    received = None
    words = message.get("text")
    if name == _IMAGE:
        words = message.get("caption")
        received = _by_address(ReceivedKind.PHOTO, message, "photo", "photo_url")
    elif name == _VOICE:
        received = _by_address(ReceivedKind.VOICE, message, "voice_url", "voice")
    elif name == _STICKER:
        received = Received(ReceivedKind.STICKER)
    elif name == _UNSUPPORTED:
        received = Received(ReceivedKind.OTHER)
    elif name not in _TEXTS:
        raise NotUnderstood("event name")
    elif not isinstance(words, str):
        words = message.get("url") or message.get("link")
    text = clean_text(words)[:MAX_TEXT_LENGTH] if isinstance(words, str) else ""
    return Said(address, f"{message_id}"[:300], text, received)


def _by_address(kind: ReceivedKind, message: dict[str, Any], *fields: str) -> Received:
    found = next((message[field] for field in fields if isinstance(message.get(field), str)), None)
    return Received(kind, found)
