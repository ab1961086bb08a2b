"""The pages made from the content keep step with it."""

from datetime import date

import pytest

from content.knowledge_pages import content_pages, day_of_the_pages
from content.library import load_library
from content.yaml_files import CONTENT_DIR

PROJECT = CONTENT_DIR.parent
PAGES = content_pages(load_library())


@pytest.mark.parametrize("file", PAGES)
def test_a_page_made_from_the_content_does_not_lag(file: str) -> None:
    assert (PROJECT / file).read_text(encoding="utf-8") == PAGES[file], f"{file} lags: run `make docs`"


def test_no_page_of_a_topic_is_left_over() -> None:
    written = {file.relative_to(PROJECT).as_posix() for file in (PROJECT / "docs" / "knowledge").glob("*.md")}
    assert written == {file for file in PAGES if file.startswith("docs/knowledge/")}


def test_every_statement_stands_on_the_page_of_its_topic() -> None:
    library = load_library()
    missing = [s.id for s in library.statements.values() if f"`{s.id}` ·" not in PAGES[f"docs/knowledge/{s.topic}.md"]]
    assert missing == []


def test_the_pages_show_what_is_told_today_with_what_is_announced() -> None:
    page = PAGES["docs/knowledge/poverty_standard.md"]
    assert "1.500.000 đồng" in page
    assert "Announced for 2027-01-01:" in page
    assert "2.200.000 đồng" in page


def test_every_document_is_in_the_register_with_what_replaced_it() -> None:
    page = PAGES["docs/legal-documents.md"]
    library = load_library()
    assert [one.id for one in library.documents.values() if one.number not in page] == []
    row = next(line for line in page.splitlines() if line.startswith("| Nghị định 146/2018/NĐ-CP |"))
    assert "**replaced by** 188/2025/NĐ-CP" in row
    assert "`health_insurance`" in row


def test_what_is_less_than_seen_in_the_text_is_to_be_confirmed() -> None:
    page = PAGES["docs/to-confirm.md"]
    assert "| `poverty-reduction` | `poverty.newly_escaped.months`" not in page or "`MH`" in page
    assert "`health_insurance.how_much.poor`" in page
    assert "`poverty_standard.how_much`" not in page


def test_the_day_of_the_pages_is_one_of_the_content_not_of_the_calendar() -> None:
    assert day_of_the_pages(load_library()) >= date(2026, 11, 23)
