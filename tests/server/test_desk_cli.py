"""`chungtay desk`, as an officer types it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from server.settings import PROJECT
from store.clock import SystemClock
from store.database import Database
from store.staff_roles import Role
from tests.bot.helpdesk.desk import officer, ticket
from tests.bot.helpdesk.test_tickets import opened


@pytest.fixture
def chungtay(database: Database, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("DATABASE_URL", database.url)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).parent / "chungtay"), "desk", *words]
        return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=150, check=False)

    return run


async def test_an_officer_answers_and_resolves_from_the_command_line(
    chungtay: Any, database: Database, tmp_path: Path
) -> None:
    clock = SystemClock()
    made = await opened(database, clock)
    mai = await officer(database, clock)
    admin = await officer(database, clock, role=Role.ADMINISTRATOR)
    (listed,) = json.loads(chungtay("list", "--as", mai.login, "--json").stdout)["tickets"]
    assert listed["code"] == made.code and listed["address"] is None
    assert chungtay("reply", made.code, "Chào bác", "--as", mai.login).returncode == 0
    assert "Chào bác" in chungtay("show", str(made.id), "--as", mai.login).stdout
    assert chungtay("resolve", made.code, "--as", mai.login).returncode == 0
    assert (await ticket(database, made.id)).state == "resolved"
    refused = chungtay("reply", made.code, "nữa", "--as", mai.login)
    assert refused.returncode == 1 and "đã xong" in refused.stderr and refused.stderr.count("\n") == 1
    hours = tmp_path / "hours.yaml"
    hours.write_text("days: {'1': [['08:00', '11:00']]}\nanswer_within_minutes: 60\n", encoding="utf-8")
    assert "confirmed: false" in chungtay("hours", "--as", mai.login).stdout
    assert chungtay("hours", "--file", str(hours), "--as", mai.login).returncode != 0
    assert "confirmed: true" in chungtay("hours", "--file", str(hours), "--as", admin.login).stdout
    sheet = tmp_path / "vuong-mac.xlsx"
    made_report = chungtay("report", "--since", "2026-01-01", "--out", str(sheet), "--as", mai.login)
    assert made_report.returncode == 0 and sheet.read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list", "--as", "nobody"), "nobody signs in"),
        (("list", "--state", "lost", "--as", "x"), "unknown state"),
        (("report", "--since", "2026-01-01", "--out", "a.doc", "--as", "x"), ".xlsx or .pdf"),
    ],
)
def test_bad_input_ends_with_one_clear_line(chungtay: Any, words: tuple[str, ...], said: str) -> None:
    refused = chungtay(*words)
    assert refused.returncode != 0 and said in refused.stderr and refused.stderr.count("\n") == 1
