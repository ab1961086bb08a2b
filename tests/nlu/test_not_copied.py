"""Examples are our own: no question that judges the bot may be among them."""

import os
from pathlib import Path

import pytest
from components.text import clean, fold, syllables

from server.evaluation import read_questions
from tests.nlu.test_project import examples

#: Judging questions are no part of the project; whoever has them names the file.
JUDGES = os.environ.get("CHUNGTAY_FROZEN_QUESTIONS", "")
GRAM = 5
#: From this share of shared five-word sequences on, one sentence is the other with a word changed.
TOO_NEAR = 0.6


def grams(text: str) -> set[tuple[str, ...]]:
    words = syllables(fold(clean(text)))
    return {tuple(words[at : at + GRAM]) for at in range(len(words) - GRAM + 1)} or {tuple(words)}


def nearness(one: str, other: str) -> float:
    """Return the share of the shorter text's five-word sequences that the other has, too."""
    left, right = grams(one), grams(other)
    return len(left & right) / min(len(left), len(right))


def test_nearness_sees_through_marks_and_case() -> None:
    assert nearness("Hộ nghèo được vay bao nhiêu tiền?", "ho ngheo duoc vay bao nhieu tien") == 1.0
    assert nearness("Hộ nghèo được vay bao nhiêu tiền?", "Trợ cấp người khuyết tật là bao nhiêu?") == 0.0


@pytest.mark.skipif(not JUDGES, reason="CHUNGTAY_FROZEN_QUESTIONS names no file of judging questions")
def test_no_example_is_a_judging_question() -> None:
    judging = [(question.text, grams(question.text)) for question in read_questions(Path(JUDGES))]
    taught = [(line, grams(line)) for lines in examples().values() for line in lines]
    assert not [
        (line, text)
        for line, mine in taught
        for text, theirs in judging
        if min(len(mine), len(theirs)) > 1 and len(mine & theirs) >= TOO_NEAR * min(len(mine), len(theirs))
    ]
