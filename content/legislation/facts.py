"""The closed list of facts that may be asked, and which conditions each of them settles."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from content.legislation.rules import Comparison, Named
from content.legislation.truth import UNKNOWN, Bools


class FactKind(StrEnum):
    """How a fact is answered. A threshold is answered with "up to it" or "above it"."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    THRESHOLD = "threshold"
    COUNT = "count"
    DATE = "date"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Fact:
    """One key of a household or, with `of` person, of each member; `variables` are what it fills."""

    key: str
    kind: FactKind
    variables: tuple[str, ...]
    of: str = "household"
    choices: tuple[str, ...] = ()
    sensitive: bool = False
    """Asked only after consent to this question: ethnicity, health, income (Decree 356/2025, article 4)."""
    ages: tuple[int, int] = (0, 130)
    """Ages of the members who are asked first; it decides nothing, and keeps the first questions from being silly."""
    asked: bool = True
    """Whether the chat may ask at all; what is not asked can only be volunteered."""

    @property
    def name(self) -> str:
        """Unique among all facts: `age` of a member is `members.age`."""
        return f"members.{self.key}" if self.of == "person" else self.key


def _person(key: str, kind: FactKind, *variables: str, **more: Any) -> Fact:
    return Fact(key, kind, variables, of="person", **more)


_YN, _CHOICE, _AMOUNT = FactKind.YES_NO, FactKind.CHOICE, FactKind.AMOUNT

#: In the order in which they are asked where nothing else decides.
_ALL = (
    Fact(
        "status",
        _CHOICE,
        (
            "said_poor",
            "said_near_poor",
            "said_newly_escaped",
            "said_outside",
            "said_average_living_standard",
            "said_low_income_worker",
        ),
        choices=("poor", "near_poor", "newly_escaped", "average_living_standard", "none"),
    ),
    Fact("area", _CHOICE, ("is_urban",), choices=("rural", "urban")),
    Fact("income_per_person", FactKind.THRESHOLD, ("income_said",), sensitive=True),
    Fact("deprivations", FactKind.COUNT, ("deprivations_said",)),
    Fact("escaped_on", FactKind.DATE, ("escape_months",)),
    Fact(
        "difficult_area",
        _CHOICE,
        ("in_difficult_area", "in_extremely_difficult_area"),
        choices=("none", "difficult", "extremely_difficult"),
    ),
    Fact("former_poor_district", _YN, ("in_former_poor_district",)),
    _person("age", FactKind.COUNT, "age"),
    _person("ethnicity", _CHOICE, "is_ethnic_minority", choices=("kinh", "minority"), sensitive=True),
    _person(
        "student",
        _CHOICE,
        "is_in_school",
        "is_pupil",
        "is_higher_student",
        choices=("no", "nursery", "primary", "lower_secondary", "upper_secondary", "vocational", "university"),
        ages=(3, 35),
    ),
    _person("public_school", _YN, "is_at_public_school"),
    _person(
        "disability",
        _CHOICE,
        "is_disabled",
        "is_severely_disabled",
        "is_extremely_disabled",
        choices=("none", "mild", "severe", "extremely_severe"),
        sensitive=True,
    ),
    _person("pension", _YN, "has_pension", ages=(55, 130)),
    _person("social_assistance", _YN, "receives_assistance"),
    _person("no_carer", _YN, "has_no_carer", ages=(60, 130)),
    _person("single_parent_of", FactKind.COUNT, "single_parent_children", ages=(18, 70)),
    Fact("house", _CHOICE, ("house_is_makeshift",), choices=("sound", "makeshift")),
    Fact("social_policy_household", _YN, ("is_social_policy_household",)),
    Fact("electricity_kwh", FactKind.COUNT, ("electricity",)),
    Fact("wants_loan", _YN, ("wants_loan",)),
    Fact("loan_wanted", _AMOUNT, ("loan_wanted",), asked=False),
    Fact("water_works", FactKind.COUNT, ("water_works",), asked=False),
    _person("sex", _CHOICE, "is_woman", choices=("female", "male")),
    _person("wants_training", _YN, "wants_training", ages=(15, 60)),
    _person("wants_work_abroad", _YN, "wants_work_abroad", ages=(18, 50)),
    _person("training_distance_km", FactKind.COUNT, "training_distance", asked=False),
    _person("training_days", FactKind.COUNT, "training_days", asked=False),
    _person("training_fee", _AMOUNT, "training_fee", asked=False),
    _person("language_fee", _AMOUNT, "language_fee", asked=False),
    _person("visit_cost", _AMOUNT, "visit_cost", asked=False),
)
FACTS: dict[str, Fact] = {fact.name: fact for fact in _ALL}

_CLASS = ("status", "area", "income_per_person", "deprivations")
_BY_VARIABLE = {variable: fact.name for fact in _ALL for variable in fact.variables}
#: What has to be known for the variables that follow from others.
_DERIVED: Mapping[str, tuple[str, ...]] = {
    "is_poor": _CLASS,
    "is_near_poor": _CLASS,
    "is_poor_or_near_poor": _CLASS,
    "is_outside_poverty_lists": _CLASS,
    "is_newly_escaped": ("status", "escaped_on"),
    "is_on_escape_list": ("status",),
    "has_average_living_standard": ("status",),
    "is_low_income_worker": ("status",),
    "is_rural": ("area",),
    "income": ("income_per_person",),
    "receives_monthly_assistance": ("members.social_assistance",),
    "is_kinh": ("members.ethnicity",),
    "has_no_pension": ("members.pension",),
    "is_severely_disabled_only": ("members.disability",),
}


class _FactsBehind:
    """Which facts a condition rests on."""

    def __call__(self, condition: Named | Comparison) -> tuple[str, ...]:
        name = condition.name if isinstance(condition, Named) else condition.quantity
        if name in _DERIVED:
            return _DERIVED[name]
        return (_BY_VARIABLE[name],) if name in _BY_VARIABLE else ()

    def is_about_poverty(self, condition: Named | Comparison) -> bool:
        return isinstance(condition, Named) and _DERIVED.get(condition.name) is _CLASS

    def is_missing(self, evaluation: Any, name: str) -> Bools:
        """Where the household, or one of its members, left a fact open."""
        fact = FACTS[name]
        missing: Bools | None = None
        for variable in fact.variables:
            if variable in evaluation.system.variables:
                open_ = evaluation.value(variable) == UNKNOWN
            else:
                open_ = evaluation.value(f"{variable}_min") < evaluation.value(f"{variable}_max")
            missing = open_ if missing is None else missing | open_
        assert missing is not None
        if fact.of == "person":
            found: Bools = evaluation.any_person(missing.astype("int32")) > 0
            return found
        return missing


facts_behind = _FactsBehind()
