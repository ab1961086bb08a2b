"""Personal data never reaches the database, the person is warned and still answered; repetition stays calm."""

import httpx
import pytest
from sqlalchemy import text

from bot.safeguards import REPEATED, Safeguards
from server.runtime import Runtime
from tests.bot.test_way_of_a_message import ask, person

ANSWER = {"custom": {"key": "answer"}}
TABLES = (
    "select string_agg(incoming::text, '') from incoming join conversation on conversation.id = conversation_id "
    "where conversation.address = :address",
    "select string_agg(delivery::text, '') from delivery where address = :address",
    "select string_agg(events::text, '') from rasa.tracker join conversation on sender_id = 'conversation-' || id "
    "where address = :address",
)


async def stored(system: Runtime, conversation: str) -> str:
    """Return all that the database holds about a conversation, as one text."""
    async with system.database.transaction() as connection:
        found = [(await connection.execute(text(one), {"address": conversation})).scalar_one() for one in TABLES]
    assert all(found)
    return "\n".join(found)


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        ("cccd 064098012345, hộ nghèo được vay bao nhiêu?", "064098012345"),
        ("ho ngheo duoc vay bao nhieu? the cua toi 4111 1111 1111 1111", "4111 1111"),
        ("mã OTP 882211 ngân hàng gửi. Hộ nghèo được vay bao nhiêu?", "882211"),
        ("mật khẩu của tôi là hoaban99, hộ nghèo được vay bao nhiêu", "hoaban99"),
    ],
)
async def test_what_is_secret_is_never_stored_and_the_question_is_answered(
    http: httpx.AsyncClient, system: Runtime, said: str, secret: str
) -> None:
    conversation = person()
    warning, answer = (await ask(http, said, conversation))["messages"]
    assert "Tôi đã che đi và không lưu lại" in warning["text"] and not warning["sources"]
    assert answer["topic"] == "credit_loan" and answer["sources"]
    assert secret not in await stored(system, conversation)
    history = (await http.get("/api/chat/messages", params={"conversation": conversation})).json()["messages"]
    assert "[đã che: " in history[0]["text"] and secret not in str(history)


async def test_a_message_that_is_nothing_but_a_secret_gets_only_the_warning(http: httpx.AsyncClient) -> None:
    (warning,) = (await ask(http, "OTP 882211"))["messages"]
    assert "Tôi đã che đi" in warning["text"] and "báo ngay ngân hàng" in warning["text"]
    assert "882211" not in str(warning)


async def test_amounts_reach_the_bot_as_they_were_typed(http: httpx.AsyncClient, system: Runtime) -> None:
    conversation = person()
    messages = (await ask(http, "vay 150000000 đồng hộ nghèo lãi bao nhiêu", conversation))["messages"]
    assert len(messages) == 1 and "150000000 đồng" in await stored(system, conversation)


async def test_the_same_question_again_and_again_gets_a_short_calm_reply(http: httpx.AsyncClient) -> None:
    conversation = person()
    answers = [
        (await ask(http, "hộ nghèo được vay bao nhiêu", conversation))["messages"][0]["text"]
        for _ in range(REPEATED + 1)
    ]
    assert all("đồng" in answer for answer in answers[: REPEATED - 1])
    assert all("gửi mấy lần" in answer for answer in answers[REPEATED - 1 :])
    (other,) = (await ask(http, "hộ nghèo được miễn học phí không", conversation))["messages"]
    assert other["sources"]


def test_a_message_that_is_tried_again_is_not_a_repetition() -> None:
    safeguards = Safeguards()
    for _ in range(REPEATED * 2):
        said = safeguards.applied([ANSWER], conversation=1, message=7, text="hộ nghèo được vay bao nhiêu")
        assert said == [ANSWER]


def test_short_replies_may_be_repeated() -> None:
    safeguards = Safeguards()
    for message in range(REPEATED * 2):
        assert safeguards.applied([ANSWER], conversation=1, message=message, text="không có") == [ANSWER]


def test_a_person_in_danger_is_answered_every_time() -> None:
    safeguards = Safeguards()
    help_first = {"custom": {"key": "crisis"}}
    for message in range(REPEATED * 2):
        said = safeguards.applied([help_first], conversation=1, message=message, text="tôi không muốn sống nữa")
        assert said == [help_first]


def test_help_in_danger_goes_before_the_warning_about_personal_data() -> None:
    said = Safeguards().applied(
        [{"custom": {"key": "crisis"}}], conversation=1, message=1, text="cứu với [đã che: số giấy tờ]"
    )
    assert [one["custom"]["key"] for one in said] == ["crisis", "personal_data_masked"]
