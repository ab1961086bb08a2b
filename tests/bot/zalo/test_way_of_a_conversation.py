"""A whole conversation on Zalo: the platform's stand-in, HTTP, PostgreSQL, Rasa, and back, in the running system."""

from collections.abc import Awaitable, Callable

import httpx
from sqlalchemy import text

from tests.bot.zalo.talk import Talk


async def test_a_question_on_zalo_is_answered_and_its_choices_are_typed_by_number(zalo_talk: Talk) -> None:
    user = zalo_talk.zalo.person(31)
    welcome = await zalo_talk.says(user, "chào", 1)
    assert "máy trả lời tự động" in welcome["text"]
    answer = await zalo_talk.says(user, "hộ nghèo được hỗ trợ tiền điện bao nhiêu", 2)
    assert "kWh" in answer["text"] and len(answer["text"]) <= 2000
    assert "1. " in answer["text"] and answer["buttons"] == []
    after = await zalo_talk.says(user, "1", 3)
    assert after["text"] != answer["text"]


async def test_buttons_are_pressed(zalo_talk: Talk) -> None:
    user = zalo_talk.zalo.person(36)
    await zalo_talk.says(user, "chào", 1)
    asked = await zalo_talk.says(user, "bạn là người hay máy", 2)
    assert 1 <= len(asked["buttons"]) <= 5
    pressed = asked["buttons"][-1]
    assert pressed["payload"].startswith("#/")
    await zalo_talk.zalo.inbound({"user": user, "do": "press", "press": pressed["payload"]})
    after = (await zalo_talk.answers(user, 3))[2]
    assert after["text"] != asked["text"]


async def test_the_menu_of_thirteen_is_typed_by_number(zalo_talk: Talk) -> None:
    user = zalo_talk.zalo.person(32)
    await zalo_talk.says(user, "chào", 1)
    menu = await zalo_talk.says(user, "/menu", 2)
    assert menu["buttons"] == [] and "1. " in menu["text"]
    topic = await zalo_talk.says(user, "1", 3)
    assert topic["text"] != menu["text"]


async def test_a_photo_is_answered_politely_and_a_sticker_kindly(zalo_talk: Talk) -> None:
    user = zalo_talk.zalo.person(33)
    await zalo_talk.zalo.inbound({"user": user, "do": "sticker"})
    await zalo_talk.zalo.inbound({"user": user, "do": "image"})
    answers = await zalo_talk.answers(user, 2)
    assert all(one["text"] for one in answers)


async def test_receipts_of_the_platform_reach_the_ledger(zalo_talk: Talk) -> None:
    user = zalo_talk.zalo.person(34)
    sent = await zalo_talk.says(user, "chào", 1)
    await zalo_talk.zalo.tell(user, sent["id"], "", "text", ("seen",))

    async def seen() -> bool | None:
        async with zalo_talk.served.database.single() as connection:
            query = text("select state from delivery where provider_message_id = :id")
            return (await connection.execute(query, {"id": sent["id"]})).scalar_one_or_none() == "seen" or None

    assert await zalo_talk.until(seen)


async def test_an_officer_who_writes_from_zalo_is_not_talked_over(zalo_talk: Talk) -> None:
    user = zalo_talk.zalo.person(35)
    await zalo_talk.says(user, "chào", 1)
    await zalo_talk.zalo.inbound({"user": user, "do": "officer", "text": "Chào bác, tôi là cán bộ."})
    await zalo_talk.zalo.inbound({"user": user, "do": "write", "text": "chào cán bộ, tôi hỏi việc nhà ở"})

    async def settled() -> bool | None:
        async with zalo_talk.served.database.single() as connection:
            query = text(
                "select count(*) from incoming join conversation on conversation.id = conversation_id "
                "where address = :user and answered_at is not null"
            )
            return (await connection.execute(query, {"user": user})).scalar_one() == 2 or None

    assert await zalo_talk.until(settled)
    assert len(await zalo_talk.answers(user, 1)) == 1


async def test_readiness_tells_of_tokens_that_only_a_person_can_renew(zalo_talk: Talk) -> None:
    async with httpx.AsyncClient(base_url=zalo_talk.served.address) as http:
        assert "notes" not in (await http.get("/readyz")).json()
        async with zalo_talk.served.database.single() as connection:
            await connection.execute(text("update zalo_token set needs_consent = 'revoked'"))
        ready = await http.get("/readyz")
        async with zalo_talk.served.database.single() as connection:
            await connection.execute(text("update zalo_token set needs_consent = null"))
        assert ready.status_code == 200
        assert ready.json()["notes"] == {"zalo": "needs_consent"}


async def test_a_reaction_under_an_answer_is_a_thumb(zalo_talk: Talk) -> None:
    user = zalo_talk.zalo.person(38)
    await zalo_talk.says(user, "chào", 1)
    answer = await zalo_talk.says(user, "hộ nghèo vay vốn được bao nhiêu", 2)

    async def rated() -> str:
        async with zalo_talk.served.database.single() as connection:
            query = text(
                "select coalesce(message ->> 'rated', '') from delivery where channel = 'zalo' and address = :user "
                "and message ->> 'statement' is not null"
            )
            return f"{(await connection.execute(query, {'user': user})).scalar_one()}"

    def until_it_is(wanted: str) -> Callable[[], Awaitable[bool | None]]:
        async def look() -> bool | None:
            return await rated() == wanted or None

        return look

    at = zalo_talk.zalo.now_ms()
    for after, (icon, wanted) in enumerate(
        (("/-heart", "up"), (":-h", "down"), (":o", ""), ("/-strong", "up"), ("", ""))
    ):
        event = {"user": user, "do": "react", "msg_id": answer["id"], "icon": icon, "at_ms": at + after}
        await zalo_talk.zalo.inbound(event)
        assert await zalo_talk.until(until_it_is(wanted))
    assert len(await zalo_talk.answers(user, 2)) == 2, "nothing is said to a reaction"
