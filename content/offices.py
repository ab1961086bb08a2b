"""Offices a resident can turn to. No telephone numbers or addresses unless an official list gave them."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from content.documents import BilingualText
from content.translations import catalogue_for
from content.yaml_files import parse_model, read_yaml


@dataclass(frozen=True, slots=True)
class Office:
    """One office; its name is the key `office.<key>` of the catalogues."""

    key: str
    reach: BilingualText

    def name(self, language: str) -> str:
        return catalogue_for(language).text(f"office.{self.key}")

    def how_to_reach(self, language: str) -> str:
        return self.reach.in_language(language)


class _OfficeEntry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    how_to_reach: BilingualText


class _OfficeFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    offices: dict[str, _OfficeEntry]


def load_offices(file: Path) -> dict[str, Office]:
    """All offices by key. Raises ContentError."""
    parsed = parse_model(_OfficeFile, read_yaml(file), file)
    return {key: Office(key, entry.how_to_reach) for key, entry in parsed.offices.items()}
