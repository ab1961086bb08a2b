"""Servers that leave out, or write oddly, what Telegram's own always gives: what they mean is read all the same."""

import json
from typing import Any

import pytest

from bot.channels.telegram.parsing import Corrected, NotUnderstood, Pressed, Said, parse
from bot.channels.telegram.request import AiohttpRequest

BOT = 4200
MENU = {"inline_keyboard": [[{"text": "Vay vốn", "callback_data": "/menu"}]]}
#: As the npm package `telegram-test-api` 4.2.1 answers `sendMessage`: what was asked comes back as it was sent.
ODD_ANSWER: dict[str, Any] = {
    "chat_id": "1",
    "text": "Chào",
    "link_preview_options": '{"is_disabled": true}',
    "message_id": 7,
    "date": 1795399200123,
    "chat": {"id": 1, "first_name": "Bot", "type": "private"},
}


def answered(result: object) -> Any:
    return AiohttpRequest.parse_json_payload(json.dumps({"ok": True, "result": result}).encode())["result"]


@pytest.mark.parametrize("message", [ODD_ANSWER, {"message_id": 7}, {"message_id": "7", "date": "x", "chat": None}])
def test_an_answer_with_the_id_of_a_message_is_a_message(message: dict[str, Any]) -> None:
    assert answered(message) == {"message_id": 7, "date": 0, "chat": {"id": 0, "type": "private"}}


def test_the_id_of_a_file_is_read_without_its_size() -> None:
    read = answered({"message_id": 7, "photo": [{"file_id": "small"}, {"file_id": "whole"}, {}, 3], "voice": {}})
    assert [one["file_id"] for one in read["photo"]] == ["small", "whole"] and "voice" not in read


@pytest.mark.parametrize("result", [True, None, [{"message_id": 7}], {"username": "x"}, {"message_id": {}}])
def test_what_is_no_message_is_left_as_it_came(result: object) -> None:
    assert answered(result) == result


@pytest.mark.parametrize(
    "missing",
    [
        {},
        {"chat_instance": None, "id": None},
        {"id": 44},
        {"from": {"id": 5}},
        {"from": None},
        {"message": {"chat": {"id": 5}}},
        {"message": {"chat": {"id": 5, "type": "private"}, "from": {"id": 5}, "link_preview_options": "{}"}},
    ],
)
def test_a_press_with_fewer_fields_is_a_press(missing: dict[str, Any]) -> None:
    whole = {
        "id": "44",
        "from": {"id": 5, "is_bot": False, "first_name": "Mẫu"},
        "message": {"message_id": 3, "date": 1795399200, "chat": {"id": 5, "type": "private"}, "reply_markup": MENU},
        "chat_instance": "1",
        "data": "/menu",
        **missing,
    }
    query = {name: value for name, value in whole.items() if value is not None}
    read = parse({"update_id": 44, "callback_query": query}, BOT)
    assert isinstance(read, Pressed)
    assert (read.address, read.query_id, read.data) == ("5", "44", "/menu")
    assert read.title == ("" if "message" in missing else "Vay vốn")


@pytest.mark.parametrize(
    "message",
    [
        {"message_id": 3, "chat": {"id": 5}, "text": "học phí"},
        {"message_id": 3, "from": {"id": 5}, "text": "học phí", "date": 1795399200123},
        {"message_id": "3", "chat": {"id": "5"}, "text": "học phí", "entities": "none", "photo": "none"},
    ],
)
def test_words_with_fewer_fields_are_words(message: dict[str, Any]) -> None:
    assert parse({"update_id": 1, "message": message}, BOT) == Said("5", "5:3", "học phí")


def test_a_correction_dated_in_milliseconds_is_one() -> None:
    message = {"message_id": 3, "chat": {"id": 5}, "text": "học phí", "date": 1795399200123, "edit_date": 1795399201123}
    read = parse({"update_id": 1, "edited_message": message}, BOT)
    assert isinstance(read, Corrected) and read.soon


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1, "message": {"chat": {"id": 5}, "text": "without an id it cannot be told from another"}},
        {"update_id": 1, "message": {"message_id": 3, "text": "without a chat nobody can be answered"}},
        {"update_id": 1, "callback_query": {"id": "44", "data": "/menu", "message": {"chat": {}}}},
    ],
)
def test_what_nobody_could_answer_is_not_understood(update: dict[str, Any]) -> None:
    with pytest.raises(NotUnderstood):
        parse(update, BOT)
