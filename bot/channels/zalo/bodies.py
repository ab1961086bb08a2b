"""Messages in the shape of Zalo's consultation API (https://docs.zaloplatforms.com/docs/OA, docs/channels.md).

Plain text only; at most 2,000 code points, 5 buttons, one picture or one file to a message. A file takes no words: they
go before it.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.channels.capabilities import ZALO_OA
from bot.channels.media_lines import recording_line
from bot.channels.splitting import split_text
from bot.messages import Button, OutgoingMessage

#: Marks what a button of ours says, so that it is told from typed words. Anybody may type it: it opens nothing more
#: than the buttons do (channels.md D-27).
PAYLOAD_MARK = "#"
#: Zalo makes a mention of it in groups; nobody means one (channels.md D-26).
_MENTION = re.compile(r"\[@[^\]\s]*\]")
#: Longest title and subtitle of a request for name and telephone number.
LONGEST_REQUEST_TITLE, LONGEST_REQUEST_SUBTITLE = 100, 500
#: Shown above such a request.
REQUEST_PICTURE = "/static/icon.png"


@dataclass(frozen=True)
class Part:
    """One request: `message` of its body, and the digest by which its echo is known.

    `image`: address or path of a picture that still has to be turned into what Zalo takes.
    `optional`: when Zalo does not take it, the message is sent all the same.
    """

    message: Mapping[str, Any]
    digest: str
    image: str | None = None
    buttons: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    optional: bool = False


def parts_of(message: OutgoingMessage, *, address: str = "") -> list[Part]:
    """Return the requests by which a message leaves, in order. Buttons are under the last text, a picture in the first.

    Args:
        address: where people reach the public pages; recordings are sent as links there.
    """
    text = _MENTION.sub("", unicodedata.normalize("NFC", message.text))
    if message.audio and (link := absolute(message.audio, address)):
        text = f"{text}\n\n{recording_line(link, message.language)}"
    texts = split_text(text, ZALO_OA.split_at or ZALO_OA.max_text_length)
    buttons = [] if len(message.buttons) > ZALO_OA.max_buttons else [_button(one) for one in message.buttons]
    parts = []
    for number, words in enumerate(texts):
        image = message.image if number == 0 else None
        under = buttons if number == len(texts) - 1 else []
        if image and under:
            # A picture and buttons are two kinds of message: the picture comes first, without words.
            parts.append(Part({}, digest_of("image", ""), image=image))
            image = None
        parts.append(Part(_message(words, under), digest_of("text", words), image=image))
    if (asked := message.phone_request) is not None:
        # The same can be typed, so nothing is lost where an account may not ask like this.
        request = information_request(asked.title, asked.words, absolute(REQUEST_PICTURE, address) or "")
        parts.append(Part(request, digest_of("template", ""), optional=True))
    return parts


def _message(words: str, buttons: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    if not buttons:
        return {"text": words}
    return {"text": words, "attachment": {"type": "template", "payload": {"buttons": list(buttons)}}}


def _button(button: Button) -> dict[str, Any]:
    longest = ZALO_OA.max_button_title or len(button.title)
    title = button.title if len(button.title) <= longest else button.title[: longest - 1] + "…"
    return {"title": title, "type": "oa.query.hide", "payload": PAYLOAD_MARK + button.payload}


def picture(words: str, element: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message with one picture. `element`: `{"url": …}` or `{"attachment_id": …}`."""
    media = {"media_type": "image", **element}
    attachment = {"type": "template", "payload": {"template_type": "media", "elements": [media]}}
    return {"text": words, "attachment": attachment} if words else {"attachment": attachment}


def file(token: str) -> dict[str, Any]:
    """Return a message with one file, by the token of its upload."""
    return {"attachment": {"type": "file", "payload": {"token": token}}}


def information_request(title: str, subtitle: str, image_url: str) -> dict[str, Any]:
    """Return a message that asks for name and telephone number; the answer comes as `user_submit_info`.

    `image_url`: of the picture above it; empty where nobody said how people reach this system.
    """
    element = {"title": title[:LONGEST_REQUEST_TITLE], "subtitle": subtitle[:LONGEST_REQUEST_SUBTITLE]}
    if image_url:
        element["image_url"] = image_url
    return {
        "attachment": {"type": "template", "payload": {"template_type": "request_user_info", "elements": [element]}}
    }


def absolute(where: str, address: str) -> str | None:
    """Return the full address of what lies at `where`; None when nobody said where people reach this system."""
    if where.startswith(("https://", "http://")):
        return where
    return f"{address.rstrip('/')}/{where.lstrip('/')}" if address else None


def digest_of(kind: str, words: str) -> str:
    """Return by what a message is known again in its echo: what it is, and its words, however they are spaced."""
    plain = " ".join(unicodedata.normalize("NFC", words).split())
    return hashlib.sha256(f"{kind}:{plain}".encode()).hexdigest()
