"""Replies about a gift are read as people write them."""

from typing import Any

import pytest

from bot.giving.draft import CONTACT, DONOR, NAME, PARTS, SCHEDULE, SHOWN, SUMMARY, Draft, Offers
from bot.giving.reading import NotUnderstood, Reply, answer_to
from bot.giving.summary import Wish, wish_in
from bot.giving.wishes import wish_with_gift

MONTHLY = Draft("chat:1:1", {"kind": "money", "amount": 100_000, "schedule": "monthly"}, PARTS)


@pytest.mark.parametrize(
    ("question", "words", "answer"),
    [
        (CONTACT, "có", {"way": "chat"}),
        (CONTACT, "dạ đồng ý", {"way": "chat"}),
        (CONTACT, "không ạ", {"way": "none"}),
        (CONTACT, "số tôi 0912 345 678", {"way": "phone", "phone": "0912345678"}),
        (SCHEDULE, "tháng nào cũng góp", "monthly"),
        (SCHEDULE, "gop 1 lan thoi", "once"),
        (SCHEDULE, "in several parts", "instalments"),
        (DONOR, "gia đình em", "group"),
        (DONOR, "trường tiểu học", "company"),
        (SHOWN, "đừng, ẩn danh nhé", "hidden"),
        (SHOWN, "viết tắt thôi", "masked"),
        (NAME, "dạ em tên là Y Mẫu", "Y Mẫu"),
        (PARTS, "sáu tháng", 6),
        (PARTS, "một năm", 12),
    ],
)
def test_what_people_say_is_the_answer(question: str, words: str, answer: Any) -> None:
    assert answer_to(question, Reply(words), MONTHLY) == answer


@pytest.mark.parametrize(
    ("question", "words", "problem"),
    [
        (CONTACT, "0912", "phone"),
        (CONTACT, "để lại số điện thoại", "type_phone"),
        (NAME, "0912345678", "name"),
        (NAME, "http://a.vn", "name"),
        (PARTS, "một trăm lần", "parts_range"),
    ],
)
def test_what_is_no_answer_says_why(question: str, words: str, problem: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        answer_to(question, Reply(words), MONTHLY)
    assert refused.value.problem == problem


@pytest.mark.parametrize(
    ("words", "wish"),
    [("XN… đến chưa", "show"), ("hủy khoản này", "cancel"), ("đổi thành 2 triệu", "change"), ("gửi lại mã QR", "pay")],
)
def test_what_is_wanted_with_a_gift(words: str, wish: str) -> None:
    assert wish_with_gift(words) == wish


@pytest.mark.parametrize("words", ["đồng ý", "ok em", "dạ đúng rồi", "vâng", "xác nhận nhé", "yes"])
def test_only_a_plain_yes_confirms(words: str) -> None:
    draft = Draft("chat:1:1", {"kind": "money", "amount": 500_000, "schedule": "once"}, SUMMARY)
    assert wish_in(draft, Reply(words), Offers())[0] is Wish.CONFIRM
    for more in ("nhưng sửa tên", "mà chưa chắc", "không"):
        try:
            wish, _ = wish_in(draft, Reply(f"{words} {more}"), Offers())
        except NotUnderstood:
            continue
        assert wish is not Wish.CONFIRM
