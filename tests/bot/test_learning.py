"""Questions that were not answered well are kept through the real system, and answers are rated."""

from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from bot.learning.grouping import grouped
from bot.learning.open_questions import Reason, why_kept
from bot.payloads import UnknownPayload, check_payload, typed_command
from server.runtime import Runtime
from store.queries.open_questions import OpenQuestionRow
from tests.bot.test_way_of_a_message import ask, person
from tests.store.test_open_questions import DAY

QUESTION = "hộ nghèo được hỗ trợ tiền điện bao nhiêu"


async def rows(system: Runtime, query: str, **values: Any) -> Sequence[Any]:
    async with system.database.transaction() as connection:
        return (await connection.execute(text(query), values)).all()


async def kept(system: Runtime, folded: str) -> Sequence[Any]:
    return await rows(system, "select * from open_question where folded like :folded", folded=folded)


async def press(http: httpx.AsyncClient, conversation: str, payload: str) -> dict[str, Any]:
    body = {"conversation": conversation, "payload": payload, "title": "x"}
    (message,) = (await http.post("/api/chat/messages", params={"wait": 25}, json=body)).json()["messages"]
    return dict(message)


async def test_a_question_without_an_answer_is_kept_without_the_person(
    system: Runtime, http: httpx.AsyncClient
) -> None:
    await ask(http, "Tên tôi là Nguyễn Văn An 0905123456, thủ tục sang tên xe máy cũ thế nào", person())
    await ask(http, "Tên tôi là Trần Thị Bê 0905999999, thủ tục sang tên xe máy cũ thế nào", person())
    (question,) = await kept(system, "%sang ten xe may cu%")
    assert question.text == "Tên tôi là [tên] [số], thủ tục sang tên xe máy cũ thế nào"
    assert (question.times, question.state) == (2, "open")


async def test_a_question_that_was_answered_is_not_kept(system: Runtime, http: httpx.AsyncClient) -> None:
    await ask(http, "mức chuẩn nghèo ở nông thôn là bao nhiêu", person())
    assert await kept(system, "%muc chuan ngheo o nong thon%") == []


async def test_a_thumb_down_keeps_the_question_and_the_statement_and_counts_once(
    system: Runtime, http: httpx.AsyncClient
) -> None:
    conversation = person()
    (answer,) = (await ask(http, QUESTION, conversation))["messages"]
    rate = f'/feedback{{"value":"down","code":"{answer["receipt"]}"}}'
    said = await press(http, conversation, rate)
    assert "Cảm ơn" in said["text"] and said["receipt"] is None
    await press(http, conversation, rate)
    assert "Cảm ơn" in (await ask(http, "👎", conversation))["messages"][0]["text"]
    (question,) = await kept(system, "ho ngheo duoc ho tro tien dien bao nhieu")
    assert (question.reason, question.statement, question.times) == ("thumbs_down", answer["statement"], 1)
    counted = await rows(
        system, "select helpful, wrong from answer_rating where statement = :name", name=answer["statement"]
    )
    assert [tuple(row) for row in counted] == [(0, 1)]
    history = (await http.get("/api/chat/messages", params={"conversation": conversation})).json()["messages"]
    assert [one["rated"] for one in history if one.get("rated")] == ["down"]


async def test_a_rating_is_typed_too_and_needs_an_answer(system: Runtime, http: httpx.AsyncClient) -> None:
    conversation = person()
    assert "/dung" in (await ask(http, "/sai", conversation))["messages"][-1]["text"]
    (answer,) = (await ask(http, "lãi suất vay vốn hộ nghèo bao nhiêu", conversation))["messages"]
    assert "Cảm ơn" in (await ask(http, "/dung", conversation))["messages"][0]["text"]
    counted = await rows(system, "select helpful from answer_rating where statement = :name", name=answer["statement"])
    assert [row.helpful for row in counted] == [1]


async def test_words_that_call_the_answer_wrong_are_a_thumb_down_with_other_readings_and_a_person(
    system: Runtime, http: httpx.AsyncClient
) -> None:
    conversation = person()
    question = "hộ nghèo vay vốn sửa nhà dột thì được bao nhiêu"
    (answer,) = (await ask(http, question, conversation))["messages"]
    (said,) = (await ask(http, "câu trả lời không đúng rồi", conversation))["messages"]
    assert said["text"].startswith("Xin lỗi") and said["intent"] == "wrong_answer"
    payloads = [button["payload"] for button in said["buttons"]]
    assert f'/topic_menu{{"topic":"{answer["topic"]}"}}' in payloads
    assert '/ask_person{"why":"not_answered"}' in payloads
    readings = [payload for payload in payloads if payload.startswith(("/housing_support", "/credit_loan"))]
    assert readings and not [one for one in readings if one.startswith(f"/{answer['topic']}")]
    (kept_question,) = await kept(system, "ho ngheo vay von sua nha dot thi duoc bao nhieu")
    assert (kept_question.reason, kept_question.statement) == ("thumbs_down", answer["statement"])
    # Said once more it blames nothing else, and still leads to a person.
    (again,) = (await ask(http, "vẫn sai", conversation))["messages"]
    assert "/topic_menu" not in str(again["buttons"]) and "/ask_person" in str(again["buttons"])


async def test_words_after_small_talk_blame_no_older_answer(system: Runtime, http: httpx.AsyncClient) -> None:
    conversation = person()
    (answer,) = (await ask(http, "trẻ em dưới 6 tuổi có thẻ bảo hiểm y tế không", conversation))["messages"]
    counting = "select coalesce(sum(wrong), 0) from answer_rating where statement = :name"
    ((before,),) = await rows(system, counting, name=answer["statement"])
    await ask(http, "cảm ơn nhé", conversation)
    (said,) = (await ask(http, "bạn trả lời sai rồi", conversation))["messages"]
    assert said["text"].startswith("Xin lỗi") and "/ask_person" in str(said["buttons"])
    ((after,),) = await rows(system, counting, name=answer["statement"])
    assert after == before


async def test_an_answer_of_somebody_else_cannot_be_rated(system: Runtime, http: httpx.AsyncClient) -> None:
    (answer,) = (await ask(http, "giấy tờ làm thẻ bảo hiểm y tế hộ nghèo", person()))["messages"]
    stranger = person()
    await ask(http, "xin chào", stranger)
    said = await press(http, stranger, f'/feedback{{"value":"up","code":"{answer["receipt"]}"}}')
    assert "Cảm ơn" not in said["text"]


@pytest.mark.parametrize(
    "payload",
    ["/feedback", '/feedback{"value":"maybe"}', '/feedback{"code":"23456AB"}', '/feedback{"value":"up","code":"x"}'],
)
def test_only_a_thumb_for_a_code_of_ours_is_a_payload(payload: str) -> None:
    with pytest.raises(UnknownPayload):
        check_payload(payload)


def test_thumbs_are_commands_whatever_their_colour() -> None:
    assert typed_command("👎🏽") == typed_command("👎") == typed_command("/sai") == '/feedback{"value":"down"}'
    assert typed_command("👍 cảm ơn") is None


@pytest.mark.parametrize(
    ("key", "data", "reason"),
    [
        ("do_not_know", {}, Reason.NOT_UNDERSTOOD),
        ("did_you_mean", {"offers": [{"intent": "credit_loan"}]}, Reason.UNSURE),
        ("out_of_scope", {"offers": []}, Reason.OUT_OF_SCOPE),
        ("no_source", {"topic": "credit_loan"}, Reason.NO_SOURCE),
        ("answer", {"topic": "credit_loan", "confidence": 0.4}, Reason.LOW_CONFIDENCE),
        ("answer", {"topic": "credit_loan", "confidence": 0.9}, None),
        ("greet", {}, None),
    ],
)
def test_what_was_said_tells_why_a_question_is_kept(key: str, data: dict[str, Any], reason: Reason | None) -> None:
    kept = why_kept([{"custom": {"key": key, **data}}])
    assert (kept.reason if kept else None) == reason


def test_nothing_is_kept_of_somebody_in_danger() -> None:
    assert why_kept([{"custom": {"key": "crisis"}}, {"custom": {"key": "do_not_know"}}]) is None


def test_questions_alike_of_one_topic_come_together_most_asked_first() -> None:
    def row(number: int, folded: str, topic: str, times: int) -> OpenQuestionRow:
        return OpenQuestionRow(
            number, folded, folded, "unsure", topic, 0.3, None, "vi", times, DAY, DAY, state="open", label=None
        )

    asked = [
        row(1, "vay von nuoi bo lai bao nhieu", "credit_loan", 5),
        row(2, "the bao hiem mat lam sao", "health_insurance", 4),
        row(3, "lai bao nhieu vay von nuoi bo a", "credit_loan", 1),
        row(4, "the bao hiem mat thi lam sao", "health_insurance", 3),
        row(5, "the bao hiem mat lam sao", "document_certificate", 1),
    ]
    numbers = [[question.id for question in group.questions] for group in grouped(asked)]
    assert numbers == [[2, 4], [1, 3], [5]]
