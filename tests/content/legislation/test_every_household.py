"""For no household is a result contradictory, unexplained or a refusal."""

import re
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from content.eligibility import Assessment, Result, assess, current_rules
from content.household import parse_household
from content.legislation.classification import Classification
from content.legislation.truth import NO, YES
from content.topics import Area
from tests.content.legislation.strategies import DAYS, households

#: Wordings of a refusal, in both complete languages.
REFUSAL = re.compile(
    r"không (đủ điều kiện|được hưởng|thuộc diện được)|từ chối"
    r"|not (eligible|entitled)|do(es)? not qualify|disqualif|refus",
    re.IGNORECASE,
)
ORDER = {Classification.POOR: 0, Classification.NEAR_POOR: 1, Classification.NONE: 2}
EXAMPLES = settings(max_examples=120, deadline=None)


def texts_of(assessment: Assessment) -> list[str]:
    found = []
    for language in ("vi", "en"):
        found += [reason.text(language) for reason in assessment.why]
        for programme in assessment.programmes:
            found += [programme.name(language), *(reason.text(language) for reason in programme.why)]
        for question in assessment.questions:
            found += [question.text.text(language), *(option.label.text(language) for option in question.options)]
    return found


@EXAMPLES
@given(households(), DAYS)
def test_every_result_is_explained_sourced_and_none_is_a_refusal(data: dict[str, Any], on: date) -> None:
    assessment = assess(parse_household(data), on)
    assert assessment.as_of == on
    assert assessment.why
    for programme in assessment.programmes:
        assert programme.result in set(Result)
        assert programme.why and programme.sources and programme.documents and programme.office
        assert bool(programme.needs) == (programme.result is Result.MORE_INFORMATION)
        if programme.result is not Result.POSSIBLE or programme.certainty.is_uncertain:
            assert programme.amount is None and not programme.figures
        if programme.result is Result.POSSIBLE:
            assert not programme.certainty.is_uncertain
    assert [text for text in texts_of(assessment) if REFUSAL.search(text) or not text.strip()] == []
    assert assessment.as_json("vi") and assessment.as_json("en")


@EXAMPLES
@given(households(), DAYS)
def test_no_household_is_poor_and_near_poor_at_once(data: dict[str, Any], on: date) -> None:
    household = parse_household(data)
    evaluation = current_rules().evaluate([household], on)
    poor, near_poor, either = (
        int(evaluation.value(name)[0]) for name in ("is_poor", "is_near_poor", "is_poor_or_near_poor")
    )
    assert not (poor == YES and near_poor == YES)
    assert either == YES or (poor != YES and near_poor != YES)
    assert either != NO or (poor == NO and near_poor == NO)
    loans = {result.id: result.result for result in assess(household, on).programmes}
    assert not (loans.get("loan_poor") == loans.get("loan_near_poor") == Result.POSSIBLE)


@EXAMPLES
@given(
    st.sampled_from(list(Area)),
    st.integers(0, 12),
    st.integers(0, 4_000_000),
    st.integers(0, 4_000_000),
    st.sampled_from([date(2019, 6, 1), date(2023, 10, 1), date(2026, 3, 1), date(2026, 11, 25), date(2027, 6, 1)]),
)
def test_more_income_never_makes_a_household_poorer(area: Area, lacks: int, one: int, other: int, on: date) -> None:
    classes = []
    for income in sorted((one, other)):
        data = {"area": area.value, "income_per_person": income, "deprivations": lacks}
        classes.append(assess(parse_household(data), on).classification)
    if Classification.UNKNOWN not in classes:
        assert ORDER[classes[0]] <= ORDER[classes[1]]


@EXAMPLES
@given(households(), DAYS)
def test_what_is_not_said_never_settles_a_class_that_an_answer_changes(data: dict[str, Any], on: date) -> None:
    """Taking a fact away may leave the class open, but never turns it into another."""
    full = assess(parse_household(data), on).classification
    for key in ("income_per_person", "deprivations", "area", "commune", "members"):
        # A score counts before income, and the commune's list before both: those are not less, but other facts.
        if key in data and "status" not in data and "score_a" not in data:
            less = assess(parse_household({k: v for k, v in data.items() if k != key}), on).classification
            assert less in (full, Classification.UNKNOWN)


@EXAMPLES
@given(households(), DAYS)
def test_answering_the_first_question_in_any_way_is_possible(data: dict[str, Any], on: date) -> None:
    household = parse_household(data)
    for question in assess(household, on).questions[:2]:
        assert question.settles > 0 and question.fact not in household.not_known
        for option in question.options:
            assert assess(question.answered(household, **option.sets), on).as_of == on
        later = assess(question.declined(household), on)
        assert question.fact not in [asked.fact for asked in later.questions]
