"""Whole conversations on Telegram: its servers' stand-in, our webhook, PostgreSQL, a real Rasa, and back."""

import pytest
from sqlalchemy import text

from server.runtime import Runtime
from tests.courses import add_course
from tests.messengers import TelegramPerson
from tests.standins.telegram import SHARE_CONTACT, TelegramStandIn


@pytest.fixture
def person(system: Runtime, telegram: TelegramStandIn) -> TelegramPerson:
    """Somebody who never wrote before."""
    return TelegramPerson(system, telegram)


async def test_a_question_is_answered_with_its_source_and_the_way_to_a_person(person: TelegramPerson) -> None:
    await person.say("thu nhap bao nhieu thi duoc xet ho ngheo o nong thon")
    assert "1.500.000 đồng" in person.text() and "351/2025" in person.text()
    assert "/phieu/" not in person.text(), "nobody said where people reach the public pages"


async def test_start_greets_and_offers_the_menu_as_buttons(person: TelegramPerson) -> None:
    await person.say("/start")
    assert len(person.last) == 1 and person.buttons()


async def test_a_button_is_answered_and_its_spinner_ends(person: TelegramPerson) -> None:
    """D-51."""
    await person.say("/start")
    before = len(person.telegram.answered_queries)
    title = person.buttons()[0].split(". ", 1)[-1]
    assert await person.press(title)
    assert len(person.telegram.answered_queries) == before + 1


async def test_the_number_of_a_button_may_be_typed_instead(person: TelegramPerson) -> None:
    await person.say("/menu")
    await person.press(person.buttons()[0].split(". ", 1)[-1])
    pressed = person.text()
    await person.say("/menu")
    await person.say("1")
    assert person.text() == pressed


async def test_the_guided_check_is_gone_through_with_buttons(person: TelegramPerson) -> None:
    await person.say("/kiemtra")
    assert "diện nào" in person.text()
    await person.press("Hộ nghèo")
    await person.press("Không có ai")
    await person.say("xem kết quả luôn")
    assert "Có thể được hưởng:" in person.text() and "Vay hộ nghèo" in person.text()


async def test_the_language_is_switched_and_kept(person: TelegramPerson) -> None:
    await person.say("/en")
    await person.say("how much can a poor household borrow")
    assert "household" in person.text() and "hộ nghèo được vay" not in person.text().lower()


async def test_an_english_phone_is_greeted_in_english(system: Runtime, telegram: TelegramStandIn) -> None:
    person = TelegramPerson(system, telegram)
    telegram.add_person({"id": person.id, "language": "en-GB"})
    await person.say("/start")
    assert "machine" in person.text() or "automatic" in person.text() or "bot" in person.text().lower()
    assert "Chào" not in person.text()


async def test_a_start_parameter_is_only_a_hint(person: TelegramPerson, system: Runtime) -> None:
    """D-57."""
    await person.say("/start thon1_q7")
    assert person.buttons()
    async with system.database.single() as connection:
        wishes = await connection.execute(
            text(
                "select wishes from incoming join conversation on conversation.id = conversation_id "
                "where address = :address"
            ),
            {"address": f"{person.id}"},
        )
        assert wishes.scalars().all() == [{"start": "thon1_q7"}]


async def test_data_can_be_erased_from_the_chat(person: TelegramPerson) -> None:
    await person.say("vay vốn hộ nghèo lãi bao nhiêu")
    await person.say("/xoa")
    assert "xoá" in person.text().lower() or "xóa" in person.text().lower()


async def test_a_number_for_a_course_is_handed_over_by_one_button(person: TelegramPerson, system: Runtime) -> None:
    await add_course(system.database, system.clock, "NUT-1", trade="rubber_tapping", title_vi="Lớp thử nút gửi số")
    try:
        await person.say("/menu")
        await person.do(do="press", press=f'{person.last[0]["message_id"]}:/course_detail{{"course":"NUT-1"}}')
        await person.press("Tôi quan tâm")
        await person.press("Đồng ý")
        await person.press("Để lại số điện thoại")
        question, request = person.last
        assert "số điện thoại" in question["text"] and request["asks_for_contact"] == "Gửi số điện thoại của tôi"
        await person.do(do="press", press=f"{request['message_id']}:{SHARE_CONTACT}")
        assert "Đã ghi số" in person.text()
        async with system.database.single() as connection:
            query = text("select phone, phone_consent_text from course_interest where phone is not null")
            kept = (await connection.execute(query)).all()
        assert ("0900000009", question["text"]) in [tuple(one) for one in kept]
    finally:
        async with system.database.transaction() as connection:
            which = {"code": "NUT-1"}
            await connection.execute(
                text("delete from course_interest where course_id = (select id from course where code = :code)"), which
            )
            await connection.execute(text("delete from course where code = :code"), which)


async def test_a_reaction_under_an_answer_is_a_thumb_and_is_taken_back(person: TelegramPerson, system: Runtime) -> None:
    async def votes(statement: str) -> tuple[int, int]:
        async with system.database.single() as connection:
            query = text(
                "select coalesce(sum(helpful), 0), coalesce(sum(wrong), 0) from answer_rating where statement = :name"
            )
            helpful, wrong = (await connection.execute(query, {"name": statement})).one()
            return int(helpful), int(wrong)

    await person.say("hộ nghèo vay vốn được bao nhiêu")
    async with system.database.single() as connection:
        query = text(
            "select message ->> 'statement' from delivery where channel = 'telegram' and address = :address "
            "and message ->> 'statement' is not null"
        )
        statement = (await connection.execute(query, {"address": f"{person.id}"})).scalars().one()
    helpful, wrong = await votes(statement)
    number = person.last[-1]["message_id"]
    at = person.telegram.now_ms() // 1000
    assert await person.do(do="react", message_id=number, icons=["👍"], at=at) == []
    assert await votes(statement) == (helpful + 1, wrong)
    assert await person.do(do="react", message_id=number, icons=["👎"], at=at + 20) == []
    assert await votes(statement) == (helpful, wrong + 1)
    assert await person.do(do="react", message_id=number, icons=["❤"], at=at + 10) == []
    assert await votes(statement) == (helpful, wrong + 1), "what happened before that came too late"
    assert await person.do(do="react", message_id=number, icons=[], at=at + 30) == []
    assert await votes(statement) == (helpful, wrong)
    mine = person.telegram.chats[person.id].messages[0]["message_id"]
    assert await person.do(do="react", message_id=mine, icons=["👎"], at=at + 40) == []
    assert await votes(statement) == (helpful, wrong)
