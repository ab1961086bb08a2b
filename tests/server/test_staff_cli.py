"""`chungtay staff`, as an administrator types it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from server.settings import PROJECT
from store.database import Database


@pytest.fixture
def chungtay(database: Database, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("DATABASE_URL", database.url)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).parent / "chungtay"), "staff", *words]
        return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=150, check=False)

    return run


def test_an_account_is_added_invited_given_a_token_and_shut(chungtay: Any) -> None:
    added = chungtay("add", "Mai", "--name", "Mai (xã)", "--role", "help_desk_officer@23284", "--json")
    assert added.returncode == 0, added.stderr
    assert "/console/invitation/" in json.loads(added.stdout)["invitation"]
    again = chungtay("add", "mai", "--name", "Mai", "--role", "auditor")
    assert again.returncode == 1 and "already" in again.stderr and again.stderr.count("\n") == 1
    (listed,) = json.loads(chungtay("list", "--json").stdout)
    assert (listed["login"], listed["roles"], listed["disabled"]) == ("mai", ["help_desk_officer@23284"], False)
    token = chungtay("token", "mai", "--purpose", "thử", "--scope", "tickets:read").stdout.strip()
    assert token.startswith("chungtay_")
    assert chungtay("disable", "mai").returncode == 0
    assert json.loads(chungtay("list", "--json").stdout)[0]["disabled"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--role", "boss"), "no role"),
        (("--role", "auditor@99999"), "no code of a commune"),
        (("--role", "auditor", "--organisation", "khac"), "no organisation"),
    ],
)
def test_bad_input_ends_with_one_clear_line(chungtay: Any, words: tuple[str, ...], said: str) -> None:
    refused = chungtay("add", "mai", "--name", "Mai", *words)
    assert refused.returncode != 0 and said in refused.stderr and refused.stderr.count("\n") == 1
