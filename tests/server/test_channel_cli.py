"""`chungtay channel`, as an administrator types it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from server.settings import PROJECT
from store.database import Database


@pytest.fixture
def chungtay(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    for name, value in {
        "DATABASE_URL": database.url,
        "CHUNGTAY_ZALO_OA_ID": "5000000000000000001",
        "CHUNGTAY_ZALO_APP_SECRET": "test-app-secret",
        "CHUNGTAY_SEALING_KEY": "a secret of the tests",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("CHUNGTAY_TELEGRAM_TOKEN", "CHUNGTAY_ZALO_BOT_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str, said: str = "") -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).parent / "chungtay"), "channel", *words, "--data-dir", str(tmp_path)]
        return subprocess.run(
            command, cwd=PROJECT, input=said, capture_output=True, text=True, timeout=150, check=False
        )

    return run


def test_a_channel_is_closed_listed_and_opened_again(chungtay: Any) -> None:
    closed = chungtay("disable", "zalo", "--reason", "mã truy cập bị lộ")
    assert closed.returncode == 0, closed.stderr
    listed = {one["channel"]: one for one in json.loads(chungtay("list", "--json").stdout)}
    assert listed["zalo"]["closed_because"] == "mã truy cập bị lộ" and listed["telegram"]["closed_since"] is None
    set_up = {name for name, one in listed.items() if one["set_up"]}
    assert set_up == {"web", "zalo", "zalo_anonymous", "zalo_phone"}
    shown = chungtay("list").stdout
    assert "not set up" in shown and "Not set up: telegram. Begin with CHUNGTAY_TELEGRAM_TOKEN;" in shown
    assert chungtay("enable", "zalo").returncode == 0
    again = chungtay("enable", "zalo")
    assert again.returncode == 1 and "is open" in again.stderr and again.stderr.count("\n") == 1


def test_a_pair_of_tokens_is_given_and_never_shown(chungtay: Any) -> None:
    given = chungtay("token", "zalo", said="AT-secret-1\nRT-secret-1\n")
    assert given.returncode == 0, given.stderr
    shown = chungtay("token", "zalo", "--show", "--json")
    state = json.loads(shown.stdout)
    assert state["given"] and state["needs_consent"] is None and [one["what"] for one in state["changes"]] == ["given"]
    assert "secret-1" not in given.stdout + given.stderr + shown.stdout + shown.stderr


@pytest.mark.parametrize(
    ("words", "said", "answer"),
    [
        (("disable", "fax", "--reason", "không dùng nữa"), "", "is no channel"),
        (("disable", "zalo", "--reason", "x"), "", "Say why"),
        (("token", "telegram"), "", "has no tokens"),
        (("token", "zalo"), "AT-only\n", "both tokens"),
    ],
)
def test_bad_input_ends_with_one_clear_line(chungtay: Any, words: tuple[str, ...], said: str, answer: str) -> None:
    refused = chungtay(*words, said=said)
    assert refused.returncode != 0 and answer in refused.stderr and refused.stderr.count("\n") == 1
