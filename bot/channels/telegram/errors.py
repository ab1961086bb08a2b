"""What Telegram's refusals mean, in the classes by which the sender decides.

The descriptions are no stable interface: the HTTP status, which python-telegram-bot turns into the exception's type,
decides first, and fragments of the description only where one status means several things. Sources: the server's code
(github.com/tdlib/telegram-bot-api, Client.cpp) and https://core.telegram.org/bots/api#making-requests.
"""

import re
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels.base import Failed
from bot.channels.telegram.request import NOT_ASKED
from store.delivery_errors import ErrorClass

#: Fragments of a 403 that say for certain that this person is gone; no other 403 does.
_GONE = (
    ("bot was blocked by the user", "blocked"),
    ("user is deactivated", "deactivated"),
    ("bot was kicked", "kicked"),
    ("bot is not a member", "kicked"),
)
#: Fragments of a 400 that are about the chat and not about the message.
_ABOUT_THE_CHAT = (
    ("chat not found", "chat_not_found"),
    ("user not found", "user_not_found"),
    ("peer_id_invalid", "peer_id_invalid"),
    ("have no rights to send", "no_rights"),
    ("not enough rights", "no_rights"),
    ("chat_write_forbidden", "no_rights"),
    ("group chat was deactivated", "group_deactivated"),
)
_ABOUT_THE_FILE = ("wrong file_id", "wrong file identifier", "file is temporarily unavailable", "file reference")
_STATUS = re.compile(r"\((\d{3})\)")


class FileForgotten(Exception):
    """Telegram does not know a file id any more: upload the file again."""


def is_file_forgotten(error: TelegramError) -> bool:
    """True when the file id is what was refused."""
    return isinstance(error, BadRequest) and any(part in str(error).lower() for part in _ABOUT_THE_FILE)


def failure_of(error: TelegramError) -> Failed:
    """Return what an error of a send means.

    BadRequest and TimedOut are kinds of NetworkError in python-telegram-bot, so they are looked at before it.
    """
    said = str(error).lower()
    if isinstance(error, RetryAfter):
        return Failed(ErrorClass.RATE, "telegram_429", retry_after=_seconds(error))
    if isinstance(error, ChatMigrated):
        return Failed(ErrorClass.RETRYABLE, "telegram_chat_migrated", new_address=f"{error.new_chat_id}")
    if isinstance(error, Forbidden):
        return _forbidden(said)
    if isinstance(error, InvalidToken):
        return Failed(ErrorClass.AUTH, "telegram_token_refused")
    if isinstance(error, Conflict):
        return Failed(ErrorClass.RETRYABLE, "telegram_409")
    if isinstance(error, BadRequest):
        return _bad_request(said)
    if isinstance(error.__cause__, NOT_ASKED):
        return Failed(ErrorClass.RETRYABLE, "telegram_not_reached")
    if isinstance(error, TimedOut):
        return Failed(ErrorClass.UNKNOWN, "telegram_timed_out")
    return _by_status(error, said)


def _seconds(error: RetryAfter) -> timedelta:
    # An int or a timedelta, by an environment variable of python-telegram-bot.
    after = error.retry_after
    return after if isinstance(after, timedelta) else timedelta(seconds=after)


def _forbidden(said: str) -> Failed:
    for fragment, reason in _GONE:
        if fragment in said:
            return Failed(ErrorClass.PERMANENT_RECIPIENT, f"telegram_403_{reason}")
    if "can't initiate conversation" in said:
        return Failed(ErrorClass.RECIPIENT, "telegram_403_never_started")
    return Failed(ErrorClass.RECIPIENT, "telegram_403")


def _bad_request(said: str) -> Failed:
    for fragment, reason in _ABOUT_THE_CHAT:
        if fragment in said:
            return Failed(ErrorClass.RECIPIENT, f"telegram_400_{reason}")
    return Failed(ErrorClass.PAYLOAD, "telegram_400")


def _by_status(error: TelegramError, said: str) -> Failed:
    found = _STATUS.search(said)
    status = int(found[1]) if found else None
    if status == 429 or "too many requests" in said:
        # Without a time to wait python-telegram-bot makes no RetryAfter of it.
        return Failed(ErrorClass.RATE, "telegram_429")
    if status == 413 or "request entity too large" in said:
        return Failed(ErrorClass.PAYLOAD, "telegram_413")
    spoke = isinstance(error, NetworkError) and error.__cause__ is None
    if spoke and (status is None or status >= 500):
        # Telegram's own server answered in its own form that it failed.
        return Failed(ErrorClass.RETRYABLE, "telegram_5xx")
    # A proxy's page, a broken connection, an answer that is no JSON: the request had been written.
    return Failed(ErrorClass.UNKNOWN, "telegram_no_answer")
