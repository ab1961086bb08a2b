"""Everything the bot can say can be said in every complete language."""

from datetime import date
from typing import Any

import pytest

from bot.messages import OutgoingMessage
from bot.payloads import check_payload
from bot.rasa_client import RasaFailed
from bot.rendering import Renderer
from content.library import load_library
from content.topics import Aspect, Topic
from content.translations import COMPLETE_LANGUAGES, LANGUAGES

LIBRARY = load_library()
RENDERER = Renderer(LIBRARY)
DAYS = ("2018-05-01", "2021-06-01", "2024-05-01", "2026-11-23", "2027-02-01")


def say(
    key: str, language: str = "vi", on: str = "2026-11-23", introduce: bool = False, **data: Any
) -> OutgoingMessage:
    custom = {"key": key, "on": on, "today": "2026-11-23", "intent": "x", "confidence": 1.0, **data}
    (message,) = RENDERER.replies([{"custom": custom}], language, introduce=introduce)
    return message


@pytest.mark.parametrize("language", COMPLETE_LANGUAGES)
@pytest.mark.parametrize(
    "key",
    [
        *("welcome", "menu", "help", "greet", "thanks", "goodbye", "chitchat", "bot_challenge", "affirm", "deny"),
        *("language_changed", "forgotten", "forget_offered", "do_not_know", "out_of_scope", "contact_person"),
    ],
)
def test_every_key_of_small_talk_has_words(key: str, language: str) -> None:
    message = say(key, language)
    assert message.text and "{" not in message.text
    for button in message.buttons:
        assert check_payload(button.payload) == button.payload


@pytest.mark.parametrize("language", COMPLETE_LANGUAGES)
@pytest.mark.parametrize("on", DAYS)
def test_every_topic_and_aspect_is_answered_with_sources_or_said_to_have_none(on: str, language: str) -> None:
    for topic in Topic:
        for aspect in (None, *Aspect):
            message = say("answer", language, on, topic=topic.value, aspect=aspect and aspect.value)
            assert message.text and "{" not in message.text
            if message.valid is None:
                assert not message.sources
                continue
            assert message.sources, f"{topic} {aspect} on {on} has no source"
            assert message.valid.valid_from is not None and message.valid.valid_from <= on
            assert message.valid.valid_to is None or on <= message.valid.valid_to


def test_nobody_is_told_that_they_do_not_qualify() -> None:
    refusals = ("không đủ điều kiện", "không được hưởng", "không thuộc đối tượng", "do not qualify", "not eligible")
    for on in DAYS:
        for topic in Topic:
            for aspect in (None, *Aspect):
                for language in COMPLETE_LANGUAGES:
                    text = say("answer", language, on, topic=topic.value, aspect=aspect and aspect.value).text.lower()
                    assert not [words for words in refusals if words in text], f"{topic} {aspect} on {on}: {text}"


def test_an_answer_says_until_when_it_holds_and_what_comes_after() -> None:
    text = say("answer", topic="poverty_standard", aspect="how_much").text
    assert "Áp dụng từ 01/01/2026 đến hết 31/12/2026" in text
    assert "Sắp thay đổi" in text and "2.200.000" in text and "01/01/2027" in text


def test_a_change_that_was_not_signed_yet_is_not_announced() -> None:
    text = say("answer", on="2024-05-01", topic="poverty_standard", aspect="how_much").text
    assert "2.200.000" not in text


def test_an_answer_about_another_day_names_the_day() -> None:
    assert "(Trả lời cho ngày 01/05/2024.)" in say("answer", on="2024-05-01", topic="poverty_standard").text
    assert "Trả lời cho ngày" not in say("answer", topic="poverty_standard").text


def test_an_answer_whose_review_ran_out_says_that_it_is_being_reviewed() -> None:
    data = {"topic": "poverty_standard", "aspect": "how_much", "today": "2027-12-24"}
    assert "đang rà soát" in say("answer", on="2027-12-24", **data).text
    assert "đang rà soát" not in say("answer", topic="poverty_standard", aspect="how_much").text


def test_where_nothing_valid_is_known_the_office_is_named_and_no_number_given() -> None:
    message = say("answer", on="1999-05-01", topic="legal_aid")
    assert "UBND xã" in message.text
    assert not any(char.isdigit() for char in message.text.replace("01/05/1999", ""))
    assert message.sources == ()


def test_where_nothing_valid_is_known_the_office_is_that_of_the_topic() -> None:
    assert "Ban công tác Mặt trận" in say("answer", on="1999-05-01", topic="fund_for_the_poor").text
    assert "Ngân hàng Chính sách xã hội" in say("answer", on="1999-05-01", topic="credit_loan").text


def test_the_first_answer_tells_that_this_is_a_machine_and_how_to_reach_a_person() -> None:
    first = say("answer", topic="credit_loan", introduce=True).text
    assert "máy trả lời tự động" in first and "gặp cán bộ" in first
    assert "máy trả lời tự động" not in say("answer", topic="credit_loan").text


def test_a_language_without_translations_gets_vietnamese_words() -> None:
    for code in LANGUAGES:
        assert say("menu", code).text


def test_words_instead_of_a_key_are_refused() -> None:
    for said in ({"text": "xin chào"}, {"custom": {"key": "no such key"}}, {"custom": "answer"}):
        with pytest.raises(RasaFailed):
            RENDERER.replies([said], "vi", introduce=False)


def test_the_menu_offers_only_topics_that_have_something_valid_that_day() -> None:
    offered = {button.payload for button in say("menu", on="2018-05-01").buttons}
    known = LIBRARY.topics_on(date(2018, 5, 1))
    assert {f"/{topic}" for topic in known} == {payload for payload in offered if payload[1:] in set(Topic)}
