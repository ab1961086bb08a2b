"""A question that is kept says nothing about who asked it."""

import pytest

from bot.learning.redaction import holds_personal_data, redact


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("Tên tôi là Nguyễn Văn An, hộ nghèo được gì?", "Tên tôi là [tên], hộ nghèo được gì?"),
        ("toi ten la nguyen thi hoa xin hoi the bao hiem", "toi ten la [tên] xin hoi the bao hiem"),
        ("toi ten la minh hien xin hoi the bao hiem", "toi ten la [tên] xin hoi the bao hiem"),
        ("Y Blum ở xã Đăk Hà hỏi tiền điện", "[tên] ở xã Đăk Hà hỏi tiền điện"),
        ("em tên H'Lan hỏi vay vốn", "em tên [tên] hỏi vay vốn"),
        ("bà Hoa 83 tuổi có được trợ cấp không", "bà [tên] 83 tuổi có được trợ cấp không"),
        ("con toi ten Lan hoc lop 5", "con toi ten [tên] hoc lop 5"),
        ("gọi tôi 0905 123 456 nhé", "gọi tôi [số] nhé"),
        ("goi toi khong chin khong nam mot hai ba", "goi toi [số]"),
        ("sinh 01/02/1990 thu nhập 1.500.000 đồng", "sinh [số] thu nhập [số] đồng"),
        ("ở thôn Kon Rờ Bàng, số nhà 12/3", "ở [nơi ở], [nơi ở]"),
        ("viết cho an.nguyen@mail.vn", "viết cho [liên hệ]"),
    ],
)
def test_names_numbers_homes_and_contacts_are_masked(asked: str, kept: str) -> None:
    assert redact(asked) == kept
    assert holds_personal_data(asked) and holds_personal_data(kept)


@pytest.mark.parametrize(
    "asked",
    [
        "Hộ cận nghèo ở nông thôn thu nhập bao nhiêu?",
        "ho ngheo o thon dac biet kho khan duoc gi",
        "vay von buon ban nho",
        "Ủy ban nhân dân xã Ngọk Bay ở đâu",
        "tên thủ tục là gì",
        "lương hưu của tôi tính thế nào",
        "ho ngheo do thi thu nhap bao nhieu",
        "Đỗ xe ở đâu",
        "người già 80 tuổi được bao nhiêu một tháng",
        "lãi suất Ngân hàng Chính sách xã hội",
    ],
)
def test_a_question_without_a_person_stays_as_it_is(asked: str) -> None:
    assert redact(asked) == asked
    assert not holds_personal_data(asked)


def test_what_the_inbox_masked_counts_as_personal() -> None:
    assert holds_personal_data("căn cước [đã che: số giấy tờ] làm thẻ ở đâu")


def test_a_long_story_is_cut() -> None:
    assert len(redact("hộ nghèo " * 500)) <= 500


@pytest.mark.parametrize("odd", ["", "İstanbul İ ten toi la Ali", "😀😀", "ﬁ tên tôi là Lan"])
def test_odd_letters_are_no_error(odd: str) -> None:
    assert "Ali" not in redact(odd) and "Lan" not in redact(odd)
