"""Inline buttons. Telegram gives a button 64 bytes: a longer payload is kept here, and the button carries a reference.

https://core.telegram.org/bots/api#inlinekeyboardbutton
"""

import base64
import hashlib
from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from bot.channels.capabilities import TELEGRAM_BOT
from bot.messages import Button

#: No payload of ours begins like this; all begin with a slash.
_REFERENCE = "r:"
_REFERENCE_LENGTH = 26


def callback_data(payload: str) -> str:
    """Return what a button with this payload carries: itself, or its reference where it is too long."""
    most = TELEGRAM_BOT.max_payload_bytes
    assert most is not None
    if len(payload.encode()) <= most:
        return payload
    digest = base64.b32encode(hashlib.sha256(payload.encode()).digest()).decode().lower()
    return f"{_REFERENCE}{digest[:_REFERENCE_LENGTH]}"


def is_reference(data: str) -> bool:
    """True for what `callback_data` made of a long payload."""
    return data.startswith(_REFERENCE)


def long_payloads(buttons: Sequence[Button]) -> dict[str, str]:
    """Return reference -> payload of those that do not fit; they must be kept before the buttons are sent."""
    data = {callback_data(button.payload): button.payload for button in buttons}
    return {reference: payload for reference, payload in data.items() if is_reference(reference)}


def keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    """Return the buttons one below the other, as they are read; None where there are none, or too many to show.

    What is too many stands in the text as a numbered menu (bot/channels/fitting.py).
    """
    if not buttons or len(buttons) > TELEGRAM_BOT.max_buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(_short(button.title), callback_data=callback_data(button.payload))]
            for button in buttons
        ]
    )


def contact_button(title: str) -> ReplyKeyboardMarkup:
    """Return the button that hands over the person's own number, in place of the keyboard. In private chats only.

    https://core.telegram.org/bots/api#keyboardbutton
    """
    return ReplyKeyboardMarkup(
        [[KeyboardButton(_short(title), request_contact=True)]], resize_keyboard=True, one_time_keyboard=True
    )


def _short(title: str) -> str:
    most = TELEGRAM_BOT.max_button_title or len(title)
    return title if len(title) <= most else title[: most - 1].rstrip() + "…"
