"""A code survives what banks do to a memo, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.pledge_codes import (
    ALPHABET,
    CodesInMemo,
    check_character,
    codes_in,
    is_pledge_code,
    new_pledge_code,
    typed_pledge_codes,
)
from tests.fund.memos import MANNERS, mangled

CODE = "XNK7M2Q9XC"
sevens = st.text(ALPHABET, min_size=7, max_size=7)


def test_the_check_character_is_the_published_one() -> None:
    assert check_character("K7M2Q9X") == "C" and is_pledge_code(CODE)


@given(sevens, st.integers(0, 6), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_caught(seven: str, place: int, char: str) -> None:
    wrong = seven[:place] + char + seven[place + 1 :]
    assert (check_character(wrong) == check_character(seven)) == (wrong == seven)


@pytest.mark.parametrize("manner", MANNERS)
def test_the_code_is_found_in_every_manner_of_the_banks(manner: str) -> None:
    assert codes_in(mangled(manner, CODE)).certain == (CODE,)


@given(sevens, st.sampled_from(MANNERS), st.randoms())
def test_any_code_survives_any_manner(seven: str, manner: str, random: object) -> None:
    code = "XN" + seven + check_character(seven)
    assert code in codes_in(mangled(manner, code)).certain


@pytest.mark.parametrize(
    ("memo", "found"),
    [
        ("XNK7M209XC ung ho", CodesInMemo((), (CODE,), ("XNK7M2",))),
        ("MBVCB.4500000001.XNK7M2Q9", CodesInMemo((), (), ("XNK7M2Q9",))),
        ("XNK7M2Q9XO", CodesInMemo((), (), ("XNK7M2Q9X",))),
        ("NGUYEN THI MAU chuyen tien", CodesInMemo()),
        ("CHUC XUAN NAM MOI", CodesInMemo()),
    ],
)
def test_a_code_that_is_damaged_is_a_suggestion_at_most(memo: str, found: CodesInMemo) -> None:
    assert codes_in(memo) == found


def test_two_codes_in_one_memo_are_both_found() -> None:
    other = "XN" + "ABCDEFG" + check_character("ABCDEFG")
    assert codes_in(f"{CODE} va {other}").certain == (CODE, other)


def test_new_codes_are_right_and_hold_no_other_code() -> None:
    codes = {new_pledge_code() for _ in range(500)}
    assert len(codes) == 500 and all(is_pledge_code(code) and "XN" not in code[1:] for code in codes)


def test_people_write_their_code_as_they_like() -> None:
    assert typed_pledge_codes("tiền mã xn-k7m2 q9xc của tôi đến chưa?") == (CODE,)
    assert typed_pledge_codes("xin cho xem nhà nước hỗ trợ gì 2026") == ()
