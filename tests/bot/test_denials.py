"""Who says what the household is not is not taken for being it."""

import pytest

from bot.actions.eligibility.denials import UnclearDenial, status_left
from bot.actions.eligibility.replies import people_in, said_in


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("hộ không nghèo không cận nghèo", "none"),
        ("khong phai ho ngheo, cung khong phai can ngheo", "none"),
        ("chưa được công nhận hộ nghèo", "none"),
        ("không thuộc diện nào cả", "none"),
        ("chưa", "none"),
        ("dạ không", "none"),
        ("không phải hộ nghèo mà là hộ cận nghèo", "near_poor"),
        ("không, hộ cận nghèo", None),
        ("mới thoát nghèo, không còn là hộ nghèo", "newly_escaped"),
        ("hộ nghèo chứ không phải cận nghèo", "poor"),
        ("hộ nghèo, không phải cận nghèo", "poor"),
        ("hộ cận nghèo", None),
        ("we are not a poor household", "none"),
        ("not poor but near-poor", "near_poor"),
    ],
)
def test_what_is_denied_is_not_what_holds(words: str, left: str | None) -> None:
    assert status_left(words) == left


@pytest.mark.parametrize("words", ["hộ nghèo, năm nay không còn", "hộ nghèo, hộ cận nghèo, không rõ lắm"])
def test_a_denial_that_leaves_nothing_clear_is_asked_again(words: str) -> None:
    with pytest.raises(UnclearDenial):
        status_left(words)


@pytest.mark.parametrize(
    ("words", "people"),
    [
        ("1 4", 2),
        ("số 1 và số 4", 2),
        ("0", 0),
        ("không có ai", 0),
        ("nhà 5 người, cả nhà 6tr một tháng", None),
        ("không có người khuyết tật", None),
        ("có học sinh, không có người cao tuổi", 1),
        ("99", None),
    ],
)
def test_only_numbers_by_themselves_choose_people_and_a_denial_chooses_none(words: str, people: int | None) -> None:
    found = people_in(said_in(words, [], pressed=False))
    assert (None if found is None else len(found)) == people
