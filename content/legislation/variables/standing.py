"""Conditions that rules of several programmes share: standing of the household, place, and people."""

from typing import Any

import numpy as np

from content.legislation.entities import Household, Person
from content.legislation.numbers import number
from content.legislation.truth import NO, UNKNOWN, YES, Ints, at_most, both, either, negated
from content.legislation.variables.kinds import follows


def is_newly_escaped(household: Any, day: Any, parameters: Any) -> Ints:
    """Left poverty no longer ago than the months of Decision 90/QĐ-TTg; how many count from 2026 on is not known."""
    months = number(parameters, day, "poverty.newly_escaped.months")
    said = household("said_newly_escaped", day)
    if months is None:
        return np.minimum(said, UNKNOWN)
    within = at_most(household("escape_months_min", day), household("escape_months_max", day), months - 1)
    return both(said, within)


def _on_list(household: Any, day: Any, said: str) -> Ints:
    """As said; a household that is surely poor or near poor is on no other list."""
    poor = household("is_poor_or_near_poor", day) == YES
    return np.where(poor & (household(said, day) == UNKNOWN), NO, household(said, day))


def is_on_escape_list(household: Any, day: Any) -> Ints:
    return _on_list(household, day, "said_newly_escaped")


def has_average_living_standard(household: Any, day: Any) -> Ints:
    return _on_list(household, day, "said_average_living_standard")


def is_low_income_worker(household: Any, day: Any) -> Ints:
    return _on_list(household, day, "said_low_income_worker")


def is_rural(household: Any, day: Any) -> Ints:
    return negated(household("is_urban", day))


def is_outside_poverty_lists(household: Any, day: Any) -> Ints:
    """Neither poor, near-poor nor newly escaped."""
    return both(negated(household("is_poor_or_near_poor", day)), negated(household("said_newly_escaped", day)))


def receives_monthly_assistance(person: Any, day: Any) -> Ints:
    return either(person("receives_assistance", day), person("receives_social_pension", day))


def is_kinh(person: Any, day: Any) -> Ints:
    return negated(person("is_ethnic_minority", day))


def has_no_pension(person: Any, day: Any) -> Ints:
    return negated(person("has_pension", day))


def is_severely_disabled_only(person: Any, day: Any) -> Ints:
    return both(person("is_severely_disabled", day), negated(person("is_extremely_disabled", day)))


def may_want_training(person: Any, day: Any) -> Ints:
    """Everybody but who said that they do not want to learn a trade."""
    return np.where(person("wants_training", day) == NO, NO, YES)


def may_want_work_abroad(person: Any, day: Any) -> Ints:
    """Everybody but who said that they do not want to work abroad."""
    return np.where(person("wants_work_abroad", day) == NO, NO, YES)


VARIABLES = (
    follows(may_want_training, Person, "Did not say that training is unwanted"),
    follows(may_want_work_abroad, Person, "Did not say that work abroad is unwanted"),
    follows(is_newly_escaped, Household, "Left poverty recently enough"),
    follows(is_on_escape_list, Household, "Stands on the list of households that left poverty"),
    follows(has_average_living_standard, Household, "Is a farm household of average living standard"),
    follows(is_low_income_worker, Household, "Is a low-income worker's household"),
    follows(is_rural, Household, "Lives in a commune"),
    follows(is_outside_poverty_lists, Household, "Stands on none of the commune's lists"),
    follows(receives_monthly_assistance, Person, "Receives monthly assistance or social pension"),
    follows(is_kinh, Person, "Is Kinh"),
    follows(has_no_pension, Person, "Receives no pension"),
    follows(is_severely_disabled_only, Person, "Is severely, not extremely severely disabled"),
)
