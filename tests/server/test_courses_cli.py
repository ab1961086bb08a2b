"""`chungtay courses`, as an officer types it."""

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from content.course_sheets import COLUMNS
from server.settings import PROJECT
from store.database import Database
from tests.content.test_course_sheets import GOOD, workbook

AHEAD = date.today() + timedelta(days=60)
COMING = {**GOOD, "starts_on": AHEAD, "ends_on": None, "register_by": AHEAD}


@pytest.fixture
def chungtay(database: Database, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("DATABASE_URL", database.url)

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).parent / "chungtay"), "courses", *map(str, words)]
        return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=150, check=False)

    return run


def result(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def codes(listed: dict[str, Any]) -> list[str]:
    return [course["code"] for course in listed["courses"]]


def test_one_wrong_row_and_nothing_is_saved_unless_asked_for(chungtay: Any, tmp_path: Path) -> None:
    file = tmp_path / "lớp nghề.xlsx"
    file.write_bytes(workbook(COMING, {**COMING, "code": "X-2", "seats": "vài"}))
    refused = chungtay("import", file, "--json")
    report = json.loads(refused.stdout)
    assert refused.returncode == 1 and not report["saved"]
    (problem,) = report["problems"]
    assert (problem["row"], problem["column"], problem["cause"]) == (3, "Số chỗ", "bad_seats")
    assert codes(result(chungtay("list", "--json"))) == []
    shown = chungtay("import", file)
    assert shown.returncode == 1 and "Chưa lưu gì" in shown.stdout and "Số chỗ" in shown.stdout
    saved = result(chungtay("import", file, "--skip-bad-rows", "--json"))
    assert (saved["saved"], saved["added"], saved["bad_rows"]) == (True, ["MAY-2027-01"], 1)
    assert codes(result(chungtay("list", "--json"))) == ["MAY-2027-01"]
    shown = chungtay("list").stdout
    assert "0/20" in shown and "MAY-2027-01" in shown


def test_a_course_is_closed_and_its_people_listed(chungtay: Any, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    fields = [column.field for column in COLUMNS if column.field in COMING]
    headings = {column.field: column.vi for column in COLUMNS}
    lines = [";".join(headings[field] for field in fields), ";".join(str(COMING[field] or "") for field in fields)]
    file.write_text("\n".join(lines), encoding="utf-8")
    assert result(chungtay("import", file, "--json"))["added"] == ["MAY-2027-01"]
    assert result(chungtay("people", "may-2027-01", "--json")) == {"people": []}
    assert result(chungtay("close", "MAY-2027-01", "--json")) == {"changed": ["MAY-2027-01"], "told": 0}
    assert codes(result(chungtay("list", "--state", "open", "--json"))) == []


def test_made_up_courses_come_in_only_when_asked_for(chungtay: Any) -> None:
    added = result(chungtay("import", "--demo", "--json"))["added"]
    assert len(added) >= 6 and all(code.startswith("DEMO-") for code in added)


def test_the_template_is_written_and_never_over_another_file(chungtay: Any, tmp_path: Path) -> None:
    file = tmp_path / "mẫu.xlsx"
    assert chungtay("template", file).returncode == 0 and file.read_bytes()[:2] == b"PK"
    again = chungtay("template", file)
    assert again.returncode == 2 and "--force" in again.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["import"],
        ["import", "x.xlsx", "--demo"],
        ["import", "/nowhere.xlsx"],
        ["import", "pyproject.toml"],
        ["import", "x.xlsx", "--language", "xx"],
        ["list", "--state", "half"],
        ["people", "KHONG-CO"],
        ["close", "KHONG-CO"],
        ["template", "courses.ods"],
    ],
)
def test_bad_input_gets_one_clear_line(chungtay: Any, words: list[str]) -> None:
    done = chungtay(*words)
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith("chungtay: ")]) == 1, done.stderr
