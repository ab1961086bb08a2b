"""`chungtay eligibility`: one household, many, and two states of the law; one clear line for what cannot be read."""

import csv
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bot.policy.edits import Basis, with_new_value
from bot.policy.revisions import approve, current_content, propose
from content.library import load_library
from content.revisions import RevisionKind, shipped_data
from store.clock import SetClock, local_date
from store.database import Database
from store.staff_roles import Role
from tests.bot.helpdesk.desk import officer

ROWS = """id,area,income_per_person,deprivations
a,rural,1400000,3
b,rural,2100000,3
c,urban,2800000,2
"""


def chungtay(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from server.cli import main; main()", "eligibility", *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=False)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "in.csv"
    file.write_text(ROWS, encoding="utf-8")
    return file


def test_one_household_from_standard_input_as_json() -> None:
    given = json.dumps({"area": "rural", "income_per_person": 1_400_000, "deprivations": 3})
    done = chungtay("-", "--on", "2026-03-01", "--json", given=given)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["as_of"] == "2026-03-01" and result["classification"] == "poor"
    loan = next(programme for programme in result["programmes"] if programme["id"] == "loan_poor")
    assert loan["result"] == "possible" and loan["amount"] == 100_000_000
    assert loan["why"] and loan["sources"] and loan["documents"] and loan["office"]


def test_one_household_from_a_file_in_words(tmp_path: Path) -> None:
    file = tmp_path / "household.json"
    file.write_text('{"status": "near_poor", "members": [{"age": 72, "pension": false}]}', encoding="utf-8")
    vietnamese = chungtay(str(file), "--on", "2026-08-15")
    english = chungtay(str(file), "--on", "2026-08-15", "--language", "en")
    assert "Có thể được hưởng" in vietnamese.stdout and "540.000 đồng" in vietnamese.stdout
    assert "You may get" in english.stdout and "VND 540,000" in english.stdout


@pytest.mark.parametrize(
    ("arguments", "given", "says"),
    [
        (("-",), "", "standard input is not JSON"),
        (("-",), "{", "standard input is not JSON"),
        (("-",), "[]", "standard input: a household is an object"),
        (("-",), '{"income": 5}', "standard input: unknown key `income`. Keys are: area,"),
        (("-", "--on", "gestern"), "{}", "“gestern” is not a date."),
        (("-", "--language", "sed"), "{}", "unknown language “sed”"),
        (("missing.json",), "", "missing.json cannot be read: No such file or directory."),
        (("-", "--out", "x.csv"), "{}", "--out, --compare and --set go with --batch."),
        (("--batch", "missing.csv", "--out", "x.csv"), "", "missing.csv cannot be read: No such file or directory."),
        (("--batch", "missing.csv"), "", "say where the results go with --out"),
    ],
)
def test_bad_input_ends_with_one_clear_line(arguments: tuple[str, ...], given: str, says: str) -> None:
    done = chungtay(*arguments, given=given)
    assert done.returncode == 2
    assert done.stdout == "" and len(done.stderr.strip().splitlines()) == 1
    assert done.stderr.startswith("chungtay: ") and says in done.stderr


def test_many_households_are_written_as_csv(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    done = chungtay("--batch", str(table), "--out", str(out), "--on", "2026-03-01", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["classifications"] == {"poor": 1, "near_poor": 0, "none": 2, "unknown": 0}
    with out.open(encoding="utf-8", newline="") as stream:
        rows = {row["id"]: row for row in csv.DictReader(stream)}
    assert rows["a"]["classification"] == "poor" and rows["a"]["loan_poor_amount"] == "100000000"


def test_rows_with_errors_are_listed_and_the_good_ones_are_kept(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    table.write_text(ROWS + "d,rural,viel,3\n", encoding="utf-8")
    done = chungtay("--batch", str(table), "--out", str(out), "--on", "2026-03-01")
    assert done.returncode == 1
    assert "row 5, column income_per_person:" in done.stderr
    assert "1 rows of" in done.stderr and "3 were evaluated" in done.stderr
    assert len(out.read_text(encoding="utf-8").splitlines()) == 4


def test_two_days_and_a_changed_number_show_who_changes_class(table: Path) -> None:
    days = chungtay("--batch", str(table), "--on", "2026-03-01", "--compare", "2027-01-01", "--json")
    assert days.returncode == 0, days.stderr
    comparison = json.loads(days.stdout)["comparison"]
    assert comparison["changed"] == 2
    assert {"from": "none", "to": "near_poor", "households": 1} in comparison["changes"]
    number = chungtay("--batch", str(table), "--on", "2026-03-01", "--set", "poverty.line.rural.near_max=2100000")
    assert number.returncode == 0, number.stderr
    assert "1 of 3 households change their class." in number.stdout


async def test_numbers_that_staff_approved_count_when_they_are_asked_for(
    database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database.url)
    day, name, library = date(2026, 12, 1), "poverty.line.rural.near_max", load_library()
    new = with_new_value(
        shipped_data(library, RevisionKind.PARAMETER, name),
        valid_from=day,
        value=1_700_000,
        basis=Basis("nd-351-2025", "", "V", "S05"),
        today=local_date(clock.now()),
    )
    mai, lan = [await officer(database, clock, role=Role.POLICY_OWNER) for _ in range(2)]
    async with database.transaction() as connection:
        base = (await current_content(connection, library, RevisionKind.PARAMETER, name)).fingerprint
        number = await propose(
            connection,
            library,
            RevisionKind.PARAMETER,
            name,
            new,
            base=base,
            reason="thử",
            by=mai.id,
            now=clock.now(),
        )
        await approve(connection, library, number, by=lan.id, now=clock.now())

    def found(*more: str) -> str:
        given = json.dumps({"area": "rural", "income_per_person": 1_600_000, "deprivations": 3})
        done = chungtay("-", "--on", day.isoformat(), "--json", *more, given=given)
        assert done.returncode == 0, done.stderr
        classification: str = json.loads(done.stdout)["classification"]
        return classification

    assert found() != "poor"
    assert found("--edited") == "poor"
