"""`chungtay languages …` as people use it. Translations here are Vietnamese, marked as a try-out."""

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from server.settings import Settings
from tests.server.test_cli import assert_one_clear_line, chungtay
from tests.sounds import silent_mp3

PEOPLE = ("--translator", "Người dịch thử", "--reviewer", "Người soát thử")


def languages(*words: object) -> dict[str, object]:
    done = chungtay("languages", *map(str, words), "--json")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_a_sheet_goes_out_comes_back_and_is_counted(tmp_path: Path) -> None:
    sheet, folder = tmp_path / "sed.xlsx", tmp_path / "translations"
    exported = languages("export", "sed", "--topic", "credit_loan", "--out", sheet)
    book = load_workbook(sheet)
    lines = list(book.active.iter_rows(min_row=2))
    assert exported["texts"] == len(lines) > 10
    assert [cell.value for cell in book.active[1]][-1] == "Bản dịch"
    for line in lines:
        line[-1].value = f"[bản dịch thử nghiệm] {line[3].value}"
    lines[3][-1].value = "[bản dịch thử nghiệm] vay được 100 triệu"
    book.save(sheet)

    refused = chungtay("languages", "import", "sed", str(sheet), *PEOPLE, "--translations", str(folder))
    assert_one_clear_line(refused)
    assert "dòng 5" in refused.stdout and "có số “100”" in refused.stdout and "nothing was saved" in refused.stderr
    assert not folder.exists()

    lines[3][-1].value = f"[bản dịch thử nghiệm] {lines[3][3].value}"
    book.save(sheet)
    taken = languages("import", "sed", sheet, *PEOPLE, "--translations", folder, "--reviewed-on", "2026-11-20")
    assert taken["saved"] == len(lines)
    assert [file.name for file in (folder / "sed").iterdir()] == ["credit_loan.yaml"]
    report = languages("report", "sed", "--translations", folder)["languages"]
    assert report["sed"]["translations"]["current"] == len(lines)  # type: ignore[index]
    again = languages("export", "sed", "--topic", "credit_loan", "--out", sheet, "--translations", folder)
    assert again["texts"] == 0


def test_a_recording_is_taken_in_for_the_text_that_was_read(tmp_path: Path) -> None:
    sound, folder = tmp_path / "ghi-am.mp3", tmp_path / "audio"
    sound.write_bytes(silent_mp3(2))
    sheet = tmp_path / "vi.xlsx"
    languages("export", "vi", "--topic", "credit_loan", "--all", "--out", sheet)
    (identifier, mark, *_), *_ = load_workbook(sheet).active.iter_rows(min_row=2, values_only=True)
    words = ("--speaker", "Người đọc thử", "--audio-dir", str(folder))
    kept = languages("import-audio", "vi", identifier, sound, *words, "--text-fingerprint", mark)
    assert kept["seconds"] == pytest.approx(2, abs=0.1)
    assert (folder / "files" / str(kept["file"])).is_file()
    report = languages("report", "vi", "--audio-dir", folder)["languages"]
    assert report["vi"]["recordings"]["current"] == 1  # type: ignore[index]
    older = chungtay(
        "languages", "import-audio", "vi", str(identifier), str(sound), *words, "--text-fingerprint", "0" * 12
    )
    assert_one_clear_line(older)
    assert "đã đổi từ khi xuất" in older.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["export", "fr", "--out", "a.po"],
        ["export", "sed", "--out", "a.docx"],
        ["export", "sed", "--out", "a.po", "--topic", "weather"],
        ["export", "sed", "--out", "/nowhere/at/all/a.po"],
        ["import", "vi", "a.po", *PEOPLE],
        ["import", "sed", "nowhere.po", *PEOPLE],
        ["import", "sed", "a.po", "--translator", "Một người", "--reviewer", "một người"],
        ["import", "sed", "a.po", "--translator", " ", "--reviewer", "B"],
        ["import", "sed", "a.po", *PEOPLE, "--reviewed-on", "2126-01-01"],
        ["import-audio", "sed", "weather.what", "a.mp3", "--speaker", "A", "--text-fingerprint", "0" * 12],
        ["import-audio", "sed", "credit_loan.what", "a.mp3", "--speaker", " ", "--text-fingerprint", "0" * 12],
        ["report", "xx"],
    ],
)
def test_bad_input_gets_one_clear_line(words: list[str]) -> None:
    assert_one_clear_line(chungtay("languages", *words))


def test_recordings_lie_in_the_data_directory_unless_a_setting_says_otherwise(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).recordings_dir == tmp_path / "audio"
    assert Settings(data_dir=tmp_path, audio_dir=tmp_path / "x").recordings_dir == tmp_path / "x"
