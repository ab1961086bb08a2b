"""From the web chat to an officer and back, through the running system with its real Rasa."""

import asyncio
import uuid
from typing import Any

import httpx
from sqlalchemy import text

from bot.helpdesk.work import hand_back, reply, resolve, take_ticket
from server.runtime import Runtime
from store.queries.staff import Staff
from store.queries.tickets import TicketRow, ticket_of_code
from store.staff_roles import Role
from store.ticket_states import TicketReason, TicketState


class Chat:
    """One resident's web chat."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self.id = f"desk-{uuid.uuid4().hex}"

    async def say(self, text: str | None = None, payload: str | None = None) -> list[dict[str, Any]]:
        body = {"conversation": self.id} | ({"text": text} if payload is None else {"payload": payload, "title": "nút"})
        response = await self._http.post("/api/chat/messages", params={"wait": 25}, json=body)
        assert response.status_code == 200, response.text
        return list(response.json()["messages"])

    async def shown(self) -> list[str]:
        response = await self._http.get("/api/chat/messages", params={"conversation": self.id})
        return [one["text"] for one in response.json()["messages"] if one["from"] == "bot"]


async def of(system: Runtime, message: dict[str, Any]) -> TicketRow:
    """The ticket whose code stands in a message's buttons."""
    payload = next(button["payload"] for button in message["buttons"] if button["payload"].startswith("/ticket"))
    async with system.database.single() as connection:
        found = await ticket_of_code(connection, payload.split('"code":"')[1].split('"')[0])
    assert found is not None
    return found


async def test_where_nobody_sees_to_tickets_nobody_is_promised_an_answer(
    system: Runtime, http: httpx.AsyncClient
) -> None:
    async with system.database.transaction() as connection:
        # Whoever other tests have left at the desk.
        officers = "select staff_id from staff_duty where role = :role"
        shut = f"update staff_account set disabled_at = now() where id in ({officers})"
        await connection.execute(text(shut), {"role": Role.HELP_DESK_OFFICER.value})
    said = await Chat(http).say("tôi muốn gặp cán bộ")
    assert said[0]["text"].startswith("Người trả lời được cho bác là cán bộ xã")


async def test_a_chat_is_taken_over_answered_and_handed_back(
    system: Runtime, http: httpx.AsyncClient, mai: Staff
) -> None:
    chat = Chat(http)
    await chat.say("vay vốn hộ nghèo được bao nhiêu")
    (opened,) = await chat.say("tôi muốn gặp cán bộ")
    ticket = await of(system, opened)
    assert ticket.code in opened["text"] and ticket.reason is TicketReason.ASKED_FOR_PERSON
    assert ticket.topic == "credit_loan", "what was talked about before"
    assert "giờ làm việc" in opened["text"] and ":" not in opened["text"].split(ticket.code)[1].split("\n")[1]

    (known,) = await chat.say("gặp cán bộ")
    assert ticket.code in known["text"] and "vẫn đang chờ" in known["text"]

    async with system.database.transaction() as connection:
        await take_ticket(connection, mai, ticket.id, now=system.clock.now())
    assert await chat.say("nhà tôi 5 khẩu thì được vay không") == [], "the bot keeps quiet"
    async with system.database.transaction() as connection:
        await reply(connection, mai, ticket.id, "Bác mang sổ hộ nghèo lên xã nhé", now=system.clock.now())
    assert await chat.say("dạ cảm ơn") == []
    shown = await chat.shown()
    assert shown[-2].endswith("Máy tạm im.") and shown[-1].endswith("Bác mang sổ hộ nghèo lên xã nhé")

    (state,) = await chat.say(f"mã {ticket.code.lower()}")
    assert "cán bộ đang trao đổi" in state["text"], "a code is asked of the bot, also while a person talks"

    async with system.database.transaction() as connection:
        await hand_back(connection, mai, ticket.id, now=system.clock.now())
    assert (await chat.shown())[-1].startswith("Cán bộ tạm dừng trao đổi ở đây.")
    (answer,) = await chat.say("thẻ bảo hiểm y tế hộ nghèo được hỗ trợ bao nhiêu")
    assert answer["topic"] == "health_insurance"

    async with system.database.transaction() as connection:
        await resolve(connection, mai, ticket.id, now=system.clock.now())
    (state,) = await chat.say(ticket.code)
    assert "đã xong" in state["text"]


async def test_the_bot_comes_back_by_itself_with_one_line_when_the_officer_is_silent(
    system: Runtime, http: httpx.AsyncClient, mai: Staff
) -> None:
    chat = Chat(http)
    (opened,) = await chat.say("cho tôi gặp người thật")
    ticket = await of(system, opened)
    async with system.database.transaction() as connection:
        await take_ticket(connection, mai, ticket.id, now=system.clock.now())
        past = "update conversation set silent_until = now() - interval '1 second' where id = %d"
        await connection.exec_driver_sql(past % (ticket.conversation_id or 0))
    first = await chat.say("hộ nghèo là gì")
    second = await chat.say("hộ cận nghèo là gì")
    texts = [one["text"] for one in [*first, *second]]
    assert (await chat.shown()).count(
        "Cán bộ tạm dừng trao đổi ở đây. Từ giờ tôi – máy trả lời tự động – lại trả lời bác."
    ) == 1
    assert any("nghèo" in text for text in texts)


async def test_an_answer_that_was_being_worked_out_is_not_said_over_an_officer(
    system: Runtime, http: httpx.AsyncClient, mai: Staff
) -> None:
    chat = Chat(http)
    (opened,) = await chat.say("gặp cán bộ")
    ticket = await of(system, opened)
    async with asyncio.TaskGroup() as group:
        asked = group.create_task(chat.say("vay vốn hộ nghèo lãi suất bao nhiêu"))

        async def take() -> None:
            async with system.database.transaction() as connection:
                await take_ticket(connection, mai, ticket.id, now=system.clock.now())

        group.create_task(take())
    shown = await chat.shown()
    taken = next(number for number, text in enumerate(shown) if text.endswith("Máy tạm im."))
    assert not asked.result() or taken == len(shown) - 1, "nothing of the bot after the officer"


async def test_what_was_not_understood_goes_to_a_person_with_its_reason(
    system: Runtime, http: httpx.AsyncClient, mai: Staff
) -> None:
    chat = Chat(http)
    (unknown,) = await chat.say("xyz qqq www")
    payload = next(button["payload"] for button in unknown["buttons"] if "ask_person" in button["payload"])
    (opened,) = await chat.say(payload=payload)
    assert (await of(system, opened)).reason is TicketReason.NOT_ANSWERED


async def test_danger_tells_an_officer_after_the_help_and_may_be_taken_back(
    system: Runtime, http: httpx.AsyncClient, mai: Staff
) -> None:
    chat = Chat(http)
    said = await chat.say("chồng tôi đánh tôi suốt, tôi sợ lắm")
    assert said[0]["intent"] == "crisis"
    ticket = await of(system, said[1])
    assert ticket.reason is TicketReason.DANGER and ticket.confidential
    (stranger,) = await Chat(http).say(ticket.code)
    assert "không tìm thấy" in stranger["text"], "nobody else hears of it"
    payload = next(button["payload"] for button in said[1]["buttons"] if '"value":"down"' in button["payload"])
    (withdrawn,) = await chat.say(payload=payload)
    assert "Đã rút" in withdrawn["text"]
    assert (await of(system, said[1])).state is TicketState.RESOLVED


async def test_a_complaint_is_asked_what_it_is_about_and_a_wrongdoing_stays_with_few(
    system: Runtime, http: httpx.AsyncClient, mai: Staff
) -> None:
    chat = Chat(http)
    (kinds,) = await chat.say(payload='/ask_person{"why":"complaint"}')
    assert "phản ánh" in kinds["text"]
    payload = next(button["payload"] for button in kinds["buttons"] if "wrongdoing" in button["payload"])
    (opened,) = await chat.say(payload=payload)
    ticket = await of(system, opened)
    assert (ticket.reason, ticket.about, ticket.confidential) == (TicketReason.COMPLAINT, "wrongdoing", True)
