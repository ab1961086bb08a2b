"""What people ask beside the main road of a topic is found by the words that they use for it."""

import uuid

import httpx
import pytest


@pytest.mark.parametrize(
    ("question", "topic", "words"),
    [
        ("Nhà tôi đóng bảo hiểm xã hội tự nguyện thì nhà nước cho thêm mấy đồng?", "benefits_overview", "165.000 đồng"),
        ("bhxh tu nguyen dong thap nhat bao nhieu", "benefits_overview", "330.000 đồng"),
        ("Ở Kon Tum tỉ lệ nghèo là mấy phần trăm?", "poverty_review_procedure", "6,84%"),
        ("toan tinh con may ho ngheo", "poverty_review_procedure", "10.220 hộ"),
        ("Dữ liệu cá nhân tôi nhắn vào đây có an toàn không?", "complaint_or_feedback", "2 ngày làm việc"),
        ("Nhà nghèo có phải nộp thuế sử dụng đất nông nghiệp không?", "benefits_overview", "đất nông nghiệp: miễn"),
        ("Con tôi học trường nội trú thì được mấy ký gạo một tháng?", "education_support", "Gạo: học sinh bán trú"),
        ("con toi bi khuyet tat nhe co duoc tro cap khong", "social_assistance", "Khuyết tật nhẹ: mức hỗ trợ"),
        ("gạch tên nhà tôi khỏi hộ nghèo oan quá", "complaint_or_feedback", "phúc tra"),
        ("đàn heo chết vì dịch tả lợn, xã có đền không", "livelihood_production_support", "ghi nhận thiệt hại"),
        ("rẫy tiêu bị sâu bệnh chết hết có hỗ trợ gì không", "livelihood_production_support", "ghi nhận thiệt hại"),
        ("giữa năm gặp nạn thì xin xét hộ nghèo được không", "poverty_review_procedure", "bất cứ lúc nào"),
        (
            "xem giúp nhà tôi có tên trong danh sách hộ nghèo không",
            "poverty_review_procedure",
            "hỏi kết quả tại UBND xã",
        ),
        ("Người nghèo nằm viện, quỹ khám chữa bệnh có cho tiền xe không?", "health_insurance", "Tiền đi lại"),
    ],
)
async def test_the_matter_itself_is_answered(http: httpx.AsyncClient, question: str, topic: str, words: str) -> None:
    body = {"conversation": f"person-{uuid.uuid4().hex}", "text": question}
    response = await http.post("/api/chat/messages", params={"wait": 25}, json=body, headers={"Accept-Language": "vi"})
    answer = response.json()["messages"][0]
    assert answer["topic"] == topic, answer
    assert words in answer["text"]


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Cho người khác mượn thẻ bảo hiểm y tế đi khám thì bị phạt bao nhiêu tiền?", "health_insurance"),
        ("muc phat cong ty thu phi sai cua lao dong di nuoc ngoai la bao nhieu", "job_and_work_abroad"),
        ("khai gian để được trợ cấp xã hội bị xử lý thế nào", "social_assistance"),
    ],
)
async def test_fines_are_said_to_be_missing_before_what_is_known(
    http: httpx.AsyncClient, question: str, topic: str
) -> None:
    body = {"conversation": f"person-{uuid.uuid4().hex}", "text": question}
    response = await http.post("/api/chat/messages", params={"wait": 25}, json=body, headers={"Accept-Language": "vi"})
    answer = response.json()["messages"][0]
    assert answer["topic"] == topic, answer
    assert "Riêng phần “mức phạt, cách xử lý vi phạm”, tôi chưa có nguồn chắc chắn." in answer["text"]
