"""A whole conversation on Zalo: the platform's stand-in, HTTP, PostgreSQL, Rasa, and back, in the running system."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from server.postgres import EmbeddedPostgres
from server.runtime import Runtime
from server.settings import Settings
from server.zalo import zalo_account, zalo_calls
from tests.standins.base import serving
from tests.standins.zalo import APP_ID, APP_SECRET, OA_ID, OA_KEY, Zalo


@dataclass
class Talk:
    """A process that serves Zalo beside the system that answers, and the platform."""

    zalo: Zalo
    served: Runtime

    async def until[Value](self, found: Callable[[], Awaitable[Value | None]]) -> Value:
        async with asyncio.timeout(90):
            while (value := await found()) is None:
                await asyncio.sleep(0.03)
        return value

    async def answers(self, user: str, number: int) -> list[dict[str, Any]]:
        """What the platform took for somebody, as soon as there are so many."""

        async def look() -> list[dict[str, Any]] | None:
            theirs = [one for one in self.zalo.outbox if one.get("to") == user]
            return theirs if len(theirs) >= number else None

        return await self.until(look)

    async def says(self, user: str, words: str, number: int) -> dict[str, Any]:
        await self.zalo.inbound({"user": user, "do": "write", "text": words})
        return (await self.answers(user, number))[number - 1]


@pytest_asyncio.fixture(scope="session")
async def talk(
    system: Runtime, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Talk]:
    zalo = Zalo()
    async with serving(zalo) as address:
        settings = Settings(
            data_dir=tmp_path_factory.mktemp("zalo"),
            port=0,
            zalo_oa_id=OA_ID,
            zalo_app_id=APP_ID,
            zalo_app_secret=APP_SECRET,
            zalo_webhook_key=OA_KEY,
            zalo_openapi_url=address,
            zalo_business_url=address,
            zalo_oauth_url=address,
            zalo_settle_seconds=0,
        )
        served = Runtime(settings, ("web", "delivery"), postgres.url())
        account = zalo_account(settings)
        assert account is not None
        calls = zalo_calls(settings, account, served.database, served.clock)
        await calls.tokens.give(zalo.tokens.access, zalo.tokens.refresh, lasts=timedelta(hours=20))
        async with served.running():
            zalo.webhook.url = f"{served.address}/webhooks/zalo"
            yield Talk(zalo, served)
            await zalo.told()
            async with served.database.single() as connection:
                await connection.execute(text("delete from zalo_token"))
        await calls.calls.close()


async def test_a_question_on_zalo_is_answered_and_its_choices_are_typed_by_number(talk: Talk) -> None:
    user = talk.zalo.person(31)
    welcome = await talk.says(user, "chào", 1)
    assert "máy trả lời tự động" in welcome["text"]
    answer = await talk.says(user, "hộ nghèo được hỗ trợ tiền điện bao nhiêu", 2)
    assert "kWh" in answer["text"] and len(answer["text"]) <= 2000
    assert "1. " in answer["text"] and answer["buttons"] == []
    after = await talk.says(user, "1", 3)
    assert after["text"] != answer["text"]


async def test_buttons_are_pressed(talk: Talk) -> None:
    user = talk.zalo.person(36)
    await talk.says(user, "chào", 1)
    asked = await talk.says(user, "bạn là người hay máy", 2)
    assert 1 <= len(asked["buttons"]) <= 5
    pressed = asked["buttons"][-1]
    assert pressed["payload"].startswith("#/")
    await talk.zalo.inbound({"user": user, "do": "press", "press": pressed["payload"]})
    after = (await talk.answers(user, 3))[2]
    assert after["text"] != asked["text"]


async def test_the_menu_of_thirteen_is_typed_by_number(talk: Talk) -> None:
    user = talk.zalo.person(32)
    await talk.says(user, "chào", 1)
    menu = await talk.says(user, "/menu", 2)
    assert menu["buttons"] == [] and "1. " in menu["text"]
    topic = await talk.says(user, "1", 3)
    assert topic["text"] != menu["text"]


async def test_a_photo_is_answered_politely_and_a_sticker_kindly(talk: Talk) -> None:
    user = talk.zalo.person(33)
    await talk.zalo.inbound({"user": user, "do": "sticker"})
    await talk.zalo.inbound({"user": user, "do": "image"})
    answers = await talk.answers(user, 2)
    assert all(one["text"] for one in answers)


async def test_receipts_of_the_platform_reach_the_ledger(talk: Talk) -> None:
    user = talk.zalo.person(34)
    sent = await talk.says(user, "chào", 1)
    await talk.zalo.tell(user, sent["id"], "", "text", ("seen",))

    async def seen() -> bool | None:
        async with talk.served.database.single() as connection:
            query = text("select state from delivery where provider_message_id = :id")
            return (await connection.execute(query, {"id": sent["id"]})).scalar_one_or_none() == "seen" or None

    assert await talk.until(seen)


async def test_an_officer_who_writes_from_zalo_is_not_talked_over(talk: Talk) -> None:
    user = talk.zalo.person(35)
    await talk.says(user, "chào", 1)
    await talk.zalo.inbound({"user": user, "do": "officer", "text": "Chào bác, tôi là cán bộ."})
    await talk.zalo.inbound({"user": user, "do": "write", "text": "chào cán bộ, tôi hỏi việc nhà ở"})

    async def settled() -> bool | None:
        async with talk.served.database.single() as connection:
            query = text(
                "select count(*) from incoming join conversation on conversation.id = conversation_id "
                "where address = :user and answered_at is not null"
            )
            return (await connection.execute(query, {"user": user})).scalar_one() == 2 or None

    assert await talk.until(settled)
    assert len(await talk.answers(user, 1)) == 1


async def test_readiness_tells_of_tokens_that_only_a_person_can_renew(talk: Talk) -> None:
    async with httpx.AsyncClient(base_url=talk.served.address) as http:
        assert "notes" not in (await http.get("/readyz")).json()
        async with talk.served.database.single() as connection:
            await connection.execute(text("update zalo_token set needs_consent = 'revoked'"))
        ready = await http.get("/readyz")
        assert ready.status_code == 200
        assert ready.json()["notes"] == {"zalo": "needs_consent"}
