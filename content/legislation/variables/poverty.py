"""Multidimensional poverty: which classes a household may be in, by its score or by income and deprivations.

What is not known leaves more than one class possible. `classes_*` are sets, written as sums of POOR, NEAR_POOR and
NEITHER; a household is classified only where one class is left.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from content.legislation.entities import Household
from content.legislation.numbers import number
from content.legislation.truth import NO, UNKNOWN, YES, Bools, Ints
from content.legislation.unsettled import UNSETTLED
from content.legislation.variables.kinds import _variable, follows

POOR, NEAR_POOR, NEITHER = 1, 2, 4
ANY_CLASS = POOR | NEAR_POOR | NEITHER


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of households: bounds of income and deprivations, and the score where there is one."""

    income: tuple[Ints, Ints]
    deprivations: tuple[Ints, Ints]
    score_a: tuple[Ints, Ints]
    score_b: tuple[Ints, Ints]


def _set(poor: Bools, near_poor: Bools, neither: Bools) -> Ints:
    return poor * POOR + near_poor * NEAR_POOR + neither * NEITHER


def _by_income(known: _Known, parameters: Any, day: Any, area: str) -> Ints:
    """Decision 59/2015 until 2021 (income alone can make a household poor), Decree 07/2021 and 351/2025 since."""
    low, high = known.income
    fewest, most = known.deprivations
    line = number(parameters, day, f"poverty.line.{area}.near_max")
    enough = number(parameters, day, "poverty.deprivation.min_for_poor")
    if line is None or enough is None:
        return np.full_like(low, ANY_CLASS)
    poor, near_poor = (low <= line) & (most >= enough), (low <= line) & (fewest < enough)
    alone = number(parameters, day, f"poverty.line.{area}.poor_income_only_max")
    if alone is not None:
        poor, near_poor = poor | (low <= alone), near_poor & (high > alone)
    return _set(poor, near_poor, high > line)


def _by_score(known: _Known, parameters: Any, day: Any, area: str, by_income: Ints) -> Ints:
    """Circular 07/2021/TT-BLĐTBXH, section III: table B1 against the line, 10 points of table B2 an indicator.

    We never compute B1: its points are the reviewer's. Without a scale of that day, income decides.
    """
    low, high = known.score_a
    fewest, most = known.score_b
    line = number(parameters, day, f"poverty.score.{area}_a_max")
    enough = number(parameters, day, "poverty.score.b_poor_min")
    if line is None or enough is None:
        return by_income
    scored = _set((low <= line) & (most >= enough), (low <= line) & (fewest < enough), high > line)
    return np.where(low == high, scored, by_income)


def _by_next_scale(known: _Known, by_this: Ints, by_income: Ints) -> Ints:
    """A scale that is not known yet: who is within today's line stays within a higher one, others may fall in."""
    low, high = known.score_a
    return np.where(low == high, np.where(by_this == NEITHER, ANY_CLASS, by_this), by_income)


def _known(household: Any, day: Any, parameters: Any) -> _Known:
    return _Known(
        income=(household("income_min", day), household("income_max", day)),
        deprivations=(household("deprivations_min", day), household("deprivations_max", day)),
        score_a=(household("score_a_said_min", day), household("score_a_said_max", day)),
        score_b=(household("score_b_min", day), household("score_b_max", day)),
    )


def income_min(household: Any, day: Any) -> Ints:
    """Income counts without the social assistance that the State pays."""
    return np.maximum(household("income_said_min", day) - household("assistance_in_income_min", day), 0)


def income_max(household: Any, day: Any) -> Ints:
    said, within = household("income_said_max", day), household("assistance_in_income_min", day)
    return np.maximum(said - within, 0)


def _score_b(household: Any, day: Any, parameters: Any, end: str) -> Ints:
    """As said, or else the points of each indicator that is lacking."""
    said = household("score_b_said_min", day), household("score_b_said_max", day)
    points = number(parameters, day, "poverty.score.b_per_indicator") or 0
    return np.where(said[0] == said[1], said[0], household(f"deprivations_{end}", day) * points)


def score_b_min(household: Any, day: Any, parameters: Any) -> Ints:
    return _score_b(household, day, parameters, "min")


def score_b_max(household: Any, day: Any, parameters: Any) -> Ints:
    return _score_b(household, day, parameters, "max")


def _day_of(period: Any) -> date:
    return date(*period.start)


def _areas(household: Any, day: Any, *, settled: bool) -> tuple[Bools, Bools]:
    """Where the rural, where the urban line may apply."""
    urban = household("is_urban", day)
    rural_line, urban_line = urban != YES, urban != NO
    if not settled and UNSETTLED.changed_areas.holds_on(_day_of(day)):
        either_line = household("in_changed_area", day) == YES
        rural_line, urban_line = rural_line | either_line, urban_line | either_line
    return rural_line, urban_line


def _classes(household: Any, day: Any, parameters: Any, *, settled: bool) -> Ints:
    known = _known(household, day, parameters)
    found = np.zeros_like(known.income[0])
    following = UNSETTLED.review_standard if UNSETTLED.review_standard.holds_on(_day_of(day)) else None
    for area, applies in zip(("rural", "urban"), _areas(household, day, settled=settled), strict=True):
        by_income = _by_income(known, parameters, day, area)
        classes = _by_score(known, parameters, day, area, by_income)
        if following is not None and not settled:
            next_by_income = _by_income(known, parameters, str(following.other_standard_of), area)
            classes = classes | _by_next_scale(known, classes, next_by_income)
        found = found | np.where(applies, classes, 0)
    return found


def classes_by_figures(household: Any, day: Any, parameters: Any) -> Ints:
    return _classes(household, day, parameters, settled=False)


def classes_if_settled(household: Any, day: Any, parameters: Any) -> Ints:
    """As `classes_by_figures`, had the law answered what it leaves open that day."""
    on = _day_of(day)
    elsewhere = not UNSETTLED.changed_areas.holds_on(on) or not (household("in_changed_area", day) == YES).any()
    if elsewhere and not UNSETTLED.review_standard.holds_on(on):
        return household("classes_by_figures", day)
    return _classes(household, day, parameters, settled=True)


def classes(household: Any, day: Any) -> Ints:
    """What the commune recognised counts before what the figures say."""
    outside = np.maximum(household("said_newly_escaped", day), household("said_outside", day))
    said = _set(household("said_poor", day) == YES, household("said_near_poor", day) == YES, outside == YES)
    return np.where(said == 0, household("classes_by_figures", day), said)


def _is(wanted: int, classes_possible: Ints) -> Ints:
    """Yes where no other class is left, no where none of the wanted is."""
    certain = (classes_possible & ~wanted) == 0
    return np.where(certain, YES, np.where((classes_possible & wanted) == 0, NO, UNKNOWN))


def is_poor(household: Any, day: Any) -> Ints:
    return _is(POOR, household("classes", day))


def is_near_poor(household: Any, day: Any) -> Ints:
    return _is(NEAR_POOR, household("classes", day))


def is_poor_or_near_poor(household: Any, day: Any) -> Ints:
    return _is(POOR | NEAR_POOR, household("classes", day))


def is_class_unsettled(household: Any, day: Any) -> Ints:
    """The household said all that counts, and the law still leaves the class open."""
    settled, open_ = household("classes_if_settled", day), household("classes", day)
    single = (settled & (settled - 1)) == 0
    return np.where(single & ((open_ & (open_ - 1)) != 0), YES, NO)


VARIABLES = (
    _variable("income_min", Household, "Income that counts, at the least", 0, formula=income_min),
    _variable("income_max", Household, "Income that counts, at the most", 0, formula=income_max),
    _variable("score_b_min", Household, "Points of table B2, at the least", 0, formula=score_b_min),
    _variable("score_b_max", Household, "Points of table B2, at the most", 120, formula=score_b_max),
    _variable("classes_by_figures", Household, "Classes that the figures allow", ANY_CLASS, formula=classes_by_figures),
    _variable("classes_if_settled", Household, "The same in settled law", ANY_CLASS, formula=classes_if_settled),
    _variable("classes", Household, "Classes that the household may be in", ANY_CLASS, formula=classes),
    follows(is_poor, Household, "Is a poor household"),
    follows(is_near_poor, Household, "Is a near-poor household"),
    follows(is_poor_or_near_poor, Household, "Is a poor or near-poor household"),
    follows(is_class_unsettled, Household, "Its class is open in law"),
)
