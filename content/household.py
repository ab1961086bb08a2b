"""A household as somebody describes it: every key optional, what is missing stays unknown."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, ValidationError

from content.legislation.variables.household_facts import INDICATORS
from content.topics import Area


class HouseholdError(ValueError):
    """Data that is no household; the message names the key, the cause and the remedy in one line."""


class Status(StrEnum):
    """The list of the commune on which the household stands."""

    POOR = "poor"
    NEAR_POOR = "near_poor"
    NEWLY_ESCAPED = "newly_escaped"
    AVERAGE_LIVING_STANDARD = "average_living_standard"
    LOW_INCOME_WORKER = "low_income_worker"
    NONE = "none"


class DifficultArea(StrEnum):
    """Where the place stands on the province's list of ethnic-minority and mountain areas."""

    NONE = "none"
    DIFFICULT = "difficult"
    EXTREMELY_DIFFICULT = "extremely_difficult"
    NO_LONGER = "no_longer"


class House(StrEnum):
    SOUND = "sound"
    MAKESHIFT = "makeshift"
    BADLY_DAMAGED = "badly_damaged"
    DESTROYED = "destroyed"
    MUST_MOVE = "must_move"


class Disability(StrEnum):
    """The degree on the certificate of disability."""

    NONE = "none"
    MILD = "mild"
    SEVERE = "severe"
    EXTREMELY_SEVERE = "extremely_severe"


class School(StrEnum):
    NURSERY = "nursery"
    PRIMARY = "primary"
    LOWER_SECONDARY = "lower_secondary"
    UPPER_SECONDARY = "upper_secondary"
    VOCATIONAL = "vocational"
    UNIVERSITY = "university"


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


class Indicator(StrEnum):
    """The 12 deprivation indicators of Decree 07/2021."""

    EMPLOYMENT = "employment"
    DEPENDENCY = "dependency"
    NUTRITION = "nutrition"
    HEALTH_INSURANCE = "health_insurance"
    ADULT_EDUCATION = "adult_education"
    CHILD_SCHOOLING = "child_schooling"
    HOUSING_QUALITY = "housing_quality"
    HOUSING_AREA = "housing_area"
    CLEAN_WATER = "clean_water"
    TOILET = "toilet"
    TELECOM = "telecom"
    INFO_ASSETS = "info_assets"


assert tuple(Indicator) == INDICATORS


def _whole(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a number is expected, not true or false")
    return value


Whole = Annotated[int, BeforeValidator(_whole)]
#: Whole đồng; a milliard is more than anybody here will say.
Money = Annotated[Whole, Field(ge=0, le=1_000_000_000)]


def _deprivations(value: object) -> object:
    """A number, a list of the indicators that are lacking, or a yes or no for some of them."""
    if isinstance(value, list):
        unknown = sorted({str(item) for item in value} - set(INDICATORS))
        if unknown:
            raise ValueError(f"unknown indicator {unknown[0]!r}; indicators are {', '.join(INDICATORS)}")
        return dict.fromkeys(INDICATORS, False) | dict.fromkeys(value, True)
    return value


class Member(BaseModel):
    """One member of the household. Events that nobody mentions count as not happened."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    age: Annotated[Whole, Field(ge=0, le=130)] | None = None
    sex: Sex | None = None
    ethnicity: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    disability: Disability | None = None
    pregnant: StrictBool | None = None
    student: StrictBool | School | None = None
    public_school: StrictBool | None = None
    boarding: StrictBool | None = None
    lower_secondary: StrictBool | None = None
    upper_secondary: StrictBool | None = None
    trained_on_the_job: StrictBool | None = None
    jobless: StrictBool | None = None
    malnourished: StrictBool | None = None
    insured: StrictBool | None = None
    pension: StrictBool | None = None
    social_assistance: StrictBool | None = None
    social_pension: StrictBool | None = None
    no_parental_care: StrictBool | None = None
    no_carer: StrictBool | None = None
    community_care: StrictBool | None = None
    hiv: StrictBool | None = None
    single_parent_of: Annotated[Whole, Field(ge=0, le=20)] | None = None
    accused: StrictBool | None = None
    domestic_violence: StrictBool | None = None
    wants_training: StrictBool | None = None
    wants_work_abroad: StrictBool | None = None
    training_meals: StrictBool | None = None
    training_fee: Money | None = None
    training_days: Annotated[Whole, Field(ge=0, le=1000)] | None = None
    training_distance_km: Annotated[Whole, Field(ge=0, le=2000)] | None = None
    language_fee: Money | None = None
    visit_cost: Money | None = None


class Household(BaseModel):
    """One household. `not_known` names keys that were asked and that the household cannot or will not answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    area: Area | None = None
    commune: Annotated[str, Field(pattern=r"^\d{5}$")] | None = None
    difficult_area: DifficultArea | None = None
    former_poor_district: StrictBool | None = None
    income_per_person: Money | None = None
    income_at_most: Money | None = None
    income_above: Money | None = None
    assistance_in_income: Money | None = None
    deprivations: (
        Annotated[Annotated[Whole, Field(ge=0, le=12)] | dict[Indicator, StrictBool], BeforeValidator(_deprivations)]
        | None
    ) = None
    score_a: Annotated[Whole, Field(ge=0, le=1000)] | None = None
    score_b: Annotated[Whole, Field(ge=0, le=120)] | None = None
    status: Status | None = None
    escaped_on: date | None = None
    dwelling_area: Annotated[Whole, Field(ge=0, le=10_000)] | None = None
    weak_house_parts: Annotated[Whole, Field(ge=0, le=3)] | None = None
    clean_water: StrictBool | None = None
    hygienic_toilet: StrictBool | None = None
    internet: StrictBool | None = None
    shared_media: StrictBool | None = None
    personal_media: StrictBool | None = None
    social_policy_household: StrictBool | None = None
    electricity_kwh: Annotated[Whole, Field(ge=0, le=100_000)] | None = None
    house: House | None = None
    died_in_disaster: StrictBool | None = None
    injured_in_disaster: StrictBool | None = None
    recipient_died: StrictBool | None = None
    hungry: StrictBool | None = None
    wants_loan: StrictBool | None = None
    loan_wanted: Money | None = None
    water_works: Annotated[Whole, Field(ge=0, le=2)] | None = None
    members: tuple[Member, ...] | None = Field(default=None, max_length=50)
    not_known: tuple[str, ...] = ()

    def with_answer(self, **answers: Any) -> "Household":
        """The household with some answers more, checked like the rest. Raises HouseholdError."""
        return parse_household({**self.model_dump(exclude_none=True), **answers})

    def with_member_answer(self, position: int, **answers: Any) -> "Household":
        """The household with answers about one member; the first answer about nobody makes the first member."""
        members = [member.model_dump(exclude_none=True) for member in self.members or ()] or [{}]
        members[position] |= answers
        return self.with_answer(members=members)


def parse_household(data: object) -> Household:
    """The data as a household. Raises HouseholdError with one line."""
    try:
        return Household.model_validate(data)
    except ValidationError as error:
        raise HouseholdError(_first_line(error)) from error


def _first_line(error: ValidationError) -> str:
    errors = error.errors(include_url=False)
    first = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
    # pydantic adds the branch of a union to the path; people wrote only the keys.
    written = [part for part in first["loc"] if isinstance(part, int) or str(part) in _KEYS or part == first["loc"][0]]
    key = ".".join(str(part) for part in written) or "the household"
    if first["type"] == "extra_forbidden":
        path = ".".join(str(part) for part in first["loc"])
        model: type[BaseModel] = Member if first["loc"][0] == "members" else Household
        return f"unknown key `{path}`. Keys are: {', '.join(model.model_fields)}."
    if first["type"] == "model_type":
        return "a household is an object with keys such as area, income_per_person, members."
    return f"key `{key}`: {first['msg']} (found {_short(first['input'])})."


_KEYS = frozenset((*Household.model_fields, *Member.model_fields))


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
