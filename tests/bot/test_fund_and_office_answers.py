"""Donors, companies and people who look for an office are answered through the real system."""

import uuid
from typing import Any

import httpx
import pytest


async def ask(http: httpx.AsyncClient, question: str) -> dict[str, Any]:
    body = {"conversation": f"person-{uuid.uuid4().hex}", "text": question}
    response = await http.post("/api/chat/messages", params={"wait": 25}, json=body)
    assert response.status_code == 200, response.text
    message: dict[str, Any] = response.json()["messages"][-1]
    return message


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("Công ty chúng tôi ủng hộ quỹ thì có được tính vào chi phí hợp lý không?", "67/2025/QH15"),
        ("ca nhan ung ho co duoc giam tru thue thu nhap ca nhan khong", "253/2026/NĐ-CP"),
    ],
)
async def test_who_gives_is_told_about_the_taxes_that_concern_them(
    http: httpx.AsyncClient, question: str, document: str
) -> None:
    answer = await ask(http, question)
    assert answer["topic"] == "donation_receipt_transparency", answer
    assert any(document in source["document"] for source in answer["sources"]), answer
    assert "cơ quan thuế" in answer["text"]


@pytest.mark.parametrize(
    "question", ["Gia đình văn hóa được thưởng bao nhiêu tiền?", "tieu chuan gi de duoc xet gia dinh van hoa"]
)
async def test_what_is_not_known_about_titles_is_said_with_the_office(http: httpx.AsyncClient, question: str) -> None:
    answer = await ask(http, question)
    assert answer["topic"] == "campaign_information", answer
    assert "chưa có văn bản" in answer["text"] and "trưởng thôn" in answer["text"]


async def test_office_hours_that_nobody_confirmed_are_not_made_up(http: httpx.AsyncClient) -> None:
    answer = await ask(http, "Ủy ban xã làm việc từ mấy giờ?")
    assert answer["topic"] == "contact_office"
    assert "chưa có thông tin chính thức" in answer["text"]
