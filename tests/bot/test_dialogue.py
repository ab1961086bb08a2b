"""Talking with the real system: questions that lean on the one before, several at once, menus by number."""

import uuid
from typing import Any

import httpx
import pytest


class Talk:
    """One person's chat."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self.id = f"talk-{uuid.uuid4().hex}"

    async def say(self, text: str) -> list[dict[str, Any]]:
        body = {"conversation": self.id, "text": text}
        response = await self._http.post("/api/chat/messages", params={"wait": 25}, json=body)
        assert response.status_code == 200, response.text
        return list(response.json()["messages"])

    async def statements(self, text: str) -> list[str | None]:
        return [message["statement"] for message in await self.say(text)]


@pytest.fixture
def talk(http: httpx.AsyncClient) -> Talk:
    return Talk(http)


async def test_topic_group_and_aspect_are_each_kept_until_they_are_replaced(talk: Talk) -> None:
    assert await talk.statements("vay vốn hộ nghèo lãi suất bao nhiêu") == ["credit_loan.how_much.poor"]
    assert await talk.statements("thế còn hộ cận nghèo?") == ["credit_loan.how_much.near_poor"]
    assert await talk.statements("ai được vậy") == ["credit_loan.who.near_poor"]
    assert await talk.statements("giấy tờ gì?") == ["credit_loan.documents"]
    assert await talk.statements("o dau vay") == ["credit_loan.where"]
    assert await talk.statements("còn bao nhiêu vậy") == ["credit_loan.how_much.near_poor"]
    assert await talk.statements("thế còn vay nước sạch thì sao") == ["credit_loan.how_much.clean_water"]
    assert await talk.statements("the con ho moi thoat ngheo thi sao") == ["credit_loan.how_much.newly_escaped"]


async def test_a_topic_that_is_clearly_named_keeps_the_group_and_says_so(talk: Talk) -> None:
    await talk.say("hộ cận nghèo được vay bao nhiêu")
    (answer,) = await talk.say("thẻ bảo hiểm y tế được hỗ trợ bao nhiêu")
    assert answer["statement"] == "health_insurance.how_much.near_poor"
    assert "trả lời tiếp cho hộ cận nghèo" in answer["text"]


async def test_a_group_that_the_new_topic_knows_nothing_of_is_let_go(talk: Talk) -> None:
    await talk.say("vay vốn xuất khẩu lao động được bao nhiêu")
    (answer,) = await talk.say("thẻ bảo hiểm y tế được hỗ trợ bao nhiêu")
    assert answer["statement"] == "health_insurance.how_much"
    assert "trả lời tiếp" not in answer["text"]


async def test_asking_what_a_household_is_leaves_the_topic_before(talk: Talk) -> None:
    await talk.say("vay vốn hộ nghèo lãi suất bao nhiêu")
    (answer,) = await talk.say("hộ nghèo là gì")
    assert answer["topic"] == "poverty_standard"


async def test_asking_since_when_tells_the_dates_and_documents_of_the_answer_before(talk: Talk) -> None:
    await talk.say("chuẩn nghèo ở nông thôn là bao nhiêu")
    (answer,) = await talk.say("từ khi nào?")
    assert answer["topic"] == "poverty_standard"
    assert "Áp dụng từ 01/01/2026" in answer["text"] and "Căn cứ: Nghị định" in answer["text"]


async def test_asking_for_another_place_keeps_the_topic(talk: Talk) -> None:
    await talk.say("chuẩn nghèo nông thôn là bao nhiêu")
    (answer,) = await talk.say("còn thành thị?")
    assert answer["topic"] == "poverty_standard" and "thành thị" in answer["text"]


async def test_asking_for_the_answer_in_another_language_says_it_again(talk: Talk) -> None:
    await talk.say("vay vốn hộ nghèo lãi suất bao nhiêu")
    switched, again = await talk.say("tiếng Anh thì sao?")
    assert "English" in switched["text"]
    assert again["statement"] == "credit_loan.how_much.poor" and "In force from" in again["text"]
    assert "In force from" in (await talk.say("thế còn hộ cận nghèo?"))[0]["text"]


async def test_a_question_without_a_topic_and_nothing_before_is_taken_as_what_it_is_on_its_own(talk: Talk) -> None:
    (answer,) = await talk.say("còn hộ nghèo là sao")
    assert answer["intent"] == answer["topic"] and answer["statement"] is not None
    (nothing,) = await Talk(talk._http).say("từ khi nào")
    assert nothing["statement"] is None


async def test_two_questions_in_one_message_are_answered_in_order(talk: Talk) -> None:
    first, second = await talk.say("hộ nghèo có được cấp thẻ bảo hiểm y tế không, với lại vay vốn lãi suất bao nhiêu?")
    assert first["topic"] == "health_insurance" and first["text"].startswith("Câu 1/2: Bảo hiểm y tế")
    assert second["statement"] == "credit_loan.how_much.poor" and second["text"].startswith("Câu 2/2: Vay vốn")
    assert await talk.statements("giấy tờ gì") == ["credit_loan.documents"]


async def test_what_a_commune_is_called_now_and_where_its_office_is_has_one_answer(talk: Talk) -> None:
    (answer,) = await talk.say("thị trấn Plei Kần nay là xã gì, ubnd ở đâu")
    assert "UBND xã Bờ Y" in answer["text"]


async def test_a_place_asked_about_beside_something_else_is_answered_with_its_office(talk: Talk) -> None:
    loan, office = await talk.say("vay vốn hộ nghèo lãi suất bao nhiêu? ubnd xã Bờ Y ở đâu?")
    assert loan["topic"] == "credit_loan" and "UBND xã Bờ Y" in office["text"]


async def test_a_story_from_another_field_is_answered_once_and_a_question_of_ours_beside_it_is_kept(talk: Talk) -> None:
    story = "Công ty nợ lương tôi ba tháng thì kiện ở tòa nào? Xin nghỉ việc trước hạn có bị phạt hợp đồng không? "
    (outside,) = await talk.say(story + "Tôi được hưởng những chế độ gì?")
    assert outside["intent"] == "out_of_scope"
    first, second = await talk.say(story + "Hộ nghèo được hưởng những hỗ trợ gì?")
    assert (first["intent"], second["topic"]) == ("out_of_scope", "benefits_overview")


@pytest.mark.parametrize("text", ["?", "...", "!!"])
async def test_a_message_without_a_word_is_asked_about(talk: Talk, text: str) -> None:
    (answer,) = await talk.say(text)
    assert answer["intent"] == "nlu_fallback"


async def test_a_part_may_lean_on_the_part_before_it(talk: Talk) -> None:
    assert await talk.statements("hộ nghèo vay vốn được bao nhiêu? hồ sơ gồm những gì?") == [
        "credit_loan.how_much.poor",
        "credit_loan.documents",
    ]


async def test_three_questions_are_answered_and_the_rest_is_named(talk: Talk) -> None:
    messages = await talk.say(
        "chuẩn nghèo nông thôn là bao nhiêu? hộ nghèo vay vốn lãi suất bao nhiêu? thẻ bảo hiểm y tế hộ cận nghèo "
        "được hỗ trợ bao nhiêu? vay vốn cần giấy tờ gì? vay vốn nước sạch được bao nhiêu?"
    )
    assert [message["topic"] for message in messages[:3]] == ["poverty_standard", "credit_loan", "health_insurance"]
    assert messages[0]["text"].startswith("Câu 1/5")
    rest = messages[3]
    assert len(messages) == 4 and "Bác còn hỏi thêm" in rest["text"]
    (papers,) = await talk.say("1")
    assert papers["statement"] == "credit_loan.documents"


@pytest.mark.parametrize(
    "question",
    [
        "Nhà tôi là hộ nghèo. Muốn vay vốn thì lãi suất bao nhiêu?",
        "Xin chào. Cho tôi hỏi hộ nghèo vay vốn được bao nhiêu?",
        "hộ nghèo, hộ cận nghèo vay vốn được bao nhiêu",
        "hộ nghèo có con đi học đại học thì vay vốn được bao nhiêu",
    ],
)
async def test_one_question_in_several_sentences_gets_one_answer(talk: Talk, question: str) -> None:
    (answer,) = await talk.say(question)
    assert answer["topic"] == "credit_loan" and not answer["text"].startswith("Câu ")


async def test_numbers_lead_from_the_menu_down_to_an_answer_and_back(talk: Talk) -> None:
    await talk.say("xin chào")
    (menu,) = await talk.say("/menu")
    number = next(n for n, button in enumerate(menu["buttons"], 1) if "Vay vốn" in button["title"])
    assert menu["buttons"][number - 1]["title"].startswith(f"{number}. ")
    (topic,) = await talk.say(str(number))
    assert topic["topic"] == "credit_loan" and topic["buttons"][-1]["title"] == "0. Quay lại"
    (more,) = await talk.say("9")
    group = next(n for n, button in enumerate(more["buttons"], 1) if "Hộ cận nghèo" in button["title"])
    (of_group,) = await talk.say(str(group))
    assert "Dành cho: Hộ cận nghèo" in of_group["text"]
    amount = next(n for n, button in enumerate(of_group["buttons"], 1) if "Mức" in button["title"])
    (answer,) = await talk.say(str(amount))
    assert answer["statement"] == "credit_loan.how_much.near_poor"
    (back,) = await talk.say("0")
    assert back["text"] == topic["text"]
    (up,) = await talk.say("0")
    assert up["text"] == menu["text"]
    assert await talk.statements("giấy tờ gì") == ["credit_loan.documents"]
