"""The 12 deprivation indicators of Decree 07/2021, one by one.

Each is as said, or else decided from the facts where the thresholds are known. Where a part of the definition is not
known well enough (the labour contract in `employment`, the mix of devices in `info_assets`), that part decides nothing.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from content.legislation.entities import Household, Person
from content.legislation.numbers import number
from content.legislation.truth import NO, UNKNOWN, YES, Ints, at_least, at_most, both, count, either, negated
from content.legislation.variables.household_facts import INDICATORS
from content.legislation.variables.kinds import _variable, follows


def _age(person: Any, day: Any) -> tuple[Ints, Ints]:
    return person("age_min", day), person("age_max", day)


def _between(person: Any, day: Any, parameters: Any, first: str, under: str) -> Ints:
    """Whether the age lies in [first, under)."""
    low, high = _age(person, day)
    start, end = number(parameters, day, first), number(parameters, day, under)
    if start is None or end is None:
        return np.full_like(low, UNKNOWN)
    return both(at_least(low, high, start), at_most(low, high, end - 1))


def is_dependant(person: Any, day: Any, parameters: Any) -> Ints:
    low, high = _age(person, day)
    child_under = number(parameters, day, "poverty.deprivation.dependant_child_age")
    elderly_from = number(parameters, day, "people.elderly_from")
    if child_under is None or elderly_from is None:
        return np.full_like(low, UNKNOWN)
    child = at_most(low, high, child_under - 1)
    frail = either(at_least(low, high, elderly_from), person("is_disabled", day))
    receives = either(person("receives_assistance", day), person("receives_social_pension", day))
    return either(child, both(frail, receives))


def is_malnourished_child(person: Any, day: Any, parameters: Any) -> Ints:
    low, high = _age(person, day)
    under = number(parameters, day, "poverty.deprivation.nutrition_age")
    if under is None:
        return np.full_like(low, UNKNOWN)
    return both(at_most(low, high, under - 1), person("is_malnourished", day))


def is_uninsured(person: Any, day: Any, parameters: Any) -> Ints:
    low, high = _age(person, day)
    first = number(parameters, day, "poverty.deprivation.insurance_age")
    if first is None:
        return np.full_like(low, UNKNOWN)
    return both(at_least(low, high, first), negated(person("is_insured", day)))


def is_under_educated(person: Any, day: Any, parameters: Any) -> Ints:
    low, high = _age(person, day)
    first = number(parameters, day, "poverty.deprivation.adult_education_from")
    last = number(parameters, day, "poverty.deprivation.adult_education_to")
    grown_from = number(parameters, day, "poverty.deprivation.upper_secondary_from")
    if first is None or last is None or grown_from is None:
        return np.full_like(low, UNKNOWN)
    grown = at_least(low, high, grown_from)
    upper, lower = person("has_upper_secondary", day), person("has_lower_secondary", day)
    certified = either(upper, both(negated(grown), lower), person("was_trained_on_the_job", day))
    return both(
        at_least(low, high, first),
        at_most(low, high, last),
        negated(person("is_in_school", day)),
        negated(certified),
    )


def is_child_out_of_school(person: Any, day: Any, parameters: Any) -> Ints:
    school_age = _between(
        person, day, parameters, "poverty.deprivation.schooling_from", "poverty.deprivation.schooling_under"
    )
    # A child in school may still sit in the wrong grade; that is for the reviewer to see.
    return both(school_age, negated(person("is_in_school", day)))


def _any_member(household: Any, day: Any, name: str) -> Ints:
    found: Ints = household.max(household.members(name, day)).astype(np.int32)
    # Members that were not listed may be anything.
    return np.where(household("people_known", day) == YES, found, np.maximum(found, UNKNOWN))


def _employment(household: Any, day: Any, _: Any) -> Ints:
    # Somebody without work settles it; nobody without work does not, because of the part on labour contracts.
    return either(_any_member(household, day, "is_jobless"), np.full(household.count, UNKNOWN))


def _dependency(household: Any, day: Any, parameters: Any) -> Ints:
    limit = number(parameters, day, "poverty.deprivation.dependant_share")
    if limit is None:
        return np.full(household.count, UNKNOWN)
    dependants = household.members("is_dependant", day)
    people = household.nb_persons()
    fewest, most = household.sum(dependants == YES), household.sum(dependants != NO)
    found = (fewest * 100 > limit * people).astype(np.int32) + (most * 100 > limit * people)
    return np.where(household("people_known", day) == YES, found, UNKNOWN)


def _housing_area(household: Any, day: Any, parameters: Any) -> Ints:
    limit = number(parameters, day, "poverty.deprivation.housing_area")
    if limit is None:
        return np.full(household.count, UNKNOWN)
    people = household.nb_persons()
    low, high = household("dwelling_area_min", day), household("dwelling_area_max", day)
    found = (high < limit * people).astype(np.int32) + (low < limit * people)
    return np.where(household("people_known", day) == YES, found, UNKNOWN)


def _housing_quality(household: Any, day: Any, parameters: Any) -> Ints:
    limit = number(parameters, day, "poverty.deprivation.housing_weak_parts_min")
    if limit is None:
        return np.full(household.count, UNKNOWN)
    return at_least(household("weak_house_parts_min", day), household("weak_house_parts_max", day), limit)


def _info_assets(household: Any, day: Any, _: Any) -> Ints:
    shared, own = household("has_shared_media", day), household("has_personal_media", day)
    # One kind only: how the two combine is not known well enough.
    return np.where((shared == NO) & (own == NO), YES, np.where((shared == YES) & (own == YES), NO, UNKNOWN))


_DECIDED: dict[str, Callable[[Any, Any, Any], Ints]] = {
    "employment": _employment,
    "dependency": _dependency,
    "nutrition": lambda household, day, _: _any_member(household, day, "is_malnourished_child"),
    "health_insurance": lambda household, day, _: _any_member(household, day, "is_uninsured"),
    "adult_education": lambda household, day, _: _any_member(household, day, "is_under_educated"),
    "child_schooling": lambda household, day, _: _any_member(household, day, "is_child_out_of_school"),
    "housing_quality": _housing_quality,
    "housing_area": _housing_area,
    "clean_water": lambda household, day, _: negated(household("has_clean_water", day)),
    "toilet": lambda household, day, _: negated(household("has_hygienic_toilet", day)),
    "telecom": lambda household, day, _: negated(household("uses_internet", day)),
    "info_assets": _info_assets,
}


def _lacks(name: str) -> Any:
    decide = _DECIDED[name]

    def formula(household: Any, day: Any, parameters: Any) -> Ints:
        said = household(f"said_lacks_{name}", day)
        # The thresholds of the years from 2027 on are not known: only what the household says counts.
        known = number(parameters, day, "poverty.deprivation.dependant_share") is not None
        # Each household by itself, so that in a table it gets what it gets alone.
        follows_from_facts = (said == UNKNOWN) & (household("is_described", day) == YES)
        if not known or not follows_from_facts.any():
            return said
        return np.where(follows_from_facts, decide(household, day, parameters), said)

    formula.__name__ = f"lacks_{name}"
    return follows(formula, Household, f"Is deprived of {name}")


def deprivations_min(household: Any, day: Any) -> Ints:
    said, most_said = household("deprivations_said_min", day), household("deprivations_said_max", day)
    if (said == most_said).all():
        return said
    fewest, _ = count(household(f"lacks_{name}", day) for name in INDICATORS)
    # A number that was said counts as it is, whatever is told of single indicators.
    return np.where(said == most_said, said, np.maximum(fewest, said))


def deprivations_max(household: Any, day: Any) -> Ints:
    said, fewest_said = household("deprivations_said_max", day), household("deprivations_said_min", day)
    if (said == fewest_said).all():
        return said
    _, most = count(household(f"lacks_{name}", day) for name in INDICATORS)
    most = np.maximum(np.minimum(most, said), household("deprivations_min", day))
    return np.where(said == fewest_said, said, most)


VARIABLES = (
    follows(is_dependant, Person, "Depends on others, as the review counts it"),
    follows(is_malnourished_child, Person, "Is a malnourished child"),
    follows(is_uninsured, Person, "Is old enough to need health insurance and has none"),
    follows(is_under_educated, Person, "Is a young adult without the certificate for the age"),
    follows(is_child_out_of_school, Person, "Is a child of school age who does not go to school"),
    *(_lacks(name) for name in INDICATORS),
    _variable("deprivations_min", Household, "Deprivations, at the least", 0, formula=deprivations_min),
    _variable("deprivations_max", Household, "Deprivations, at the most", 12, formula=deprivations_max),
)
