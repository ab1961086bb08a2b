"""Long texts are split where people pause, and nothing of them is lost."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.splitting import split_text

SENTENCE = "Hộ nghèo được hỗ trợ 100% tiền đóng bảo hiểm y tế. "


def test_a_text_that_fits_is_left_alone() -> None:
    assert split_text("Chào bác.", 1900) == ["Chào bác."]


def test_a_long_answer_is_split_at_sentence_ends_and_numbered_only_beyond_two_parts() -> None:
    """D-21."""
    two = split_text(SENTENCE * 50, 1900)
    assert len(two) == 2 and all(part.endswith(".") and len(part) <= 1900 for part in two)
    assert not two[0].startswith("(")
    many = split_text(SENTENCE * 150, 1900)
    assert len(many) > 2 and all(part.endswith(".") and len(part) <= 1900 for part in many)
    assert [part[:5] for part in many] == [f"({number}/{len(many)})" for number in range(1, len(many) + 1)]


def test_a_paragraph_is_a_better_border_than_a_sentence() -> None:
    first = SENTENCE * 20
    assert split_text(f"{first}\n\n{SENTENCE * 30}", 1900)[0] == first.strip()


def test_decomposed_vietnamese_is_never_cut_inside_a_letter() -> None:
    """D-20."""
    decomposed = "e\u0302\u0323" * 1000
    assert all(part.startswith("e") for part in split_text(decomposed, 100)[:2] if not part.startswith("("))
    assert all(re.sub(r"^\(\d+/\d+\) ", "", part).startswith("e") for part in split_text(decomposed, 100))


@given(st.text(alphabet=st.sampled_from("abđế .\n!?,"), max_size=600), st.integers(20, 80))
def test_no_word_is_lost_and_no_part_is_too_long(text: str, longest: int) -> None:
    parts = split_text(text, longest)
    assert all(len(part) <= longest for part in parts)
    bare = [re.sub(r"^\(\d+/\d+\) ", "", part) if len(parts) > 2 else part for part in parts]
    assert re.sub(r"\s", "", "".join(bare)) == re.sub(r"\s", "", text)
