"""The way of one message through the real system: HTTP, inbox, Rasa, action, rendering, ledger, and back."""

import asyncio
import json
import uuid
from typing import Any

import aiohttp
import httpx
from sqlalchemy import text

from server.runtime import Runtime
from tests.patience import PATIENCE_SECONDS


def person() -> str:
    return f"person-{uuid.uuid4().hex}"


async def ask(http: httpx.AsyncClient, question: str, conversation: str | None = None, **more: Any) -> dict[str, Any]:
    body = {"conversation": conversation or person(), "text": question, **more}
    response = await http.post("/api/chat/messages", params={"wait": 25}, json=body)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def test_a_question_without_diacritics_gets_a_sourced_dated_answer(http: httpx.AsyncClient) -> None:
    (answer,) = (await ask(http, "thu nhap bao nhieu thi duoc xet ho ngheo o nong thon"))["messages"]
    assert answer["topic"] == "poverty_standard"
    assert "1.500.000 đồng" in answer["text"]
    assert any("351/2025" in source["document"] for source in answer["sources"])
    assert answer["valid"]["from"] == "2026-01-01" and answer["valid"]["to"] == "2026-12-31"


async def test_every_step_of_the_way_leaves_its_trace(http: httpx.AsyncClient, system: Runtime) -> None:
    conversation = person()
    answer = await ask(http, "hộ cận nghèo có được hỗ trợ mua thẻ bảo hiểm y tế không", conversation)
    async with system.database.transaction() as connection:
        stored = (
            await connection.execute(
                text(
                    "select incoming.*, conversation.id as talk, lease, waiting from incoming join conversation "
                    "on conversation.id = conversation_id where address = :address"
                ),
                {"address": conversation},
            )
        ).one()
        sent = (
            await connection.execute(text("select * from delivery where incoming_id = :id"), {"id": stored.id})
        ).one()
        tracker = (
            await connection.execute(
                text("select events from rasa.tracker where sender_id = :sender"),
                {"sender": f"conversation-{stored.talk}"},
            )
        ).scalar_one()
    assert stored.provider_message_id == f"{conversation}:{answer['accepted']}"
    assert stored.answered_at is not None and stored.lease is None and stored.waiting == 0
    assert (sent.state, sent.kind, sent.priority, sent.channel) == ("sent", "answer", 0, "web")
    assert sent.message["text"] == answer["messages"][0]["text"]
    events = json.loads(tracker)
    assert "action_answer" in [event.get("name") for event in events]
    assert f"{stored.id}" in [(event.get("metadata") or {}).get("message_id") for event in events]


async def test_questions_of_a_person_are_answered_in_order_each_once(http: httpx.AsyncClient) -> None:
    conversation = person()
    ids = [f"m{number}" for number in range(6)]
    for message_id in ids:
        body = {"conversation": conversation, "text": "vay vốn hộ nghèo lãi bao nhiêu", "message_id": message_id}
        response = await http.post("/api/chat/messages", params={"wait": 0}, json=body)
        assert response.status_code == 202 and response.json()["accepted"] == message_id
    answers = await wait_for_answers(http, conversation, len(ids))
    assert [answer["reply_to"] for answer in answers] == ids


async def wait_for_answers(http: httpx.AsyncClient, conversation: str, number: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            response = await http.get("/api/chat/messages", params={"conversation": conversation})
            answers = [one for one in response.json()["messages"] if one["from"] == "bot" and not one["notice"]]
            if len(answers) >= number:
                return answers
            await asyncio.sleep(0.1)


async def test_a_message_sent_five_times_at_once_is_answered_once(http: httpx.AsyncClient) -> None:
    conversation = person()
    replies = await asyncio.gather(*(ask(http, "chuẩn nghèo là gì", conversation, message_id="same") for _ in range(5)))
    assert len({reply["messages"][0]["id"] for reply in replies}) == 1
    assert len(await wait_for_answers(http, conversation, 1)) == 1


async def test_the_history_shows_both_sides_in_order(http: httpx.AsyncClient) -> None:
    conversation = person()
    await ask(http, "xin chào", conversation)
    await ask(http, "hộ nghèo được vay bao nhiêu", conversation)
    messages = (await http.get("/api/chat/messages", params={"conversation": conversation})).json()["messages"]
    assert [message["from"] for message in messages] == ["me", "bot", "me", "bot"]
    assert messages[2]["text"] == "hộ nghèo được vay bao nhiêu"
    assert [message["id"] for message in messages] == sorted(message["id"] for message in messages)


async def test_an_event_stream_brings_what_was_missed_and_what_comes(system: Runtime, http: httpx.AsyncClient) -> None:
    conversation = person()
    await ask(http, "xin chào", conversation)
    seen: list[str] = []
    async with aiohttp.ClientSession(system.address) as session, asyncio.timeout(PATIENCE_SECONDS):
        url = f"/api/chat/events?conversation={conversation}&after=0"
        async with session.get(url) as stream:
            async for line in stream.content:
                if line.startswith(b"event: message"):
                    seen.append(line.decode())
                    if len(seen) == 1:
                        asking = asyncio.create_task(ask(http, "thẻ bhyt hộ nghèo", conversation))
                    else:
                        break
            await asking
    assert len(seen) == 2


async def test_a_number_chooses_from_the_menu(http: httpx.AsyncClient) -> None:
    conversation = person()
    (menu,) = (await ask(http, "/menu", conversation))["messages"]
    assert menu["buttons"][1]["title"].startswith("2. ")
    (answer,) = (await ask(http, "2", conversation))["messages"]
    assert f'"topic":"{answer["topic"]}"' in menu["buttons"][1]["payload"]


async def test_a_pressed_button_is_answered_as_its_payload_says(http: httpx.AsyncClient) -> None:
    body = {
        "conversation": person(),
        "payload": '/credit_loan{"household_group":"near_poor"}',
        "title": "Vay cận nghèo",
    }
    response = await http.post("/api/chat/messages", params={"wait": 25}, json=body)
    (answer,) = response.json()["messages"]
    assert answer["topic"] == "credit_loan" and answer["sources"]


async def test_a_question_that_names_no_topic_leans_on_the_one_before(http: httpx.AsyncClient) -> None:
    conversation = person()
    await ask(http, "vay vốn hộ nghèo lãi suất bao nhiêu", conversation)
    (answer,) = (await ask(http, "thế còn hộ cận nghèo?", conversation))["messages"]
    assert answer["topic"] == "credit_loan" and "7,92%" in answer["text"]
    (answer,) = (await ask(http, "the con ho moi thoat ngheo thi sao", conversation))["messages"]
    assert answer["topic"] == "credit_loan" and "8,25%" in answer["text"]


async def test_a_question_that_names_its_own_topic_does_not_lean_on_the_one_before(http: httpx.AsyncClient) -> None:
    conversation = person()
    await ask(http, "vay vốn hộ nghèo lãi suất bao nhiêu", conversation)
    (answer,) = (await ask(http, "thế còn thẻ bảo hiểm y tế của hộ cận nghèo thì sao", conversation))["messages"]
    assert answer["topic"] == "health_insurance"


async def test_the_language_is_switched_and_remembered(http: httpx.AsyncClient) -> None:
    conversation = person()
    (switched,) = (await ask(http, "/en", conversation))["messages"]
    assert "English" in switched["text"]
    (answer,) = (await ask(http, "vay vốn hộ nghèo", conversation))["messages"]
    assert "In force from" in answer["text"]
    (back,) = (await ask(http, "/vi", conversation))["messages"]
    assert "tiếng Việt" in back["text"]


async def test_deleting_the_conversation_erases_what_was_said(http: httpx.AsyncClient, system: Runtime) -> None:
    conversation = person()
    await ask(http, "nhà tôi thuộc hộ nghèo ở Đăk Hà", conversation)
    await ask(http, "/xoa", conversation)
    messages = (await http.get("/api/chat/messages", params={"conversation": conversation})).json()["messages"]
    assert "Đăk Hà" not in str(messages)
    async with system.database.transaction() as connection:
        tracker = (
            await connection.execute(
                text(
                    "select events from rasa.tracker join conversation on sender_id = 'conversation-' || id "
                    "where address = :address"
                ),
                {"address": conversation},
            )
        ).scalar_one()
    assert "Đăk Hà" not in tracker


async def test_the_first_answer_says_that_this_is_a_machine_and_later_ones_do_not(http: httpx.AsyncClient) -> None:
    conversation = person()
    first = (await ask(http, "hộ nghèo được vay bao nhiêu", conversation))["messages"][-1]["text"]
    second = (await ask(http, "hộ nghèo được vay bao nhiêu", conversation))["messages"][-1]["text"]
    assert "máy trả lời tự động" in first
    assert "máy trả lời tự động" not in second


async def test_what_is_outside_the_scope_is_not_answered_with_a_policy(http: httpx.AsyncClient) -> None:
    (answer,) = (await ask(http, "thủ tục sang tên xe máy cũ thế nào"))["messages"]
    assert answer["topic"] in ("out_of_scope", None)
    assert answer["sources"] == [] and "UBND xã" in answer["text"]
