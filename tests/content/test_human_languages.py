"""Translations and recordings come from people, and stop by themselves when the Vietnamese changes.

No minority language is written here: translations are Vietnamese that is marked as a try-out.
"""

import shutil
from datetime import date
from pathlib import Path

import pytest

from content.check import Severity, check_content
from content.human_languages import HumanLanguages, Standing
from content.human_translations import HumanTranslation, human_translations, save_translations
from content.language_report import language_report
from content.library import Library, load_library
from content.translation_import import People, RowFault, judge_rows
from content.translation_sheets import Row, read_sheet, write_sheet
from content.translations import TRANSLATIONS_DIR, Catalogue, vietnamese_messages
from content.units import Unit, UnitKind, statement_unit, units_told
from content.yaml_files import ContentError

SMALL = Path(__file__).parent / "small"
TODAY = date(2026, 11, 25)
LIBRARY = load_library()
UNITS = units_told(LIBRARY, TODAY)
PEOPLE = People("Người dịch thử", "Người soát thử", TODAY)
MARK = "[bản dịch thử nghiệm] "


def unit(identifier: str, day: date = TODAY) -> Unit:
    return next(u for u in UNITS if u.id == identifier and (u.begins is None or u.begins <= day))


def row_of(one: Unit, text: str | None = None, place: str = "dòng 2") -> Row:
    return Row(place, one.id, one.fingerprint, MARK + one.template if text is None else text)


def judge(*rows: Row, **more: bool) -> tuple[list[HumanTranslation], list[RowFault]]:
    return judge_rows(LIBRARY, UNITS, rows, PEOPLE, today=TODAY, **more)


def save(folder: Path, *units: Unit) -> None:
    new, faults = judge(*(row_of(one) for one in units))
    assert faults == []
    save_translations("sed", folder, new, still_told=frozenset(one.fingerprint for one in UNITS))


def test_every_text_has_its_own_fingerprint_and_reads_without_placeholders_today() -> None:
    statements = [one for one in UNITS if one.kind is not UnitKind.MESSAGE]
    assert len({(one.id, one.fingerprint) for one in UNITS}) == len(UNITS)
    assert all("{" not in one.aloud for one in statements)
    assert {one.group for one in statements} >= {"credit_loan", "health_insurance", "poverty_standard"}


def test_what_is_read_aloud_says_to_ask_again_where_the_answer_does() -> None:
    periods = [(s, p) for s in LIBRARY.statements.values() for p in LIBRARY.periods_of(s)]
    asked_again = [pair for pair in periods if pair[1].version.certainty.needs_confirmation]
    assert asked_again
    for statement, period in asked_again:
        assert "nên hỏi lại xã" in statement_unit(LIBRARY, statement, period).aloud


@pytest.mark.parametrize("suffix", [".po", ".xlsx"])
def test_what_was_exported_and_translated_comes_back_whole(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"sed{suffix}"
    current = {(one.id, one.fingerprint): MARK + one.template for one in UNITS}
    write_sheet(file, "sed", UNITS, current=current, before={}, on=TODAY)
    new, faults = judge(*read_sheet(file))
    assert faults == []
    assert {(one.id, one.fingerprint): one.text for one in new} == current


@pytest.mark.parametrize("suffix", [".po", ".xlsx"])
def test_a_former_translation_is_shown_but_never_taken_for_a_new_one(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"sed{suffix}"
    one = unit("credit_loan.what")
    write_sheet(file, "sed", [one], current={}, before={one.id: MARK + one.template}, on=TODAY)
    assert MARK in file.read_text(encoding="utf-8") if suffix == ".po" else True
    new, faults = judge(*read_sheet(file))
    assert new == [] and len(faults) == 1


SAMPLE = unit("poverty_standard.how_much")
PLACE = "{poverty.line.rural.near_max}"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (row_of(SAMPLE, MARK + SAMPLE.template.replace(PLACE, "…")), f"thiếu {PLACE}"),
        (row_of(SAMPLE, MARK + SAMPLE.template + " {poverty.line.moon}"), "thừa {poverty.line.moon}"),
        (row_of(SAMPLE, MARK + SAMPLE.template + " từ 1.500.000 đồng"), "có số “1”"),
        (row_of(SAMPLE, MARK + SAMPLE.template + " {"), "ngoặc nhọn lẻ"),
        (row_of(SAMPLE, MARK + SAMPLE.template + " dài" * 500), "nhiều nhất 1600"),
        (row_of(SAMPLE, MARK + SAMPLE.template + "\u202e"), "không nhìn thấy"),
        (row_of(SAMPLE, SAMPLE.template), "vẫn là tiếng Việt"),
        (row_of(SAMPLE, "  "), "chưa có bản dịch"),
        (Row("dòng 2", SAMPLE.id, "0" * 12, "x"), "đã đổi từ khi xuất"),
        (Row("dòng 2", SAMPLE.id, "", "x"), "đã đổi từ khi xuất"),
        (Row("dòng 2", "weather.what", "0" * 12, "x"), "không có nội dung nào"),
        (Row("dòng 2", "", "", "x"), "không có mã"),
        (Row("dòng 2", SAMPLE.id, SAMPLE.fingerprint, MARK + SAMPLE.template, uncertain=True), "fuzzy"),
    ],
)
def test_a_faulty_row_is_refused_with_the_reason(row: Row, says: str) -> None:
    new, faults = judge(row)
    assert new == []
    assert any(says in fault.message for fault in faults), faults


def test_a_text_that_is_told_no_more_is_refused_with_the_day_on_which_it_ended() -> None:
    before = units_told(LIBRARY, date(2024, 5, 1))
    old = next(one for one in before if one.id == SAMPLE.id)
    _, (fault,) = judge(row_of(old))
    assert "chỉ dùng đến hết 31/12/2025" in fault.message


def test_all_faults_are_told_at_once_and_a_text_is_taken_once() -> None:
    good = row_of(unit("bot.menu"), place="dòng 2")
    new, faults = judge(good, row_of(SAMPLE, "", "dòng 3"), Row("dòng 4", "x", "", "y"), row_of(unit("bot.menu")))
    assert [fault.place for fault in faults] == ["dòng 3", "dòng 4", "dòng 2"]
    assert len(new) == 1


def test_rows_that_are_not_done_yet_may_be_left_out() -> None:
    new, faults = judge(row_of(unit("bot.menu")), row_of(SAMPLE, ""), leave_out_empty=True)
    assert [one.id for one in new] == ["bot.menu"] and faults == []


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", "x", "neither"),
        ("a.xlsx", "not a workbook", "not an Excel"),
        ("a.po", "đây không phải là bản dịch\n", "not a valid"),
        ("missing.po", None, "is not there"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: str | None, says: str) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(ContentError, match=says):
        read_sheet(file)


def test_translations_lie_in_a_file_per_topic_with_the_people_who_answer_for_them(tmp_path: Path) -> None:
    save(tmp_path, unit("bot.menu"), unit("credit_loan.what"))
    save(tmp_path, unit("credit_loan.who"))
    assert sorted(file.name for file in (tmp_path / "sed").iterdir()) == ["bot.yaml", "credit_loan.yaml"]
    assert set(human_translations("sed", tmp_path)) == {"bot.menu", "credit_loan.what", "credit_loan.who"}
    written = (tmp_path / "sed" / "bot.yaml").read_text(encoding="utf-8")
    assert "translator: Người dịch thử" in written and "reviewer: Người soát thử" in written


def test_saving_the_same_again_changes_nothing(tmp_path: Path) -> None:
    save(tmp_path, SAMPLE, unit("bot.menu"))
    before = {file: file.read_bytes() for file in (tmp_path / "sed").iterdir()}
    save(tmp_path, SAMPLE, unit("bot.menu"))
    assert {file: file.read_bytes() for file in (tmp_path / "sed").iterdir()} == before


def changed_small(root: Path, file: str, old: str, new: str) -> Library:
    if not root.exists():
        shutil.copytree(SMALL, root)
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return load_library(root)


def test_a_translation_stops_when_the_words_or_a_number_in_them_change(tmp_path: Path) -> None:
    library = load_library(SMALL)
    (told,) = (
        one for one in units_told(library, TODAY) if one.id == "poverty_standard.how_much" and one.begins <= TODAY
    )
    translations = tmp_path / "translations"
    new, faults = judge_rows(library, [told], [row_of(told)], PEOPLE, today=TODAY)
    assert faults == []
    save_translations("sed", translations, new, still_told=frozenset())

    def standing(of: Library) -> Standing:
        languages = HumanLanguages(of, translations=translations)
        now = next(u for u in languages.units(TODAY) if u.id == told.id and u.begins <= TODAY)
        return languages.work_on("sed", now).translation_standing

    assert standing(library) is Standing.CURRENT
    statement = "statements/poverty_standard/how_much.yaml"
    text = next(iter(library.statements.values())).versions[-1].text.vi.split()[0]
    assert standing(changed_small(tmp_path / "words", statement, text, "Nay")) is Standing.OUTDATED
    number = next(name for name in told.placeholders if ":" not in name).partition("|")[0]
    file = "legislation/parameters/" + number.replace(".", "/") + ".yaml"
    value = str(library.parameter(number, TODAY))
    assert (
        standing(changed_small(tmp_path / "number", file, f"value: {value}", f"value: {value}1")) is Standing.OUTDATED
    )


def test_the_bots_own_words_are_those_of_people_as_long_as_the_vietnamese_stays(tmp_path: Path) -> None:
    folder = tmp_path / "translations"
    shutil.copytree(TRANSLATIONS_DIR / "vi", folder / "vi")
    save(folder, unit("bot.menu"))
    assert Catalogue("sed", folder).text("bot.menu").startswith(MARK)
    assert Catalogue("sed", folder).text("bot.thanks") == Catalogue("vi").text("bot.thanks")

    other = tmp_path / "changed"
    shutil.copytree(folder, other)
    po = other / "vi" / "LC_MESSAGES" / "bot.po"
    words = vietnamese_messages()["bot.menu"]
    po.write_text(po.read_text(encoding="utf-8").replace(words, "Mời bác chọn:"), encoding="utf-8")
    assert Catalogue("sed", other).text("bot.menu") == "Mời bác chọn:"


def test_the_report_counts_what_is_there_outdated_and_missing(tmp_path: Path) -> None:
    folder = tmp_path / "translations"
    save(folder, unit("bot.menu"), unit("credit_loan.what"))
    file = folder / "sed" / "bot.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(unit("bot.menu").fingerprint, "f" * 12), encoding="utf-8")
    human_translations.cache_clear()

    report = language_report(HumanLanguages(LIBRARY, translations=folder), TODAY)["languages"]
    counts = report["sed"]["translations"]
    assert (counts["current"], counts["outdated"]) == (1, 1)
    assert [text["id"] for text in counts["outdated_texts"]] == ["bot.menu"]
    assert counts["current"] + counts["outdated"] + counts["missing"] == len(UNITS)
    assert counts["topics"]["credit_loan"]["current"] == 1
    assert report["en"]["translations"]["missing"] == 0
    assert report["vi"]["recordings"]["missing"] == len(report["vi"]["recordings"]["missing_texts"]) > 0


def test_the_check_warns_of_outdated_translations_and_refuses_faulty_ones(tmp_path: Path) -> None:
    root = tmp_path / "content"
    shutil.copytree(SMALL, root)
    shutil.copytree(TRANSLATIONS_DIR, root / "translations")
    library = load_library(root)
    before = [str(problem) for problem in check_content(library, TODAY)]
    told = next(one for one in units_told(library, TODAY) if one.kind is UnitKind.STATEMENT and one.placeholders)
    good = HumanTranslation(
        id=told.id, fingerprint=told.fingerprint, translator="A", reviewer="B", reviewed_on=TODAY, text=told.template
    )
    menu = good.model_copy(update={"id": "bot.menu", "fingerprint": "0" * 12})
    nothing = good.model_copy(update={"id": "weather.what"})
    save_translations("sed", root / "translations", [good, menu, nothing], still_told=frozenset())
    found = [problem for problem in check_content(library, TODAY) if str(problem) not in before]
    assert {(p.file.rpartition("/")[2], p.severity) for p in found} == {
        ("bot.yaml", Severity.WARNING),
        ("weather.yaml", Severity.WARNING),
    }
    faulty = good.model_copy(update={"text": "không có chỗ điền"})
    save_translations("sed", root / "translations", [faulty], still_told=frozenset())
    assert any(p.severity is Severity.ERROR for p in check_content(library, TODAY) if str(p) not in before)


def test_a_language_is_offered_once_something_in_it_is_current(tmp_path: Path) -> None:
    languages = HumanLanguages(LIBRARY, translations=tmp_path)
    assert languages.offered(TODAY) == ("vi", "en")
    save(tmp_path, unit("credit_loan.what"))
    assert languages.offered(TODAY) == ("vi", "en", "sed")
    assert languages.offered(date(2018, 5, 1)) == ("vi", "en")


def test_the_shipped_content_holds_nothing_in_a_minority_language_that_no_person_signed() -> None:
    for code in ("bdq", "sed", "jra", "jeh", "brb", "rmx"):
        assert not (TRANSLATIONS_DIR / code / "LC_MESSAGES").exists()
        for several in human_translations(code, TRANSLATIONS_DIR).values():
            assert all(one.translator and one.reviewer for one in several)
