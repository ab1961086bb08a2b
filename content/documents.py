"""Legal documents: what was signed when, by whom, and what replaced it."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from content.topics import Certainty
from content.yaml_files import CONTENT_DIR, ContentError, parse_model, read_yaml

DOCUMENTS_DIR = CONTENT_DIR / "documents"


class DocumentKind(StrEnum):
    LAW = "law"
    RESOLUTION = "resolution"
    DECREE = "decree"
    DECISION = "decision"
    CIRCULAR = "circular"
    FORM = "form"
    LEAFLET = "leaflet"
    GUIDANCE = "guidance"
    PROCEDURE = "procedure"
    NEWS = "news"
    JOINT_CIRCULAR = "joint_circular"
    OFFICIAL_LETTER = "official_letter"
    JOINT_RESOLUTION = "joint_resolution"
    CONSOLIDATED_TEXT = "consolidated_text"
    PLAN = "plan"
    NOTICE = "notice"


class Issuer(StrEnum):
    NATIONAL_ASSEMBLY = "national_assembly"
    GOVERNMENT = "government"
    PRIME_MINISTER = "prime_minister"
    MINISTRY_OF_LABOUR = "ministry_of_labour"
    MINISTRY_OF_AGRICULTURE = "ministry_of_agriculture"
    MINISTRY_OF_FINANCE = "ministry_of_finance"
    MINISTRY_OF_CONSTRUCTION = "ministry_of_construction"
    COMMITTEE_FOR_ETHNIC_AFFAIRS = "committee_for_ethnic_affairs"
    MINISTRY_OF_RURAL_DEVELOPMENT = "ministry_of_rural_development"
    MINISTRY_OF_INFORMATION = "ministry_of_information"
    STANDING_COMMITTEE = "standing_committee"
    GOVERNMENT_AND_FRONT = "government_and_front"
    FATHERLAND_FRONT = "fatherland_front"
    PROVINCIAL_PARTY_COMMITTEE = "provincial_party_committee"
    PROVINCE = "province"
    PRESS = "press"
    SOCIAL_POLICY_BANK = "social_policy_bank"


class BilingualText(BaseModel):
    """The same words in both complete languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    vi: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def in_language(self, language: str) -> str:
        """English for `en`, Vietnamese for every other language."""
        return self.en if language == "en" else self.vi


class LegalDocument(BaseModel):
    """One document. `title` says its subject in plain words and is not the official wording.

    `signed`, `effective` and `ended` are null where the facts do not give them; they are never guessed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    number: str
    kind: DocumentKind
    issuer: Issuer
    title: BilingualText
    signed: date | None
    effective: date | None
    ended: date | None = None
    amends: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    url: str | None = None
    kept_for: str | None = None
    """Why the register holds it although no answer rests on it."""
    certainty: Certainty
    fact_sources: tuple[str, ...]

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.effective and self.ended and self.ended < self.effective:
            raise ValueError("`ended` lies before `effective`")
        return self

    def was_signed_on(self, day: date) -> bool:
        """Whether the public could know the document on that day. Unknown dates count as not known."""
        known_since = self.signed or self.effective
        return known_since is not None and known_since <= day


def replacements_on(day: date, document: LegalDocument, documents: Mapping[str, LegalDocument]) -> list[LegalDocument]:
    """The documents that have replaced one by that day. One whose own dates are not known counts as old."""
    newer = (documents[identifier] for identifier in document.replaced_by)
    return [one for one in newer if (one.effective or one.signed or date.min) <= day]


@lru_cache(maxsize=4)
def load_documents(folder: Path) -> dict[str, LegalDocument]:
    """All documents by id. Raises ContentError."""
    documents: dict[str, LegalDocument] = {}
    for file in sorted(folder.glob("*.yaml")):
        document = parse_model(LegalDocument, read_yaml(file), file)
        if document.id != file.stem:
            raise ContentError(
                file,
                f"holds the document `{document.id}`.",
                f"Name the file {document.id}.yaml.",
            )
        documents[document.id] = document
    return documents
