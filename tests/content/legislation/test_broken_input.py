"""What cannot be read is refused with one line that names the key and the cause; nothing else is refused."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from content.batch_input import BatchError, read_batch
from content.eligibility import assess, current_rules
from content.household import HouseholdError, parse_household
from content.legislation.cases import load_cases
from content.legislation.rules import load_programmes
from content.yaml_files import ContentError, read_yaml

HERE = Path(__file__).parent
TODAY = date(2026, 11, 25)
HOUSEHOLDS = read_yaml(HERE / "broken" / "households.yaml")["cases"]
ROWS = read_yaml(HERE / "broken" / "batches.yaml")["cases"]
RULES = read_yaml(HERE / "broken" / "rules.yaml")["cases"]


@pytest.mark.parametrize("name", HOUSEHOLDS)
def test_a_household_that_cannot_be_read_is_refused_with_exactly_this_line(name: str) -> None:
    case: dict[str, Any] = HOUSEHOLDS[name]
    with pytest.raises(HouseholdError) as caught:
        assess(parse_household(case["household"]), TODAY)
    assert str(caught.value) == case["says"]


@pytest.mark.parametrize("name", ROWS)
def test_a_row_that_cannot_be_read_is_named_and_the_others_are_kept(name: str, tmp_path: Path) -> None:
    case: dict[str, Any] = ROWS[name]
    file = tmp_path / "households.csv"
    file.write_text(case["csv"], encoding="utf-8")
    if "refused" in case:
        with pytest.raises(BatchError) as caught:
            read_batch(file, TODAY, current_rules().system)
        assert str(caught.value).replace(str(file), "FILE") == case["refused"]
        return
    batch = read_batch(file, TODAY, current_rules().system)
    assert [str(error) for error in batch.errors] == case["errors"]
    assert batch.ids == case["kept"]


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "households.csv"
    file.write_bytes("id,ghi chú\n".encode("cp1258", errors="replace") + b"\xff\xfe")
    with pytest.raises(BatchError, match="Save it as “CSV UTF-8”"):
        read_batch(file, TODAY, current_rules().system)


@pytest.mark.parametrize("name", RULES)
def test_a_mistake_in_a_rule_or_case_is_refused_with_its_file_and_cause(name: str, tmp_path: Path) -> None:
    case: dict[str, Any] = RULES[name]
    file = tmp_path / case["file"]
    file.write_text(case["text"], encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_cases(tmp_path) if case["kind"] == "case" else load_programmes(tmp_path)
    assert str(file) in str(caught.value) and case["says"] in str(caught.value)
