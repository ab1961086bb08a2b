"""Households as anybody may describe them, for hypothesis."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from content.household import DifficultArea, Disability, House, Indicator, School, Sex, Status
from content.place_units import load_places
from content.topics import Area

#: Days around every change of the rules, and long before and after.
DAYS = st.sampled_from(
    [
        date(2015, 6, 1),
        date(2019, 6, 1),
        date(2021, 12, 31),
        date(2022, 1, 1),
        date(2023, 10, 1),
        date(2024, 6, 30),
        date(2025, 6, 30),
        date(2025, 7, 1),
        date(2025, 10, 1),
        date(2026, 1, 1),
        date(2026, 8, 31),
        date(2026, 10, 5),
        date(2026, 11, 25),
        date(2026, 12, 31),
        date(2027, 1, 1),
        date(2030, 12, 31),
        date(2031, 1, 1),
    ]
)
BOOLEANS = st.booleans()
MONEY = st.one_of(
    st.sampled_from([0, 700_000, 700_001, 1_000_000, 1_500_000, 1_500_001, 2_000_000, 2_200_000, 2_800_001]),
    st.integers(0, 300_000_000),
)


def _values(cls: Any) -> st.SearchStrategy[str]:
    return st.sampled_from([member.value for member in cls])


def _some(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


MEMBERS = _some(
    {
        "age": st.integers(0, 100),
        "sex": _values(Sex),
        "ethnicity": st.sampled_from(["Kinh", "Ba Na", "Xơ Đăng", "Gia Rai", "Giẻ-Triêng", "Brâu", "Rơ Măm"]),
        "disability": _values(Disability),
        "student": st.one_of(BOOLEANS, _values(School)),
        "single_parent_of": st.integers(0, 6),
        "training_fee": MONEY,
        "training_days": st.integers(0, 200),
        "training_distance_km": st.integers(0, 100),
        "language_fee": MONEY,
        "visit_cost": MONEY,
        **dict.fromkeys(
            (
                "public_school",
                "boarding",
                "lower_secondary",
                "upper_secondary",
                "jobless",
                "malnourished",
                "insured",
                "pension",
                "social_assistance",
                "social_pension",
                "no_parental_care",
                "no_carer",
                "community_care",
                "hiv",
                "accused",
                "domestic_violence",
                "wants_training",
                "wants_work_abroad",
                "training_meals",
            ),
            BOOLEANS,
        ),
    }
)
HOUSEHOLDS = _some(
    {
        "difficult_area": _values(DifficultArea),
        "former_poor_district": BOOLEANS,
        "income_per_person": MONEY,
        "assistance_in_income": MONEY,
        "deprivations": st.one_of(
            st.integers(0, 12),
            st.lists(_values(Indicator), unique=True),
            st.dictionaries(_values(Indicator), BOOLEANS),
        ),
        "score_a": st.integers(0, 300),
        "score_b": st.integers(0, 12).map(lambda number: number * 10),
        "status": _values(Status),
        "escaped_on": st.dates(date(2005, 1, 1), date(2015, 5, 31)),
        "dwelling_area": st.integers(0, 300),
        "weak_house_parts": st.integers(0, 3),
        "house": _values(House),
        "electricity_kwh": st.integers(0, 500),
        "loan_wanted": MONEY,
        "water_works": st.integers(0, 2),
        "members": st.lists(MEMBERS, max_size=4),
        **dict.fromkeys(
            (
                "clean_water",
                "hygienic_toilet",
                "internet",
                "shared_media",
                "personal_media",
                "social_policy_household",
                "died_in_disaster",
                "injured_in_disaster",
                "recipient_died",
                "hungry",
                "wants_loan",
            ),
            BOOLEANS,
        ),
    }
)
#: Where a household lives: its area, or its commune, or neither.
PLACES = st.one_of(
    st.just({}),
    st.builds(lambda area: {"area": area}, _values(Area)),
    st.builds(lambda code: {"commune": code}, st.sampled_from(sorted(load_places().units))),
)


def households() -> st.SearchStrategy[dict[str, Any]]:
    """Any household JSON that is not contradictory in itself."""
    return st.builds(lambda place, rest: {**place, **rest}, PLACES, HOUSEHOLDS)
