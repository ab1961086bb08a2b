"""What has grown old shows: review stamps that ran out, and documents that were replaced."""

from datetime import date

import pytest

from bot.rendering.renderer import Renderer
from content.check import Severity, check_content
from content.documents import replacements_on
from content.library import load_library
from content.statements import add_months
from content.topics import Topic

TODAY = date(2026, 11, 25)
THIRTEEN_MONTHS_ON = add_months(TODAY, 13)
LIBRARY = load_library()
RENDERER = Renderer(LIBRARY)
WRITTEN = [topic for topic in Topic if any(statement.topic is topic for statement in LIBRARY.statements.values())]


def told(topic: Topic | str, *, on: date, today: date, language: str = "vi", **asked: str) -> str:
    custom = {"key": "answer", "topic": topic, "on": on.isoformat(), "today": today.isoformat(), **asked}
    (message,) = RENDERER.replies([{"custom": custom}], language, introduce=False)
    return message.text


@pytest.mark.parametrize("topic", WRITTEN)
def test_thirteen_months_on_every_topic_says_that_it_is_being_reviewed(topic: Topic) -> None:
    later = THIRTEEN_MONTHS_ON
    if LIBRARY.answer(topic, on=later) is None:
        assert "chưa có nguồn chắc chắn" in told(topic, on=later, today=later)
        return
    assert "đang rà soát" in told(topic, on=later, today=later)
    assert "being reviewed" in told(topic, on=later, today=later, language="en")
    assert "đang rà soát" not in told(topic, on=TODAY, today=TODAY)


def test_thirteen_months_on_the_check_fails_for_every_statement_and_number() -> None:
    due = {p.file for p in check_content(LIBRARY, THIRTEEN_MONTHS_ON) if p.severity is Severity.ERROR}
    files = {str(file.relative_to(LIBRARY.root)) for file in LIBRARY.statement_files.values()}
    assert files - due == set()


def test_an_answer_built_on_a_replaced_document_says_what_replaced_it() -> None:
    assert "Quyết định 924/QĐ-MTTƯ đã được thay bằng 1198/QĐ-MTTW-ĐCT" in told(
        "fund_for_the_poor", on=TODAY, today=TODAY
    )
    assert "Nghị định 146/2018/NĐ-CP đã được thay bằng 188/2025/NĐ-CP" in told(
        "health_insurance", aspect="how_much", household_group="near_poor", on=date(2024, 5, 1), today=TODAY
    )


def test_a_document_is_not_called_replaced_before_it_was() -> None:
    told_then = told(
        "health_insurance",
        aspect="how_much",
        household_group="near_poor",
        on=date(2024, 5, 1),
        today=date(2024, 5, 1),
    )
    assert "đã được thay" not in told_then
    old, new = LIBRARY.documents["nd-20-2021"], LIBRARY.documents["nd-335-2026"]
    assert replacements_on(date(2026, 10, 4), old, LIBRARY.documents) == []
    assert replacements_on(date(2026, 10, 5), old, LIBRARY.documents) == [new]
