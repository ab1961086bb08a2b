"""Personal data is masked before anything is stored, and amounts of money never are."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.personal_data import Kind, has_right_check_digit, kinds_in, mask, without_masks


@pytest.mark.parametrize(
    ("text", "secret", "kind"),
    [
        ("cccd của tôi 064098012345 có vay được không", "064098012345", Kind.IDENTITY),
        ("so can cuoc 064 098 012 345", "012 345", Kind.IDENTITY),
        ("064.098.012.345", "064.098.012.345", Kind.IDENTITY),
        ("0 6 4 0 9 8 0 1 2 3 4 5 là số định danh", "0 9 8 0", Kind.IDENTITY),
        ("số ０６４０９８０１２３４５ nè", "０６４０９８", Kind.IDENTITY),
        ("064‑098‑012345".replace("‑", "-"), "012345", Kind.IDENTITY),
        ("cmnd 233123456", "233123456", Kind.IDENTITY),
        ("so cua toi 233123456", "233123456", Kind.IDENTITY),
        ("CMT: 233.123.456 nhé", "233.123.456", Kind.IDENTITY),
        ("c.c.c.d 06409801234 thiếu một số", "06409801234", Kind.IDENTITY),
        ("thẻ bhyt GD4646421234567", "4646421234567", Kind.IDENTITY),
        ("hộ chiếu của cháu C1234567", "C1234567", Kind.IDENTITY),
        ("định danh của vợ 164098012345", "164098012345", Kind.IDENTITY),
        ("thẻ 4111 1111 1111 1111 hết hạn", "1111 1111", Kind.CARD),
        ("visa 4111111111111111", "4111111111111111", Kind.CARD),
        ("số thẻ atm 9704361234567890123", "9704361234567890123", Kind.CARD),
        ("the 9704-1500-1234-5678 bi nuot", "1500-1234", Kind.CARD),
        ("378282246310005", "378282246310005", Kind.CARD),
        ("mã OTP 123456", "123456", Kind.CODE),
        ("ma otp cua toi la 12 34 56", "12 34 56", Kind.CODE),
        ("ngân hàng gửi mã xác nhận: 8321 cho tôi", "8321", Kind.CODE),
        ("123456 là mã otp của em", "123456", Kind.CODE),
        ("o t p 998877", "998877", Kind.CODE),
        ("оtр 998877", "998877", Kind.CODE),  # Cyrillic letters
        ("otp là một hai ba bốn năm sáu", "hai ba bốn", Kind.CODE),
        ("mã pin thẻ 4321", "4321", Kind.CODE),
        ("cvv 123", "123", Kind.CODE),
        ("mật khẩu của tôi là abc123", "abc123", Kind.PASSWORD),
        ("mat khau: Meo@2020", "Meo@2020", Kind.PASSWORD),
        ("mật khẩu VNeID là Hoa Ban 2020, cho hỏi vay vốn", "Hoa Ban", Kind.PASSWORD),
        ("password is hunter2", "hunter2", Kind.PASSWORD),
        ("mk: hoaban99", "hoaban99", Kind.PASSWORD),
        ("mk la hoaban99", "hoaban99", Kind.PASSWORD),
    ],
)
def test_a_secret_is_masked_and_named(text: str, secret: str, kind: Kind) -> None:
    masked = mask(text)
    assert secret not in masked
    assert kinds_in(masked) == (kind,)
    assert not any(digit in masked for digit in secret if digit.isdigit() and len(secret) > 5)


@pytest.mark.parametrize(
    "text",
    [
        "2.000.000đ",
        "1500000 đồng",
        "vay 150000000 đồng lãi bao nhiêu",
        "vay 500.000.000 được không",
        "thu nhập 123456789 một năm",
        "tong 250.000.000.000 dong",
        "100000000000",
        "thu nhập 2 000 000 3 000 000",
        "2.000.000 3.000.000 4.000.000",
        "2tr5 một tháng, nhà 5 người, 3 con",
        "nghị định 351/2025/NĐ-CP năm 2024 2025 2026",
        "từ 01-07-2025 đến 31-12-2026",
        "gọi tôi 0912345678",
        "0912 345 678, tôi 25 tuổi",
        "0912345678 25 tuổi",
        "sđt 0912345678 0987654321",
        "+84912345678",
        "+84 912 345 678 nhé",
        "0084912345678",
        "02603 862 345",
        "091234567",
        "mật khẩu là gì vậy",
        "quên mật khẩu dịch vụ công thì làm sao",
        "mật khẩu bị lộ thì làm gì",
        "mk là hộ nghèo",
        "mk 2tr5 một tháng",
        "mk co 1500000d",
        "mã OTP là gì, có cần đưa không",
        "họ đòi mã otp rồi lừa 2.000.000đ",
        "otp gồm 6 số",
        "stk 5400205123456 có phải của Mặt trận không",
        "tài khoản 101234567890 có đúng của quỹ không",
        "pin năng lượng 5000 w",
        "mã biên nhận CT20261125",
    ],
)
def test_money_dates_telephone_and_account_numbers_stay(text: str) -> None:
    assert mask(text) == text


def test_the_rest_of_the_message_stays_and_what_was_masked_says_nothing_to_the_machine() -> None:
    masked = mask("cccd 064098012345, hộ nghèo vay được bao nhiêu?")
    assert masked == "cccd [đã che: số giấy tờ], hộ nghèo vay được bao nhiêu?"
    assert without_masks(masked) == "hộ nghèo vay được bao nhiêu?"
    assert without_masks(mask("cccd 064098012345 có vay được không")) == "cccd có vay được không"
    assert without_masks("hộ  nghèo") == "hộ  nghèo"


def test_several_secrets_of_one_message_are_all_masked() -> None:
    masked = mask("cccd 064098012345 thẻ 4111111111111111 otp 445566 sđt 0912345678")
    assert kinds_in(masked) == (Kind.IDENTITY, Kind.CARD, Kind.CODE)
    assert "0912345678" in masked and "064098" not in masked and "4111" not in masked and "445566" not in masked


@given(st.from_regex(r"0[1-8][0-9]{10}", fullmatch=True), st.sampled_from(["", " ", "cccd ", "số: "]))
def test_every_citizen_number_is_masked(number: str, before: str) -> None:
    assert number not in mask(f"{before}{number} là của tôi")


@given(st.from_regex(r"4[0-9]{14}", fullmatch=True))
def test_every_card_number_with_a_right_check_digit_is_masked(digits: str) -> None:
    number = next(f"{digits}{last}" for last in range(10) if has_right_check_digit(f"{digits}{last}"))
    assert number not in mask(f"thẻ {number}")
    spaced = " ".join(number[at : at + 4] for at in range(0, 16, 4))
    assert spaced not in mask(f"thẻ {spaced} nè")


@given(st.integers(1, 999), st.integers(2, 4), st.sampled_from([".", " ", ","]))
def test_no_amount_of_money_is_masked(first: int, groups: int, separator: str) -> None:
    amount = separator.join([str(first), *["000"] * groups])
    assert mask(f"thu nhập {amount} đồng") == f"thu nhập {amount} đồng"
    assert mask(f"có {amount}") == f"có {amount}"


@pytest.mark.parametrize("text", ["1 ", "0 ", "0-", "12 ", "otp ", "mật khẩu ", "mật khẩu là a ", "064 ", "mk "])
def test_a_message_made_to_be_slow_is_masked_as_fast_as_any(text: str) -> None:
    started = time.process_time()
    mask((text * 1000)[:2000])
    assert time.process_time() - started < 0.5


@given(st.text(max_size=200))
def test_masking_any_text_twice_changes_nothing_more(text: str) -> None:
    once = mask(text)
    assert mask(once) == once
