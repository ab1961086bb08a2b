"""What leaves for the Zalo Bot Platform, what its refusals become, and how polls lose nothing."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.channels.base import Failed, Sent, Shipment
from bot.channels.events import EventDoor
from bot.channels.zalo_bot import sending
from bot.channels.zalo_bot.client import Client
from bot.channels.zalo_bot.receiving import Poller
from bot.channels.zalo_bot.sending import ZaloBotChannel
from bot.messages import OutgoingMessage
from store.clock import SetClock
from store.database import Database
from store.delivery_errors import ErrorClass
from tests.patience import PATIENCE_SECONDS
from tests.standins.base import serving
from tests.standins.zalo_bot import PERSON, ZaloBotStandIn


@pytest_asyncio.fixture
async def own() -> AsyncIterator[ZaloBotStandIn]:
    """A stand-in of the test's own, to be told to fail."""
    stand_in = ZaloBotStandIn()
    async with serving(stand_in):
        yield stand_in


@pytest_asyncio.fixture
async def client(own: ZaloBotStandIn) -> AsyncIterator[Client]:
    """Our side of the line."""
    client = Client(own.token, own.address)
    yield client
    await client.close()


@pytest.fixture
def channel(client: Client, database: Database, clock: SetClock) -> ZaloBotChannel:
    """The channel on it."""
    return ZaloBotChannel(client, database, clock, "https://hoidap.example")


async def send(channel: ZaloBotChannel, to: str = PERSON, **message: str) -> Sent | Failed:
    return await channel.send(OutgoingMessage(**{"text": "Chào bác", **message}), to, Shipment("1"))


async def error(channel: ZaloBotChannel, to: str = PERSON) -> ErrorClass:
    result = await send(channel, to)
    assert isinstance(result, Failed)
    return result.error


async def test_a_long_text_leaves_in_parts(channel: ZaloBotChannel, own: ZaloBotStandIn) -> None:
    """D-21."""
    words = "Hộ nghèo được hỗ trợ theo quy định. " * 80
    assert isinstance(await send(channel, text=words), Sent)
    assert all(1 <= len(one["text"]) <= 1900 for one in own.said(PERSON)) and len(own.said(PERSON)) == 2


async def test_pictures_and_recordings_go_by_their_public_addresses(
    channel: ZaloBotChannel, own: ZaloBotStandIn
) -> None:
    await send(channel, image="/qr/1.png", audio="/audio/ab.aac")
    await send(channel, audio="/audio/ab.mp3")
    first, second, third, fourth = own.said(PERSON)
    assert first["photo"] == "https://hoidap.example/qr/1.png"
    assert second["voice_url"] == "https://hoidap.example/audio/ab.aac" and third["text"] == "Chào bác"
    assert fourth["text"].endswith("🔊 Nghe: https://hoidap.example/audio/ab.mp3"), "what cannot be played is linked"


async def test_what_left_is_not_said_again(channel: ZaloBotChannel, own: ZaloBotStandIn) -> None:
    own.fail("answer", "sendMessage", times=1, body={"ok": False, "error_code": 500, "description": "busy"})
    assert isinstance(await send(channel, image="/qr/1.png"), Failed)
    assert isinstance(await send(channel, image="/qr/1.png"), Sent)
    assert [sorted(one) for one in own.said(PERSON)] == [["caption", "mine", "photo"], ["mine", "text"]]


async def test_the_quota_ends_the_day_and_not_the_message(channel: ZaloBotChannel, own: ZaloBotStandIn) -> None:
    """B4: a 429 carries no time to wait."""
    own.quota = 0
    for own.errors_as_200 in (True, False):
        result = await send(channel)
        assert result == Failed(ErrorClass.QUOTA, "zalo_bot_429")


@pytest.mark.parametrize(
    ("code", "description", "expected"),
    [
        (401, "Unauthorized", ErrorClass.AUTH),
        (404, "Not found", ErrorClass.AUTH),
        (400, "Invalid chat_id", ErrorClass.RECIPIENT),
        (400, "Invalid text", ErrorClass.PAYLOAD),
        (403, "Forbidden", ErrorClass.RECIPIENT),
        (500, "Internal error", ErrorClass.RETRYABLE),
        (408, "Request timeout", ErrorClass.UNKNOWN),
    ],
)
async def test_each_refusal_has_its_class(
    channel: ZaloBotChannel, own: ZaloBotStandIn, code: int, description: str, expected: ErrorClass
) -> None:
    body = {"ok": False, "error_code": code, "description": description}
    own.fail("answer", "sendMessage", status=code, body=body, times=1)
    own.fail("answer", "sendMessage", status=200, body=body, times=1)
    assert [await error(channel), await error(channel)] == [expected, expected]


async def test_a_malformed_token_is_answered_by_no_json(
    own: ZaloBotStandIn, database: Database, clock: SetClock
) -> None:
    """B1."""
    client = Client("nonsense", own.address)
    assert await error(ZaloBotChannel(client, database, clock)) is ErrorClass.AUTH
    await client.close()


@pytest.mark.parametrize("action", ["drop_after", "drop_before", "malformed"])
async def test_a_request_without_an_answer_is_of_unknown_outcome(
    channel: ZaloBotChannel, own: ZaloBotStandIn, action: str
) -> None:
    """D-07."""
    own.fail(action, "sendMessage")
    assert await error(channel) is ErrorClass.UNKNOWN


async def test_a_send_that_times_out_after_it_was_accepted_is_unknown(
    channel: ZaloBotChannel, own: ZaloBotStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D-07."""
    monkeypatch.setattr(sending, "LONGEST_SEND_SECONDS", 0.1)
    own.fail("hang_after", "sendMessage")
    assert await error(channel) is ErrorClass.UNKNOWN


async def test_who_never_wrote_cannot_be_written_to(channel: ZaloBotChannel) -> None:
    assert await error(channel, "8999999999999999999") is ErrorClass.RECIPIENT


async def test_who_polls_ends_the_webhook_of_before(
    own: ZaloBotStandIn, client: Client, database: Database, clock: SetClock
) -> None:
    own.webhook.url = "https://elsewhere.example/webhooks/zalo-bot"
    polling = asyncio.create_task(Poller(client, database, EventDoor(database, clock, "zalo_bot"), seconds=1).run())
    async with asyncio.timeout(PATIENCE_SECONDS):
        while own.webhook.url:
            await asyncio.sleep(0.01)
        await own.inbound({"user": PERSON, "do": "write", "text": "chào"})
        stored = 0
        while not stored:
            async with database.single() as connection:
                stored = (await connection.execute(text("select count(*) from channel_event"))).scalar_one()
            await asyncio.sleep(0.01)
    polling.cancel()
    await asyncio.wait([polling])


async def test_a_poll_is_stored_before_the_next_one_is_asked(
    own: ZaloBotStandIn, client: Client, database: Database, clock: SetClock
) -> None:
    """B3: what a poll hands out is never handed out again."""
    for words in ("một", "hai"):
        await own.inbound({"user": PERSON, "do": "write", "text": words})
    poller = Poller(client, database, EventDoor(database, clock, "zalo_bot"), seconds=0)
    assert [await poller.round() for _ in range(3)] == [True, True, False]
    async with database.single() as connection:
        rows = await connection.execute(text("select address, rank > 0 from channel_event order by id"))
        assert [tuple(row) for row in rows] == [(PERSON, True), (PERSON, True)]


async def test_one_process_polls_at_a_time(
    own: ZaloBotStandIn, client: Client, database: Database, clock: SetClock
) -> None:
    """D-40."""
    door = EventDoor(database, clock, "zalo_bot")
    tasks = [asyncio.create_task(Poller(client, database, door, seconds=1).run()) for _ in range(2)]
    async with asyncio.timeout(PATIENCE_SECONDS):
        await own.inbound({"user": PERSON, "do": "write", "text": "chào"})
        while own.updates:
            await asyncio.sleep(0.01)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
