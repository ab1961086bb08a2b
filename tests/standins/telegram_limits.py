"""What Telegram's servers check before they take a message, and with which words they refuse.

Sources as in `bot/channels/telegram/errors.py`; texts of the refusals are the server's own.
"""

import json
import re
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

LONGEST_TEXT, LONGEST_CAPTION = 4096, 1024
LONGEST_DATA_BYTES = 64
MOST_BUTTONS, MOST_IN_A_ROW = 100, 8


class Refused(Exception):
    """An error answer: HTTP status, which is the error code too, description, parameters."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


def bad_request(words: str) -> Refused:
    """An error 400 with Telegram's prefix."""
    return Refused(400, f"Bad Request: {words}")


def utf16(text: str) -> int:
    """Return the length of a text as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def checked_text(text: str, *, longest: int, what: str) -> str:
    """Return a text that Telegram would take, trimmed as it does."""
    text = text.strip()
    if not text and what == "message":
        raise bad_request("message text is empty")
    if utf16(text) > longest:
        raise bad_request(f"{what} is too long")
    return text


_ENTITY = re.compile(r"<(/?)([a-z-]+)([^<>]*)>|<|&(?!(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);)")
_TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "a", "tg-spoiler", "blockquote"}


def check_markup(text: str, parse_mode: str) -> None:
    """Refuse what the HTML parser would. Other parse modes are not played."""
    if parse_mode.lower() != "html":
        return
    opened: list[str] = []
    for found in _ENTITY.finditer(text):
        closing, tag, _ = found[1], found[2], found[3]
        if tag is None or tag not in _TAGS:
            at = len(text[: found.start()].encode())
            raise bad_request(f"can't parse entities: Unsupported start tag at byte offset {at}")
        if not closing:
            opened.append(tag)
        elif not opened or opened.pop() != tag:
            raise bad_request("can't parse entities: Unmatched end tag")
    if opened:
        raise bad_request("can't parse entities: Can't find end tag")


def checked_keyboard(raw: Any) -> list[list[dict[str, Any]]]:
    """Return the rows of an inline keyboard that Telegram would take."""
    if not raw:
        return []
    markup = json.loads(raw) if isinstance(raw, str) else raw
    rows = markup.get("inline_keyboard") or []
    buttons = [button for row in rows for button in row]
    if len(buttons) > MOST_BUTTONS or any(len(row) > MOST_IN_A_ROW for row in rows):
        raise bad_request("reply markup is too long")
    for button in buttons:
        if not str(button.get("text", "")).strip():
            raise bad_request("inline keyboard button text is empty")
        data = button.get("callback_data")
        if data is None and "url" not in button:
            raise bad_request("Text buttons are unallowed in the inline keyboard")
        if data is not None and not 1 <= len(data.encode()) <= LONGEST_DATA_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    return list(rows)


def checked_contact_button(raw: Any, *, private: bool) -> str:
    """Return what stands on a button that asks for the person's own number, empty where there is none."""
    markup = json.loads(raw) if isinstance(raw, str) else raw or {}
    for row in markup.get("keyboard") or []:
        for button in row:
            if button.get("request_contact"):
                if not private:
                    raise bad_request("phone number can be requested in private chats only")
                return str(button["text"])
    return ""


@dataclass
class Flood:
    """How fast messages may come: of the whole bot, to one chat, to one group. Times are of the stand-in's clock.

    `grows`: sending on in spite of a 429 makes the ban longer, as people report.
    """

    per_second: int = 30
    per_chat_seconds: float = 1.0
    chat_burst: int = 3
    per_group_minute: int = 20
    retry_after: int = 2
    grows: bool = False
    enabled: bool = True
    banned_until: float = 0.0
    refused: int = 0
    _all: deque[float] = field(default_factory=deque)
    _groups: dict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    #: Of each person's chat: when the last message was counted, and how much of the burst is left.
    _people: dict[int, tuple[float, float]] = field(default_factory=dict)

    def check(self, chat: int, now: float) -> None:
        """Count a message, or refuse it with 429."""
        if not self.enabled:
            return
        if now < self.banned_until:
            self.banned_until += self.retry_after if self.grows else 0
            self._refuse(max(1, round(self.banned_until - now)))
        _forget(self._all, now - 1)
        if len(self._all) >= self.per_second:
            self.banned_until = now + self.retry_after
            self._refuse(self.retry_after)
        if chat < 0:
            _forget(self._groups[chat], now - 60)
            if len(self._groups[chat]) >= self.per_group_minute:
                self._refuse(self.retry_after)
            self._groups[chat].append(now)
        else:
            self._count_of_person(chat, now)
        self._all.append(now)

    def _count_of_person(self, chat: int, now: float) -> None:
        last, left = self._people.get(chat, (now, float(self.chat_burst)))
        left = min(self.chat_burst, left + (now - last) / self.per_chat_seconds)
        # Our clock and that of the stand-in are read at different moments.
        if left < 0.95:
            self._refuse(self.retry_after)
        self._people[chat] = (now, max(0.0, left - 1))

    def _refuse(self, after: int) -> None:
        self.refused += 1
        raise Refused(429, f"Too Many Requests: retry after {after}", retry_after=after)


def _forget(times: deque[float], before: float) -> None:
    while times and times[0] <= before:
        times.popleft()
