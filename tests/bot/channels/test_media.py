"""What people send beside words: a smile, a person, polite words; files from the channel's own hosts only."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.channels.media import AllowedHosts, MediaFetcher, NotFetched, fetch_limited, sniffed
from server.runtime import Runtime
from store.queries.staff import Staff
from tests.messengers import TelegramPerson, ZaloBotPerson
from tests.standins.base import StandIn, serving
from tests.standins.phone import PhoneLine
from tests.standins.telegram import TelegramStandIn
from tests.standins.zalo_bot import ZaloBotStandIn

JPEG = b"\xff\xd8\xff\xe0" + b"made up" * 20
STICKER = {"sticker": {"file_id": "S", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1,
                       "is_animated": False, "is_video": False}}  # fmt: skip


def photo(file_id: str) -> dict[str, Any]:
    return {"photo": [{"file_id": file_id, "file_unique_id": "u", "width": 320, "height": 320, "file_size": len(JPEG)}]}


async def media(system: Runtime, address: str) -> list[Any]:
    async with system.database.single() as connection:
        rows = await connection.execute(
            text(
                "select ticket_media.kind, mime, content, reason from ticket_media "
                "join ticket on ticket.id = ticket_id join conversation on conversation.id = conversation_id "
                "where address = :address order by ticket_media.id"
            ),
            {"address": address},
        )
        return [tuple(row) for row in rows]


async def fetched(system: Runtime, telegram: TelegramStandIn | None = None) -> None:
    """Fetch what waits, beside the fetcher of the running system: whoever comes first."""
    sources = {one.channel.name: one.media for one in system.connections if one.media is not None}
    while await MediaFetcher(system.database, system.clock, sources).round():
        pass


async def test_a_sticker_gets_a_smile(system: Runtime, telegram: TelegramStandIn) -> None:
    person = TelegramPerson(system, telegram)
    assert len(await person.do(do="send", what=STICKER)) == 1
    assert "😊" in person.text() and await media(system, f"{person.id}") == []


async def test_a_picture_goes_to_a_person_and_its_caption_is_answered(
    system: Runtime, telegram: TelegramStandIn, mai: Staff
) -> None:
    telegram.files["PHOTO-1"] = JPEG
    person = TelegramPerson(system, telegram)
    what = {**photo("PHOTO-1"), "caption": "vay vốn hộ nghèo lãi bao nhiêu"}
    first, second = await person.do(do="send", what=what)
    assert "chuyển cho cán bộ" in first["text"] and "Mã yêu cầu" in first["text"]
    assert "vay" in second["text"].lower()
    await fetched(system)
    assert await media(system, f"{person.id}") == [("image", "image/jpeg", JPEG, "media")]


async def test_an_album_is_thanked_for_once(system: Runtime, telegram: TelegramStandIn, mai: Staff) -> None:
    telegram.files |= {f"PHOTO-{number}": JPEG for number in (2, 3, 4)}
    person = TelegramPerson(system, telegram)
    said = [len(await person.do(do="send", what=photo(f"PHOTO-{number}"))) for number in (2, 3, 4)]
    assert said == [1, 0, 0] and len(await media(system, f"{person.id}")) == 3


async def test_a_voice_note_and_a_place_go_to_a_person_too(
    system: Runtime, telegram: TelegramStandIn, mai: Staff
) -> None:
    telegram.files["VOICE-1"] = b"OggS" + b"\0" * 40
    person = TelegramPerson(system, telegram)
    voice = {"voice": {"file_id": "VOICE-1", "file_unique_id": "v", "duration": 9, "mime_type": "audio/ogg"}}
    await person.do(do="send", what=voice)
    assert "đoạn ghi âm" in person.text()
    await person.do(do="send", what={"location": {"latitude": 14.35, "longitude": 108.0}})
    await fetched(system)
    kinds = [(kind, mime) for kind, mime, _, _ in await media(system, f"{person.id}")]
    assert kinds == [("audio", "audio/ogg"), ("location", "text/plain")]


async def test_where_nobody_is_at_the_desk_nothing_is_kept_and_that_is_said(
    system: Runtime, telegram: TelegramStandIn
) -> None:
    person = TelegramPerson(system, telegram)
    await person.do(do="send", what=photo("PHOTO-9"))
    assert "không giữ lại" in person.text() and await media(system, f"{person.id}") == []


async def test_ones_own_number_is_words_and_somebody_elses_card_is_not_kept(
    system: Runtime, telegram: TelegramStandIn
) -> None:
    person = TelegramPerson(system, telegram)
    card = {"phone_number": "84900000001", "first_name": "Mẫu"}
    await person.do(do="send", what={"contact": {**card, "user_id": person.id}})
    assert "danh thiếp" not in person.text()
    await person.do(do="send", what={"contact": {**card, "user_id": 5}})
    assert "danh thiếp" in person.text()


async def test_on_the_zalo_bot_pictures_come_by_address(system: Runtime, zalo_bot: ZaloBotStandIn, mai: Staff) -> None:
    person = ZaloBotPerson(system, zalo_bot)
    elsewhere = {"photo_url": "https://evil.example/a.jpg", "caption": ""}
    await person.do(do="send", event="message.image.received", what=elsewhere)
    assert "chuyển cho cán bộ" in person.text()
    await fetched(system)
    assert [content for _, _, content, _ in await media(system, person.address)] == [None], "never asked for"
    await person.do(do="send", event="message.sticker.received", what={"sticker": "1"})
    assert "😊" in person.text()
    await person.do(do="send", event="message.unsupported.received")
    assert "bằng chữ" in person.text()


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/a",
        "https://zdn.vn.evil.example/a",
        "https://evilzdn.vn/a",
        "https://user@zdn.vn/a",
        "https://zdn.vn:8080/a",
        "ftp://zdn.vn/a",
        "file:///etc/passwd",
        "http://127.0.0.1/a",
        "http://[::1/a",
        "//zdn.vn/a",
        "",
    ],
)
def test_other_hosts_are_not_asked(address: str) -> None:
    """D-23."""
    with pytest.raises(NotFetched):
        AllowedHosts({"zdn.vn"}).allowed(address)


def test_plain_http_is_raised_to_https() -> None:
    """D-23."""
    allowed = AllowedHosts({"zdn.vn"}).allowed("http://photo.zdn.vn/a.jpg?x=1#y")
    assert allowed == "https://photo.zdn.vn/a.jpg?x=1"


class Files(StandIn):
    """A host of files, some of them odd."""

    def api_routes(self) -> list[BaseRoute]:
        async def undeclared() -> AsyncIterator[bytes]:
            for _ in range(100):
                yield b"x" * 65536
                await asyncio.sleep(0)

        return [
            Route("/ok", lambda _: Response(JPEG)),
            Route("/away", lambda _: RedirectResponse("http://127.0.0.1:1/x")),
            Route("/round", lambda _: RedirectResponse("/round")),
            Route("/on", lambda _: RedirectResponse("/ok")),
            Route("/declared", lambda _: Response(b"x" * 5000)),
            Route("/undeclared", lambda _: StreamingResponse(undeclared())),
            Route("/gone", self._gone),
        ]

    async def _gone(self, _request: Request) -> Response:
        return Response(status_code=404)

    def people(self) -> dict[str, str]:
        return {}

    def lines(self, person: str) -> list[PhoneLine]:
        return []


async def test_files_are_limited_in_size_and_never_lead_elsewhere() -> None:
    """D-23."""
    async with serving(Files()) as address:
        hosts = AllowedHosts(origins={address})
        assert await fetch_limited(f"{address}/ok", hosts) == JPEG
        assert await fetch_limited(f"{address}/on", hosts) == JPEG
        for path, for_good in (
            ("/away", True),
            ("/round", True),
            ("/declared", True),
            ("/undeclared", True),
            ("/gone", True),
        ):
            with pytest.raises(NotFetched) as refused:
                await fetch_limited(f"{address}{path}", hosts, largest=1000)
            assert refused.value.for_good is for_good, path


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (JPEG, ("image", "image/jpeg")),
        (b"\x89PNG\r\n\x1a\nxx", ("image", "image/png")),
        (b"OggS\0", ("audio", "audio/ogg")),
        (b"\0\0\0\x20ftypM4A ", ("audio", "audio/mp4")),
        (b"\0\0\0\x20ftypisom", ("video", "video/mp4")),
        (b"%PDF-1.7", ("file", "application/pdf")),
        (b"<html><script>", ("file", "application/octet-stream")),
        (b"MZ\x90", ("file", "application/octet-stream")),
        (b"", ("file", "application/octet-stream")),
    ],
)
def test_what_a_file_is_is_read_from_its_bytes(content: bytes, expected: tuple[str, str]) -> None:
    assert sniffed(content) == expected
