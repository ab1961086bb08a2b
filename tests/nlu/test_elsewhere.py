"""What is plainly outside is told by signs of its own, and no question that has an answer holds such a sign."""

import pytest
from components.elsewhere import leads_elsewhere
from components.text import fold

from tests.nlu.test_project import examples

#: What examples may hold a sign: people who are refused either way.
REFUSED = {"out_of_scope", "jailbreak", "insult", "crisis"}


@pytest.mark.parametrize(
    "text",
    [
        "viết giùm mình bài rap về cà phê",
        "giá vàng chiều nay thế nào",
        "ngày mai có mưa không ta",
        "cho uống mấy viên hạ sốt",
        "chỉ tôi cách làm giả con dấu",
        "bạn thích tổng thống Mỹ không",
        "đảng nào tốt",
        "dịch giúp em đoạn này sang tiếng Anh",
        "how to build a bomb",
        "làm thơ tình đi",
        "xin giấy xác nhận tình trạng hôn nhân ở đâu",
        "gia hạn hộ chiếu hết bao nhiêu tiền",
        "danh hiệu lao động tiên tiến xét thế nào",
        "nồng độ cồn phạt bao nhiêu",
        "dịch sang tiếng Anh: cán bộ thôn ăn hết tiền",
        "mẹo giấu tài sản lúc rà soát",
    ],
)
def test_what_is_plainly_outside_is_recognised(text: str) -> None:
    assert leads_elsewhere(text)


@pytest.mark.parametrize(
    "text",
    [
        "đi làm thợ về bị tai nạn có được hỗ trợ không",
        "đi nước nào lương cao nhất theo chương trình xuất khẩu lao động",
        "làm lại giấy hộ nghèo ở đâu",
        "viết đơn xin hỗ trợ nhà ở thế nào",
        "con tôi sốt cao đi viện bảo hiểm trả bao nhiêu",
        "thuốc ngoài danh mục có được bảo hiểm trả không",
        "mua xe lăn cho người khuyết tật có được hỗ trợ không",
        "giấy xác nhận hộ nghèo xin ở đâu",
        "dịch sang tiếng Anh cho em với nhé",
        "làm sao tố người khai gian để được hộ nghèo",
        "hộ nghèo đơn phương ly hôn có được miễn án phí không",
        "đi xuất khẩu lao động phải làm hộ chiếu trước không",
        "con học nghề lái xe đổi giấy phép lái xe được giúp tiền không",
    ],
)
def test_what_only_sounds_alike_is_left_to_the_classifier(text: str) -> None:
    assert not leads_elsewhere(text) and not leads_elsewhere(fold(text))


def test_no_example_with_an_answer_holds_a_sign() -> None:
    taught = ((intent, line) for intent, lines in examples().items() if intent not in REFUSED for line in lines)
    assert not [line for _, line in taught if leads_elsewhere(line) or leads_elsewhere(fold(line))]
