"""Amounts, counts and days as people write them."""

from typing import Any

import pytest
from components.quantities import find_amounts, find_count, find_day
from hypothesis import given
from hypothesis import strategies as st

_ONES = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
THOUSAND, MILLION = 1_000, 1_000_000


def amounts(text: str) -> list[tuple[int, int, str | None, str | None]]:
    return [(one.low, one.high, one.per, one.of) for one in find_amounts(text)]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("2 triệu rưỡi", 2_500_000),
        ("1tr5", 1_500_000),
        ("500k", 500_000),
        ("2.000.000đ", 2_000_000),
        ("hai triệu", 2_000_000),
        ("một triệu hai", 1_200_000),
        ("1tr2", 1_200_000),
        ("1,2 triệu", 1_200_000),
        ("1.200k", 1_200_000),
        ("1 triệu 200 nghìn", 1_200_000),
        ("mot trieu hai tram nghin", 1_200_000),
        ("nửa triệu", 500_000),
        ("năm trăm ngàn", 500_000),
        ("mười lăm triệu", 15_000_000),
        ("khoảng 800 ngàn thôi", 800_000),
        ("1 tỷ 2", 1_200_000_000),
        ("năm nay được tám triệu", 8_000_000),
        ("từ hai triệu trở lên", 2_000_000),
        ("Hai Triệu Rưỡi", 2_500_000),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, amount: int) -> None:
    assert [one[:2] for one in amounts(text)] == [(amount, amount)]


@pytest.mark.parametrize(
    ("text", "per", "of"),
    [
        ("mỗi người được 1tr5 một tháng", "month", "person"),
        ("cả nhà thu nhập 5 triệu một tháng", "month", "household"),
        ("20tr/năm/người", "year", "person"),
        ("30 triệu một năm cả hộ", "year", "household"),
        ("bình quân đầu người 1 triệu 3", None, "person"),
        ("2 triệu", None, None),
    ],
)
def test_it_is_read_in_what_time_and_of_whom_an_amount_is(text: str, per: str | None, of: str | None) -> None:
    assert [one[2:] for one in amounts(text)] == [(per, of)]


@pytest.mark.parametrize("text", ["2-3 triệu", "2 đến 3 triệu", "hai ba triệu", "2 tới 3tr"])
def test_a_range_keeps_both_ends(text: str) -> None:
    assert [one[:2] for one in amounts(text)] == [(2_000_000, 3_000_000)]


@pytest.mark.parametrize("text", ["900", "0912345678", "số 5", "bác ba ơi", "chờ sáu tháng", "cháu tám tuổi", ""])
def test_what_is_no_money_is_not_taken_for_money(text: str) -> None:
    assert amounts(text) == []


@st.composite
def spoken(draw: st.DrawFn) -> tuple[str, int]:
    """An amount between 100.000 and 99.900.000 in one of the ways of saying it."""
    millions, hundreds = draw(st.integers(0, 99)), draw(st.integers(0, 9))
    way = draw(st.sampled_from(["tr", "words", "decimal", "thousands", "dots", "nghin", "k"]))
    amount = millions * MILLION + hundreds * 100 * THOUSAND
    if amount < 100 * THOUSAND:
        millions, amount = millions + 1, amount + MILLION
    unit = draw(st.sampled_from(["triệu", "trieu", "tr", "Triệu"]))
    if way == "tr":
        text = f"{millions}{unit}{hundreds}" if hundreds and millions else f"{amount // THOUSAND} nghìn"
    elif way == "words" and 1 <= millions <= 9:
        text = f"{_ONES[millions]} triệu" + (f" {_ONES[hundreds]}" if hundreds else "")
    elif way == "decimal" and millions:
        text = f"{millions},{hundreds} {unit}"
    elif way == "thousands" and millions and hundreds:
        text = f"{millions} {unit} {hundreds}00 {draw(st.sampled_from(['nghìn', 'ngàn', 'k']))}"
    elif way == "nghin":
        text = f"{amount // THOUSAND:,} nghìn".replace(",", ".")
    elif way == "k":
        text = f"{amount // THOUSAND}k"
    else:
        text = f"{amount:,}".replace(",", draw(st.sampled_from([".", ","]))) + draw(st.sampled_from(["đ", " đồng", ""]))
    return text, amount


@given(spoken(), st.sampled_from(["", " một tháng", " / tháng", " nhé bác"]), st.sampled_from(["", "khoảng ", "dạ "]))
def test_every_way_of_saying_an_amount_gives_it_back(said: tuple[str, int], after: str, before: str) -> None:
    text, amount = said
    assert [one[:2] for one in amounts(f"{before}{text}{after}")] == [(amount, amount)], text


@given(st.text(max_size=200))
def test_no_text_makes_the_reading_fail(text: str) -> None:
    assert all(0 < one.low <= one.high for one in find_amounts(text))
    assert find_count(text) is None or find_count(text) >= 0
    find_day(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("5 người", 5),
        ("không, 5 người", 5),
        ("năm", 5),
        ("dạ năm người ạ", 5),
        ("nhà có bốn khẩu", 4),
        ("mười hai tuổi", 12),
        ("không", 0),
        ("hai mươi mốt", 21),
        ("tôi không biết", None),
        ("5 người, 2 con", None),
        ("hai triệu", None),
    ],
)
def test_a_count_is_read_where_something_is_counted(text: str, count: int | None) -> None:
    assert find_count(text) == count


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12/03/2024", (2024, 3, 12)),
        ("tháng 3/2024", (2024, 3, None)),
        ("thang 3 nam 2024", (2024, 3, None)),
        ("năm 2023", (2023, None, None)),
        ("ngày 5 tháng 6 năm 2022", (2022, 6, 5)),
        ("40/15/2024", None),
        ("hôm qua", None),
    ],
)
def test_a_day_is_read_as_far_as_it_was_said(text: str, day: tuple[Any, ...] | None) -> None:
    found = find_day(text)
    assert (None if found is None else (found["year"], found["month"], found["day"])) == day
