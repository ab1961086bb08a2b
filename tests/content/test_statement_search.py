"""Statements found by the words of a question."""

from datetime import date

import pytest

from content.library import load_library
from content.statement_search import StatementSearch
from content.topics import Topic

SEARCH = StatementSearch(load_library())
TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("bảo hiểm y tế của hộ cận nghèo", Topic.HEALTH_INSURANCE),
        ("bao hiem y te cua ho can ngheo", Topic.HEALTH_INSURANCE),
        ("vốn vay làm chuồng trại cho hộ mới thoát nghèo", Topic.CREDIT_LOAN),
        ("tien dien cho ho ngheo", Topic.ELECTRICITY_SUPPORT),
    ],
)
def test_a_topic_is_found_by_its_words_with_or_without_diacritics(question: str, topic: Topic) -> None:
    assert SEARCH.find(question, TODAY)[0].topic is topic


def test_findings_are_of_different_topics_and_valid_on_the_day_asked_about() -> None:
    library = load_library()
    for on in (date(2017, 3, 1), TODAY):
        found = SEARCH.find("mức hỗ trợ tiền điện, tiền học và bảo hiểm y tế cho hộ nghèo", on, limit=3)
        assert len({finding.topic for finding in found}) == len(found) > 0
        for finding in found:
            statement = library.statements[finding.statement_id]
            assert any(period.covers(on) for period in library.periods_of(statement))


def test_before_anything_was_valid_nothing_is_found() -> None:
    assert SEARCH.find("bảo hiểm y tế hộ cận nghèo", date(1990, 1, 1)) == []


@pytest.mark.parametrize("question", ["", "asdf qwer zxcv", "😀", "gia vang hom nay"])
def test_words_that_no_statement_is_about_find_nothing(question: str) -> None:
    assert SEARCH.find(question, TODAY) == []
