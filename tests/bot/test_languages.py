"""Which words and which recording a person gets. Translations here are Vietnamese, marked as a try-out."""

from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.channels.audio import audio_router
from bot.languages import SpokenLanguages
from bot.messages import OutgoingMessage
from bot.rendering.renderer import Renderer
from content.human_languages import HumanLanguages
from content.human_translations import HumanTranslation, human_translations, save_translations
from content.library import load_library
from content.recordings import Recordings, read_sound
from content.units import Unit, units_told
from content.yaml_files import ContentError
from tests.sounds import silent_mp3, silent_ogg

LIBRARY = load_library()
TODAY = date(2026, 11, 25)
UNITS = units_told(LIBRARY, TODAY)
MARK = "[bản dịch thử nghiệm] "
ANSWER = {"topic": "poverty_standard", "aspect": "how_much"}


class Desk:
    """A folder of translations and one of recordings, and what the bot says with them."""

    def __init__(self, folder: Path) -> None:
        self.translations = folder / "translations"
        self.recordings = Recordings(folder / "audio")
        self._folder = folder

    def unit(self, identifier: str) -> Unit:
        return next(u for u in UNITS if u.id == identifier and (u.begins is None or u.begins <= TODAY))

    def translate(self, identifier: str, mark: str | None = None) -> None:
        unit = next(u for u in UNITS if u.id == identifier)
        one = HumanTranslation(
            id=unit.id,
            fingerprint=mark or unit.fingerprint,
            translator="Người dịch thử",
            reviewer="Người soát thử",
            reviewed_on=TODAY,
            text=MARK + unit.template,
        )
        save_translations("sed", self.translations, [one], still_told=frozenset())

    def record(self, language: str, identifier: str, mark: str | None = None) -> str:
        unit = self.unit(identifier)
        file = self._folder / "recording"
        file.write_bytes(silent_mp3())
        kept = self.recordings.add(
            language,
            read_sound(file),
            identifier=unit.id,
            fingerprint=mark or unit.fingerprint,
            speaker="Người đọc thử",
            on=TODAY,
        )
        return f"/audio/{kept.file}"

    def say(self, key: str, language: str = "sed", on: str = "2026-11-25", **data: Any) -> OutgoingMessage:
        renderer = Renderer(
            LIBRARY, SpokenLanguages(HumanLanguages(LIBRARY, self.recordings, translations=self.translations))
        )
        custom = {"key": key, "on": on, "today": on, "intent": "x", "confidence": 1.0, **data}
        (message,) = renderer.replies([{"custom": custom}], language, introduce=False)
        return message


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_current_translation_is_told_with_todays_numbers(desk: Desk) -> None:
    desk.translate("poverty_standard.how_much")
    text = desk.say("answer", **ANSWER).text
    assert text.split("\n\n")[1].startswith(MARK) and "1.500.000 đồng" in text
    assert "chưa có bản dịch" not in text
    assert MARK not in desk.say("answer", "vi", **ANSWER).text


def test_what_is_not_translated_stands_in_vietnamese_with_one_line_that_says_so(desk: Desk) -> None:
    text = desk.say("answer", **ANSWER).text
    assert "1.500.000 đồng" in text
    assert text.count("chưa có bản dịch tiếng Xơ Đăng") == 1
    assert "bản dịch" not in desk.say("answer", "vi", **ANSWER).text
    assert "translated" not in desk.say("answer", "en", **ANSWER).text


def test_an_outdated_translation_is_not_told_and_a_line_says_that_it_is_being_renewed(desk: Desk) -> None:
    desk.translate("poverty_standard.how_much", mark="f" * 12)
    text = desk.say("answer", **ANSWER).text
    assert MARK not in text
    assert text.count("bản dịch tiếng Xơ Đăng đang được làm lại") == 1


def test_a_translation_that_asks_for_other_values_is_not_told(desk: Desk) -> None:
    desk.translate("poverty_standard.how_much")
    file = desk.translations / "sed" / "poverty_standard.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("rural.near_max", "moon.near_max"), encoding="utf-8")
    human_translations.cache_clear()
    text = desk.say("answer", **ANSWER).text
    assert MARK not in text and "1.500.000 đồng" in text


def test_a_faulty_file_of_translations_stops_the_start_and_not_an_answer(desk: Desk) -> None:
    desk.translate("poverty_standard.how_much")
    (desk.translations / "sed" / "poverty_standard.yaml").write_text("translations: [x", encoding="utf-8")
    human_translations.cache_clear()
    with pytest.raises(ContentError, match=r"poverty_standard\.yaml"):
        HumanLanguages(LIBRARY, translations=desk.translations)


def test_the_coming_change_is_told_in_the_language_too(desk: Desk) -> None:
    desk.translate("poverty_standard.how_much:announcement")
    text = desk.say("answer", **ANSWER).text
    assert f"Sắp thay đổi: {MARK}" in text and "2.200.000 đồng" in text


@pytest.mark.parametrize("language", ["vi", "sed"])
def test_a_current_recording_travels_with_the_answer(desk: Desk, language: str) -> None:
    address = desk.record(language, "poverty_standard.how_much")
    message = desk.say("answer", language, **ANSWER)
    assert message.audio == address
    assert "chưa có bản dịch" not in message.text
    other = "vi" if language == "sed" else "sed"
    assert desk.say("answer", other, **ANSWER).audio is None


def test_an_outdated_recording_is_not_played_and_a_line_says_that_it_is_being_renewed(desk: Desk) -> None:
    desk.record("vi", "poverty_standard.how_much", mark="f" * 12)
    message = desk.say("answer", "vi", **ANSWER)
    assert message.audio is None
    assert message.text.count("bản ghi âm đang được làm lại") == 1


def test_a_recording_is_not_played_where_the_answer_warns_of_what_it_does_not_say(desk: Desk) -> None:
    desk.record("vi", "poverty_standard.how_much")
    assert desk.say("answer", "vi", "2026-11-25", topic="poverty_standard", aspect="how_much").audio
    late = {"key": "answer", "on": "2026-11-25", "today": "2029-01-01", "topic": "poverty_standard"}
    renderer = Renderer(LIBRARY, SpokenLanguages(HumanLanguages(LIBRARY, desk.recordings)))
    (message,) = renderer.replies([{"custom": late | {"aspect": "how_much"}}], "vi", introduce=False)
    assert "đang rà soát" in message.text and message.audio is None


def test_the_bots_own_words_are_heard_too(desk: Desk) -> None:
    address = desk.record("vi", "bot.menu")
    assert desk.say("menu", "vi").audio == address
    assert desk.say("menu", "en").audio is None
    assert desk.say("help", "vi").audio is None


def language_buttons(message: OutgoingMessage) -> list[str]:
    return [button.title.split(". ")[-1] for button in message.buttons if "change_language" in button.payload]


def test_a_minority_language_is_offered_only_once_something_in_it_is_current(desk: Desk) -> None:
    assert language_buttons(desk.say("menu", "vi")) == ["English"]
    assert language_buttons(desk.say("choose_language", "en")) == ["Tiếng Việt"]
    desk.record("sed", "poverty_standard.how_much", mark="f" * 12)
    assert language_buttons(desk.say("menu", "vi")) == ["English"]
    desk.record("sed", "poverty_standard.how_much")
    assert language_buttons(desk.say("menu", "vi")) == ["English", "Xơ Đăng"]
    assert language_buttons(desk.say("choose_language", "sed")) == ["Tiếng Việt", "English"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_language_that_is_not_there_is_said_so_with_who_can_help(desk: Desk, language: str) -> None:
    message = desk.say("language_not_there", language, wanted="Ba Na")
    assert "Ba Na" in message.text
    assert ("trưởng thôn" in message.text) if language == "vi" else ("village head" in message.text)
    assert not language_buttons(message) or "Ba Na" not in language_buttons(message)


def test_who_chose_a_minority_language_is_told_what_to_expect(desk: Desk) -> None:
    assert "tiếng Xơ Đăng" in desk.say("language_changed_partly", "sed").text


@pytest.fixture
def served(tmp_path: Path) -> tuple[httpx.AsyncClient, str, bytes]:
    file = tmp_path / "sound"
    file.write_bytes(silent_ogg())
    sound = read_sound(file)
    Recordings(tmp_path / "audio").add(
        "vi", sound, identifier="bot.menu", fingerprint="a" * 12, speaker="Người đọc thử", on=TODAY
    )
    app = FastAPI()
    app.include_router(audio_router(tmp_path / "audio"))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://audio")
    return client, f"/audio/{sound.file}", sound.content


async def test_a_recording_is_served_with_type_caching_and_ranges(
    served: tuple[httpx.AsyncClient, str, bytes],
) -> None:
    client, address, content = served
    whole = await client.get(address)
    assert whole.status_code == 200 and whole.content == content
    assert whole.headers["content-type"] == "audio/ogg"
    assert "immutable" in whole.headers["cache-control"]
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["x-content-type-options"] == "nosniff"
    part = await client.get(address, headers={"Range": "bytes=10-19"})
    assert part.status_code == 206 and part.content == content[10:20]
    assert part.headers["content-range"] == f"bytes 10-19/{len(content)}"
    beyond = await client.get(address, headers={"Range": "bytes=99999999-"})
    assert beyond.status_code == 416
    head = await client.head(address)
    assert head.status_code == 200 and head.content == b""


@pytest.mark.parametrize("name", ["x.ogg", "0" * 40 + ".ogg", "0" * 40 + ".exe", "..%2Fvi%2Fx.json", "%2e%2e/vi"])
async def test_nothing_but_recordings_is_served(served: tuple[httpx.AsyncClient, str, bytes], name: str) -> None:
    client, _, _ = served
    assert (await client.get(f"/audio/{name}")).status_code == 404
