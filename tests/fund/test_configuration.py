"""The fund's accounts come from a file of its administrator, or from nowhere."""

from pathlib import Path

import pytest

from fund.configuration import FILE_NAME, FundMisconfigured, load_configuration


def test_without_a_file_there_is_no_account(tmp_path: Path) -> None:
    configuration = load_configuration(None, data_dir=tmp_path)
    assert not configuration.book
    assert configuration.book.for_commune(None) is None


def test_a_demonstration_shows_an_account_that_says_that_it_is_made_up(tmp_path: Path) -> None:
    account = load_configuration(None, data_dir=tmp_path, demo=True).accounts[0]
    assert account.demo
    assert "MẪU" in account.bank_name and account.number.startswith("DEMO")


def test_a_real_account_is_never_mixed_with_the_made_up_one(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(
        'accounts: [{bank: "970400", number: "000 111 222", holder: "QUY THU"}]\n'
        'purposes: [{id: houses, vi: "Làm nhà", en: "Houses"}]\n',
        encoding="utf-8",
    )
    configuration = load_configuration(None, data_dir=tmp_path, demo=True)
    assert [one.number for one in configuration.accounts] == ["000111222"]
    purpose = configuration.purpose("houses")
    assert purpose is not None and purpose.name("en") == "Houses" and purpose.name("vi") == "Làm nhà"
    assert configuration.purpose("gone") is None


@pytest.mark.parametrize(
    ("words", "place"),
    [("accounts: [{bank: x}]", "accounts.0"), ("acounts: []", "acounts"), ("accounts: [", "no YAML")],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, words: str, place: str) -> None:
    file = tmp_path / "other.yml"
    file.write_text(words, encoding="utf-8")
    with pytest.raises(FundMisconfigured, match=place):
        load_configuration(file, data_dir=tmp_path)


def test_a_named_file_that_is_missing_is_no_empty_one(tmp_path: Path) -> None:
    with pytest.raises(FundMisconfigured, match="CHUNGTAY_FUND_FILE"):
        load_configuration(tmp_path / "gone.yml", data_dir=tmp_path)
