"""Courses through the real system: found, looked at, agreed to, given up, and forgotten, by typing and by buttons."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from server.runtime import Runtime
from tests.bot.test_way_of_a_message import ask, person
from tests.courses import add_course
from tests.patience import PATIENCE_SECONDS


class Chat:
    """One person's chat; remembers the last message that was shown."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.conversation = person()
        self.last: dict[str, Any] = {}

    async def say(self, words: str) -> str:
        """Type `words`; return the text of the answer."""
        (self.last,) = (await ask(self.http, words, self.conversation))["messages"]
        return str(self.last["text"])

    async def press(self, title: str) -> str:
        """Press the button that begins with `title`; return the text of the answer."""
        found = [button for button in self.last["buttons"] if button["title"].startswith(title)]
        assert found, f"no button “{title}” in {[button['title'] for button in self.last['buttons']]}"
        body = {"conversation": self.conversation, "payload": found[0]["payload"], "title": title}
        response = await self.http.post("/api/chat/messages", params={"wait": 25}, json=body)
        (self.last,) = response.json()["messages"]
        return str(self.last["text"])

    async def register(self, code: str) -> str:
        """Register for a course by its detail page."""
        body = {"conversation": self.conversation, "payload": f'/course_detail{{"course":"{code}"}}', "title": "x"}
        (self.last,) = (await self.http.post("/api/chat/messages", params={"wait": 25}, json=body)).json()["messages"]
        await self.press("Tôi quan tâm")
        return await self.press("Đồng ý")


@pytest.fixture
def chat(http: httpx.AsyncClient) -> Chat:
    return Chat(http)


async def interests(system: Runtime, chat: Chat) -> list[Any]:
    async with system.database.transaction() as connection:
        rows = await connection.execute(
            text(
                "select course_interest.*, code from course_interest join course on course.id = course_id "
                "join conversation on conversation.id = conversation_id where address = :address order by 1"
            ),
            {"address": chat.conversation},
        )
        return list(rows.all())


async def test_a_course_is_found_by_its_trade_and_taken_with_consent(chat: Chat, system: Runtime) -> None:
    await add_course(system.database, system.clock, "ONG-1", trade="beekeeping", title_vi="Nuôi ong lấy mật", seats=5)
    found = await chat.say("co lop nuoi ong nao dang mo khong")
    assert "Nuôi ong lấy mật" in found and "Còn 5/5 chỗ" in found
    assert "Mã lớp: ONG-1" in await chat.say("1")
    asked = await chat.press("Tôi quan tâm")
    assert "Bác đồng ý không?" in asked and await interests(system, chat) == []
    done = await chat.press("Đồng ý")
    assert "Đã ghi tên bác vào lớp “Nuôi ong lấy mật”" in done
    (interest,) = await interests(system, chat)
    assert (interest.state, interest.consent_text, interest.phone) == ("registered", asked, None)
    assert "Nuôi ong lấy mật" in await chat.say("lớp tôi đăng ký")


async def test_a_typed_yes_right_after_the_question_agrees_and_a_later_one_does_not(
    chat: Chat, system: Runtime
) -> None:
    await add_course(system.database, system.clock, "CA-1", trade="fish_farming")
    await chat.say("cho tôi đăng ký lớp nuôi cá")
    await chat.say("hộ nghèo được vay bao nhiêu")
    await chat.say("đồng ý")
    assert await interests(system, chat) == []
    await chat.say("cho tôi đăng ký lớp nuôi cá")
    assert "Đã ghi tên" in await chat.say("dong y")
    assert [one.code for one in await interests(system, chat)] == ["CA-1"]


async def test_no_means_no(chat: Chat, system: Runtime) -> None:
    await add_course(system.database, system.clock, "MOC-1", trade="carpentry")
    await chat.say("ghi tên tôi vào lớp mộc, tôi đăng ký học")
    assert "không ghi gì cả" in await chat.say("không")
    assert await interests(system, chat) == []


async def test_a_full_course_has_a_waiting_list_and_a_free_seat_is_announced_in_the_chat(
    http: httpx.AsyncClient, system: Runtime
) -> None:
    await add_course(system.database, system.clock, "TOC-1", trade="hairdressing", title_vi="Cắt tóc", seats=1)
    first, second = Chat(http), Chat(http)
    assert "Bác đã có chỗ" in await first.register("TOC-1")
    assert "thứ 1 trong danh sách chờ" in await second.register("TOC-1")
    await first.say("tôi xin rút tên khỏi lớp")
    assert "Đã rút tên" in await first.press("Rút tên khỏi lớp")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            shown = await http.get("/api/chat/messages", params={"conversation": second.conversation})
            news = [one for one in shown.json()["messages"] if "đã có chỗ cho bác" in one["text"]]
            if news:
                break
            await asyncio.sleep(0.1)
    assert len(news) == 1 and "Cắt tóc" in news[0]["text"]
    assert "Bác đã có chỗ" in await second.say("lớp tôi đăng ký")


async def test_a_telephone_number_is_noted_only_when_the_person_types_it(chat: Chat, system: Runtime) -> None:
    await add_course(system.database, system.clock, "HAN-1", trade="welding")
    await chat.register("HAN-1")
    asked = await chat.press("Để lại số điện thoại")
    assert "chưa đúng" in await chat.say("091234567")
    assert "Đã ghi số" in await chat.say("số tôi là 0900 000 000 nhé")
    (interest,) = await interests(system, chat)
    assert (interest.phone, interest.phone_consent_text) == ("0900000000", asked)
    # The form is over: the next question is a question.
    assert "7,92%" in await chat.say("lãi suất vay hộ cận nghèo")


@pytest.mark.parametrize("words", ["bỏ qua", "thôi khỏi", "không"])
async def test_the_number_can_be_skipped(chat: Chat, system: Runtime, words: str) -> None:
    await add_course(system.database, system.clock, "DIEN-1", trade="electrical", seats=50)
    await chat.register("DIEN-1")
    await chat.press("Để lại số điện thoại")
    assert "không cần số điện thoại" in await chat.say(words)
    assert [one.phone for one in await interests(system, chat)] == [None]


async def test_a_question_instead_of_a_number_is_answered_and_nobody_is_held_in_the_form(
    chat: Chat, system: Runtime
) -> None:
    await add_course(system.database, system.clock, "NAM-1", trade="mushrooms", seats=50)
    await chat.register("NAM-1")
    await chat.press("Để lại số điện thoại")
    answer = await chat.say("hộ cận nghèo vay lãi bao nhiêu")
    assert chat.last["topic"] == "credit_loan" and "số điện thoại" not in answer
    await chat.say("0900000000")
    assert [one.phone for one in await interests(system, chat)] == [None]


async def test_where_there_is_no_course_the_wish_for_the_trade_can_be_left_with_consent(
    chat: Chat, system: Runtime
) -> None:
    nothing = await chat.say("có lớp pha chế nào không")
    assert "chưa có lớp nào" in nothing and "UBND xã" in nothing
    asked = await chat.press("Báo tôi khi có lớp")
    assert "Đã ghi" in await chat.press("Đồng ý")
    async with system.database.transaction() as connection:
        kept = (await connection.execute(text("select consent_text from trade_interest where trade = 'baking'"))).all()
    assert asked in [row.consent_text for row in kept]
    assert "đã nhờ tôi báo" in await chat.say("có lớp pha chế nào không")
    await chat.say("lớp tôi đăng ký")
    assert "không báo" in await chat.press("Thôi báo")


async def test_many_courses_come_in_pages_by_month(chat: Chat, system: Runtime) -> None:
    for number in range(6):
        await add_course(system.database, system.clock, f"RAU-{number}", trade="fruit_and_vegetables")
    first = await chat.say("các lớp trồng rau đang mở")
    assert "6 lớp" in first and "RAU-3" in first and "RAU-4" not in first
    assert "RAU-5" in await chat.press("Xem thêm")
    assert "chưa có lớp nào" in await chat.say("tháng 1/2031 có lớp trồng rau nào không")
    assert "6 lớp" in await chat.press("Lớp nghề này ở nơi khác")


async def test_courses_are_found_by_the_old_or_new_name_of_a_place(chat: Chat, system: Runtime) -> None:
    await add_course(system.database, system.clock, "DL-1", trade="medicinal_plants", communes=("23377",))
    await add_course(system.database, system.clock, "DL-2", trade="medicinal_plants", communes=("23341",))
    found = await chat.say("lop trong duoc lieu o thi tran plei kan")
    assert "DL-1" in found and "DL-2" not in found and "xã Bờ Y" in found
    assert "chưa có lớp nào" in await chat.say("có lớp trồng dược liệu nào ở xã Ia Chim không")
    found = await chat.press("Lớp nghề này ở nơi khác")
    assert "DL-1" in found and "DL-2" in found


async def test_deleting_the_conversation_gives_the_seat_away_and_erases_the_wish(
    http: httpx.AsyncClient, system: Runtime
) -> None:
    await add_course(system.database, system.clock, "DAN-1", trade="basketry", seats=1)
    first, second = Chat(http), Chat(http)
    await first.register("DAN-1")
    await second.register("DAN-1")
    await first.say("/xoa")
    assert await interests(system, first) == []
    assert [one.state for one in await interests(system, second)] == ["registered"]


async def test_a_course_that_does_not_exist_is_answered_kindly(chat: Chat) -> None:
    body = {"conversation": chat.conversation, "payload": '/course_detail{"course":"KHONG-CO"}', "title": "x"}
    response = await chat.http.post("/api/chat/messages", params={"wait": 25}, json=body)
    assert "không còn thấy lớp này" in response.json()["messages"][0]["text"]


async def test_english_speakers_read_english(chat: Chat, system: Runtime) -> None:
    await add_course(system.database, system.clock, "DET-1", trade="weaving", title_en="Brocade for beginners")
    await chat.say("/en")
    assert "Brocade for beginners" in await chat.say("is there a weaving course I can join")
