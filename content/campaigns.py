"""A campaign: what is said to whom and when. And the starter campaigns of `content/campaigns/`, ready to be adapted."""

import hashlib
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

import orjson
from pydantic import BaseModel, ConfigDict, Field, model_validator

from content.campaign_audience import Audience
from content.campaign_complaints import Complaint
from content.campaign_parts import (
    FIELD_NAME,
    KNOWN_FIELDS,
    MOST_BUTTONS,
    MOST_QUESTIONS,
    CampaignButton,
    CampaignField,
    CampaignTemplate,
    CampaignText,
    PollQuestion,
)
from content.campaign_schedule import Once, Schedule
from content.check_prose import numbers_in_prose
from content.library import Library
from content.placeholders import find_placeholders
from content.topics import Certainty, Topic
from content.translations import COMPLETE_LANGUAGES
from content.yaml_files import CONTENT_DIR, ContentError, parse_model, read_yaml

STARTERS_DIR = CONTENT_DIR / "campaigns"

#: What a run is for; the same names as `store.run_states.Purpose`.
PurposeName = Literal["policy_news", "service", "fund_raising", "advertising"]
#: Who reads what people write back: the bot answers what it can and hands on the rest, or staff read all of it.
Replies = Literal["bot", "staff"]
TextVersion = Annotated[str, Field(pattern="^[AB]$")]


class CampaignContent(BaseModel):
    """Everything that an approval covers.

    Attributes:
        texts: version "A", or "A" and "B" to compare.
        template: the approved template for people on Zalo whom free text does not reach any more.
        fields: placeholders besides those that the system knows itself (`KNOWN_FIELDS`).
        use_until: last day on which a message of it may leave ("no use after").
        late: what becomes of a leaving whose time passed while nothing ran: kept for a person to decide, or let go.
        late_after_minutes: later than this counts as late. It never leaves late by itself.
        per_hour: at most this many messages an hour.
        may_cost: money may be spent where a channel asks for some.
        replies: who reads what people write back.
        on_holidays: leaves on public holidays too, such as greetings for Tết.
        sources: ids of legal documents that the text rests on; shown on its public page.
        certainty: of the facts, as in `policy-facts`: V and V2 may be stated.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    purpose: PurposeName
    topic: Topic
    texts: dict[TextVersion, CampaignText] = Field(min_length=1)
    fields: dict[str, CampaignField] = {}
    buttons: tuple[CampaignButton, ...] = Field((), max_length=MOST_BUTTONS)
    poll: tuple[PollQuestion, ...] = Field((), max_length=MOST_QUESTIONS)
    template: CampaignTemplate | None = None
    audience: Audience = Audience()
    schedule: Schedule = Once()
    use_until: date | None = None
    late: Literal["hold", "skip"] = "hold"
    late_after_minutes: int = Field(120, ge=5, le=1440)
    per_hour: int | None = Field(None, ge=1)
    may_cost: bool = False
    replies: Replies = "bot"
    on_holidays: bool = False
    sources: tuple[str, ...] = ()
    fact_sources: tuple[str, ...] = ()
    certainty: Certainty = Certainty.V

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if "A" not in self.texts:
            raise ValueError("`texts` needs version A")
        wrong = next((name for name in self.fields if not FIELD_NAME.fullmatch(name) or name in KNOWN_FIELDS), None)
        if wrong is not None:
            raise ValueError(f"field `{wrong}`: small letters, digits and _, and no name that the system fills itself")
        if self.poll and self.buttons:
            raise ValueError("a poll brings its own buttons; take `buttons` out")
        return self

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages in which version A has words, Vietnamese first."""
        return tuple(sorted(self.texts["A"].words, key=lambda language: (language != "vi", language)))

    def all_words(self) -> Iterator[tuple[str, str, str]]:
        """Every text that people see, as (where it stands, language, words)."""
        for version, one in self.texts.items():
            for language, words in one.words.items():
                yield f"texts.{version}.words.{language}", language, words
            for channel, by_language in one.by_channel.items():
                for language, words in by_language.items():
                    yield f"texts.{version}.by_channel.{channel}.{language}", language, words
        if self.template is not None:
            for name, words in self.template.values.items():
                yield f"template.values.{name}", "vi", words
        for number, question in enumerate(self.poll, 1):
            for language, words in question.words.items():
                yield f"poll.{number}.words.{language}", language, words


def fingerprint(data: object) -> str:
    """A fingerprint of plain data that is the same wherever and whenever it is taken; 16 hex digits of SHA-256."""
    return hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def content_complaints(content: CampaignContent, library: Library) -> list[Complaint]:
    """What keeps a campaign from being sent: placeholders nobody fills, numbers in prose, unknown sources."""
    complaints: list[Complaint] = []
    for where, language, words in content.all_words():
        if not any(letter.isalnum() for letter in words):
            complaints.append(Complaint.of(where, "nothing_said"))
        for placeholder in find_placeholders(words):
            if not _can_be_filled(placeholder.raw, placeholder.kind, placeholder.name, content, library):
                complaints.append(Complaint.of(where, "unfilled", place=placeholder.raw))
        if words.count("{") != words.count("}") or "{{" in words:
            complaints.append(Complaint.of(where, "brace"))
        if language in COMPLETE_LANGUAGES:
            complaints += (Complaint.of(where, "number", number=number) for number in numbers_in_prose(words, language))
    complaints += (
        Complaint.of("sources", "no_document", name=name) for name in content.sources if name not in library.documents
    )
    if content.certainty in (Certainty.MM, Certainty.ML, Certainty.U) and any(
        placeholder.kind == "parameter"
        for _, _, words in content.all_words()
        for placeholder in find_placeholders(words)
    ):
        complaints.append(Complaint.of("certainty", "uncertain_number"))
    if content.audience.changed is not None and not all(
        "{changes}" in words for where, _, words in content.all_words() if ".words." in where and "texts" in where
    ):
        complaints.append(Complaint.of("texts", "no_changes", place="changes"))
    return complaints


def _can_be_filled(raw: str, kind: str, name: str, content: CampaignContent, library: Library) -> bool:
    if kind == "parameter":
        return name in library.parameters
    if kind == "document":
        return name in library.documents
    return raw in content.fields or raw in KNOWN_FIELDS


class StarterCampaign(BaseModel):
    """A campaign to begin with: organisation, title, and the content as far as it is the same for everybody."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1, max_length=160)
    organisation: str = Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")
    reviewed_on: date
    content: CampaignContent


@lru_cache(maxsize=2)
def load_starters(folder: Path = STARTERS_DIR) -> dict[str, StarterCampaign]:
    """The starter campaigns by id, which is the name of the file. Raises ContentError."""
    return {file.stem: parse_model(StarterCampaign, read_yaml(file), file) for file in sorted(folder.glob("*.yaml"))}


def starter_complaints(library: Library) -> Iterator[tuple[Path, str]]:
    """What is wrong with the starter campaigns, for `chungtay check`."""
    for file in sorted((library.root / "campaigns").glob("*.yaml")):
        try:
            starter = parse_model(StarterCampaign, read_yaml(file), file)
        except ContentError as error:
            yield file, error.cause
            continue
        if not starter.content.sources:
            yield file, "names no source."
        if not starter.content.fact_sources:
            yield file, "names no `fact_sources`."
        yield from ((file, str(complaint)) for complaint in content_complaints(starter.content, library))
