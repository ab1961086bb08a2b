"""Accounts and links are found in what people paste, however they are written."""

import pytest

from bot.giving.account_question import not_clickable, partly_shown, question_in, spared
from bot.personal_data import mask, mask_but
from fund.accounts import FundAccount

OURS = FundAccount(bank="970415", number="001099012345", holder="QUY MAU")


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("stk 0123456789 MB có phải của quỹ không", ("0123456789",)),
        ("tk 1903.6789.0123 tcb", ("190367890123",)),
        ("số tài khoản 0 1 2 3 4 5 6 7 8 9", ("0123456789",)),
        ("chuyển 2.000.000đ vào tk 12345678", ("12345678",)),
        ("góp 500000 đồng", ()),
        ("nhà tôi 5 người", ()),
        ("tài khoản 0010 9901 2345", ("001099012345",)),
    ],
)
def test_numbers_of_accounts_are_found_and_amounts_are_not(words: str, numbers: tuple[str, ...]) -> None:
    assert question_in(words, official=[OURS]).numbers == numbers


def test_a_number_alone_is_an_account_and_a_short_one_is_not() -> None:
    assert question_in("0123 456 789").names_an_account
    assert not question_in("123456").names_an_account


def test_the_account_in_a_pasted_qr_is_read() -> None:
    payload = OURS.payload("XNK7M2Q9XC", 500_000)
    assert payload is not None
    assert question_in(f"quét được {payload}", official=[]).numbers == (OURS.number,)


def test_links_are_found_and_shown_so_that_nobody_clicks_them() -> None:
    found = question_in("vào https://quy-nguoi-ngheo.xyz/nhan-qua?id=1 hoặc bit.ly/abc nhé")
    assert found.links == ("quy-nguoi-ngheo.xyz", "bit.ly")
    assert not_clickable(found.links[0]) == "quy-nguoi-ngheo(.)xyz"
    assert partly_shown("0123456789") == "…6789"


def test_an_account_of_the_fund_is_not_masked_though_it_looks_like_a_citizen_number() -> None:
    words = "001099012345 là của quỹ à? căn cước tôi 001088054321"
    assert "001099012345" not in mask(words)
    kept = mask_but(words, spared(words, [OURS]))
    assert "001099012345" in kept and "001088054321" not in kept
