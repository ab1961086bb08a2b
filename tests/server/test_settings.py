"""Settings are documented, read once, and refused clearly when wrong."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from server.settings import PROJECT, Settings, settings_page, shown_settings
from server.settings_in_vietnamese import MEANINGS


def test_the_settings_page_tells_what_the_code_reads() -> None:
    page = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == settings_page(), "docs/settings.md lags: run `make docs`"


def test_every_setting_says_what_it_does() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_administrators_read_settings_in_vietnamese_under_the_names_that_they_set() -> None:
    assert MEANINGS.keys() <= Settings.model_fields.keys(), "a setting is gone"
    shown = {one.name: one for one in shown_settings(Settings(port=8081))}
    assert shown["CHUNGTAY_PORT"].value == "8081" and "DATABASE_URL" in shown
    assert shown["CHUNGTAY_PORT"].meaning_in_vietnamese.startswith("Cổng")


def test_rasa_addresses_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHUNGTAY_RASA_URLS", "http://127.0.0.1:5005, http://127.0.0.1:5006")
    assert Settings().rasa_urls == ("http://127.0.0.1:5005", "http://127.0.0.1:5006")


def test_the_database_address_has_the_name_that_hosts_expect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@db/chungtay")
    assert Settings().database_url == "postgresql://somebody@db/chungtay"


def test_a_wrong_value_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHUNGTAY_PORT", "80800")
    with pytest.raises(ValidationError, match="less than or equal to 65535"):
        Settings()


def test_secrets_do_not_show_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHUNGTAY_INTERNAL_TOKEN", "very-secret")
    assert "very-secret" not in repr(Settings())


def test_folders_are_meant_from_where_the_command_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings(data_dir=Path("var")).data_dir == tmp_path / "var"
    assert Settings(audio_dir=None).audio_dir is None
