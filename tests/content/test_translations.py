"""Words and formats in the registered languages."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.translations import (
    LANGUAGES,
    Catalogue,
    UnknownTranslation,
    catalogue_keys,
)
from content.yaml_files import ContentError


@pytest.mark.parametrize(
    ("language", "expected"),
    [("vi", "1.500.000 đồng"), ("en", "VND 1,500,000"), ("bdq", "1.500.000 đồng"), ("rmx", "1.500.000 đồng")],
)
def test_money_is_written_as_the_language_writes_it(language: str, expected: str) -> None:
    assert Catalogue(language).money(1_500_000) == expected


def test_percentages_keep_their_decimals() -> None:
    assert Catalogue("vi").percent(6.6) == "6,6%"
    assert Catalogue("en").percent(8.382) == "8.382%"
    assert Catalogue("vi").percent(100) == "100%"


def test_dates_are_day_first_in_vietnamese() -> None:
    assert Catalogue("vi").date(date(2027, 2, 1)) == "01/02/2027"
    assert Catalogue("sed").date(date(2027, 2, 1)) == "01/02/2027"
    assert Catalogue("en").date(date(2027, 2, 1)) == "1 February 2027"


def test_one_month_and_two_months_differ_in_english_only() -> None:
    assert Catalogue("en").plural("unit.month", 1) == "1 month"
    assert Catalogue("en").plural("unit.month", 12) == "12 months"
    assert Catalogue("vi").plural("unit.month", 1) == "1 tháng"


def test_every_minority_language_falls_back_to_vietnamese_words() -> None:
    fallen_back = {code for code, language in LANGUAGES.items() if not language.is_translated}
    assert fallen_back == {"bdq", "sed", "jra", "jeh", "brb", "rmx"}
    for code in fallen_back:
        assert Catalogue(code).text("topic.credit_loan") == "Vay vốn chính sách"


def test_an_unknown_key_names_itself_and_the_folder_to_add_it_to() -> None:
    with pytest.raises(UnknownTranslation, match=r"topic\.weather.*vi/LC_MESSAGES"):
        Catalogue("vi").text("topic.weather")


def test_a_missing_value_names_the_key() -> None:
    with pytest.raises(UnknownTranslation, match=r"unit\.currency-VND.*amount"):
        Catalogue("vi").text("unit.currency-VND")


def test_an_unregistered_language_is_refused() -> None:
    with pytest.raises(UnknownTranslation, match="fr"):
        Catalogue("fr")


def test_a_key_that_stands_in_two_files_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "vi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    for name in ("a.po", "b.po"):
        (folder / name).write_text('msgid "greeting"\nmsgstr "Xin chào"\n', encoding="utf-8")

    with pytest.raises(ContentError, match=r"b\.po.*greeting.*a\.po"):
        catalogue_keys("vi", tmp_path)


def test_a_fuzzy_translation_counts_as_missing(tmp_path: Path) -> None:
    folder = tmp_path / "vi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "bot.po").write_text('#, fuzzy\nmsgid "greeting"\nmsgstr "Xin chào"\n', encoding="utf-8")

    assert "greeting" not in catalogue_keys("vi", tmp_path)


@given(st.integers(0, 10**15))
def test_money_can_be_read_back_to_the_dong(amount: int) -> None:
    written = Catalogue("vi").money(amount)
    assert int(written.removesuffix(" đồng").replace(".", "")) == amount
