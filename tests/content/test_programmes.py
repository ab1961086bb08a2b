"""Schooling, housing, training, work, production and minority policy, and the same question on five dates."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.library import Library, load_library
from content.topics import Aspect, Certainty, Group, Topic

TODAY = date(2026, 11, 25)
TOPICS = (
    Topic.EDUCATION_SUPPORT,
    Topic.HOUSING_SUPPORT,
    Topic.VOCATIONAL_TRAINING,
    Topic.JOB_AND_WORK_ABROAD,
    Topic.LIVELIHOOD_PRODUCTION_SUPPORT,
    Topic.ETHNIC_MINORITY_POLICY,
    Topic.HEALTH_INSURANCE,
    Topic.CREDIT_LOAN,
)


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("aspect", Aspect)
def test_every_aspect_has_its_own_answer_today(library: Library, topic: Topic, aspect: Aspect) -> None:
    answer = library.answer(topic, aspect=aspect, on=TODAY)

    assert answer is not None
    assert answer.aspect is aspect


@pytest.mark.parametrize(
    ("on", "amount", "documents"),
    [
        (date(2018, 6, 1), None, ["61/2015/NĐ-CP"]),
        (date(2021, 6, 1), "100.000.000 đồng", ["61/2015/NĐ-CP", "74/2019/NĐ-CP"]),
        (date(2024, 6, 1), "100.000.000 đồng", ["61/2015/NĐ-CP", "74/2019/NĐ-CP"]),
        (TODAY, "200.000.000 đồng", ["338/2025/NĐ-CP"]),
        (date(2027, 6, 1), "200.000.000 đồng", ["338/2025/NĐ-CP"]),
    ],
)
def test_a_job_creation_loan_is_told_as_on_its_date(
    library: Library, on: date, amount: str | None, documents: list[str]
) -> None:
    answer = library.answer("credit_loan", aspect="how_much", programme="job_creation", on=on)

    assert answer is not None
    assert [source.document_number for source in answer.sources][: len(documents)] == documents
    if amount is None:
        assert answer.certainty is Certainty.U
    else:
        assert f"Người lao động: nhiều nhất {amount}" in answer.text("vi")


@pytest.mark.parametrize(
    ("on", "amount", "documents"),
    [
        (date(2018, 6, 1), "2.500.000 đồng", {"46/2015/QĐ-TTg", "152/2016/TT-BTC"}),
        (date(2021, 6, 1), "2.500.000 đồng", {"46/2015/QĐ-TTg", "152/2016/TT-BTC"}),
        (date(2024, 6, 1), "2.500.000 đồng", {"46/2015/QĐ-TTg", "152/2016/TT-BTC"}),
        (TODAY, "4.000.000 đồng", {"338/2025/NĐ-CP", "55/2023/TT-BTC"}),
        (date(2027, 6, 1), "4.000.000 đồng", {"338/2025/NĐ-CP"}),
    ],
)
def test_training_support_of_a_near_poor_household_is_told_as_on_its_date(
    library: Library, on: date, amount: str, documents: set[str]
) -> None:
    answer = library.answer("vocational_training", aspect="how_much", group="near_poor", on=on)

    assert answer is not None
    assert amount in answer.text("vi")
    assert {source.document_number for source in answer.sources} == documents


@pytest.mark.parametrize(
    ("on", "share", "document"),
    [
        (date(2018, 6, 1), None, "Bảo hiểm y tế"),
        (date(2021, 6, 1), "70%", "146/2018/NĐ-CP"),
        (date(2024, 6, 1), "70%", "146/2018/NĐ-CP"),
        (TODAY, "100%", "261/2025/QH15"),
        (date(2027, 6, 1), "100%", "261/2025/QH15"),
    ],
)
def test_health_insurance_of_a_near_poor_household_is_told_as_on_its_date(
    library: Library, on: date, share: str | None, document: str
) -> None:
    answer = library.answer("health_insurance", aspect="how_much", group="near_poor", on=on)

    assert answer is not None
    assert answer.sources[0].document_number == document
    assert (share in answer.text("vi")) if share else answer.uncertain


@pytest.mark.parametrize("topic", ["vocational_training", "job_and_work_abroad", "housing_support"])
def test_what_is_carried_over_from_the_former_period_ends_with_2026_and_that_is_announced(
    library: Library, topic: str
) -> None:
    today = library.answer(topic, aspect="how_much", on=TODAY)
    next_year = library.answer(topic, aspect="how_much", on=date(2027, 1, 1))

    assert today is not None and today.valid_to == date(2026, 12, 31)
    assert "31/12/2026" in today.text("vi")
    carried_over = next(source for source in today.sources if source.document_number == "55/2023/TT-BTC")
    assert carried_over.replaced_by == ("60/2026/TT-BTC",)
    assert today.upcoming is not None and "01/01/2027" in today.upcoming.text("vi")
    assert next_year is not None
    assert "55/2023/TT-BTC" not in {source.document_number for source in next_year.sources}


def test_a_worked_example_of_work_abroad_reaches_the_ceiling_of_the_language_course(library: Library) -> None:
    answer = library.answer("job_and_work_abroad", aspect="how_much", group="ethnic_minority", on=date(2026, 4, 1))

    assert answer is not None and answer.certainty is Certainty.V
    assert "Học ngoại ngữ: cao nhất 4.000.000 đồng" in answer.text("vi")


def test_tuition_is_free_for_every_pupil_of_a_public_school_since_september_2025(library: Library) -> None:
    before = library.answer("education_support", aspect="who", on=date(2025, 9, 2))
    since = library.answer("education_support", aspect="who", on=date(2025, 9, 3))

    assert before is not None and "238/2025/NĐ-CP" not in {s.document_number for s in before.sources}
    assert since is not None and since.certainty is Certainty.V
    assert "được miễn học phí" in since.text("vi").splitlines()[0]


def test_after_a_storm_a_household_hears_first_whom_to_tell_whatever_else_it_names(library: Library) -> None:
    answer = library.answer("housing_support", group="poor", programme="disaster", on=TODAY)

    assert answer is not None and answer.uncertain
    assert "UBND xã ngay" in answer.text("vi").splitlines()[0]


def test_what_a_group_gets_is_answered_by_the_amounts_written_for_it(library: Library) -> None:
    answer = library.answer("vocational_training", aspect="what", group="near_poor", on=TODAY)

    assert answer is not None and answer.aspect is Aspect.HOW_MUCH
    assert answer.aspect_answered


@given(
    topic=st.sampled_from(TOPICS),
    aspect=st.sampled_from([None, *Aspect]),
    group=st.sampled_from([None, *Group]),
    programme=st.sampled_from([None, *Group]),
    on=st.dates(date(2017, 1, 16), date(2032, 1, 1)),
)
def test_whatever_is_asked_there_is_an_answer_and_no_number_where_it_is_not_sure(
    topic: Topic, aspect: Aspect | None, group: Group | None, programme: Group | None, on: date
) -> None:
    library = load_library()
    answer = library.answer(topic, aspect=aspect, group=group, programme=programme, on=on)

    assert answer is not None
    assert answer.sources and answer.valid_from <= on
    for language in ("vi", "en"):
        words = answer.text(language)
        assert words and "{" not in words
        for document in library.documents.values():
            words = words.replace(document.number, "")
        assert not (answer.uncertain and any(character.isdigit() for character in words))
