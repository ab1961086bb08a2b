"""docs/content-format.md names everything a content file may hold."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from content.check_statements import LONGEST_TEXT
from content.documents import DocumentKind, Issuer, LegalDocument
from content.parameters import ParameterMetadata, Unit
from content.place_units import DistrictFile, Province, Spellings
from content.statements import Statement, StatementVersion
from content.topics import Aspect, Certainty, Group
from content.translations import LANGUAGES

DOCUMENTATION = (Path(__file__).parents[2] / "docs" / "content-format.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "model", [LegalDocument, ParameterMetadata, Statement, StatementVersion, DistrictFile, Province, Spellings]
)
def test_every_key_of_a_file_is_documented(model: type[BaseModel]) -> None:
    missing = [key for key in model.model_fields if f"{key}:" not in DOCUMENTATION]
    assert missing == []


@pytest.mark.parametrize("closed_list", [DocumentKind, Issuer, Aspect])
def test_every_word_of_a_closed_list_is_documented(closed_list: type[DocumentKind | Issuer | Aspect]) -> None:
    assert [word for word in closed_list if word not in DOCUMENTATION.replace("\n", " ").split()] == []


@pytest.mark.parametrize("closed_list", [Unit, Group, Certainty])
def test_every_marked_word_of_a_closed_list_is_documented(
    closed_list: type[Unit | Group | Certainty],
) -> None:
    assert [word for word in closed_list if f"`{word}`" not in DOCUMENTATION] == []


def test_every_registered_language_is_documented() -> None:
    assert [code for code in LANGUAGES if f"`{code}`" not in DOCUMENTATION] == []


def test_the_longest_text_is_documented() -> None:
    assert f"{LONGEST_TEXT:,} characters" in DOCUMENTATION
