"""The shipped numbers agree with each other, and their files keep to OpenFisca's format."""

from datetime import date, timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from content.library import load_library
from content.parameters import Unit
from content.yaml_files import CONTENT_DIR

LIBRARY = load_library()
TODAY = date(2026, 11, 23)
PARAMETERS_DIR = CONTENT_DIR / "legislation" / "parameters"


def number(name: str, on: date = TODAY) -> float:
    value = LIBRARY.parameter(name, on)
    assert value is not None, f"{name} has no value on {on}"
    return value


def test_household_contributions_are_their_shares_of_the_first_member() -> None:
    first = number("health_insurance.household.rate") / 100 * number("salary.base")
    assert number("health_insurance.household.member_1") == pytest.approx(first)
    for member in (2, 3, 4, 5):
        share = number(f"health_insurance.household.member_{member}_share") / 100
        assert number(f"health_insurance.household.member_{member}") == pytest.approx(first * share)


@pytest.mark.parametrize("on", [date(2026, 6, 30), date(2026, 7, 1)])
def test_co_payment_limits_follow_the_base_salary(on: date) -> None:
    base = number("salary.base", on)
    assert number("health_insurance.copay.free_visit_under", on) == pytest.approx(base * 0.15)
    assert number("health_insurance.copay.year_cap", on) == base * 6


def test_the_rate_of_job_creation_loans_is_its_share_of_the_rate_for_poor_households() -> None:
    share = number("credit.job_creation.share_of_poor_rate") / 100
    assert number("credit.job_creation.rate") == pytest.approx(share * number("credit.poor.rate"))


@pytest.mark.parametrize("programme", ["poor", "near_poor"])
def test_monthly_interest_is_a_twelfth_of_the_yearly_one(programme: str) -> None:
    monthly = number(f"credit.{programme}.month_rate")
    assert number(f"credit.{programme}.rate") == pytest.approx(monthly * 12)


@pytest.mark.parametrize("on", [date(2018, 5, 1), date(2024, 5, 1), TODAY, date(2027, 2, 1)])
def test_the_line_is_higher_in_wards_than_in_communes(on: date) -> None:
    assert number("poverty.line.urban.near_max", on) > number("poverty.line.rural.near_max", on)


def test_a_number_ends_on_the_day_of_its_null() -> None:
    name = "poverty.line.rural.poor_income_only_max"
    assert LIBRARY.parameter(name, date(2021, 12, 31)) == 700_000
    assert LIBRARY.parameter(name, date(2022, 1, 1)) is None


@given(name=st.sampled_from(sorted(LIBRARY.parameters)), days=st.integers(0, 7000))
def test_a_number_changes_only_on_the_days_its_file_names(name: str, days: int) -> None:
    parameter = LIBRARY.parameters[name]
    day = date(2015, 1, 1) + timedelta(days=days)
    following = day + timedelta(days=1)
    if following not in parameter.starts:
        assert parameter.value_on(day) == parameter.value_on(following)


def test_money_is_in_whole_dong() -> None:
    for parameter in LIBRARY.parameters.values():
        if parameter.metadata.unit is Unit.CURRENCY_VND:
            assert all(entry.value is None or isinstance(entry.value, int) for entry in parameter.values)


def test_every_folder_of_numbers_has_an_index_that_openfisca_reads() -> None:
    for folder in (PARAMETERS_DIR, *(path for path in PARAMETERS_DIR.rglob("*") if path.is_dir())):
        index = yaml.safe_load((folder / "index.yaml").read_text(encoding="utf-8"))
        # The only keys OpenFisca allows in an index; it refuses the whole folder for any other.
        assert set(index) <= {"description", "metadata", "unit", "reference", "documentation"}
        assert index["description"]
