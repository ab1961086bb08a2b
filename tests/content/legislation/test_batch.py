"""A table of households gets what each of them would get alone; two states of the law stand side by side."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.batch_input import read_batch
from content.batch_results import compare, evaluate_batch, write_results
from content.eligibility import assess, current_rules
from content.household import parse_household
from content.legislation.classification import Classification
from content.what_if import UnknownNumber, parse_change, with_numbers
from tests.content.legislation.strategies import DAYS, households

SAMPLE = """id,area,income_per_person,deprivations,status
a,rural,1400000,3,
b,rural,1400000,2,
c,rural,2100000,3,
d,urban,2800000,2,
e,urban,9000000,0,
f,,,,poor
"""


def table_of(data: list[dict[str, Any]]) -> str:
    """Households as a table; what only JSON can say is left out of it."""
    rows = []
    for number, household in enumerate(data):
        row: dict[str, str] = {"id": str(number)}
        for key, value in household.items():
            if key == "deprivations" and isinstance(value, list):
                row[key] = "|".join(value)
            elif key == "members":
                row |= {
                    f"member_{position}_{name}": str(said)
                    for position, member in enumerate(value, 1)
                    for name, said in member.items()
                }
            else:
                row[key] = str(value)
        rows.append(row)
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(names), *(",".join(row.get(name, "") for name in names) for row in rows)]
    return "\n".join(lines) + "\n"


def _fits_a_table(household: dict[str, Any]) -> bool:
    # Empty members, empty lists and yes-or-no for single indicators have no cells.
    return (
        all(household.get("members", [{"age": 1}]))
        and household.get("members") != []
        and household.get("deprivations") != []
        and not isinstance(household.get("deprivations"), dict)
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(households().filter(_fits_a_table), min_size=1, max_size=6), DAYS)
def test_a_row_gets_what_the_household_gets_alone(tmp_path: Path, data: list[dict[str, Any]], on: date) -> None:
    rules = current_rules()
    file, out = tmp_path / "in.csv", tmp_path / "out.csv"
    file.write_text(table_of(data), encoding="utf-8")
    batch = read_batch(file, on, rules.system)
    assert [str(error) for error in batch.errors] == []
    write_results(evaluate_batch(rules, batch, on), out)
    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["id"] for row in rows] == [str(number) for number in range(len(data))]
    for row, household in zip(rows, data, strict=True):
        alone = assess(parse_household(household), on)
        assert row["classification"] == alone.classification.value
        told = {programme.id: (programme.result.value, programme.amount) for programme in alone.programmes}
        for programme in rules.programmes:
            result, amount = told.get(programme.id, ("", None))
            assert (row[programme.id], row[f"{programme.id}_amount"]) == (result, "" if amount is None else str(amount))


def test_two_days_side_by_side_show_who_changes_class(tmp_path: Path) -> None:
    rules, file = current_rules(), tmp_path / "in.csv"
    file.write_text(SAMPLE, encoding="utf-8")
    before, after = (
        evaluate_batch(rules, read_batch(file, day, rules.system), day) for day in (date(2026, 8, 1), date(2027, 1, 1))
    )
    found = compare(before, after)
    assert found.changes == {
        (Classification.POOR, Classification.POOR): 1,
        (Classification.NEAR_POOR, Classification.NEAR_POOR): 1,
        (Classification.NONE, Classification.POOR): 1,
        (Classification.NONE, Classification.NEAR_POOR): 1,
        (Classification.NONE, Classification.NONE): 1,
        (Classification.UNKNOWN, Classification.UNKNOWN): 1,
    }
    assert found.changed == 2


def test_a_changed_number_changes_who_is_poor_and_nothing_else(tmp_path: Path) -> None:
    rules, file, on = current_rules(), tmp_path / "in.csv", date(2026, 8, 1)
    file.write_text(SAMPLE, encoding="utf-8")
    changed = with_numbers(rules, dict([parse_change("poverty.line.rural.near_max=2100000", rules.parameters)]))
    batch = read_batch(file, on, rules.system)
    found = compare(evaluate_batch(rules, batch, on), evaluate_batch(changed, batch, on))
    assert found.changed == 1
    assert found.changes[Classification.NONE, Classification.POOR] == 1
    assert rules.parameters["poverty.line.rural.near_max"].value_on(on) == 1_500_000


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("poverty.line.rural.near_max", "is no change. Write it as parameter=value."),
        ("poverty.line.rural.near=5", "Did you mean poverty.line.rural.near_max"),
        ("poverty.line.rural.near_max=viele", "is no number"),
        ("poverty.line.rural.near_max=1.5", "no whole number of đồng"),
        ("poverty.line.rural.near_max=nan", "outside of what"),
    ],
)
def test_a_change_that_means_nothing_is_refused_with_a_hint(text: str, says: str) -> None:
    with pytest.raises(UnknownNumber, match=says.replace(".", r"\.")):
        parse_change(text, current_rules().parameters)


def test_a_table_as_a_vietnamese_spreadsheet_saves_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    text = "\ufeffid;income_per_person;deprivations;clean_water;member_1_ethnicity\r\n"
    file.write_text(text + "Bờ Y 1;1.400.000;toilet | telecom;có;Xơ Đăng\r\n", encoding="utf-8", newline="")
    batch = read_batch(file, date(2026, 3, 1), current_rules().system)
    assert batch.errors == [] and batch.ids == ["Bờ Y 1"]
    assert batch.columns["income_said_max"].tolist() == [1_400_000]
    assert batch.columns["deprivations_said_min"].tolist() == [2]
    assert batch.columns["is_ethnic_minority"].tolist() == [2]
