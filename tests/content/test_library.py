"""Answers from the shipped content, on the days where they differ."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.library import Library, load_library
from content.topics import LOAN_PROGRAMMES, Aspect, Certainty, Group, Topic

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.mark.parametrize(
    ("on", "rural", "urban", "documents"),
    [
        (date(2018, 5, 1), "700.000 đồng", "900.000 đồng", {"59/2015/QĐ-TTg"}),
        (date(2024, 5, 1), "1.500.000 đồng", "2.000.000 đồng", {"07/2021/NĐ-CP"}),
        (TODAY, "1.500.000 đồng", "2.000.000 đồng", {"351/2025/NĐ-CP", "07/2021/NĐ-CP"}),
        (date(2027, 2, 1), "2.200.000 đồng", "2.800.000 đồng", {"351/2025/NĐ-CP"}),
    ],
)
def test_the_poverty_line_is_that_of_the_day_with_its_document(
    library: Library, on: date, rural: str, urban: str, documents: set[str]
) -> None:
    answer = library.answer("poverty_standard", aspect="how_much", on=on)

    assert answer is not None
    assert rural in answer.text("vi")
    assert urban in answer.text("vi")
    assert {source.document_number for source in answer.sources} == documents
    assert answer.certainty is Certainty.V


def test_before_2022_a_household_could_be_poor_by_income_alone_or_by_income_with_deprivation(
    library: Library,
) -> None:
    answer = library.answer("poverty_standard", aspect="how_much", on=date(2018, 5, 1))

    assert answer is not None
    text = answer.text("vi")
    assert "700.000 đồng trở xuống ở nông thôn" in text
    assert "không quá 1.000.000 đồng ở nông thôn, 1.300.000 đồng ở thành thị" in text
    assert "thiếu hụt từ 3 trở lên trong 10 chỉ số" in text


def test_the_line_of_2026_holds_until_the_last_day_of_the_year(library: Library) -> None:
    last = library.answer("poverty_standard", aspect="how_much", on=date(2026, 12, 31))
    first = library.answer("poverty_standard", aspect="how_much", on=date(2027, 1, 1))

    assert last is not None and first is not None
    assert last.valid_to == date(2026, 12, 31)
    assert first.valid_from == date(2027, 1, 1)
    assert "1.500.000" in last.text("vi") and "2.200.000" in first.text("vi")


def test_the_change_of_2027_is_announced_with_its_date_amounts_and_document(library: Library) -> None:
    answer = library.answer("poverty_standard", aspect="how_much", on=TODAY)

    assert answer is not None and answer.upcoming is not None
    assert answer.upcoming.from_date == date(2027, 1, 1)
    assert "01/01/2027" in answer.upcoming.text("vi")
    assert "2.200.000 đồng" in answer.upcoming.text("vi")
    assert "VND 2,800,000" in answer.upcoming.text("en")
    assert [source.document_number for source in answer.upcoming.sources] == ["351/2025/NĐ-CP"]


def test_a_change_is_not_announced_before_its_document_was_signed(library: Library) -> None:
    day_before_signing = library.answer("poverty_standard", aspect="how_much", on=date(2025, 12, 29))
    day_of_signing = library.answer("poverty_standard", aspect="how_much", on=date(2025, 12, 30))

    assert day_before_signing is not None and day_before_signing.upcoming is None
    assert day_of_signing is not None and day_of_signing.upcoming is not None


def test_there_is_no_answer_on_a_day_without_a_valid_statement(library: Library) -> None:
    assert library.answer("poverty_standard", aspect="how_much", on=date(2015, 12, 31)) is None
    assert library.answer("poverty_standard", aspect="how_much", on=date(2031, 1, 1)) is None


def test_there_is_no_answer_on_a_topic_without_statements(library: Library) -> None:
    assert library.answer(Topic.CHITCHAT, on=TODAY) is None


def test_the_loan_of_a_near_poor_household_has_its_own_rate(library: Library) -> None:
    answer = library.answer("credit_loan", aspect="how_much", group="near_poor", on=TODAY)

    assert answer is not None
    assert answer.statement_id == "credit_loan.how_much.near_poor"
    assert "7,92%/năm" in answer.text("vi")
    assert "tờ rơi NHCSXH 08/2025" in answer.text("vi")
    assert answer.certainty is Certainty.V2


def test_a_question_about_student_loans_without_an_aspect_finds_the_student_loan(library: Library) -> None:
    answer = library.answer("credit_loan", group="student", on=TODAY)

    assert answer is not None
    assert "4.000.000 đồng một tháng" in answer.text("vi")


def test_the_programme_goes_before_the_group(library: Library) -> None:
    answer = library.answer("credit_loan", aspect="how_much", group="poor", programme="work_abroad", on=TODAY)

    assert answer is not None
    assert answer.statement_id == "credit_loan.how_much.work_abroad"


@pytest.mark.parametrize("programme", LOAN_PROGRAMMES)
def test_every_loan_programme_tells_amount_and_conditions(library: Library, programme: Group) -> None:
    for aspect in (Aspect.HOW_MUCH, Aspect.WHO):
        answer = library.answer("credit_loan", aspect=aspect, group=programme, on=TODAY)
        assert answer is not None
        assert answer.aspect_answered and answer.group_answered


@pytest.mark.parametrize(
    ("on", "amount", "rate"),
    [
        (date(2025, 12, 31), "100.000.000 đồng", "7,92%/năm"),
        (date(2026, 1, 1), "200.000.000 đồng", "8,382%/năm"),
    ],
)
def test_job_creation_loans_doubled_in_2026(library: Library, on: date, amount: str, rate: str) -> None:
    answer = library.answer("credit_loan", aspect="how_much", group="job_creation", on=on)

    assert answer is not None
    assert f"Người lao động: nhiều nhất {amount}" in answer.text("vi")
    assert rate in answer.text("vi")


@pytest.mark.parametrize(
    ("on", "share", "certainty"),
    [(date(2025, 12, 31), "95%", Certainty.MH), (date(2026, 1, 1), "100%", Certainty.V)],
)
def test_near_poor_patients_are_paid_in_full_since_2026(
    library: Library, on: date, share: str, certainty: Certainty
) -> None:
    answer = library.answer("health_insurance", aspect="how_much", group="near_poor", on=on)

    assert answer is not None
    assert f"trả {share} chi phí" in answer.text("vi")
    assert answer.certainty is certainty
    assert answer.needs_confirmation is (certainty is Certainty.MH)


def test_students_get_half_of_their_contribution_since_july_2025(library: Library) -> None:
    before = library.answer("health_insurance", aspect="how_much", group="student", on=date(2025, 6, 30))
    after = library.answer("health_insurance", aspect="how_much", group="student", on=date(2025, 7, 1))

    assert before is not None and "ít nhất 30%" in before.text("vi")
    assert after is not None and "ít nhất 50%" in after.text("vi")


def test_household_contributions_follow_the_base_salary_of_july_2026(library: Library) -> None:
    answer = library.answer("health_insurance", aspect="how_much", group="household", on=TODAY)

    assert answer is not None
    amounts = ("113.850", "79.695", "68.310", "56.925", "45.540")
    assert all(f"{amount} đồng" in answer.text("vi") for amount in amounts)
    assert answer.valid_from == date(2026, 7, 1)


def test_validity_is_cut_where_a_number_changes_inside_a_version(library: Library) -> None:
    answer = library.answer("health_insurance", aspect="what", on=date(2026, 6, 30))

    assert answer is not None
    assert "351.000 đồng" in answer.text("vi")
    assert answer.valid_to == date(2026, 6, 30)
    # The decree on the new base salary had been signed on 15 May 2026.
    assert answer.upcoming is not None
    assert answer.upcoming.from_date == date(2026, 7, 1)
    assert answer.upcoming.text("vi").startswith("Từ ngày 01/07/2026:")
    assert "379.500 đồng" in answer.upcoming.text("vi")


def test_an_uncertain_statement_gives_no_digit_and_names_whom_to_ask(library: Library) -> None:
    answer = library.answer("health_insurance", aspect="how_much", group="newly_escaped", on=TODAY)

    assert answer is not None and answer.uncertain
    assert not any(character.isdigit() for character in answer.text("vi") + answer.text("en"))
    assert "UBND xã" in answer.text("vi")
    assert answer.office in library.offices


def test_an_aspect_nobody_wrote_falls_back_and_says_so(library: Library) -> None:
    answer = library.answer("health_insurance", aspect="deadline", group="student", on=date(2025, 1, 1))

    assert answer is not None
    assert not answer.aspect_answered
    assert answer.statement_id == "health_insurance.how_much.student"


def test_a_group_nobody_wrote_about_gets_the_general_answer_and_says_so(library: Library) -> None:
    answer = library.answer("credit_loan", aspect="documents", group="student", on=TODAY)

    assert answer is not None
    assert answer.aspect_answered and not answer.group_answered
    assert answer.statement_id == "credit_loan.documents"


def test_other_aspects_can_all_be_asked_next(library: Library) -> None:
    answer = library.answer("credit_loan", aspect="how_much", group="poor", on=TODAY)

    assert answer is not None
    assert Aspect.HOW_MUCH not in answer.other_aspects
    for aspect in answer.other_aspects:
        following = library.answer("credit_loan", aspect=aspect, group="poor", on=TODAY)
        assert following is not None and following.aspect is aspect


def test_an_answer_is_stale_once_its_review_stamp_has_run_out(library: Library) -> None:
    fresh = library.answer("poverty_standard", aspect="how_much", on=TODAY)
    stale = library.answer("poverty_standard", aspect="how_much", on=TODAY, today=date(2027, 5, 24))

    assert fresh is not None and not fresh.stale
    assert stale is not None and stale.stale


def test_an_unknown_topic_or_group_is_refused(library: Library) -> None:
    with pytest.raises(ValueError, match="weather"):
        library.answer("weather", on=TODAY)
    with pytest.raises(ValueError, match="rich"):
        library.answer("credit_loan", group="rich", on=TODAY)


def test_a_language_without_translations_gets_the_vietnamese_words(library: Library) -> None:
    answer = library.answer("poverty_standard", aspect="how_much", on=TODAY)

    assert answer is not None
    assert answer.text("bdq") == answer.text("vi") != answer.text("en")


@given(
    topic=st.sampled_from([Topic.POVERTY_STANDARD, Topic.HEALTH_INSURANCE, Topic.CREDIT_LOAN]),
    aspect=st.sampled_from([None, *Aspect]),
    group=st.sampled_from([None, *Group]),
    on=st.dates(date(2015, 1, 1), date(2032, 1, 1)),
)
def test_whatever_is_asked_an_answer_is_valid_sourced_and_complete_in_both_languages(
    topic: Topic, aspect: Aspect | None, group: Group | None, on: date
) -> None:
    library = load_library()
    answer = library.answer(topic, aspect=aspect, group=group, on=on)
    if answer is None:
        return
    assert answer.valid_from <= on
    assert answer.valid_to is None or on <= answer.valid_to
    assert answer.sources
    for language in ("vi", "en"):
        text = answer.text(language)
        assert text and "{" not in text
        if answer.upcoming is not None:
            assert "{" not in answer.upcoming.text(language)
    if answer.upcoming is not None:
        assert answer.upcoming.from_date > on


@given(days=st.integers(0, 365 * 16))
def test_two_days_of_one_period_read_the_same(days: int) -> None:
    library = load_library()
    on = date(2016, 1, 1) + timedelta(days=days)
    answer = library.answer("poverty_standard", aspect="how_much", on=on)
    if answer is None:
        return
    first_day = library.answer("poverty_standard", aspect="how_much", on=answer.valid_from)
    assert first_day is not None
    assert first_day.text("vi") == answer.text("vi")
