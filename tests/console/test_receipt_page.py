"""A code under an answer leads to what was said, in the chat, on a page and as data."""

import re
import uuid
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import text

from bot.receipt_codes import new_receipt_code
from scheduler.housekeeping import Housekeeping
from server.runtime import Runtime


async def ask(http: httpx.AsyncClient, question: str, conversation: str | None = None) -> dict[str, Any]:
    body = {"conversation": conversation or f"person-{uuid.uuid4().hex}", "text": question}
    response = await http.post("/api/chat/messages", params={"wait": 25}, json=body)
    assert response.status_code == 200, response.text
    return dict(response.json()["messages"][-1])


async def test_the_page_shows_word_for_word_what_was_said_and_that_it_holds(http: httpx.AsyncClient) -> None:
    answer = await ask(http, "chuẩn nghèo ở nông thôn là bao nhiêu")
    page = await http.get(f"/phieu/{answer['receipt']}", headers={"Accept-Language": "vi"})
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    assert answer["text"].splitlines()[2] in page.text and "1.500.000 đồng" in page.text
    assert "vẫn còn áp dụng" in page.text and "Nghị định 351/2025/NĐ-CP" in page.text
    assert answer["statement"] in page.text
    assert len(page.content) < 50 * 1024
    assert "<script" not in page.text and "unsafe" not in page.headers["content-security-policy"]


async def test_the_same_as_data(http: httpx.AsyncClient) -> None:
    answer = await ask(http, "vay vốn hộ nghèo lãi suất bao nhiêu")
    body = (await http.get(f"/api/v1/receipts/{answer['receipt'].lower()}")).json()
    assert body["text"] == answer["text"] and body["statement"] == "credit_loan.how_much.poor"
    assert body["standing"] == "holds" and body["said_at"].endswith(":00:00Z")
    assert body["sources"][0]["document"] == answer["sources"][0]["document"]


async def test_typing_the_code_into_the_chat_shows_the_answer_again(http: httpx.AsyncClient) -> None:
    answer = await ask(http, "thẻ bảo hiểm y tế hộ cận nghèo được hỗ trợ bao nhiêu")
    code = answer["receipt"]
    again = await ask(http, f"mã {code[:3].lower()} {code[3:].lower()}")
    assert answer["text"] in again["text"] and "vẫn còn áp dụng" in again["text"]
    assert again["receipt"] is None
    unknown = await ask(http, new_receipt_code())
    assert "Chưa tìm thấy" in unknown["text"]


async def test_an_unknown_or_mistyped_code_gets_a_friendly_page(http: httpx.AsyncClient) -> None:
    for code, said in (
        (new_receipt_code(), "Không có câu trả lời"),
        ("ABC1234", "gõ chưa đúng"),
        ("<b>", "gõ chưa đúng"),
    ):
        page = await http.get(f"/phieu/{code}", headers={"Accept-Language": "vi"})
        assert page.status_code == 404 and said in page.text and "UBND xã" in page.text
        assert (await http.get(f"/api/v1/receipts/{code}")).status_code == 404
    english = await http.get("/phieu/ABC1234?lang=en")
    assert "not written correctly" in english.text


async def test_each_answer_of_a_message_has_a_receipt_of_its_own_and_small_talk_has_none(
    http: httpx.AsyncClient,
) -> None:
    body = {"conversation": uuid.uuid4().hex, "text": "hộ nghèo vay vốn được bao nhiêu? hồ sơ gồm những gì?"}
    first, second = (await http.post("/api/chat/messages", params={"wait": 25}, json=body)).json()["messages"]
    assert first["receipt"] and second["receipt"] and first["receipt"] != second["receipt"]
    assert (await ask(http, "xin chào"))["receipt"] is None


async def test_no_row_leads_from_a_receipt_to_a_person_once_the_chat_is_forgotten(
    http: httpx.AsyncClient, system: Runtime
) -> None:
    conversation = f"person-{uuid.uuid4().hex}"
    code = (await ask(http, "vay vốn hộ cận nghèo lãi suất bao nhiêu", conversation))["receipt"]
    await ask(http, "/xoa", conversation)
    async with system.database.transaction() as connection:
        row = (await connection.execute(text("select * from receipt where code = :code"), {"code": code})).one()
        tables = (
            await connection.execute(
                text(
                    "select table_schema, table_name from information_schema.tables "
                    "where table_schema in ('public', 'rasa')"
                )
            )
        ).all()
        holding = [
            table
            for schema, table in tables
            if (
                await connection.execute(
                    text(f'select count(*) from "{schema}"."{table}" as t where t::text like :code'),
                    {"code": f"%{code}%"},
                )
            ).scalar_one()
        ]
    assert holding == ["receipt"]
    assert not re.search(r"person-|conversation", str(row._mapping))
    assert (row.said_at.minute, row.said_at.second, row.said_at.microsecond) == (0, 0, 0)
    assert (await http.get(f"/phieu/{code}")).status_code == 200


async def test_old_receipts_are_deleted_by_the_nightly_purge(http: httpx.AsyncClient, system: Runtime) -> None:
    code = (await ask(http, "vay vốn hộ nghèo lãi suất bao nhiêu"))["receipt"]
    async with system.database.transaction() as connection:
        await connection.execute(
            text("update receipt set said_at = said_at - interval '4 years' where code = :code"), {"code": code}
        )
    keep = timedelta(days=1095)
    await Housekeeping(system.database, system.clock, keep, keep, keep).purge()
    assert (await http.get(f"/phieu/{code}")).status_code == 404
