"""What an update of Telegram says, in our terms. Pure: nothing is asked or written here.

`key_of` and `address_of` look at the bare JSON, at the door, where nothing may fail; `parse` reads it with
python-telegram-bot's types, after it was stored. https://core.telegram.org/bots/api#update
"""

import contextlib
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from telegram import (
    CallbackQuery,
    ChatMemberUpdated,
    Message,
    MessageEntity,
    MessageReactionUpdated,
    ReactionTypeEmoji,
    Update,
)
from telegram.constants import ChatMemberStatus, ChatType

from bot.channels.received import Received, ReceivedKind
from bot.channels.telegram.tolerance import completed_update
from bot.messages import MAX_TEXT_LENGTH, clean_text

#: A person corrects themselves within so long; what they change later is not asked again.
CORRECTED_WITHIN = timedelta(seconds=60)
#: What may follow `t.me/bot?start=`: https://core.telegram.org/bots/features#deep-linking
_START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)


@dataclass(frozen=True)
class Said:
    """Somebody wrote. `received` is set for what is no text; `start`: the parameter of the link they came by."""

    address: str
    message_id: str
    text: str
    language: str | None = None
    start: str | None = None
    received: Received | None = None
    #: Text of a group's message that names us only if this word (the bot's user name) is in `mentions`.
    mentions: frozenset[str] = frozenset()
    #: True where nobody doubts that we are meant: a private chat, a reply to us.
    addressed: bool = True


@dataclass(frozen=True)
class Corrected:
    """Somebody edited a message of theirs. `soon`: while they may be waiting for its answer."""

    said: Said
    edit_id: str
    soon: bool


@dataclass(frozen=True)
class Pressed:
    """Somebody pressed a button. `title` is what it said, empty where the message is too old to tell."""

    address: str
    query_id: str
    data: str
    title: str
    language: str | None = None


@dataclass(frozen=True)
class Reached:
    """The bot was blocked or unblocked, thrown out of a group or let in."""

    address: str
    reason: str | None
    at: datetime


@dataclass(frozen=True)
class Reacted:
    """What a person's reactions to one message are now: emoji with spaces between them; empty when taken back."""

    address: str
    message_id: str
    icons: str
    at: datetime


@dataclass(frozen=True)
class Moved:
    """A group became a supergroup and has another id now."""

    old: str
    new: str


@dataclass(frozen=True)
class Ignored:
    """Nothing that anybody expects an answer to."""

    why: str


type Parsed = Said | Corrected | Pressed | Reached | Reacted | Moved | Ignored


class NotUnderstood(Exception):
    """No update that we know."""


def key_of(update: Any, body: bytes, bot_id: int) -> tuple[str, int]:
    """Return the key of an event and its rank: by `update_id`, else by the bytes themselves."""
    number = update.get("update_id") if isinstance(update, dict) else None
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**62:
        return f"{bot_id}:{number}", number
    return f"{bot_id}:{hashlib.sha256(body).hexdigest()}", 0


def address_of(update: Any) -> str:
    """Return the chat whose order an update belongs to; empty where it names none."""
    if not isinstance(update, dict):
        return ""
    for value in update.values():
        if not isinstance(value, dict):
            continue
        for holder in (value, value.get("message")):
            chat = holder.get("chat") if isinstance(holder, dict) else None
            number = chat.get("id") if isinstance(chat, dict) else None
            if isinstance(number, int):
                return f"{number}"
    return ""


def parse(update: Any, bot_id: int) -> Parsed:
    """Return what an update says.

    Raises:
        NotUnderstood: it is of a kind that we do not know, or misses what its kind must have.
    """
    if not isinstance(update, dict):
        raise NotUnderstood
    try:
        return _parsed(_read(update), bot_id)
    except NotUnderstood:
        raise
    except Exception as error:
        raise NotUnderstood(type(error).__name__) from error


def _read(update: dict[str, Any]) -> Update:
    # python-telegram-bot raises whatever a missing or odd field leads to.
    with contextlib.suppress(Exception):
        return Update.de_json(update, None)
    return Update.de_json(completed_update(update), None)


def _parsed(update: Update, bot_id: int) -> Parsed:
    if update.message is not None:
        return _message(update.message, bot_id)
    if update.edited_message is not None:
        return _edited(update.edited_message, bot_id)
    if update.callback_query is not None:
        return _press(update.callback_query)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    if update.message_reaction is not None:
        return _reaction(update.message_reaction)
    if update.channel_post is not None or update.edited_channel_post is not None:
        return Ignored("channel_post")
    raise NotUnderstood("kind")


def _message(message: Message, bot_id: int) -> Parsed:
    if message.migrate_to_chat_id is not None:
        return Moved(f"{message.chat.id}", f"{message.migrate_to_chat_id}")
    if message.migrate_from_chat_id is not None:
        return Moved(f"{message.migrate_from_chat_id}", f"{message.chat.id}")
    if message.from_user is not None and message.from_user.is_bot:
        return Ignored("bot")
    if message.chat.type == ChatType.CHANNEL or message.is_automatic_forward:
        return Ignored("channel_post")
    said = _said(message, bot_id)
    return said if said is not None else Ignored("service_message")


def _said(message: Message, bot_id: int) -> Said | None:
    words = message.text if message.text is not None else message.caption or ""
    received = _received(message)
    if message.text is None and received is None:
        return None
    text = clean_text(words)[:MAX_TEXT_LENGTH]
    if received is not None and received.kind is ReceivedKind.PHONE:
        text, received = received.phone or "", None
    word, _, rest = text.partition(" ")
    start = rest.strip() if word.lower() == "/start" and _START_PARAMETER.fullmatch(rest.strip()) else None
    said = Said(
        address=f"{message.chat.id}",
        message_id=f"{message.chat.id}:{message.message_id}",
        text=text,
        language=message.from_user.language_code if message.from_user is not None else None,
        start=start,
        received=received,
    )
    return said if message.chat.type not in _GROUPS else _in_group(said, message, words, bot_id)


def _in_group(said: Said, message: Message, words: str, bot_id: int) -> Said:
    """Return a group's message with who is meant, and without the "@name" that says so."""
    mentions, addressed = set[str](), False
    for entity, part in {**message.parse_entities(), **message.parse_caption_entities()}.items():
        if entity.type == MessageEntity.MENTION:
            mentions.add(part.removeprefix("@").lower())
        elif entity.type == MessageEntity.BOT_COMMAND:
            _, _, name = part.partition("@")
            if name:
                mentions.add(name.lower())
            else:
                addressed = addressed or entity.offset == 0
        elif entity.type == MessageEntity.TEXT_MENTION and entity.user is not None:
            addressed = addressed or entity.user.id == bot_id
    answered = message.reply_to_message
    if answered is not None and answered.from_user is not None:
        addressed = addressed or answered.from_user.id == bot_id
    return Said(**{**vars(said), "mentions": frozenset(mentions), "addressed": addressed, "language": None})


def without_mention(text: str, name: str) -> str:
    """Return a group's text without "@name": it says whom it is for, not what is asked."""
    return re.sub(rf"\s*@{re.escape(name)}\b\s*[,:]?\s*", " ", text, flags=re.IGNORECASE).strip()


def _received(message: Message) -> Received | None:
    """Return what came beside or instead of words."""
    if message.voice is not None:
        voice = message.voice
        return Received(ReceivedKind.VOICE, voice.file_id, voice.file_size, voice.mime_type)
    if message.photo:
        # Sizes ascend; the last one is the whole picture.
        return Received(ReceivedKind.PHOTO, message.photo[-1].file_id, message.photo[-1].file_size, "image/jpeg")
    for kind, media in (
        (ReceivedKind.STICKER, message.sticker),
        # An animation comes with a document of the same file beside it.
        (ReceivedKind.STICKER, message.animation),
        (ReceivedKind.VIDEO, message.video or message.video_note),
        (ReceivedKind.VOICE, message.audio),
        (ReceivedKind.FILE, message.document),
    ):
        if media is not None:
            return Received(kind, media.file_id, media.file_size, getattr(media, "mime_type", None))
    if message.location is not None:
        where = message.location
        return Received(ReceivedKind.LOCATION, latitude=where.latitude, longitude=where.longitude)
    if message.contact is not None:
        # Only their own number is theirs to give.
        own = message.from_user is not None and message.contact.user_id == message.from_user.id
        digits = re.sub(r"\D", "", message.contact.phone_number)
        if own:
            return Received(ReceivedKind.PHONE, phone=f"+{digits}")
        return Received(ReceivedKind.CONTACT)
    if message.dice is not None or message.game is not None:
        return Received(ReceivedKind.STICKER)
    if message.poll is not None:
        return Received(ReceivedKind.OTHER)
    return None


def _edited(message: Message, bot_id: int) -> Parsed:
    if message.chat.type == ChatType.CHANNEL or (message.from_user is not None and message.from_user.is_bot):
        return Ignored("channel_post")
    said = _said(message, bot_id)
    if said is None or said.received is not None or message.edit_date is None:
        return Ignored("edited_media")
    return Corrected(
        said,
        edit_id=f"{said.message_id}:{int(message.edit_date.timestamp())}",
        soon=message.edit_date - message.date <= CORRECTED_WITHIN,
    )


def _press(query: CallbackQuery) -> Parsed:
    if query.message is None or query.data is None:
        return Ignored("inline_press")
    title = ""
    keyboard = getattr(query.message, "reply_markup", None)
    for row in keyboard.inline_keyboard if keyboard is not None else ():
        for button in row:
            if button.callback_data == query.data:
                title = button.text
    return Pressed(
        address=f"{query.message.chat.id}",
        query_id=f"{query.id}",
        data=query.data,
        title=clean_text(title),
        # Stand-ins leave the person out of a press.
        language=getattr(query.from_user, "language_code", None),
    )


def _membership(change: ChatMemberUpdated) -> Parsed:
    status = change.new_chat_member.status
    gone = status in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
    reason = None if not gone else "telegram_blocked" if change.chat.type == ChatType.PRIVATE else "telegram_kicked"
    return Reached(f"{change.chat.id}", reason, change.date)


def _reaction(change: MessageReactionUpdated) -> Parsed:
    if change.chat.type != ChatType.PRIVATE:
        # One of many people there, and not the one who asked.
        return Ignored("reaction_in_group")
    icons = [one.emoji if isinstance(one, ReactionTypeEmoji) else one.type for one in change.new_reaction]
    return Reacted(
        address=f"{change.chat.id}",
        message_id=f"{change.chat.id}:{change.message_id}",
        icons=clean_text(" ".join(icons))[:MAX_TEXT_LENGTH],
        at=change.date,
    )
