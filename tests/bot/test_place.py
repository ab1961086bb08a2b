"""A resident names a place, old or new, and is told today's office: through the real system, and in words."""

import json
import uuid
from typing import Any

import httpx
import pytest
from sqlalchemy import text as sql

from bot.messages import OutgoingMessage
from bot.payloads import UnknownPayload, check_payload, make_payload
from bot.rendering.renderer import Renderer
from content.library import load_library
from content.place_names import spellings_of
from content.place_units import load_places
from content.places import resolve
from content.translations import COMPLETE_LANGUAGES
from server.runtime import Runtime
from store.clock import SystemClock, local_date

PLACES = load_places()
RENDERER = Renderer(load_library())


async def say(http: httpx.AsyncClient, conversation: str, **body: Any) -> list[dict[str, Any]]:
    response = await http.post("/api/chat/messages", params={"wait": 25}, json={"conversation": conversation, **body})
    assert response.status_code == 200, response.text
    return list(response.json()["messages"])


async def ask(http: httpx.AsyncClient, question: str, conversation: str | None = None) -> dict[str, Any]:
    return (await say(http, conversation or f"person-{uuid.uuid4().hex}", text=question))[-1]


@pytest.mark.parametrize(
    ("question", "office"),
    [
        ("thị trấn Plei Kần nay là xã gì", "UBND xã Bờ Y (trước 01/07/2025: thị trấn Plei Kần, xã Đăk Xú, xã Pờ Y;"),
        ("ubnd xa dak ha cu o tu mo rong", "UBND xã Tu Mơ Rông"),
        ("xã hiếu giờ thuộc xã nào", "UBND xã Kon Plông"),
        ("phuong le loi gio la phuong nao", "UBND phường Đăk Bla"),
        ("ủy ban xã Sa Nghĩa ở đâu", "UBND xã Sa Bình"),
        ("Hiếu", "UBND xã Kon Plông"),
        ("bo y", "UBND xã Bờ Y"),
        ("Xã Rờ Kơi", "UBND xã Rờ Kơi (trước 01/07/2025: xã Rờ Kơi; huyện Sa Thầy)"),
    ],
)
async def test_a_place_leads_to_todays_office(http: httpx.AsyncClient, question: str, office: str) -> None:
    answer = await ask(http, question)
    assert answer["topic"] == "contact_office" and office in answer["text"], answer
    assert any("1677" in source["document"] for source in answer["sources"])
    assert answer["valid"]["from"] == "2025-07-01" and answer["valid"]["to"] is None


async def test_an_office_is_named_without_telephone_number_or_address(http: httpx.AsyncClient) -> None:
    answer = await ask(http, "Số điện thoại UBND xã Măng Đen")
    assert "UBND xã Măng Đen" in answer["text"] and "chưa có số điện thoại" in answer["text"]
    assert "trưởng thôn" in answer["text"]


async def test_a_name_of_two_places_is_asked_back_with_buttons(http: httpx.AsyncClient) -> None:
    conversation = f"person-{uuid.uuid4().hex}"
    asked = await ask(http, "UBND xã Đăk Hà ở đâu", conversation)
    titles = [button["title"] for button in asked["buttons"]]
    assert titles[:2] == ["Xã Đăk Hà", "Xã Tu Mơ Rông (xã Đăk Hà cũ)"]
    (answer,) = await say(http, conversation, payload=asked["buttons"][1]["payload"], title=titles[1])
    assert "UBND xã Tu Mơ Rông" in answer["text"]


async def test_a_number_chooses_among_the_places(http: httpx.AsyncClient) -> None:
    conversation = f"person-{uuid.uuid4().hex}"
    await ask(http, "ubnd xã đăk long ở chỗ nào", conversation)
    assert "UBND xã Đăk Pxi" in (await ask(http, "2", conversation))["text"]


@pytest.mark.parametrize("question", ["huyện Ngọc Hồi giờ ở đâu", "huyen ngoc hoi nay chia thanh may xa"])
async def test_a_former_district_leads_to_the_units_of_today_in_it(http: httpx.AsyncClient, question: str) -> None:
    answer = await ask(http, question)
    assert [button["title"] for button in answer["buttons"][:3]] == ["Xã Bờ Y", "Xã Dục Nông", "Xã Sa Loong"]
    assert "không còn cấp huyện" in answer["text"] and "xã Đăk Xú" in answer["text"]


@pytest.mark.parametrize("question", ["xã mình giờ thuộc xã nào", "Sau sáp nhập xã tôi thuộc xã nào?"])
async def test_without_a_place_the_person_is_asked_for_it_and_it_is_remembered(
    http: httpx.AsyncClient, question: str
) -> None:
    conversation = f"person-{uuid.uuid4().hex}"
    asked = await ask(http, question, conversation)
    assert asked["topic"] == "contact_office" and "tên xã, phường, thị trấn" in asked["text"]
    named = await ask(http, "Hiếu", conversation)
    assert "UBND xã Kon Plông" in named["text"] and "Lúc trước" not in named["text"]
    again = await ask(http, question, conversation)
    assert "UBND xã Kon Plông" in again["text"] and "Lúc trước bác nói đến xã Kon Plông" in again["text"]


async def test_where_to_go_names_the_office_of_the_place_in_the_question_or_named_before(
    http: httpx.AsyncClient,
) -> None:
    conversation = f"person-{uuid.uuid4().hex}"
    answer = await ask(http, "tôi ở xã Đăk Xú, hộ nghèo muốn vay vốn thì nộp ở đâu", conversation)
    assert answer["topic"] == "credit_loan" and "UBND xã Bờ Y" in answer["text"]
    later = await ask(http, "vay vốn hộ cận nghèo thì đến đâu", conversation)
    assert later["topic"] == "credit_loan" and "UBND xã Bờ Y" in later["text"]
    amount = await ask(http, "vay vốn hộ cận nghèo được bao nhiêu", conversation)
    assert "UBND xã Bờ Y" not in amount["text"]


async def test_where_to_go_asks_back_after_the_answer_when_the_name_is_of_several_places(
    http: httpx.AsyncClient,
) -> None:
    answer, asked = await say(http, f"person-{uuid.uuid4().hex}", text="ở xã Đăk Long, hộ nghèo vay vốn thì nộp ở đâu")
    assert answer["topic"] == "credit_loan"
    assert "Bác ở nơi nào" in asked["text"] and len(asked["buttons"]) == 3


async def test_who_asks_for_a_person_of_a_place_is_told_its_office(http: httpx.AsyncClient) -> None:
    person, office = await say(http, f"person-{uuid.uuid4().hex}", text="cho tôi gặp cán bộ xã Bờ Y")
    assert "cán bộ xã, phường" in person["text"] and "UBND xã Bờ Y" in office["text"]


async def test_on_a_day_before_the_reform_the_old_office_is_named(system: Runtime) -> None:
    assert system.pool is not None
    metadata = {"message_id": "1", "conversation": 0, "language": "vi", "on": "2024-05-01", "today": "2026-11-25"}
    said = await system.pool.ask(uuid.uuid4().hex, "ubnd thị trấn Plei Kần ở đâu", metadata)
    (answer,) = RENDERER.replies(said, "vi", introduce=False)
    assert "UBND thị trấn Plei Kần, huyện Ngọc Hồi" in answer.text and "Bờ Y" not in answer.text
    assert answer.sources == () and answer.valid is None


async def test_the_tracker_keeps_no_more_of_a_place_than_its_id(http: httpx.AsyncClient, system: Runtime) -> None:
    conversation = f"person-{uuid.uuid4().hex}"
    await ask(http, "xã Đăk Xú nay là xã nào", conversation)
    async with system.database.transaction() as connection:
        events = await connection.scalar(
            sql(
                "select events from rasa.tracker join conversation on sender_id = 'conversation-' || id "
                "where address = :address"
            ),
            {"address": conversation},
        )
    kept = [event["value"] for event in json.loads(events) if event["event"] == "slot" and event["name"] == "place"]
    assert kept == ["23377"]


async def test_rasa_notices_every_place_that_the_resolver_finds(system: Runtime) -> None:
    assert system.pool is not None
    today = local_date(SystemClock().now())
    for place in PLACES.by_id.values():
        # One spelling of each: without diacritics, the shortest of those that people write.
        written = " ".join(min(spellings_of(place.name, PLACES), key=lambda words: (len(words), words)))
        for text in (f"nhà ở xã {place.name}", f"o xa {written} thi hoi ai"):
            parsed = await system.pool.parse(text)
            noticed = [one for one in parsed["entities"] if one["entity"] == "place"]
            assert bool(noticed) is bool(resolve(text, on=today)) is True, text


@pytest.mark.parametrize(
    "text",
    ["con phải hiếu với cha mẹ", "tấm xốp cách nhiệt", "Bộ Y tế hỗ trợ gì", "trồng sâm Ngọc Linh", "hộ mong muốn vay"],
)
async def test_rasa_takes_no_common_word_for_a_place(system: Runtime, text: str) -> None:
    assert system.pool is not None
    assert not [one for one in (await system.pool.parse(text))["entities"] if one["entity"] == "place"]


def words(key: str, language: str = "vi", **data: Any) -> OutgoingMessage:
    custom = {"key": key, "on": "2026-11-25", "today": "2026-11-25", "topic": "contact_office", **data}
    (message,) = RENDERER.replies([{"custom": custom}], language, introduce=False)
    return message


@pytest.mark.parametrize("language", COMPLETE_LANGUAGES)
def test_every_place_has_words_and_buttons_that_are_taken(language: str) -> None:
    messages = [words("contact_office", language)]
    messages += [words("place_office", language, place=unit, via=None) for unit in PLACES.units]
    messages += [words("place_office", language, place=old.now, via=old.id) for old in PLACES.former_units.values()]
    for on in ("2024-05-01", "2026-11-25"):
        messages += [words("place_district", language, place=district, on=on) for district in PLACES.districts]
    messages.append(words("place_ask", language, candidates=[["23500", None], ["23425", "tu-mo-rong/dak-ha"]]))
    for message in messages:
        assert message.text and "{" not in message.text and len(message.text) <= 1600
        assert len(message.buttons) <= 7
        for button in message.buttons:
            assert check_payload(button.payload) == button.payload and len(button.title) <= 64


def test_the_office_reads_as_people_know_it() -> None:
    message = words("place_office", place="23377", via="ngoc-hoi/plei-kan")
    assert message.text.startswith(
        "Từ 01/07/2025, thị trấn Plei Kần (huyện Ngọc Hồi) thuộc xã Bờ Y.\n\n"
        "Nơi bác cần đến: UBND xã Bờ Y (trước 01/07/2025: thị trấn Plei Kần, xã Đăk Xú, xã Pờ Y; huyện Ngọc Hồi)."
    )
    english = words("place_office", "en", place="23377", via=None).text
    assert "People’s Committee of Bờ Y commune (before 1 July 2025: Plei Kần township," in english


@pytest.mark.parametrize("language", COMPLETE_LANGUAGES)
def test_where_nothing_is_known_the_office_of_the_place_is_named(language: str) -> None:
    message = words("no_source", language, topic="chitchat", office_of="23377")
    assert "Bờ Y" in message.text and message.sources == ()


def test_a_button_may_carry_only_places_that_exist() -> None:
    assert check_payload(make_payload("contact_office", place="23377"))
    with pytest.raises(UnknownPayload):
        check_payload(make_payload("contact_office", place="99999"))
