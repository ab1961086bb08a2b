"""Bad input gets one clear answer or error; nothing is lost, nothing breaks, nothing becomes markup."""

import unicodedata
import uuid
from typing import Any

import httpx
import pytest

URL = "/api/chat/messages"


def body(text: str) -> dict[str, Any]:
    return {"conversation": uuid.uuid4().hex, "text": text}


async def assert_clear_error(response: httpx.Response, *statuses: int) -> None:
    assert response.status_code in statuses, response.text
    error = response.json()["error"]
    assert error["message"] and error["code"]
    assert "Traceback" not in response.text


@pytest.mark.parametrize("text", ["", "   \n\t", "\u0000\u0007\u200b", "\u202e\u2066"])
async def test_an_empty_message_is_refused_with_a_line_that_says_what_to_do(http: httpx.AsyncClient, text: str) -> None:
    await assert_clear_error(await http.post(URL, json=body(text)), 422)


async def test_a_message_of_100_kb_is_refused(http: httpx.AsyncClient) -> None:
    await assert_clear_error(await http.post(URL, json=body("hộ nghèo " * 12_000)), 413)


async def test_a_large_body_that_does_not_say_its_size_is_refused(http: httpx.AsyncClient) -> None:
    async def chunks() -> Any:
        for _ in range(200):
            yield b"x" * 1024

    response = await http.post(URL, content=chunks(), headers={"content-type": "application/json"})
    await assert_clear_error(response, 413)


async def test_a_message_longer_than_a_question_is_refused(http: httpx.AsyncClient) -> None:
    await assert_clear_error(await http.post(URL, json=body("hộ nghèo " * 300)), 422)


@pytest.mark.parametrize(
    "text",
    [
        "😀😀😀",
        "'; drop table incoming; --",
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "{{7*7}} ${jndi:ldap://x} %s %n",
        unicodedata.normalize("NFD", "hộ nghèo được hỗ trợ gì về bảo hiểm y tế"),
        "hộ\u0000 nghèo\u0007 vay vốn",
        "/health_insurance",
        '/credit_loan{"household_group":"poor"}',
        "/restart",
        "////",
        "99",
        "đ" * 2000,
        "\ud83d vay vốn",
    ],
)
async def test_strange_but_readable_messages_are_answered(http: httpx.AsyncClient, text: str) -> None:
    sent = body(text)
    # The standard library writes lone surrogates as escapes, as a careless client would.
    import json

    response = await http.post(
        URL, params={"wait": 25}, content=json.dumps(sent), headers={"content-type": "application/json"}
    )
    assert response.status_code == 200, response.text
    (answer,) = response.json()["messages"]
    assert answer["text"]
    history = (await http.get(URL, params={"conversation": sent["conversation"]})).json()["messages"]
    assert len(history) == 2


async def test_text_that_looks_like_a_payload_is_not_obeyed(http: httpx.AsyncClient) -> None:
    for text in ('/forget{"x":"y"}', '/change_language{"language":"en"}'):
        (answer,) = (await http.post(URL, params={"wait": 25}, json=body(text))).json()["messages"]
        assert "Đã xóa" not in answer["text"] and answer["confidence"] != 1.0


@pytest.mark.parametrize("payload", ["/restart", "/nlu_fallback", '/credit_loan{"x":1}', "hello", "/" + "x" * 490])
async def test_an_unknown_payload_is_refused(http: httpx.AsyncClient, payload: str) -> None:
    await assert_clear_error(await http.post(URL, json={"conversation": "abc", "payload": payload}), 422)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"{}",
        b'{"conversation": 5, "text": "x"}',
        b'{"conversation": "", "text": "x"}',
        b'{"conversation": "a b", "text": "x"}',
        b'{"conversation": "abc", "text": ["x"]}',
        b'{"conversation": "abc", "text": "x", "message_id": "a/b"}',
        b"\xff\xfe\x00",
    ],
)
async def test_a_malformed_body_gets_one_clear_error(http: httpx.AsyncClient, content: bytes) -> None:
    response = await http.post(URL, content=content, headers={"content-type": "application/json"})
    await assert_clear_error(response, 400, 422)


async def test_unknown_ids_have_no_history_and_odd_ones_are_refused(http: httpx.AsyncClient) -> None:
    assert (await http.get(URL, params={"conversation": "nobody"})).json() == {"messages": []}
    await assert_clear_error(await http.get(URL, params={"conversation": "a b"}), 422)
    await assert_clear_error(await http.get(URL, params={"conversation": "abc", "after": "x"}), 422)


async def test_a_flood_from_one_conversation_is_refused_and_what_was_taken_is_kept(http: httpx.AsyncClient) -> None:
    conversation = uuid.uuid4().hex
    statuses = []
    for number in range(120):
        message = {"conversation": conversation, "text": f"vay vốn {number}"}
        statuses.append((await http.post(URL, params={"wait": 0}, json=message)).status_code)
        if statuses[-1] == 429:
            break
    taken = statuses.count(202)
    said = (await http.get(URL, params={"conversation": conversation})).json()["messages"]
    assert sum(one["from"] == "me" for one in said) == taken
    assert set(statuses) <= {202, 429}
