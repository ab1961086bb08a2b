"""Recordings are judged by what is in them and belong to one text version."""

from datetime import date
from pathlib import Path

import pytest

from content.recordings import LARGEST_RECORDING, Recordings, read_sound
from content.yaml_files import ContentError
from tests.sounds import silent_mp3, silent_ogg, tagged_mp3

DAY = date(2026, 11, 25)


def saved(folder: Path, content: bytes, name: str = "recording.mp3") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(("content", "kind"), [(silent_mp3(2), "mp3"), (silent_ogg(2), "ogg")], ids=["mp3", "ogg"])
def test_a_sound_is_known_by_its_content_and_not_by_its_name(tmp_path: Path, content: bytes, kind: str) -> None:
    sound = read_sound(saved(tmp_path, content, "any.name"))
    assert sound.kind == kind and sound.file.endswith(f".{kind}")
    assert sound.seconds == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no sound"),
        (b"RIFF" + bytes(4000), "no sound"),
        (b"OggS" + bytes(4000), "no sound"),
        (b"<html>not found</html>" * 200, "no sound"),
        (silent_mp3(0.2), "lasts 0.2 s"),
        (silent_ogg(181), "lasts 181.0 s"),
        (bytes(LARGEST_RECORDING + 1), "at most 1024 KB"),
    ],
    ids=["empty", "wav", "broken ogg", "html", "too short", "too long", "too large"],
)
def test_what_is_no_usable_sound_is_refused_with_the_reason(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(ContentError, match=says):
        read_sound(saved(tmp_path, content))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"nothing\.ogg"):
        read_sound(tmp_path / "nothing.ogg")


def test_what_a_phone_wrote_into_the_file_is_taken_off(tmp_path: Path) -> None:
    tagged = tagged_mp3(1)
    assert "trưởng thôn".encode() in tagged
    sound = read_sound(saved(tmp_path, tagged))
    assert "trưởng thôn".encode() not in sound.content
    assert sound.file == read_sound(saved(tmp_path, silent_mp3(1))).file


def test_a_recording_is_heard_without_a_restart_and_belongs_to_one_version(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path / "audio")
    assert recordings.of("vi") == {}
    first, second = (read_sound(saved(tmp_path, silent_mp3(seconds))) for seconds in (1, 2))
    for sound, mark in ((first, "a" * 12), (second, "b" * 12)):
        Recordings(tmp_path / "audio").add(
            "vi", sound, identifier="bot.menu", fingerprint=mark, speaker="Người thử", on=DAY
        )
    assert {one.fingerprint: one.file for one in recordings.of("vi")["bot.menu"]} == {
        "a" * 12: first.file,
        "b" * 12: second.file,
    }
    assert (tmp_path / "audio" / "files" / first.file).read_bytes() == first.content


def test_an_entry_without_its_sound_or_half_copied_counts_as_missing(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path / "audio")
    sound = read_sound(saved(tmp_path, silent_mp3(1)))
    recordings.add("vi", sound, identifier="bot.menu", fingerprint="a" * 12, speaker="Người thử", on=DAY)
    (tmp_path / "audio" / "vi" / "bot.help.json").write_text("{", encoding="utf-8")
    (tmp_path / "audio" / "files" / sound.file).unlink()
    assert Recordings(tmp_path / "audio").of("vi") == {}
