"""Codes of receipts survive being copied by hand, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.receipt_codes import ALPHABET, check_letter, is_receipt_code, new_receipt_code, typed_receipt_code

CODES = st.builds(new_receipt_code)
PLACES = st.integers(0, 6)


@given(CODES)
def test_a_new_code_is_a_code_and_is_read_however_it_is_typed(code: str) -> None:
    assert is_receipt_code(code) and len(code) == 7
    for typed in (code, code.lower(), f" {code} ", f"{code[:3]} {code[3:]}", f"{code[:3]}-{code[3:]}", f"mã {code}"):
        assert typed_receipt_code(typed) == code
    assert typed_receipt_code(f"/phieu {code}") == code and typed_receipt_code(f"Phiếu: {code}") == code


@given(CODES, PLACES, st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(code: str, place: int, other: str) -> None:
    wrong = code[:place] + other + code[place + 1 :]
    assert wrong == code or not is_receipt_code(wrong)


@given(CODES, st.integers(0, 5))
def test_two_neighbours_swapped_are_noticed(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert swapped == code or not is_receipt_code(swapped)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hộ nghèo",
        "nghieng",
        "chuyen",
        "2500000",
        "3334444",
        "23/11/2026",
        "1tr5",
        "500k",
        "2 triệu rưỡi",
        "ABCDEFG",
    ],
)
def test_words_dates_and_amounts_are_not_taken_for_codes(text: str) -> None:
    assert typed_receipt_code(text) is None


def test_no_word_and_no_number_of_seven_characters_is_a_code() -> None:
    assert not is_receipt_code("ABCDEF" + check_letter("ABCDEF"))
    assert not is_receipt_code("234567" + check_letter("234567"))


def test_the_alphabet_has_no_characters_that_look_alike() -> None:
    assert not set("01ILOSZ") & set(ALPHABET) and len(set(ALPHABET)) == 29
