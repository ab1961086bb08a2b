"""The next question is the one whose answer settles most, and its limits are those of the day and the area."""

from datetime import date
from typing import Any

from content.eligibility import Assessment, assess
from content.household import parse_household
from content.legislation.facts import FACTS

TODAY = date(2026, 11, 25)


def asked(data: dict[str, Any], on: date = TODAY) -> Assessment:
    return assess(parse_household(data), on)


def income_limits(data: dict[str, Any], on: date) -> list[dict[str, Any]]:
    question = next(q for q in asked(data, on).questions if q.fact == "income_per_person")
    return [option.sets for option in question.options]


def test_of_nothing_the_list_of_the_commune_is_asked_first() -> None:
    questions = asked({}).questions
    assert questions[0].fact == "status"
    assert [q.settles for q in questions] == sorted((q.settles for q in questions), reverse=True)


def test_income_is_asked_by_the_line_of_the_day_and_the_area() -> None:
    rural = {"area": "rural", "deprivations": 3}
    assert income_limits(rural, date(2026, 3, 1)) == [{"income_at_most": 1_500_000}, {"income_above": 1_500_000}]
    assert income_limits(rural, date(2027, 3, 1)) == [{"income_at_most": 2_200_000}, {"income_above": 2_200_000}]
    assert income_limits({"area": "urban", "deprivations": 3}, date(2026, 3, 1))[0] == {"income_at_most": 2_000_000}
    assert income_limits(rural, date(2019, 3, 1)) == [
        {"income_at_most": 700_000},
        {"income_at_most": 1_000_000, "income_above": 700_000},
        {"income_above": 1_000_000},
    ]


def test_income_is_asked_by_both_lines_where_the_area_is_not_known() -> None:
    assert [sets.get("income_at_most") for sets in income_limits({"deprivations": 3}, date(2026, 3, 1))] == [
        1_500_000,
        2_000_000,
        None,
    ]


def test_income_is_asked_by_both_standards_while_a_review_may_use_either() -> None:
    limits = income_limits({"area": "rural", "deprivations": 3}, TODAY)
    assert [sets.get("income_at_most") for sets in limits] == [1_500_000, 2_200_000, None]


def test_the_words_of_a_threshold_show_the_amount() -> None:
    question = next(
        q for q in asked({"area": "rural", "deprivations": 3}, date(2026, 3, 1)).questions if "income" in q.fact
    )
    assert [option.label.text("vi") for option in question.options] == [
        "Không quá 1.500.000 đồng",
        "Trên 1.500.000 đồng",
    ]
    assert question.sensitive


def test_what_is_settled_is_not_asked() -> None:
    facts = [q.fact for q in asked({"status": "poor"}).questions]
    assert "income_per_person" not in facts and "deprivations" not in facts and "area" in facts


def test_what_the_household_does_not_know_goes_to_the_commune_and_is_not_asked_again() -> None:
    household = parse_household({})
    for _ in range(40):
        questions = assess(household, TODAY).questions
        if not questions:
            break
        household = questions[0].declined(household)
    final = assess(household, TODAY)
    assert not final.questions
    assert "more_information" not in {p.result.value for p in final.programmes if not _volunteered(p.needs)}


def _volunteered(needs: tuple[str, ...]) -> bool:
    """Facts that are never asked, only volunteered, or asked freely."""
    return any(not FACTS[name].asked or name == "escaped_on" for name in needs)


def test_an_answer_about_a_member_makes_that_member() -> None:
    question = next(q for q in asked({"status": "none"}).questions if q.fact == "members.age")
    household = question.answered(parse_household({"status": "none"}), age=76)
    assert household.members is not None and household.members[0].age == 76
    pension = {p.id: p for p in assess(household, TODAY).programmes}["social_pension"]
    assert pension.needs == ("members.pension",)


def test_every_fact_says_how_it_is_answered() -> None:
    for fact in FACTS.values():
        assert bool(fact.choices) == (fact.kind.value == "choice")
