"""Staff talk to the bot as on another day, by a signed link; nobody else can."""

import json
import subprocess
import sys
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from bot.as_on import AsOn, AsOnRefused, make_token, read_token
from server.runtime import Runtime
from server.secret_file import link_secret
from server.settings import PROJECT, Settings

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SECRET = b"a secret of the tests"


def token_for(system: Runtime, day: str, **lasting: float) -> str:
    until = system.clock.now() + timedelta(**lasting or {"hours": 1})
    return make_token(link_secret(system.settings), AsOn(date.fromisoformat(day), until))


async def ask(http: httpx.AsyncClient, question: str, **more: object) -> httpx.Response:
    body = {"conversation": f"staff-{uuid.uuid4().hex}", "text": question, **more}
    return await http.post("/api/chat/messages", params={"wait": 25}, json=body, headers={"Accept-Language": "vi"})


def test_a_token_stands_for_its_day_until_its_time_is_over() -> None:
    as_on = AsOn(date(2024, 5, 1), NOW + timedelta(hours=8))
    token = make_token(SECRET, as_on)
    assert read_token(SECRET, token, NOW) == as_on
    with pytest.raises(AsOnRefused) as refused:
        read_token(SECRET, token, NOW + timedelta(hours=8))
    assert refused.value.expired


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token.replace("2024", "2023"),
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token.rpartition(".")[0],
        lambda token: "",
        lambda token: "..",
        lambda token: token + "đ",
    ],
)
def test_a_changed_token_is_refused(change: object) -> None:
    token = make_token(SECRET, AsOn(date(2024, 5, 1), NOW + timedelta(hours=8)))
    with pytest.raises(AsOnRefused):
        read_token(SECRET, change(token), NOW)  # type: ignore[operator]
    with pytest.raises(AsOnRefused):
        read_token(b"another secret", token, NOW)


@pytest.mark.parametrize(
    ("day", "amount", "document"),
    [
        ("2024-05-01", "1.500.000", "07/2021"),
        ("2027-02-01", "2.200.000", "351/2025"),
        ("2018-05-01", "700.000", "59/2015"),
    ],
)
async def test_with_a_token_the_answer_is_that_of_the_day(
    http: httpx.AsyncClient, system: Runtime, day: str, amount: str, document: str
) -> None:
    response = await ask(http, "chuẩn nghèo nông thôn là bao nhiêu", as_on=token_for(system, day))
    (answer,) = response.json()["messages"]
    assert amount in answer["text"] and answer["valid"]["as_of"] == day
    assert any(document in source["document"] for source in answer["sources"])
    page = await http.get(f"/phieu/{answer['receipt']}", headers={"Accept-Language": "vi"})
    assert date.fromisoformat(day).strftime("%d/%m/%Y") in page.text


async def test_the_conversation_is_marked_as_a_trial_and_others_are_not(
    http: httpx.AsyncClient, system: Runtime
) -> None:
    for conversation, more in (
        (f"staff-{uuid.uuid4().hex}", {"as_on": token_for(system, "2024-05-01")}),
        (f"person-{uuid.uuid4().hex}", {}),
    ):
        assert (await ask(http, "chuẩn nghèo là gì", conversation=conversation, **more)).status_code == 200
        async with system.database.transaction() as connection:
            marked = await connection.execute(
                text("select staff_test from conversation where address = :address"), {"address": conversation}
            )
            assert marked.scalar_one() is bool(more)


async def test_a_day_without_its_token_is_refused_clearly_and_nothing_is_stored(
    http: httpx.AsyncClient, system: Runtime
) -> None:
    for more, code in (
        ({"on": "2024-05-01"}, "as_on_refused"),
        ({"on": "2023-05-01", "as_on": token_for(system, "2024-05-01")}, "as_on_refused"),
        ({"as_on": "2024-05-01.99999999999.AAAA"}, "as_on_refused"),
        ({"as_on": token_for(system, "2024-05-01", seconds=-1)}, "as_on_expired"),
    ):
        conversation = f"staff-{uuid.uuid4().hex}"
        response = await ask(http, "chuẩn nghèo là gì", conversation=conversation, **more)
        assert response.status_code == 403 and response.json()["error"]["code"] == code
        history = await http.get("/api/chat/messages", params={"conversation": conversation})
        assert history.json()["messages"] == []


def as_on(*words: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "chungtay"), "as-on", *words]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False)


def test_the_command_prints_a_link_that_the_same_data_directory_accepts(tmp_path: Path) -> None:
    done = as_on(
        "2021-06-01", "--hours", "2", "--address", "https://hoidap.example/", "--data-dir", str(tmp_path), "--json"
    )
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    address, _, token = printed["link"].partition("#as-on=")
    assert address == "https://hoidap.example/" and printed["on"] == "2021-06-01"
    secret = link_secret(Settings(data_dir=tmp_path))
    assert read_token(secret, token, datetime.now(UTC)).day == date(2021, 6, 1)
    assert (tmp_path / "link-secret").stat().st_mode & 0o077 == 0
    shown = as_on("2021-06-01", "--data-dir", str(tmp_path))
    assert shown.returncode == 0 and "#as-on=2021-06-01." in shown.stdout


@pytest.mark.parametrize("words", [["yesterday"], ["0026-11-23"], ["2024-05-01", "--address", "hoidap.example"]])
def test_bad_input_gets_one_clear_line(words: list[str], tmp_path: Path) -> None:
    done = as_on(*words, "--data-dir", str(tmp_path))
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith("chungtay: ")]) == 1


def test_the_secret_of_the_settings_wins(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, link_secret="sixteen characters")  # type: ignore[arg-type]
    assert link_secret(settings) == b"sixteen characters" and not (tmp_path / "link-secret").exists()
