"""A picture, a voice note, a file or a place in the middle of a form: it goes to a person, and the form waits on."""

from typing import Any

import pytest
from sqlalchemy import text

from server.runtime import Runtime
from store.queries.staff import Staff
from tests.bot.zalo.talk import Talk
from tests.messengers import TelegramPerson, ZaloBotPerson, ZaloPerson
from tests.standins.telegram import TelegramStandIn
from tests.standins.zalo_bot import ZaloBotStandIn

type Person = TelegramPerson | ZaloPerson | ZaloBotPerson

_FILE = {"file_id": "F-1", "file_unique_id": "f", "file_size": 9}
#: Channel -> what is sent -> how, and as what it is kept.
SENT: dict[str, dict[str, tuple[dict[str, Any], str]]] = {
    "telegram": {
        "photo": ({"do": "send", "what": {"photo": [{**_FILE, "width": 320, "height": 320}]}}, "image"),
        "voice": ({"do": "send", "what": {"voice": {**_FILE, "duration": 9, "mime_type": "audio/ogg"}}}, "audio"),
        "file": ({"do": "send", "what": {"document": {**_FILE, "file_name": "don.pdf"}}}, "file"),
        "location": ({"do": "send", "what": {"location": {"latitude": 14.35, "longitude": 108.0}}}, "location"),
    },
    "zalo": {
        "photo": ({"do": "image"}, "image"),
        "voice": ({"do": "audio"}, "audio"),
        "file": ({"do": "file"}, "file"),
        "location": ({"do": "location", "text": "Nhà văn hóa thôn 1"}, "location"),
    },
    # The platform hands on no files and no places.
    "zalo_bot": {
        "photo": (
            {"do": "send", "event": "message.image.received", "what": {"photo_url": "https://a.zdn.vn/a.jpg"}},
            "image",
        ),
        "voice": (
            {"do": "send", "event": "message.voice.received", "what": {"voice_url": "https://a.zdn.vn/a.m4a"}},
            "audio",
        ),
    },
}
#: Form -> what opens it, and the question it then waits with.
FORMS = {"the check": ("/kiemtra", "diện nào"), "a pledge": ("đăng ký ủng hộ 500k", "một lần")}


def somebody(
    channel: str, system: Runtime, telegram: TelegramStandIn, zalo_talk: Talk, zalo_bot: ZaloBotStandIn
) -> Person:
    """Somebody new on a channel."""
    if channel == "telegram":
        return TelegramPerson(system, telegram)
    return ZaloPerson(system, zalo_talk.zalo) if channel == "zalo" else ZaloBotPerson(system, zalo_bot)


async def kept(system: Runtime, person: Person) -> list[str]:
    async with system.database.single() as connection:
        rows = await connection.execute(
            text(
                "select ticket_media.kind from ticket_media join ticket on ticket.id = ticket_id "
                "join conversation on conversation.id = conversation_id where address = :address"
            ),
            {"address": f"{person.id}"},
        )
        return list(rows.scalars())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("channel", "kind"), [(channel, kind) for channel, kinds in SENT.items() for kind in kinds])
async def test_it_goes_to_a_person_and_the_question_is_asked_again(
    form: str,
    channel: str,
    kind: str,
    system: Runtime,
    telegram: TelegramStandIn,
    zalo_talk: Talk,
    zalo_bot: ZaloBotStandIn,
    mai: Staff,
) -> None:
    person = somebody(channel, system, telegram, zalo_talk, zalo_bot)
    await person.say("chào")
    opens, question = FORMS[form]
    await person.say(opens)
    asked = person.last[-1]
    assert question in asked["text"]
    event, kept_as = SENT[channel][kind]
    said, again = await person.do(**event)
    assert "Mã yêu cầu" in said["text"] and "cán bộ" in said["text"]
    assert again["text"] == asked["text"] and again.get("reply_markup") == asked.get("reply_markup")
    assert "reply_markup" not in said and not said.get("buttons")
    assert await kept(system, person) == [kept_as]
    # A typed number answers the question, and not what stood under the note.
    await person.say("1")
    assert "Mã yêu cầu" not in person.text() and person.last[-1]["text"] != asked["text"]


@pytest.mark.parametrize("channel", SENT)
async def test_where_nobody_is_at_the_desk_the_form_goes_on_too(
    channel: str, system: Runtime, telegram: TelegramStandIn, zalo_talk: Talk, zalo_bot: ZaloBotStandIn
) -> None:
    person = somebody(channel, system, telegram, zalo_talk, zalo_bot)
    await person.say("đăng ký ủng hộ 500k")
    asked = person.last[-1]["text"]
    said, again = await person.do(**SENT[channel]["photo"][0])
    assert "không giữ lại" in said["text"] and again["text"] == asked
    assert await kept(system, person) == []


async def test_after_the_form_nothing_is_asked_again(system: Runtime, telegram: TelegramStandIn, mai: Staff) -> None:
    person = TelegramPerson(system, telegram)
    await person.say("đăng ký ủng hộ 500k")
    await person.say("hủy")
    (said,) = await person.do(**SENT["telegram"]["photo"][0])
    assert "Mã yêu cầu" in said["text"] and person.buttons()


async def test_a_caption_in_a_form_is_the_reply(system: Runtime, telegram: TelegramStandIn, mai: Staff) -> None:
    person = TelegramPerson(system, telegram)
    await person.say("đăng ký ủng hộ 500k")
    event, _ = SENT["telegram"]["photo"]
    said = await person.do(do="send", what={**event["what"], "caption": "góp một lần thôi"})
    assert "Mã yêu cầu" in said[0]["text"] and "Ai góp" in said[-1]["text"]
