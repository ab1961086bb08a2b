"""From what a household says to the columns of a simulation: which variables each key fills."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from content.folding import folded_syllables
from content.household import DifficultArea, Disability, House, Household, HouseholdError, Member, School, Sex, Status
from content.legislation.truth import NO, YES
from content.legislation.variables.household_facts import INDICATORS
from content.place_units import load_places
from content.topics import Area

type Columns = dict[str, int]
type Encoder = Callable[[Any, date], Columns]

_PUPIL = (School.NURSERY, School.PRIMARY, School.LOWER_SECONDARY, School.UPPER_SECONDARY)
_LISTS = {
    Status.POOR: "said_poor",
    Status.NEAR_POOR: "said_near_poor",
    Status.NEWLY_ESCAPED: "said_newly_escaped",
    Status.AVERAGE_LIVING_STANDARD: "said_average_living_standard",
    Status.LOW_INCOME_WORKER: "said_low_income_worker",
}
_OUTSIDE = (Status.AVERAGE_LIVING_STANDARD, Status.LOW_INCOME_WORKER, Status.NONE)


def _truth(name: str, value: bool, _: date) -> Columns:
    return {name: YES if value else NO}


def _exact(name: str, value: int, _: date) -> Columns:
    return {f"{name}_min": value, f"{name}_max": value}


def _exact_and(name: str, truth: str, value: int, _: date) -> Columns:
    """A number that is only there where something is so."""
    return {f"{name}_min": value, f"{name}_max": value, truth: YES if value else NO}


def _area(value: Area, _: date) -> Columns:
    return {"is_urban": YES if value == Area.URBAN else NO}


def _commune(value: str, on: date) -> Columns:
    places = load_places()
    unit = places.units.get(value)
    if unit is None or not places.reformed_on(on):
        return {}
    return _area(unit.area, on) | {"in_changed_area": YES if unit.area_changed else NO}


def _difficult_area(value: DifficultArea, _: date) -> Columns:
    extremely = value == DifficultArea.EXTREMELY_DIFFICULT
    return {
        "in_difficult_area": YES if extremely or value == DifficultArea.DIFFICULT else NO,
        "in_extremely_difficult_area": YES if extremely else NO,
        "in_area_no_longer_difficult": YES if value == DifficultArea.NO_LONGER else NO,
    }


def _deprivations(value: int | Mapping[str, bool], on: date) -> Columns:
    if isinstance(value, int):
        return _exact("deprivations_said", value, on)
    said = {f"said_lacks_{name}": YES if lacks else NO for name, lacks in value.items()}
    if len(value) == len(INDICATORS):
        said |= _exact("deprivations_said", sum(value.values()), on)
    return said


def _status(value: Status, _: date) -> Columns:
    lists = {name: YES if value == status else NO for status, name in _LISTS.items()}
    return lists | {"said_outside": YES if value in _OUTSIDE else NO}


def full_months(since: date, until: date) -> int:
    """Months that are over between two days; −1 where `since` lies after `until`."""
    if since > until:
        return -1
    return (until.year - since.year) * 12 + until.month - since.month - (until.day < since.day)


def _escaped_on(value: date, on: date) -> Columns:
    months = full_months(value, on)
    if months < 0:
        raise HouseholdError(f"key `escaped_on`: {value} lies after the day asked about, {on}.")
    return _exact("escape_months", min(months, 1_200), on)


def _house(value: House, _: date) -> Columns:
    return {
        "house_destroyed": YES if value == House.DESTROYED else NO,
        "house_badly_damaged": YES if value == House.BADLY_DAMAGED else NO,
        "must_move_house": YES if value == House.MUST_MOVE else NO,
        "house_is_makeshift": NO if value == House.SOUND else YES,
    }


HOUSEHOLD_ENCODERS: dict[str, Encoder] = {
    "area": _area,
    "commune": _commune,
    "difficult_area": _difficult_area,
    "former_poor_district": partial(_truth, "in_former_poor_district"),
    "income_per_person": partial(_exact, "income_said"),
    "income_at_most": lambda value, _: {"income_said_max": value},
    "income_above": lambda value, _: {"income_said_min": value + 1},
    "assistance_in_income": partial(_exact, "assistance_in_income"),
    "deprivations": _deprivations,
    "score_a": partial(_exact, "score_a_said"),
    "score_b": partial(_exact, "score_b_said"),
    "status": _status,
    "escaped_on": _escaped_on,
    "dwelling_area": partial(_exact, "dwelling_area"),
    "weak_house_parts": partial(_exact, "weak_house_parts"),
    "clean_water": partial(_truth, "has_clean_water"),
    "hygienic_toilet": partial(_truth, "has_hygienic_toilet"),
    "internet": partial(_truth, "uses_internet"),
    "shared_media": partial(_truth, "has_shared_media"),
    "personal_media": partial(_truth, "has_personal_media"),
    "social_policy_household": partial(_truth, "is_social_policy_household"),
    "electricity_kwh": partial(_exact, "electricity"),
    "house": _house,
    "died_in_disaster": partial(_truth, "died_by_disaster"),
    "injured_in_disaster": partial(_truth, "injured_by_disaster"),
    "recipient_died": partial(_truth, "recipient_died"),
    "hungry": partial(_truth, "is_hungry"),
    "wants_loan": partial(_truth, "wants_loan"),
    "loan_wanted": partial(_exact_and, "loan_wanted", "wants_loan"),
    "water_works": partial(_exact_and, "water_works", "wants_water_works"),
}


#: Keys from which deprivation indicators follow.
DESCRIBES = (
    "dwelling_area",
    "weak_house_parts",
    "clean_water",
    "hygienic_toilet",
    "internet",
    "shared_media",
    "personal_media",
)


def _ethnicity(value: str, _: date) -> Columns:
    return {"is_ethnic_minority": NO if folded_syllables(value) in (("kinh",), ("viet",)) else YES}


def _disability(value: Disability, _: date) -> Columns:
    extremely = value == Disability.EXTREMELY_SEVERE
    return {
        "is_extremely_disabled": YES if extremely else NO,
        "is_severely_disabled": YES if extremely or value == Disability.SEVERE else NO,
        "is_disabled": NO if value == Disability.NONE else YES,
    }


def _student(value: bool | School, _: date) -> Columns:
    if value is True:
        return {"is_in_school": YES}
    if value is False:
        return {"is_in_school": NO, "is_pupil": NO, "is_higher_student": NO}
    pupil = value in _PUPIL
    return {"is_in_school": YES, "is_pupil": YES if pupil else NO, "is_higher_student": NO if pupil else YES}


MEMBER_ENCODERS: dict[str, Encoder] = {
    "age": partial(_exact, "age"),
    "sex": lambda value, _: {"is_woman": YES if value == Sex.FEMALE else NO},
    "ethnicity": _ethnicity,
    "disability": _disability,
    "pregnant": partial(_truth, "is_pregnant"),
    "student": _student,
    "public_school": partial(_truth, "is_at_public_school"),
    "boarding": partial(_truth, "is_boarding_pupil"),
    "lower_secondary": partial(_truth, "has_lower_secondary"),
    "upper_secondary": partial(_truth, "has_upper_secondary"),
    "trained_on_the_job": partial(_truth, "was_trained_on_the_job"),
    "jobless": partial(_truth, "is_jobless"),
    "malnourished": partial(_truth, "is_malnourished"),
    "insured": partial(_truth, "is_insured"),
    "pension": partial(_truth, "has_pension"),
    "social_assistance": partial(_truth, "receives_assistance"),
    "social_pension": partial(_truth, "receives_social_pension"),
    "no_parental_care": partial(_truth, "has_no_parental_care"),
    "no_carer": partial(_truth, "has_no_carer"),
    "community_care": partial(_truth, "is_cared_for_in_community"),
    "hiv": partial(_truth, "has_hiv"),
    "single_parent_of": partial(_exact_and, "single_parent_children", "brings_up_children_alone"),
    "accused": partial(_truth, "is_accused"),
    "domestic_violence": partial(_truth, "suffered_domestic_violence"),
    "wants_training": partial(_truth, "wants_training"),
    "wants_work_abroad": partial(_truth, "wants_work_abroad"),
    "training_meals": partial(_truth, "training_entitled_to_meals"),
    "training_fee": partial(_exact, "training_fee"),
    "training_days": partial(_exact, "training_days"),
    "training_distance_km": partial(_exact, "training_distance"),
    "language_fee": partial(_exact, "language_fee"),
    "visit_cost": partial(_exact_and, "visit_cost", "went_to_doctor"),
}


def exact_quantity(key: str, *, of_member: bool) -> str | None:
    """The quantity that a key gives as one plain number, whatever the day; None for other keys."""
    encoder = (MEMBER_ENCODERS if of_member else HOUSEHOLD_ENCODERS)[key]
    if isinstance(encoder, partial) and encoder.func is _exact:
        return str(encoder.args[0])
    return None


def encode_household(household: Household, on: date) -> tuple[Columns, list[Columns]]:
    """The columns of the household and of each of its members. Raises HouseholdError for what cannot be."""
    columns: Columns = {}
    for key, encoder in HOUSEHOLD_ENCODERS.items():
        value = getattr(household, key)
        if value is None:
            continue
        added = encoder(value, on)
        if key == "commune" and added.get("is_urban", columns.get("is_urban")) != columns.get(
            "is_urban", added.get("is_urban")
        ):
            raise HouseholdError(f"key `area`: {household.area} contradicts commune {value}. Leave one of them out.")
        columns |= added
    if household.members is not None or any(getattr(household, key) is not None for key in DESCRIBES):
        columns["is_described"] = YES
    if columns.get("income_said_min", 0) > columns.get("income_said_max", 2_000_000_000):
        raise HouseholdError("key `income_above`: lies over `income_at_most`. Leave one of them out.")
    if household.members is None:
        return columns, []
    columns["people_known"] = YES
    return columns, [encode_member(member, on) for member in household.members]


def encode_member(member: Member, on: date) -> Columns:
    """The columns of one member."""
    columns: Columns = {}
    for key, encoder in MEMBER_ENCODERS.items():
        value = getattr(member, key)
        if value is not None:
            columns |= encoder(value, on)
    return columns


assert set(HOUSEHOLD_ENCODERS) == set(Household.model_fields) - {"members", "not_known"}
assert set(MEMBER_ENCODERS) == set(Member.model_fields)
