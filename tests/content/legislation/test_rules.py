"""The rules are whole: everything they name exists, dated and sourced, and mistakes are found."""

from datetime import date

import pytest

from content.check_legislation import legislation_complaints
from content.eligibility import Result, assess
from content.household import parse_household
from content.legislation.rules import Programme, load_programmes
from content.library import load_library
from content.topics import Topic

#: Topics about which a household may be entitled to something.
ENTITLEMENTS = {
    Topic.HEALTH_INSURANCE,
    Topic.EDUCATION_SUPPORT,
    Topic.HOUSING_SUPPORT,
    Topic.CREDIT_LOAN,
    Topic.ELECTRICITY_SUPPORT,
    Topic.SOCIAL_ASSISTANCE,
    Topic.LEGAL_AID,
    Topic.VOCATIONAL_TRAINING,
    Topic.JOB_AND_WORK_ABROAD,
    Topic.LIVELIHOOD_PRODUCTION_SUPPORT,
}


def test_the_shipped_rules_name_only_what_exists() -> None:
    assert [f"{file.name}: {message}" for file, message in legislation_complaints(load_library())] == []


def test_every_topic_with_entitlements_has_a_programme() -> None:
    assert {programme.topic for programme in load_programmes()} >= ENTITLEMENTS


BROKEN_GROUNDS = {
    "the number `credit.rich.max` has no file": {"figures": ["credit.rich.max"]},
    "`is_rich` is no variable": {"when": ["is_rich"]},
    "`wealth_min` is no variable": {"when": ["wealth <= credit.poor.max"]},
    "names the document `nd-0`": {"sources": [{"document": "nd-0", "article": None}]},
    "certainty MM never gives a number": {"certainty": "MM"},
    "names no source": {"figures": [], "sources": []},
    "`to` lies before `from`": {"to": "2020-01-01"},
    "counts percent-per-year, not đồng": {"amount": {"parameter": "credit.poor.rate", "per": "month"}},
    "`eligibility.note.unheard` has no words in en": {"notes": ["unheard"]},
}


@pytest.mark.parametrize("says", BROKEN_GROUNDS)
def test_a_mistake_in_a_rule_is_found(says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ground = {
        "id": "poor",
        "of": "household",
        "from": "2025-08-01",
        "to": None,
        "certainty": "V2",
        "when": ["is_poor"],
        "figures": ["credit.poor.rate"],
    } | BROKEN_GROUNDS[says]
    programme = Programme.model_validate(
        {
            "id": "loan_poor",
            "topic": "credit_loan",
            "office": "social_policy_bank",
            "papers": ["loan_form"],
            "grounds": [ground],
        }
    )
    monkeypatch.setattr("content.eligibility.load_programmes", lambda folder: (programme,))
    found = [message for _, message in legislation_complaints(load_library())]
    assert any(says in message for message in found), found


def test_a_number_that_ends_turns_a_result_into_a_question_for_the_commune() -> None:
    household = parse_household({"members": [{"age": 10, "disability": "extremely_severe"}]})
    before, after = (
        {r.id: r for r in assess(household, day).programmes}["monthly_allowance"]
        for day in (date(2026, 10, 4), date(2026, 10, 5))
    )
    assert before.result is Result.POSSIBLE and before.amount == 1_350_000
    assert after.result is Result.ASK_COMMUNE and after.amount is None


def test_a_number_that_changes_within_a_month_counts_from_its_day() -> None:
    """Free tuition began on 3 September 2025, in the middle of OpenFisca's month."""
    household = parse_household({"members": [{"age": 12, "student": "primary", "public_school": True}]})
    listed = [
        "school_fees" in {r.id for r in assess(household, day).programmes}
        for day in (date(2025, 9, 2), date(2025, 9, 3))
    ]
    assert listed == [False, True]
