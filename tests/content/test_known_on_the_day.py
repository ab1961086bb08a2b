"""Asked as on a past day, the library tells what could be known then."""

from datetime import date

import pytest

from bot.rendering.renderer import Renderer
from content.answers import Answer
from content.library import ANNOUNCED_AHEAD, load_library

TODAY = date(2026, 11, 25)
DAYS = (date(2018, 5, 1), date(2021, 5, 1), date(2024, 5, 1), TODAY, date(2027, 2, 1))
LIBRARY = load_library()
RENDERER = Renderer(LIBRARY)

#: The questions that are shown on five days.
ASKED: dict[str, dict[str, str]] = {
    "poverty line": {"topic": "poverty_standard", "aspect": "how_much"},
    "near-poor health insurance": {"topic": "health_insurance", "household_group": "near_poor"},
    "near-poor health insurance, amount": {
        "topic": "health_insurance",
        "aspect": "how_much",
        "household_group": "near_poor",
    },
    "job-creation loan": {"topic": "credit_loan", "aspect": "how_much", "programme": "job_creation"},
    "training support": {"topic": "vocational_training", "aspect": "how_much"},
}


def answer_to(asked: dict[str, str], on: date) -> Answer:
    answer = LIBRARY.answer(
        asked["topic"],
        aspect=asked.get("aspect"),
        group=asked.get("household_group"),
        programme=asked.get("programme"),
        on=on,
        today=TODAY,
    )
    assert answer is not None
    return answer


def told(asked: dict[str, str], on: date) -> str:
    custom = {"key": "answer", **asked, "on": on.isoformat(), "today": TODAY.isoformat()}
    (message,) = RENDERER.replies([{"custom": custom}], "vi", introduce=False)
    return message.text


@pytest.mark.parametrize("on", DAYS, ids=str)
@pytest.mark.parametrize("question", ASKED)
def test_an_answer_rests_on_a_document_that_was_there_on_the_day(question: str, on: date) -> None:
    sources = answer_to(ASKED[question], on).sources
    assert any(source.signed is None or source.signed <= on for source in sources)


@pytest.mark.parametrize("on", [*DAYS, date(2016, 6, 1), date(2020, 3, 1), date(2023, 1, 1), date(2026, 2, 1)], ids=str)
def test_nothing_is_announced_before_it_was_decided_or_years_ahead(on: date) -> None:
    for statement in LIBRARY.statements.values():
        answer = LIBRARY.answer(
            statement.topic, aspect=statement.aspect, group=next(iter(statement.groups), None), on=on, today=TODAY
        )
        if answer is None or answer.upcoming is None:
            continue
        assert on < answer.upcoming.from_date <= on + ANNOUNCED_AHEAD, statement.id
    # A loan programme that ended in 2020: that its successor was never found is no news of 2018.
    housing = LIBRARY.answer("housing_support", on=date(2018, 5, 1))
    assert housing is not None and housing.upcoming is None


def test_the_next_poverty_line_is_announced_from_the_day_of_its_decree() -> None:
    before = LIBRARY.answer("poverty_standard", aspect="how_much", on=date(2021, 1, 26), today=TODAY)
    after = LIBRARY.answer("poverty_standard", aspect="how_much", on=date(2021, 1, 27), today=TODAY)
    assert before is not None and before.upcoming is None
    assert after is not None and after.upcoming is not None and after.upcoming.from_date == date(2022, 1, 1)
    this_year = LIBRARY.answer("poverty_standard", aspect="how_much", on=date(2026, 1, 1))
    assert this_year is not None and this_year.upcoming is not None


def test_an_end_that_nobody_knew_on_the_day_is_not_told_as_if_it_had_been_known() -> None:
    assert "đến hết" not in told(ASKED["poverty line"], date(2018, 5, 1))
    assert "đến hết 31/12/2021" in told(ASKED["poverty line"], date(2021, 5, 1))
    assert "đến hết 31/12/2026" in told(ASKED["poverty line"], TODAY)
    # The data of the answer keep the end, for whoever looks back.
    assert answer_to(ASKED["poverty line"], date(2018, 5, 1)).valid_to == date(2020, 12, 31)


def test_near_poor_households_hear_of_contribution_and_of_treatment_at_once() -> None:
    text = told(ASKED["near-poor health insurance"], date(2024, 5, 1))
    assert "70%" in text and "95%" in text
    text = told(ASKED["near-poor health insurance"], TODAY)
    assert "100%" in text and "Tiền đóng được Nhà nước hỗ trợ" in text


def test_not_knowing_does_not_hold_from_a_day_on() -> None:
    text = told({"topic": "housing_support", "household_group": "merit"}, TODAY)
    assert "chưa đủ căn cứ" in text and "Áp dụng từ" not in text


def test_articles_are_cited_in_the_language_of_the_answer() -> None:
    answer = answer_to(ASKED["training support"], TODAY)
    assert [source.article_in("vi") for source in answer.sources] == ["Điều 25", "Điều 68"]
    assert [source.article_in("en") for source in answer.sources] == ["Article 25", "Article 68"]


@pytest.mark.parametrize("group", [None, "poor"])
@pytest.mark.parametrize("aspect", [None, "what", "how_much"])
@pytest.mark.parametrize(
    ("on", "rural", "urban"),
    [
        (date(2018, 5, 1), "700.000", "900.000"),
        (date(2021, 5, 1), "700.000", "900.000"),
        (date(2024, 5, 1), "1.500.000", "2.000.000"),
        (TODAY, "1.500.000", "2.000.000"),
        (date(2027, 2, 1), "2.200.000", "2.800.000"),
    ],
)
def test_the_poverty_line_is_told_with_its_amounts_however_it_is_asked(
    aspect: str | None, group: str | None, on: date, rural: str, urban: str
) -> None:
    answer = LIBRARY.answer("poverty_standard", aspect=aspect, group=group, on=on, today=TODAY)
    assert answer is not None
    assert rural in answer.text("vi") and urban in answer.text("vi")
