"""The same four questions, asked through the real system as on five dates: each answer is that of its date, with the
documents of that date; where nothing certain is known, it says so and tells no number."""

import re
import uuid
from datetime import date, timedelta

import httpx
import pytest

from bot.as_on import AsOn, make_token
from server.runtime import Runtime
from server.secret_file import link_secret

DATES = ("2018-05-01", "2021-05-01", "2024-05-01", "2026-11-25", "2027-02-01")

POVERTY_LINE = "Chuẩn nghèo là bao nhiêu?"
INSURANCE = "Hộ cận nghèo được hỗ trợ bao nhiêu tiền bảo hiểm y tế?"
LOAN = "Vay giải quyết việc làm được bao nhiêu?"
TRAINING = "Học nghề được hỗ trợ bao nhiêu tiền?"

#: For each question what is told and which documents carry it, date by date; None where the facts give no number.
TOLD: dict[str, list[tuple[list[str] | None, list[str]]]] = {
    POVERTY_LINE: [
        (["700.000 đồng", "900.000 đồng"], ["59/2015/QĐ-TTg"]),
        (["700.000 đồng", "900.000 đồng", "nên hỏi lại xã"], ["59/2015/QĐ-TTg", "07/2021/NĐ-CP"]),
        (["1.500.000 đồng", "2.000.000 đồng"], ["07/2021/NĐ-CP"]),
        (["1.500.000 đồng", "2.000.000 đồng", "Từ ngày 01/01/2027"], ["351/2025/NĐ-CP", "07/2021/NĐ-CP"]),
        (["2.200.000 đồng", "2.800.000 đồng"], ["351/2025/NĐ-CP"]),
    ],
    INSURANCE: [
        (None, ["Bảo hiểm y tế"]),
        (["ít nhất 70%", "huyện nghèo: hỗ trợ 100%"], ["146/2018/NĐ-CP"]),
        (["ít nhất 70%", "huyện nghèo: hỗ trợ 100%"], ["146/2018/NĐ-CP", "75/2023/NĐ-CP"]),
        (["trả 100% chi phí", "chưa được xác nhận"], ["261/2025/QH15", "51/2024/QH15", "188/2025/NĐ-CP"]),
        (["trả 100% chi phí", "chưa được xác nhận"], ["261/2025/QH15", "51/2024/QH15", "188/2025/NĐ-CP"]),
    ],
    LOAN: [
        (None, ["61/2015/NĐ-CP"]),
        (["100.000.000 đồng", "7,92%/năm"], ["61/2015/NĐ-CP", "74/2019/NĐ-CP", "NHCSXH 08/2025"]),
        (["100.000.000 đồng", "7,92%/năm"], ["61/2015/NĐ-CP", "74/2019/NĐ-CP", "NHCSXH 08/2025"]),
        (["200.000.000 đồng", "8,382%/năm"], ["338/2025/NĐ-CP", "NHCSXH 08/2025"]),
        (["200.000.000 đồng", "8,382%/năm"], ["338/2025/NĐ-CP", "NHCSXH 08/2025"]),
    ],
    TRAINING: [
        (["Hộ cận nghèo: 2.500.000 đồng", "30.000 đồng một ngày"], ["46/2015/QĐ-TTg", "152/2016/TT-BTC"]),
        (["Hộ cận nghèo: 2.500.000 đồng", "30.000 đồng một ngày"], ["46/2015/QĐ-TTg", "152/2016/TT-BTC"]),
        (["Hộ mới thoát nghèo", "2.500.000 đồng"], ["46/2015/QĐ-TTg", "152/2016/TT-BTC", "55/2023/TT-BTC"]),
        (["4.000.000 đồng", "50.000 đồng một ngày"], ["338/2025/NĐ-CP", "55/2023/TT-BTC"]),
        (["4.000.000 đồng", "50.000 đồng một ngày"], ["338/2025/NĐ-CP"]),
    ],
}
#: What the answers of one date must not say on another.
OF_ANOTHER_TIME = {
    "2018-05-01": ["1.500.000", "200.000.000", "4.000.000 đồng một người", "01/01/2022"],
    "2021-05-01": ["200.000.000", "50.000 đồng một ngày"],
    "2024-05-01": ["700.000", "2.200.000", "200.000.000", "50.000 đồng một ngày"],
    "2026-11-25": ["700.000 đồng", "7,92%"],
    "2027-02-01": ["1.500.000", "7,92%", "55/2023"],
}


@pytest.mark.parametrize("day", DATES)
@pytest.mark.parametrize("question", TOLD)
async def test_the_answer_is_that_of_the_date(
    http: httpx.AsyncClient, system: Runtime, question: str, day: str
) -> None:
    told, documents = TOLD[question][DATES.index(day)]
    until = system.clock.now() + timedelta(hours=1)
    token = make_token(link_secret(system.settings), AsOn(date.fromisoformat(day), until))
    body = {"conversation": f"staff-{uuid.uuid4().hex}", "text": question, "as_on": token}
    response = await http.post("/api/chat/messages", params={"wait": 25}, json=body, headers={"Accept-Language": "vi"})
    answer = response.json()["messages"][-1]

    named = [source["document"] for source in answer["sources"]]
    assert len(named) == len(documents) and all(
        document in name for document, name in zip(documents, named, strict=True)
    )
    assert answer["valid"]["as_of"] == day
    if told is None:
        assert "chưa đủ căn cứ" in answer["text"]
        assert not re.search(r"\d+ ?%|\d đồng", answer["text"])
    else:
        assert [words for words in told if words not in answer["text"]] == []
    assert [words for words in OF_ANOTHER_TIME[day] if words in answer["text"]] == []
