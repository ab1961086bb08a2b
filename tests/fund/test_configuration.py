"""What donors may choose comes from a file of the fund's administrator, or is not asked."""

from pathlib import Path

import pytest

from fund.configuration import FILE_NAME, FundMisconfigured, load_configuration


def test_without_a_file_nothing_is_asked(tmp_path: Path) -> None:
    assert load_configuration(None, data_dir=tmp_path).purposes == ()


def test_purposes_have_the_words_of_the_fund_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(
        'purposes: [{id: houses, vi: "Làm nhà", en: "Houses"}]\n',
        encoding="utf-8",
    )
    configuration = load_configuration(None, data_dir=tmp_path)
    purpose = configuration.purpose("houses")
    assert purpose is not None and purpose.name("en") == "Houses" and purpose.name("vi") == "Làm nhà"
    assert configuration.purpose("gone") is None


@pytest.mark.parametrize(
    ("words", "place"),
    [("purposes: [{id: x}]", "purposes.0"), ("puposes: []", "puposes"), ("purposes: [", "no YAML")],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, words: str, place: str) -> None:
    file = tmp_path / "other.yml"
    file.write_text(words, encoding="utf-8")
    with pytest.raises(FundMisconfigured, match=place):
        load_configuration(file, data_dir=tmp_path)


def test_a_named_file_that_is_missing_is_no_empty_one(tmp_path: Path) -> None:
    with pytest.raises(FundMisconfigured, match="CHUNGTAY_FUND_FILE"):
        load_configuration(tmp_path / "gone.yml", data_dir=tmp_path)
