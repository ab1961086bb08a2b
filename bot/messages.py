"""What comes in and what goes out, in the one shape that all channels share."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

#: Longest message taken from a person, in code points. A question fits; a pasted document does not.
MAX_TEXT_LENGTH = 2000

# C0 and C1 controls but for tab and newline, and code points that show nothing (zero-width, bidi, tag characters).
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)


def clean_text(text: str) -> str:
    """Return `text` in NFC without control and invisible characters, lone surrogates replaced, trimmed.

    PostgreSQL refuses NUL and lone surrogates; the rest is dropped so that nobody can hide words from staff.
    """
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).strip()


@dataclass(frozen=True)
class Incoming:
    """One message from a person, as a channel parsed it.

    Attributes:
        channel: name of the channel.
        address: the person's id on that channel, always a string.
        provider_message_id: unique on the channel; a redelivery carries the same.
        text: what the person typed, or the label of the button that was pressed.
        payload: what the button stands for, or None.
        language: language the channel reports; used only when the conversation is new.
        wishes: `on` (ISO date) answers as on that day; `start`: parameter of the link they came by, a hint only;
            `received`: what came beside or instead of words (bot/channels/received.py).
    """

    channel: str
    address: str
    provider_message_id: str
    text: str
    payload: str | None = None
    language: str | None = None
    wishes: Mapping[str, Any] = field(default_factory=dict)


class Button(BaseModel):
    """A quick reply: what it says and what it stands for."""

    model_config = ConfigDict(frozen=True)
    title: str
    payload: str


class SourceReference(BaseModel):
    """A legal source as shown to people."""

    model_config = ConfigDict(frozen=True)
    document: str
    title: str = ""
    article: str | None = None
    url: str | None = None


class Validity(BaseModel):
    """From when until when an answer holds, and the day it was asked about (ISO dates)."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)
    valid_from: str | None = Field(alias="from")
    valid_to: str | None = Field(alias="to")
    as_of: str


class TemplateMessage(BaseModel):
    """The same in a form that a provider approved before, for where it takes no free text: which, and what fills it."""

    model_config = ConfigDict(frozen=True)
    id: str
    values: dict[str, str] = {}


class PhoneRequest(BaseModel):
    """Asks for the person's own telephone number by the channel's own means; typing it remains possible.

    `title` stands on the button, `words` beside it.
    """

    model_config = ConfigDict(frozen=True)
    title: str
    words: str


class OutgoingMessage(BaseModel):
    """One message to a person, in words. The same object is kept in the ledger and returned by the chat API."""

    model_config = ConfigDict(frozen=True)
    text: str
    buttons: tuple[Button, ...] = ()
    image: str | None = None
    audio: str | None = None
    topic: str | None = None
    intent: str | None = None
    confidence: float | None = None
    sources: tuple[SourceReference, ...] = ()
    #: Language in which the message is said.
    language: str | None = None
    #: Id of the policy statement that answers.
    statement: str | None = None
    valid: Validity | None = None
    receipt: str | None = None
    template: TemplateMessage | None = None
    phone_request: PhoneRequest | None = None
    numbered: bool = True
    """False where people are asked for a number of something: then what they type is not the number of a button."""
    waits: bool = False
    """A form asks here and waits for the reply."""

    def to_json(self) -> dict[str, Any]:
        """Return the message as plain data with the names of the chat API."""
        # Few messages have these, and few channels read them: no other message carries an empty one about.
        without = {name for name in ("template", "phone_request", "waits") if not getattr(self, name)}
        return self.model_dump(mode="json", by_alias=True, exclude=without)
