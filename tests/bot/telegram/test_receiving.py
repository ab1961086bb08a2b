"""How updates reach us: the webhook's door, the poller, and what single updates do, through the real system."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest_asyncio
from sqlalchemy import text

from bot.channels.events import EventDoor
from bot.channels.telegram.account import ALLOWED_UPDATES, Account, close
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.webhook import WebhookKeeper
from server.runtime import Runtime
from store.clock import SetClock
from store.database import Database
from tests.messengers import TelegramPerson, until_quiet
from tests.patience import PATIENCE_SECONDS
from tests.standins.base import serving
from tests.standins.telegram import BOT_ID, TelegramStandIn

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


async def events(system: Runtime, key: str) -> list[Any]:
    async with system.database.single() as connection:
        rows = await connection.execute(
            text("select outcome from channel_event where channel = 'telegram' and key = :key"), {"key": key}
        )
        return list(rows.scalars())


async def test_without_the_secret_nothing_is_read(http: httpx.AsyncClient, system: Runtime) -> None:
    """D-58."""
    number = uuid.uuid4().int % 10**9
    body = json.dumps({"update_id": number}).encode()
    for headers in ({}, {SECRET_HEADER: "wrong"}, {SECRET_HEADER: ""}):
        answer = await http.post("/webhooks/telegram", content=body, headers=headers)
        assert answer.status_code == 403
    assert await events(system, f"{BOT_ID}:{number}") == []


async def test_whatever_arrives_with_the_secret_is_acknowledged(
    http: httpx.AsyncClient, telegram: TelegramStandIn
) -> None:
    """D-33, D-49."""
    for body in (b"", b"{}", b"[]", b"null", b"not json", b'{"update_id": "x"}', b'{"message": 3}', b"\xff\xfe"):
        answer = await http.post("/webhooks/telegram", content=body, headers={SECRET_HEADER: telegram.secret})
        assert answer.status_code == 200, body


async def test_an_update_delivered_twice_is_answered_once(system: Runtime, telegram: TelegramStandIn) -> None:
    """D-48."""
    person = TelegramPerson(system, telegram)
    update = {
        "update_id": uuid.uuid4().int % 10**9,
        "message": {
            "message_id": 1,
            "from": {"id": person.id, "is_bot": False, "first_name": "Mẫu"},
            "chat": {"id": person.id, "type": "private"},
            "date": 1795399190,
            "text": "vay vốn hộ nghèo lãi bao nhiêu",
        },
    }
    assert await telegram.deliver(update) and await telegram.deliver(update)
    await until_quiet(system, "telegram", f"{person.id}")
    assert len(telegram.said(person.id)) == 1


async def test_an_edited_message_is_no_new_one_but_answered_when_it_comes_at_once(
    system: Runtime, telegram: TelegramStandIn
) -> None:
    """D-52."""
    person = TelegramPerson(system, telegram)
    await person.say("vay vốn hộ nghèo")
    written = telegram.chats[person.id].messages[0]["message_id"]
    assert await person.do(do="edit", message_id=written, text="học nghề ở đâu", after=600) == []
    assert len(await person.do(do="edit", message_id=written, text="học phí hộ nghèo", after=30)) == 1
    async with system.database.single() as connection:
        words = await connection.execute(
            text("select text from incoming where provider_message_id = :id"), {"id": f"{person.id}:{written}"}
        )
        assert words.scalar_one() == "học phí hộ nghèo"


async def test_who_blocks_us_is_not_written_to_until_they_come_back(system: Runtime, telegram: TelegramStandIn) -> None:
    """D-44."""

    async def reason() -> str | None:
        async with system.database.single() as connection:
            found = await connection.execute(
                text("select unreachable_reason from conversation where address = :address"),
                {"address": f"{person.id}"},
            )
            return found.scalar_one()  # type: ignore[no-any-return]

    person = TelegramPerson(system, telegram)
    await person.say("/start")
    assert await reason() is None
    await person.do(do="block")
    assert await reason() == "telegram_blocked"
    await person.do(do="unblock")
    assert await reason() is None


async def test_a_group_is_answered_only_when_it_speaks_to_us(system: Runtime, telegram: TelegramStandIn) -> None:
    group = TelegramPerson(system, telegram, id=-4_000_001)
    assert await group.say("hộ nghèo vay lãi bao nhiêu vậy mọi người") == []
    assert await group.say("@nguoi_khac hộ nghèo vay lãi bao nhiêu") == []
    assert len(await group.say("@xamau_demo_bot hộ nghèo vay lãi bao nhiêu")) == 1
    assert "vay" in group.text().lower()
    assert len(await group.say("/menu@xamau_demo_bot")) == 1
    assert await group.say("/menu@other_bot") == []


async def test_a_group_that_became_a_supergroup_is_one_conversation(system: Runtime, telegram: TelegramStandIn) -> None:
    """D-45."""
    group = TelegramPerson(system, telegram, id=-4_000_002)
    await group.say("/menu")
    await group.do(do="migrate", to=-1_000_000_000_002)
    async with system.database.single() as connection:
        rows = await connection.execute(
            text("select address from conversation where address in ('-4000002', '-1000000000002')")
        )
        assert rows.scalars().all() == ["-1000000000002"]


async def test_channel_posts_and_other_bots_are_not_answered(system: Runtime, telegram: TelegramStandIn) -> None:
    chat = {"id": -1_000_000_000_003, "type": "channel", "title": "Kênh mẫu"}
    post = {"message_id": 1, "chat": chat, "date": 1795399190, "text": "chào cả nhà"}
    number = uuid.uuid4().int % 10**9
    await telegram.deliver({"update_id": number, "channel_post": post})
    await until_quiet(system, "telegram", f"{chat['id']}")
    assert await events(system, f"{BOT_ID}:{number}") == ["ignored"]


async def test_a_button_that_somebody_made_up_opens_nothing(system: Runtime, telegram: TelegramStandIn) -> None:
    """D-27: a client can be made to send any data; only what we offer is taken for a button of ours."""
    person = TelegramPerson(system, telegram)
    await person.say("/menu")
    number = person.last[0]["message_id"]
    for data in ("/staff_only", '/forget{"who":"all"}', "r:unknown", "x" * 64):
        assert len(await person.do(do="press", press=f"{number}:{data}")) == 1
    async with system.database.single() as connection:
        rows = await connection.execute(
            text(
                "select payload from incoming join conversation on conversation.id = conversation_id "
                "where address = :address and provider_message_id like 'press:%'"
            ),
            {"address": f"{person.id}"},
        )
        assert rows.scalars().all() == [None] * 4


@pytest_asyncio.fixture
async def own() -> AsyncIterator[TelegramStandIn]:
    """A stand-in without a webhook."""
    stand_in = TelegramStandIn()
    async with serving(stand_in):
        yield stand_in


async def poller(own: TelegramStandIn, database: Database, clock: SetClock) -> Poller:
    account = Account(own.token, own.address)
    return Poller(account.bot(), database, EventDoor(database, clock, "telegram"), account.bot_id, seconds=0)


async def stored(database: Database) -> int:
    async with database.single() as connection:
        return int((await connection.execute(text("select count(*) from channel_event"))).scalar_one())


async def test_the_offset_moves_only_after_everything_was_stored(
    own: TelegramStandIn, database: Database, clock: SetClock
) -> None:
    """D-47: a poller that dies between fetching and storing loses nothing."""
    for words in ("một", "hai"):
        await own.inbound({"user": 600000001, "do": "write", "text": words})
    await own.inbound({"raw": {"message": {"half": "\ud83d"}}})
    polling = await poller(own, database, clock)
    assert await polling.round() == 3 and await stored(database) == 3
    assert len(own.updates) == 3, "not acknowledged before it was stored"
    again = await poller(own, database, clock)
    assert await again.round() == 3 and await stored(database) == 3, "fetched again by another, stored once"
    assert await again.round() == 0 and own.updates == {}
    await close(polling.bot)
    await close(again.bot)


async def test_one_process_polls_at_a_time_and_makes_way_for_the_poll_itself(
    own: TelegramStandIn, database: Database, clock: SetClock
) -> None:
    """D-40: a webhook that was left behind is taken away; what waited there is kept (D-56)."""
    own.webhook.url = "http://127.0.0.1:9/gone"
    pollers = [await poller(own, database, clock) for _ in range(2)]
    for one in pollers:
        one.seconds = 1
    tasks = [asyncio.create_task(one.run()) for one in pollers]
    async with asyncio.timeout(PATIENCE_SECONDS):
        while own.webhook.url:
            await asyncio.sleep(0.01)
        await own.inbound({"user": 600000001, "do": "write", "text": "chào"})
        while not await stored(database):
            await asyncio.sleep(0.01)
    refused = [one for one in own.outbox if "refused" in one]
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    for one in pollers:
        await close(one.bot)
    assert refused == []


async def test_a_second_program_with_our_token_is_told_of_and_not_fought(
    own: TelegramStandIn, database: Database, clock: SetClock
) -> None:
    """D-40."""
    own.fail(
        "answer",
        "getUpdates",
        status=409,
        body={"ok": False, "error_code": 409, "description": "Conflict: terminated by other getUpdates request"},
    )
    polling = await poller(own, database, clock)
    task = asyncio.create_task(polling.run())
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not own.faults.rules[0].done:
            await asyncio.sleep(0.01)
    assert not task.done() and own.faults.rules[0].done == 1
    task.cancel()
    await asyncio.wait([task])
    await close(polling.bot)


async def test_setting_the_webhook_drops_nothing_that_waits(own: TelegramStandIn) -> None:
    """D-56; what was written while we were away is delivered."""
    own.retries = 0
    await own.inbound({"user": 600000001, "do": "write", "text": "chào"})
    bot = Account(own.token, own.address).bot()
    keeper = WebhookKeeper(bot, "http://127.0.0.1:9/webhooks/telegram", "made-up-secret-of-ours")
    task = asyncio.create_task(keeper.run())
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not own.undelivered:
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    assert own.undelivered[0]["message"]["text"] == "chào" and own.secret == "made-up-secret-of-ours"
    assert own.allowed == list(ALLOWED_UPDATES) and "message_reaction" in own.allowed
    assert not await keeper.look(), "the stand-in could not deliver, and says so"
    own.webhook.url = "https://elsewhere.example"
    assert not await keeper.look()
    await close(bot)
