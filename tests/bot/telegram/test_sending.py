"""What leaves for Telegram, and what its refusals become: a real client against the stand-in, without a dialogue."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.channels.base import Failed, Sent, Shipment
from bot.channels.own_media import OwnMedia
from bot.channels.telegram import sending
from bot.channels.telegram.account import Account, close
from bot.channels.telegram.buttons import callback_data
from bot.channels.telegram.sending import TelegramChannel
from bot.channels.telegram.uploads import Uploads
from bot.messages import Button, OutgoingMessage, PhoneRequest
from store.clock import SetClock
from store.database import Database
from store.delivery_errors import ErrorClass
from store.queries.button_payloads import find_payload
from tests.patience import PATIENCE_SECONDS
from tests.standins.base import serving
from tests.standins.telegram import BOT_ID, TelegramStandIn

PERSON = 600000001
LONG = '/topic_menu{"topic":"' + "đ" * 60 + '"}'


@pytest_asyncio.fixture
async def own() -> AsyncIterator[TelegramStandIn]:
    """A stand-in of the test's own, to be told to fail."""
    stand_in = TelegramStandIn()
    async with serving(stand_in):
        yield stand_in


@pytest_asyncio.fixture
async def channel(own: TelegramStandIn, database: Database, clock: SetClock) -> AsyncIterator[TelegramChannel]:
    """Our side of it."""
    bot = Account(own.token, own.address).bot()
    yield TelegramChannel(bot, database, clock)
    await close(bot)


def message(words: str = "Chào bác", *buttons: Button, **more: str) -> OutgoingMessage:
    return OutgoingMessage(text=words, buttons=buttons, **more)  # type: ignore[arg-type]


async def send(channel: TelegramChannel, said: OutgoingMessage | None = None, key: str = "1") -> Sent | Failed:
    return await channel.send(said or message(), f"{PERSON}", Shipment(key))


async def refused(channel: TelegramChannel) -> Failed:
    result = await send(channel)
    assert isinstance(result, Failed)
    return result


def answer(own: TelegramStandIn, status: int, description: str, **parameters: int) -> None:
    body = {"ok": False, "error_code": status, "description": description}
    own.fail("answer", "sendMessage", status=status, body=body | ({"parameters": parameters} if parameters else {}))


async def test_text_and_buttons_arrive_as_they_are(channel: TelegramChannel, own: TelegramStandIn) -> None:
    """D-50: nothing of a text is markup, whatever it holds."""
    odd = "a < b & c > d *sao* _gạch_ <b>đậm</b> [x](y)"
    assert await send(channel, message(odd, Button(title="Menu", payload="/menu"))) == Sent(f"{PERSON}:10")
    (sent,) = own.said(PERSON)
    assert sent["text"] == odd
    assert sent["reply_markup"]["inline_keyboard"] == [[{"text": "Menu", "callback_data": "/menu"}]]


async def test_a_number_is_asked_for_by_a_button_in_private_chats_only(
    channel: TelegramChannel, own: TelegramStandIn
) -> None:
    skip = Button(title="Bỏ qua", payload="/deny")
    asked = OutgoingMessage(
        text="Số điện thoại?", buttons=(skip,), phone_request=PhoneRequest(title="Gửi số", words="Hoặc bấm nút.")
    )
    assert isinstance(await send(channel, asked), Sent)
    question, request = own.said(PERSON)
    assert question["reply_markup"]["inline_keyboard"][0][0]["text"] == "Bỏ qua"
    assert (request["text"], request["asks_for_contact"]) == ("Hoặc bấm nút.", "Gửi số")
    own.add_person({"id": -100200, "name": "Nhóm mẫu"})
    assert isinstance(await channel.send(asked, "-100200", Shipment("2")), Sent)
    assert [one["text"] for one in own.said(-100200)] == ["Số điện thoại?"]


async def test_an_answer_that_leaves_out_all_but_the_id_counts_as_sent(
    channel: TelegramChannel, own: TelegramStandIn
) -> None:
    body = {"ok": True, "result": {"message_id": 77, "date": 1795399200123, "link_preview_options": "{}"}}
    own.fail("answer", "sendMessage", status=200, body=body)
    assert await send(channel) == Sent(f"{PERSON}:77")


async def test_a_long_text_leaves_in_parts_with_the_buttons_under_the_last(
    channel: TelegramChannel, own: TelegramStandIn
) -> None:
    own.flood.enabled = False
    words = "Hộ nghèo được hỗ trợ theo quy định hiện hành của Nhà nước. " * 200
    assert isinstance(await send(channel, message(words, Button(title="Menu", payload="/menu"))), Sent)
    parts = own.said(PERSON)
    assert len(parts) == 3 and all(len(part["text"]) <= 4000 for part in parts)
    assert [part["text"][:5] for part in parts] == ["(1/3)", "(2/3)", "(3/3)"]
    assert ["reply_markup" in part for part in parts] == [False, False, True]


async def test_parts_that_left_are_not_said_again_by_another_try(
    channel: TelegramChannel, own: TelegramStandIn
) -> None:
    words = message("Một câu khá dài để phải chia ra thành nhiều phần. " * 150)
    refusal = {"ok": False, "error_code": 429, "description": "slow", "parameters": {"retry_after": 3}}
    own.fail("answer", "sendMessage", nth=2, status=429, body=refusal)
    first = await send(channel, words)
    assert isinstance(first, Failed) and first.error is ErrorClass.RATE
    own.faults.rules.clear()
    assert isinstance(await send(channel, words), Sent)
    assert len(own.said(PERSON)) == 2, "each part once"


async def test_a_payload_beyond_64_bytes_travels_by_reference(
    channel: TelegramChannel, own: TelegramStandIn, database: Database
) -> None:
    """D-46."""
    assert isinstance(await send(channel, message("?", Button(title="Dài", payload=LONG))), Sent)
    (sent,) = own.said(PERSON)
    data = sent["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    assert data == callback_data(LONG) and len(data.encode()) <= 64
    async with database.single() as connection:
        assert await find_payload(connection, data) == LONG


async def test_what_the_chat_cannot_show_is_linked_where_people_reach_us(
    channel: TelegramChannel, own: TelegramStandIn, database: Database, clock: SetClock
) -> None:
    public = TelegramChannel(channel.bot, database, clock, "https://hoidap.example")
    await public.send(message("Nghe nhé", audio="/audio/ab.mp3"), f"{PERSON}", Shipment("1"))
    await send(channel, message("Nghe nhé", audio="/audio/ab.mp3"))
    assert [one["text"] for one in own.said(PERSON)] == [
        "Nghe nhé\n\n🔊 Nghe: https://hoidap.example/audio/ab.mp3",
        "Nghe nhé",
    ]


async def test_pictures_and_recordings_are_uploaded_once_and_then_sent_by_their_id(
    channel: TelegramChannel, own: TelegramStandIn, database: Database, clock: SetClock, tmp_path: Path
) -> None:
    """D-53."""
    own.flood.enabled = False
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "ab.ogg").write_bytes(b"OggS made up")
    (tmp_path / "files" / "cd.mp3").write_bytes(b"ID3 made up")
    uploads = Uploads(channel.bot, BOT_ID, database, clock, OwnMedia(tmp_path, lambda: ""))
    full = TelegramChannel(channel.bot, database, clock, "", uploads)
    for number, name in enumerate(("ab.ogg", "ab.ogg", "cd.mp3")):
        said = message("Nghe nhé", audio=f"/audio/{name}")
        assert isinstance(await full.send(said, f"{PERSON}", Shipment(f"{number}")), Sent)
    kinds = [next(kind for kind in ("voice", "audio", "text") if kind in one) for one in own.said(PERSON)]
    assert kinds == ["voice", "text", "voice", "text", "audio", "text"] and own.uploads == 2
    own.files.clear()
    assert isinstance(await full.send(message(audio="/audio/ab.ogg"), f"{PERSON}", Shipment("9")), Sent)
    assert own.uploads == 3, "an id that Telegram forgot is uploaded again"


CLASSES = [
    (429, "Too Many Requests: retry after 7", {"retry_after": 7}, ErrorClass.RATE),
    (429, "Too Many Requests", {}, ErrorClass.RATE),
    (401, "Unauthorized", {}, ErrorClass.AUTH),
    (404, "Not Found", {}, ErrorClass.AUTH),
    (403, "Forbidden: bot was blocked by the user", {}, ErrorClass.PERMANENT_RECIPIENT),
    (403, "Forbidden: user is deactivated", {}, ErrorClass.PERMANENT_RECIPIENT),
    (403, "Forbidden: bot was kicked from the group chat", {}, ErrorClass.PERMANENT_RECIPIENT),
    (403, "Forbidden: bot was kicked from the supergroup chat", {}, ErrorClass.PERMANENT_RECIPIENT),
    (403, "Forbidden: bot was kicked from the channel chat", {}, ErrorClass.PERMANENT_RECIPIENT),
    (403, "Forbidden: bot can't initiate conversation with a user", {}, ErrorClass.RECIPIENT),
    (403, "Forbidden: something new", {}, ErrorClass.RECIPIENT),
    (400, "Bad Request: chat not found", {}, ErrorClass.RECIPIENT),
    (400, "Bad Request: message text is empty", {}, ErrorClass.PAYLOAD),
    (400, "Bad Request: message is too long", {}, ErrorClass.PAYLOAD),
    (400, "Bad Request: can't parse entities: unsupported start tag", {}, ErrorClass.PAYLOAD),
    (400, "Bad Request: BUTTON_DATA_INVALID", {}, ErrorClass.PAYLOAD),
    (400, "Bad Request: reply markup is too long", {}, ErrorClass.PAYLOAD),
    (400, "Bad Request: message caption is too long", {}, ErrorClass.PAYLOAD),
    (409, "Conflict: terminated by other getUpdates request", {}, ErrorClass.RETRYABLE),
    (500, "Internal Server Error", {}, ErrorClass.RETRYABLE),
]


@pytest.mark.parametrize(("status", "description", "parameters", "expected"), CLASSES)
async def test_c5_each_refusal_has_its_class(
    channel: TelegramChannel,
    own: TelegramStandIn,
    status: int,
    description: str,
    parameters: dict[str, int],
    expected: ErrorClass,
) -> None:
    """C5; D-44: only what is conclusive makes a person unreachable."""
    answer(own, status, description, **parameters)
    assert (await refused(channel)).error is expected


async def test_a_429_says_how_long_to_wait(channel: TelegramChannel, own: TelegramStandIn) -> None:
    """D-41."""
    answer(own, 429, "Too Many Requests: retry after 7", retry_after=7)
    assert (await refused(channel)).retry_after == timedelta(seconds=7)


async def test_a_group_that_became_a_supergroup_tells_its_new_address(
    channel: TelegramChannel, own: TelegramStandIn
) -> None:
    """D-45."""
    answer(own, 400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1001234567890123)
    failed = await refused(channel)
    assert (failed.error, failed.new_address) == (ErrorClass.RETRYABLE, "-1001234567890123")


@pytest.mark.parametrize("action", ["drop_after", "drop_before", "malformed"])
async def test_a_request_without_an_answer_is_of_unknown_outcome(
    channel: TelegramChannel, own: TelegramStandIn, action: str
) -> None:
    """D-07, D-54."""
    own.fail(action, "sendMessage")
    assert (await refused(channel)).error is ErrorClass.UNKNOWN


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Waits a tenth of a second where we would wait long."""
    monkeypatch.setattr(sending, "LONGEST_SEND_SECONDS", 0.1)
    yield


@pytest.mark.usefixtures("impatient")
async def test_a_send_that_times_out_after_it_was_accepted_is_unknown(
    channel: TelegramChannel, own: TelegramStandIn
) -> None:
    """D-07, D-54."""
    own.fail("hang_after", "sendMessage")
    assert (await refused(channel)).error is ErrorClass.UNKNOWN
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not own.said(PERSON):
            await asyncio.sleep(0.01)


async def test_a_server_that_is_not_there_was_certainly_not_asked(database: Database, clock: SetClock) -> None:
    bot = Account("1:made-up", "http://127.0.0.1:9").bot()
    result = await TelegramChannel(bot, database, clock).send(message(), f"{PERSON}", Shipment("1"))
    await close(bot)
    assert isinstance(result, Failed) and result.error is ErrorClass.RETRYABLE


async def test_an_answer_200_that_is_not_ok_is_no_crash(channel: TelegramChannel, own: TelegramStandIn) -> None:
    own.fail("answer", "sendMessage", status=200, body={"ok": False, "description": "odd"})
    assert (await refused(channel)).error is ErrorClass.UNKNOWN


async def test_ids_beyond_32_bits_are_kept(channel: TelegramChannel, own: TelegramStandIn) -> None:
    own.add_person({"id": 4503599627370495, "name": "Mẫu"})
    assert isinstance(await channel.send(message(), "4503599627370495", Shipment("1")), Sent)


async def test_an_address_that_is_no_chat_id_never_asks_anybody(
    channel: TelegramChannel, own: TelegramStandIn, database: Database
) -> None:
    result = await channel.send(message(), "somebody", Shipment("1"))
    assert isinstance(result, Failed) and result.error is ErrorClass.PERMANENT_RECIPIENT and own.outbox == []
    async with database.single() as connection:
        assert (await connection.execute(text("select count(*) from sent_part"))).scalar_one() == 0
