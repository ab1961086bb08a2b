"""Everything the bot can say can be said in every complete language."""

import json
import re
import unicodedata
from datetime import date
from typing import Any

import pytest

from bot.messages import OutgoingMessage
from bot.payloads import check_payload, intent_of, make_payload
from bot.rasa_client import RasaFailed
from bot.rendering.first_lines import SHOWN_IN_NOTIFICATION
from bot.rendering.menus import MENU_ORDER, PAGE
from bot.rendering.renderer import Renderer
from content.library import load_library
from content.topics import Aspect, Group, Topic
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
        *("receipt_unknown", "wrong_answer"),
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


def reached_by_menus(on: str, language: str = "vi") -> tuple[dict[str, OutgoingMessage], set[str]]:
    """Return every page of the menus, by payload, and every payload that leads from them to an answer."""
    pages: dict[str, OutgoingMessage] = {}
    answers: set[str] = set()
    waiting = ["/menu"]
    while waiting:
        payload = waiting.pop()
        if payload in pages:
            continue
        intent, _, entities = payload[1:].partition("{")
        pages[payload] = say(intent, language, on, **json.loads("{" + entities if entities else "{}"))
        for button in pages[payload].buttons:
            if intent_of(button.payload) in ("menu", "topic_menu"):
                waiting.append(button.payload)
            else:
                answers.add(button.payload)
    return pages, answers


@pytest.mark.parametrize("on", DAYS)
def test_the_menu_offers_only_topics_that_have_something_valid_that_day(on: str) -> None:
    known = LIBRARY.topics_on(date.fromisoformat(on)) & set(MENU_ORDER)
    pages, _ = reached_by_menus(on)
    assert {f'/topic_menu{{"topic":"{topic}"}}' for topic in known} == {
        payload for payload in pages if payload.startswith("/topic_menu") and payload.count(":") == 1
    }


@pytest.mark.parametrize("language", COMPLETE_LANGUAGES)
def test_menus_lead_down_to_every_statement_of_the_day_and_back(language: str) -> None:
    pages, answers = reached_by_menus("2026-11-23", language)
    for payload, page in pages.items():
        assert len(page.buttons) <= PAGE + 4
        assert [button.title.split(".")[0] for button in page.buttons][: PAGE + 1] == [
            *map(str, range(1, len(page.buttons))),
            "0" if payload != "/menu" else str(len(page.buttons)),
        ][: PAGE + 1]
        assert all(check_payload(button.payload) == button.payload for button in page.buttons)
        if payload != "/menu":
            assert page.buttons[-1].title.startswith("0. ") and page.buttons[-1].payload in pages
    for statement in LIBRARY.statements.values():
        if statement.topic not in MENU_ORDER or not any(
            period.covers(date(2026, 11, 23)) for period in LIBRARY.periods_of(statement)
        ):
            continue
        for group in statement.groups or (None,):
            assert make_payload(statement.topic, aspect=statement.aspect, household_group=group) in answers


#: What must not be read on a locked phone. Folded, so that no spelling slips through.
STATUS = re.compile(r"ngheo|poor|poverty|muc song trung binh|thu nhap thap|low-income|tro cap xa hoi hang thang")


def folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@pytest.mark.parametrize("language", COMPLETE_LANGUAGES)
def test_the_first_words_of_no_answer_say_what_kind_of_household_asks(language: str) -> None:
    for statement in LIBRARY.statements.values():
        for period in LIBRARY.periods_of(statement):
            for group in statement.groups or (None,):
                for key in ("answer", "in_force"):
                    data = {"topic": statement.topic, "aspect": statement.aspect, "household_group": group}
                    for on in {period.valid_from, period.valid_to or period.valid_from}:
                        shown = say(key, language, on.isoformat(), kept_group=True, **data).text
                        assert not STATUS.search(folded(shown[:SHOWN_IN_NOTIFICATION])), shown[:80]


@pytest.mark.parametrize("language", COMPLETE_LANGUAGES)
def test_the_first_words_of_menus_and_refusals_to_guess_are_neutral_too(language: str) -> None:
    for topic in Topic:
        for group in (None, *Group):
            for key in ("topic_menu", "no_source", "answer"):
                shown = say(key, language, topic=topic.value, household_group=group and group.value).text
                assert not STATUS.search(folded(shown[:SHOWN_IN_NOTIFICATION])), shown[:80]
