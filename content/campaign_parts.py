"""What a campaign's text is made of: fields that fill placeholders, buttons, a poll."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from content.translations import COMPLETE_LANGUAGES, LANGUAGES

#: Names of fields, so that none looks like a parameter (`a.b`) or a document (`document:x`).
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
#: More than this many buttons or answers is a menu, and a menu is not read on a phone.
MOST_BUTTONS = 5
MOST_OPTIONS = 8
MOST_QUESTIONS = 5


class FieldKind(StrEnum):
    """What a placeholder is filled with, and so how it is written."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"


#: Fields that the system fills from what it knows of each recipient, with their kind and the longest they become.
KNOWN_FIELDS: dict[str, tuple[FieldKind, int]] = {
    # Name of the commune or ward of the contact record.
    "commune": (FieldKind.TEXT, 40),
    # A course that the person registered for.
    "course_title": (FieldKind.TEXT, 120),
    "course_start": (FieldKind.DATE, 20),
    "course_venue": (FieldKind.TEXT, 200),
    # A pledge of the person, and its next instalment.
    "pledge_code": (FieldKind.TEXT, 12),
    "pledge_due": (FieldKind.DATE, 20),
    "pledge_amount": (FieldKind.MONEY, 30),
    # What changed for the household between the two days of a "who changed?" audience.
    "changes": (FieldKind.TEXT, 900),
    # When the person agreed to what the schedule counts from.
    "consent_on": (FieldKind.DATE, 20),
}


def _known_languages(words: dict[str, str]) -> dict[str, str]:
    unknown = sorted(set(words) - set(LANGUAGES))
    if unknown:
        raise ValueError(f"unknown language `{unknown[0]}`; registered are {', '.join(LANGUAGES)}")
    if "vi" not in words:
        raise ValueError("Vietnamese (`vi`) is missing: it is what people get whose language has no words")
    empty = sorted(language for language, text in words.items() if not text.strip())
    if empty:
        raise ValueError(f"the words in `{empty[0]}` are empty")
    return words


#: Language -> words; Vietnamese at least. Minority languages only as people wrote them.
Words = Annotated[dict[str, str], AfterValidator(_known_languages)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CampaignField(_Part):
    """A placeholder `{name}` of a text.

    Attributes:
        value: the same for everybody, such as the day of a meeting; ISO for dates, whole đồng for money.
        fallback: said where nothing is known of a recipient; without it such a recipient is left out.
        longest: code points at most, for the check of the length.
    """

    kind: FieldKind = FieldKind.TEXT
    value: str | int | date | None = None
    fallback: dict[str, str] | None = None
    longest: int = Field(60, ge=1, le=900)

    @model_validator(mode="after")
    def _value_of_its_kind(self) -> Self:
        if self.value is None:
            return self
        if self.kind is FieldKind.DATE:
            date.fromisoformat(str(self.value))
        elif self.kind in (FieldKind.NUMBER, FieldKind.MONEY) and (
            isinstance(self.value, bool) or not str(self.value).isdecimal()
        ):
            raise ValueError(f"`value` of a {self.kind} is a whole number without separators")
        return self


class CampaignButton(_Part):
    """A button that leads into a flow: its title by language, and what it stands for (`/check_eligibility`)."""

    title: Words
    payload: str = Field(min_length=2, max_length=400)


class CampaignText(_Part):
    """One version of the words. `by_channel` replaces them on a channel, such as a shorter text for Zalo.

    `image` and `audio` are addresses under `/audio/` or `https://`; audio is recorded per language.
    """

    words: Words
    by_channel: dict[str, Words] = {}
    image: str | None = Field(None, max_length=500)
    audio: dict[str, str] = {}
    #: Who wrote the words of a minority language; nothing is translated by a machine.
    written_by: dict[str, str] = {}

    @model_validator(mode="after")
    def _people_wrote_minority_languages(self) -> Self:
        used = {language for words in (self.words, *self.by_channel.values()) for language in words}
        missing = sorted(used - set(COMPLETE_LANGUAGES) - {k for k, v in self.written_by.items() if v.strip()})
        if missing:
            raise ValueError(f"the words in `{missing[0]}` need the name of the person who wrote them in `written_by`")
        for address in (self.image, *self.audio.values()):
            if address is not None and not address.startswith(("https://", "/")):
                raise ValueError(f"`{address}`: pictures and recordings are https addresses or paths of our own")
        return self


class CampaignTemplate(_Part):
    """The Zalo template that says the same where no free text may go: its id, and what fills its places (Vietnamese).

    Values may hold the placeholders of the campaign's texts.
    """

    id: str = Field(pattern=r"^\d{1,20}$")
    values: dict[str, str] = {}


class PollQuestion(_Part):
    """One question with closed answers, as they are numbered: short ones, nothing about health, income or descent."""

    words: Words
    options: tuple[Words, ...] = Field(min_length=2, max_length=MOST_OPTIONS)
