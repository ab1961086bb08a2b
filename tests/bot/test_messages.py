"""Cleaning what people send."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.messages import clean_text

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)


@given(ANY_TEXT)
def test_cleaned_text_can_be_stored_and_holds_nothing_invisible(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode("utf-8")
    assert "\u0000" not in cleaned
    assert not any(unicodedata.category(char) == "Cc" and char not in "\t\n" for char in cleaned)
    assert not any(0xE0000 <= ord(char) <= 0xE007F for char in cleaned)


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


def test_decomposed_vietnamese_becomes_composed() -> None:
    assert clean_text(unicodedata.normalize("NFD", "hộ nghèo ở Đăk Hà")) == "hộ nghèo ở Đăk Hà"


def test_a_lone_surrogate_does_not_break_storing() -> None:
    assert clean_text("hộ \ud800 nghèo") == "hộ \ufffd nghèo"
