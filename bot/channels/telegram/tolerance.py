"""Reading what servers leave out that are not Telegram's own.

Stand-ins written by others answer with fewer fields than the Bot API promises, or with odd ones (a date in
milliseconds, an object as a text), and python-telegram-bot then reads nothing at all. What we need is little: of an
answer the id of the message, of an update who wrote what where.
"""

from collections.abc import Mapping
from typing import Any

type Json = dict[str, Any]

#: What python-telegram-bot wants of each kind of file, beside its id. None of it is looked at.
_FILE = {"file_unique_id": "", "duration": 0, "width": 0, "height": 0}
#: Later than any moment in seconds that a chat of today has; earlier than any in milliseconds.
_MOST_SECONDS = 100_000_000_000

_PLAIN_FIELDS: Mapping[str, type] = {
    "text": str,
    "caption": str,
    "entities": list,
    "caption_entities": list,
    "migrate_to_chat_id": int,
    "migrate_from_chat_id": int,
    "is_automatic_forward": bool,
    "reply_markup": dict,
    "voice": dict,
    "photo": list,
    "sticker": dict,
    "animation": dict,
    "video": dict,
    "video_note": dict,
    "audio": dict,
    "document": dict,
    "location": dict,
    "contact": dict,
    "dice": dict,
    "poll": dict,
}


def readable_answer(answer: Json) -> Json:
    """Return an answer of the Bot API; of one that is a message only what is read of it, in its proper form."""
    message = answer.get("result")
    if answer.get("ok") is not True or not isinstance(message, dict) or _number(message.get("message_id")) is None:
        return answer
    read: Json = {"message_id": _number(message["message_id"]), "date": 0, "chat": {"id": 0, "type": "private"}}
    for kind in ("voice", "audio", "document"):
        if (file := _file(message.get(kind))) is not None:
            read[kind] = file
    sizes = message.get("photo")
    if isinstance(sizes, list) and (photo := [file for one in sizes if (file := _file(one)) is not None]):
        read["photo"] = photo
    return {**answer, "result": read}


def completed_update(update: Json) -> Json:
    """Return an update with what its kind must have, as far as it can be told from the rest."""
    whole = dict(update)
    for kind in ("message", "edited_message", "channel_post", "edited_channel_post"):
        if isinstance(update.get(kind), dict):
            whole[kind] = _message(update[kind])
    query = update.get("callback_query")
    if isinstance(query, dict):
        message = {"message_id": 0, **_message(query["message"])} if isinstance(query.get("message"), dict) else None
        chat = message["chat"] if message is not None else {}
        whole["callback_query"] = {
            # A press without an id is told by its update; nobody waits for its answer.
            "id": f"{query.get('id') or update.get('update_id')}",
            "from": _user(query.get("from")) or _user(chat) or {},
            "chat_instance": f"{query.get('chat_instance') or ''}",
            **({"message": message} if message is not None else {}),
            **({"data": query["data"]} if isinstance(query.get("data"), str) else {}),
        }
    return whole


def _message(message: Json) -> Json:
    chat = message.get("chat")
    whole: Json = {name: message[name] for name, kind in _PLAIN_FIELDS.items() if isinstance(message.get(name), kind)}
    whole["chat"] = _chat(chat if isinstance(chat, dict) else message.get("from"))
    # In a press a moment of 0 says that the message is too old to be shown: Telegram's own servers write it.
    whole["date"] = _seconds(message.get("date")) or 1
    if (edited := _seconds(message.get("edit_date"))) is not None:
        whole["edit_date"] = edited
    if (number := _number(message.get("message_id"))) is not None:
        whole["message_id"] = number
    if (user := _user(message.get("from"))) is not None:
        whole["from"] = user
    if isinstance(message.get("reply_to_message"), dict):
        whole["reply_to_message"] = {"message_id": 0, **_message(message["reply_to_message"])}
    return whole


def _chat(chat: Any) -> Json:
    number = _number(chat.get("id")) if isinstance(chat, dict) else None
    if number is None:
        return {}
    kind = chat.get("type")
    return {"id": number, "type": kind if isinstance(kind, str) else "private" if number > 0 else "group"}


def _user(user: Any) -> Json | None:
    number = _number(user.get("id")) if isinstance(user, dict) else None
    if number is None:
        return None
    language = user.get("language_code")
    return {
        "id": number,
        "is_bot": user.get("is_bot") is True,
        "first_name": f"{user.get('first_name') or ''}",
        **({"language_code": language} if isinstance(language, str) else {}),
    }


def _file(file: Any) -> Json | None:
    number = file.get("file_id") if isinstance(file, dict) else None
    return {**_FILE, "file_id": number} if isinstance(number, str) and number else None


def _number(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.removeprefix("-").isdecimal() and value.isascii():
        return int(value)
    return value if isinstance(value, int) else None


def _seconds(value: Any) -> int | None:
    number = _number(value)
    return number // 1000 if number is not None and number > _MOST_SECONDS else number
