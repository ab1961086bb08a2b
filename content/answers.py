"""What the library gives back: an answer with sources, validity, certainty and the change that is coming."""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from content.topics import Aspect, Certainty, Group, Topic

#: Parts of a Vietnamese law, as people cite them in English.
_PARTS_IN_ENGLISH = {
    "Điều": "Article",
    "Phụ lục": "Annex",
    "Chương": "Chapter",
    "khoản": "clause",
    "điểm": "point",
    "đến": "to",
}


class TextRenderer(Protocol):
    """Makes the words of one stretch of days in a language."""

    def __call__(self, language: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer stands. `document_name` and `title` are Vietnamese; see `*_in(language)`."""

    document_id: str
    document_number: str
    document_name: str
    title: str
    article: str | None
    url: str | None
    signed: date | None
    effective: date | None
    replaced_by: tuple[str, ...]
    document_name_en: str
    title_en: str

    def document_name_in(self, language: str) -> str:
        return self.document_name_en if language == "en" else self.document_name

    def title_in(self, language: str) -> str:
        return self.title_en if language == "en" else self.title

    def article_in(self, language: str) -> str | None:
        article = self.article
        if article is not None and language == "en":
            for vietnamese, english in _PARTS_IN_ENGLISH.items():
                article = article.replace(vietnamese, english)
        return article


@dataclass(frozen=True, slots=True)
class UpcomingChange:
    """The next wording, where the documents behind it were already signed on the day asked about."""

    from_date: date
    valid_to: date | None
    certainty: Certainty
    sources: tuple[Source, ...]
    render: TextRenderer = field(repr=False, compare=False)

    def text(self, language: str) -> str:
        """The announcement, which names its own date. Untranslated languages get the Vietnamese words."""
        return self.render(language)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. Both `valid_from` and `valid_to` are included; `valid_to` None means until further notice.

    `aspect` is the aspect of the statement found; `aspect_answered` and `group_answered` say whether that is
    what was asked for. `needs_confirmation` (MH) asks for the advice to check with the commune; `uncertain`
    (MM, ML, U) marks a text that gives no number and only says that it is not sure; `stale` a review stamp that
    has run out.
    """

    statement_id: str
    topic: Topic
    aspect: Aspect
    group: Group | None
    matter_of_its_own: bool
    on: date
    valid_from: date
    valid_to: date | None
    certainty: Certainty
    stale: bool
    office: str
    sources: tuple[Source, ...]
    upcoming: UpcomingChange | None
    end_known: bool
    aspect_answered: bool
    group_answered: bool
    other_aspects: tuple[Aspect, ...]
    owner: str
    review_expires_on: date
    render: TextRenderer = field(repr=False, compare=False)

    @property
    def needs_confirmation(self) -> bool:
        return self.certainty.needs_confirmation

    @property
    def uncertain(self) -> bool:
        return self.certainty.is_uncertain

    def text(self, language: str) -> str:
        """The words in a registered language. Languages without translations get the Vietnamese words."""
        return self.render(language)
