"""Choosing a language, through the real system: what is asked for in words, what is offered, what is remembered."""

import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from content.recordings import Recording, Recordings, read_sound
from content.units import units_told
from server.runtime import Runtime
from store.clock import local_date
from tests.sounds import silent_mp3


async def ask(http: httpx.AsyncClient, question: str, conversation: str, payload: str | None = None) -> dict[str, Any]:
    said = {"text": question} if payload is None else {"payload": payload, "title": question}
    body = {"conversation": conversation, **said}
    response = await http.post("/api/chat/messages", params={"wait": 25}, json=body)
    assert response.status_code == 200, response.text
    return dict(response.json()["messages"][0])


@pytest.fixture
def talk() -> str:
    return f"person-{uuid.uuid4().hex}"


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("có tiếng Gia Rai không", "Gia Rai"),
        ("cho toi nghe tieng ba na", "Ba Na"),
        ("chuyển sang tiếng Xê Đăng giúp bà", "Xơ Đăng"),
        ("noi tieng gie trieng duoc khong", "Giẻ-Triêng"),
        ("tiếng Rơ Măm", "Rơ Măm"),
        ("bot nói được tiếng dân tộc không", "dân tộc"),
    ],
)
async def test_a_language_that_is_not_there_is_answered_honestly(
    http: httpx.AsyncClient, talk: str, question: str, named: str
) -> None:
    answer = await ask(http, question, talk)
    assert answer["intent"] == "change_language"
    assert f"Tiếng {named} thì tôi chưa có" in answer["text"]
    assert "trưởng thôn" in answer["text"] and "UBND xã" in answer["text"]
    after = await ask(http, "hộ nghèo được vay bao nhiêu", talk)
    assert "Áp dụng từ" in after["text"] and "bản dịch" not in after["text"]


async def test_a_people_asked_about_is_no_language_to_switch_to(http: httpx.AsyncClient, talk: str) -> None:
    answer = await ask(http, "Xơ Đăng thì được những gì", talk)
    assert answer["intent"] != "change_language" and "tôi chưa có" not in answer["text"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [("nói tiếng Anh được không", "English"), ("I don't understand Vietnamese", "English"), ("tieng anh", "English")],
)
async def test_english_is_switched_to_when_it_is_named(
    http: httpx.AsyncClient, talk: str, question: str, expected: str
) -> None:
    assert expected in (await ask(http, question, talk))["text"]
    assert "In force from" in (await ask(http, "hộ nghèo được vay bao nhiêu", talk))["text"]
    assert "tiếng Việt" in (await ask(http, "back to Vietnamese", talk))["text"]


async def test_without_a_name_the_languages_are_offered_each_in_its_own(http: httpx.AsyncClient, talk: str) -> None:
    answer = await ask(http, "đổi ngôn ngữ", talk)
    offered = [button["title"] for button in answer["buttons"] if "change_language" in button["payload"]]
    assert offered == ["English"]


@pytest.fixture
def recorded(system: Runtime, tmp_path: Path) -> Iterator[Recording]:
    """A recording of one answer, as if a speaker of Xơ Đăng had read it; taken away at the end."""
    today: date = local_date(system.clock.now())
    unit = next(u for u in units_told(system.library, today) if u.id == "poverty_standard.what")
    file = tmp_path / "recording.mp3"
    file.write_bytes(silent_mp3())
    folder = system.settings.recordings_dir
    kept = Recordings(folder).add(
        "sed",
        read_sound(file),
        identifier=unit.id,
        fingerprint=unit.fingerprint,
        speaker="Người đọc thử",
        on=today,
    )
    yield kept
    (folder / "sed" / f"{unit.id}.{unit.fingerprint}.json").unlink()
    (folder / "files" / kept.file).unlink()


async def test_a_language_with_a_recording_is_offered_chosen_remembered_and_heard(
    http: httpx.AsyncClient, talk: str, recorded: Recording
) -> None:
    menu = await ask(http, "/menu", talk)
    (button,) = [button for button in menu["buttons"] if button["title"].endswith("Xơ Đăng")]
    changed = await ask(http, button["title"], talk, button["payload"])
    assert "tiếng Xơ Đăng" in changed["text"]
    answer = await ask(http, "Chuẩn nghèo", talk, '/poverty_standard{"aspect":"what"}')
    assert answer["audio"] == f"/audio/{recorded.file}"
    sound = await http.get(answer["audio"])
    assert sound.status_code == 200 and sound.headers["content-type"] == "audio/mpeg"
    assert len(sound.content) > 1000
    other = await ask(http, "hộ nghèo được vay bao nhiêu", talk)
    assert other["audio"] is None and "chưa có bản dịch tiếng Xơ Đăng" in other["text"]
    back = await ask(http, "tiếng Việt", talk)
    assert "trả lời bằng tiếng Việt" in back["text"]
