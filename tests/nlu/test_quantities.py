"""Amounts, counts and days as people write them."""

from datetime import date
from typing import Any

import pytest
from components.amounts import find_amounts
from components.counts import find_count
from components.days import find_day
from components.text import fold
from hypothesis import given
from hypothesis import strategies as st

_ONES = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
THOUSAND, MILLION, MILLIARD = 1_000, 1_000_000, 1_000_000_000


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
        ("triệu rưỡi", 1_500_000),
        ("dạ triệu hai", 1_200_000),
        ("trăm rưỡi", 150_000),
        ("trăm rưỡi nghìn", 150_000),
        ("chục triệu", 10_000_000),
        ("trăm triệu", 100_000_000),
        ("5 chục nghìn", 50_000),
        ("2 trăm 50 nghìn", 250_000),
        ("500 000đ", 500_000),
        ("một triệu lẻ năm mươi nghìn", 1_050_000),
        ("1 triệu 250 nghìn 500 đồng", 1_250_500),
        ("1 tỷ 250 triệu 500 nghìn", 1_250_500_000),
        ("một tỷ hai trăm triệu ba trăm nghìn", 1_200_300_000),
        ("hai mươi tư tỷ một trăm mười nghìn không trăm mười một đồng", 24_000_110_011),
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


@pytest.mark.parametrize("text", ["vài trăm triệu", "mấy chục nghìn", "số 123 456 789", "công ty hai thành viên"])
def test_some_hundreds_numbers_and_names_are_no_amount(text: str) -> None:
    assert amounts(text) == []


@pytest.mark.parametrize("text", ["900", "0912345678", "số 5", "bác ba ơi", "chờ sáu tháng", "cháu tám tuổi", ""])
def test_what_is_no_money_is_not_taken_for_money(text: str) -> None:
    assert amounts(text) == []


def in_words(number: int) -> str:
    """Say a number from 1 to 999."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = [f"{_ONES[hundreds]} trăm"] if hundreds else []
    if tens:
        words.append("mười" if tens == 1 else f"{_ONES[tens]} mươi")
    elif hundreds and ones:
        words.append("linh")
    if ones:
        # After a ten: hai mươi mốt, mười lăm.
        last = {1: "mốt" if tens > 1 else "một", 5: "lăm"}.get(ones, _ONES[ones]) if tens else _ONES[ones]
        words.append(last)
    return " ".join(words)


def parts_of(amount: int) -> list[tuple[int, int]]:
    """Return (number, unit) of an amount: 1.250.000 is [(1, a million), (250, a thousand)]."""
    units = ((amount // unit % 1_000, unit) for unit in (MILLIARD, MILLION, THOUSAND))
    return [(number, unit) for number, unit in units if number]


_UNITS = {
    MILLIARD: ("tỷ", "tỉ", "ty"),
    MILLION: ("triệu", "trieu", "tr", "Triệu", "TRIỆU"),
    THOUSAND: ("nghìn", "ngàn", "ngan", "k"),
}
_CURRENCIES = ("", "đ", " đồng", " vnđ", " VND", " dong")


@st.composite
def parts_said(draw: st.DrawFn) -> tuple[str, int]:
    """Whole thousands below 100 milliards, each part with its unit, in digits, in words, or some of each."""
    amount = draw(st.integers(1, 99_999_999)) * THOUSAND
    said = []
    for number, unit in parts_of(amount):
        in_digits = draw(st.booleans())
        # Words go with whole units only: "hai mươi k" is said by nobody.
        names = _UNITS[unit] if in_digits else _UNITS[unit][:2]
        space = draw(st.sampled_from([" ", ""])) if in_digits else " "
        said.append(f"{number if in_digits else in_words(number)}{space}{draw(st.sampled_from(names))}")
    return " ".join(said), amount


@st.composite
def grouped(draw: st.DrawFn) -> tuple[str, int]:
    """Digits in groups: "1.250.000đ", "1,250,000 VND", "1 250 000 đồng", "1.250k", "1.250 nghìn"."""
    amount = draw(st.integers(10, 99_999_999)) * THOUSAND
    mark = draw(st.sampled_from([".", ",", " ", ""]))
    if draw(st.booleans()) and mark in (".", ""):
        shown = f"{amount // THOUSAND:,}".replace(",", mark)
        return f"{shown}{draw(st.sampled_from(['k', ' nghìn', ' ngàn', ' nghìn đồng', 'K']))}", amount
    currency = draw(st.sampled_from(_CURRENCIES[1:] if mark == " " else _CURRENCIES))
    return f"{amount:,}".replace(",", mark) + currency, amount


@st.composite
def tenths(draw: st.DrawFn) -> tuple[str, int]:
    """A part without a unit of its own: "1tr2", "một triệu hai", "1,25 triệu", "2 tỷ rưỡi", "1 triệu 200", "nửa tỷ"."""
    unit = draw(st.sampled_from([MILLION, MILLIARD]))
    whole, tenth = draw(st.integers(1, 99)), draw(st.integers(1, 9))
    name = draw(st.sampled_from(_UNITS[unit][:2]))
    way = draw(st.sampled_from(["close", "spoken", "comma", "dot", "hundredths", "half", "hundreds", "half of one"]))
    if way == "half of one":
        return f"nửa {name}", unit // 2
    if way == "half":
        said = draw(st.sampled_from([str(whole), in_words(whole)]))
        return f"{said} {name} {draw(st.sampled_from(['rưỡi', 'ruoi']))}", whole * unit + unit // 2
    if way == "hundredths":
        part = draw(st.integers(1, 99).filter(lambda one: one % 10))
        return f"{whole}{draw(st.sampled_from(['.', ',']))}{part:02d} {name}", whole * unit + part * unit // 100
    amount = whole * unit + tenth * unit // 10
    close = draw(st.sampled_from(["tr", "triệu", "TR"])) if unit == MILLION else draw(st.sampled_from(["tỷ", "tỉ"]))
    return {
        "close": f"{whole}{close}{tenth}",
        "spoken": f"{in_words(whole)} {name} {'rưỡi' if tenth == 5 else _ONES[tenth]}",
        "comma": f"{whole},{tenth} {name}",
        "dot": f"{whole}.{tenth}{draw(st.sampled_from([' ', '']))}{name}",
        "hundreds": f"{whole} {name} {draw(st.sampled_from([f'{tenth}00', f'{_ONES[tenth]} trăm']))}",
    }[way], amount


AROUND = (
    st.sampled_from(["", "khoảng ", "dạ ", "được ", "em góp "]),
    st.sampled_from(["", " một tháng", " / tháng", " nhé bác", " ạ", ", cảm ơn", "."]),
    st.booleans(),
)


@pytest.mark.parametrize("strategy", [parts_said(), grouped(), tenths()], ids=["parts", "groups", "tenths"])
@given(data=st.data())
def test_every_way_of_saying_an_amount_gives_it_back(strategy: st.SearchStrategy[Any], data: st.DataObject) -> None:
    text, amount = data.draw(strategy)
    before, after, bare = (data.draw(one) for one in AROUND)
    said = f"{before}{text}{after}"
    said = fold(said) if bare else said
    assert [one[:2] for one in amounts(said)] == [(amount, amount)], said


@given(st.integers(1, 9), st.sampled_from(["-", " - ", " đến ", " tới "]), st.sampled_from(["triệu", "tr", "tỷ"]))
def test_every_range_keeps_both_ends(low: int, between: str, unit: str) -> None:
    scale = MILLIARD if unit == "tỷ" else MILLION
    for text in (f"{low}{between}{low + 1} {unit}", fold(f"{low}{between}{low + 1} {unit}")):
        assert [one[:2] for one in amounts(text)] == [(low * scale, (low + 1) * scale)], text


_COUNTED = ("người", "khẩu", "nhân khẩu", "tuổi", "cháu", "đứa", "số điện")


@given(st.integers(1, 999), st.sampled_from(_COUNTED), st.booleans(), st.booleans(), st.sampled_from(["", "nhà có "]))
def test_every_count_is_given_back(number: int, counted: str, digits: bool, bare: bool, before: str) -> None:
    text = f"{before}{number if digits else in_words(number)} {counted}"
    assert find_count(fold(text) if bare else text) == number, text


@st.composite
def days(draw: st.DrawFn) -> tuple[str, tuple[int, int | None, int | None]]:
    """A day, a month or a year in one of the ways of writing it."""
    when = draw(st.dates(date(1920, 1, 1), date(2040, 12, 31)))
    way = draw(st.sampled_from(["numbers", "iso", "sentence", "mixed", "words", "month", "month in words", "year"]))
    mark = draw(st.sampled_from(["/", "-", ".", " / "]))
    month_name = "tư" if when.month == 4 else in_words(when.month)
    if way == "numbers":
        padded = draw(st.booleans())
        day, month = (f"{when.day:02d}", f"{when.month:02d}") if padded else (str(when.day), str(when.month))
        return f"{day}{mark}{month}{mark}{when.year}", (when.year, when.month, when.day)
    if way == "iso":
        return when.isoformat(), (when.year, when.month, when.day)
    if way == "sentence":
        begins = draw(st.sampled_from(["ngày ", "mùng ", "hôm ", ""]))
        between = draw(st.sampled_from([" năm ", "/", ", ", " "]))
        return f"{begins}{when.day} tháng {when.month}{between}{when.year}", (when.year, when.month, when.day)
    if way == "mixed":
        return f"ngày {when.day}/{when.month} năm {when.year}", (when.year, when.month, when.day)
    if way == "words":
        return f"ngày {in_words(when.day)} tháng {month_name} năm {when.year}", (when.year, when.month, when.day)
    if way == "month":
        begins = draw(st.sampled_from(["tháng ", "thang ", "T", ""]))
        between = draw(st.sampled_from([" năm ", "/", "-", "."]))
        return f"{begins}{when.month}{between}{when.year}", (when.year, when.month, None)
    if way == "month in words":
        return f"tháng {month_name} năm {when.year}", (when.year, when.month, None)
    return f"năm {when.year}", (when.year, None, None)


@given(days(), st.sampled_from(["", "từ ", "hồi ", "nhà em thoát nghèo "]), st.booleans())
def test_every_day_is_given_back(said: tuple[str, Any], before: str, bare: bool) -> None:
    text = fold(before + said[0]) if bare else before + said[0]
    found = find_day(text)
    assert found is not None, text
    assert (found["year"], found["month"], found["day"]) == said[1], text


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
        ("hai bốn tuổi", 24),
        ("hai ba tuổi", None),
        ("3 chục người", 30),
        ("sáu miệng ăn", 6),
        ("từ người khác", None),
        ("phòng khám tư nhân", None),
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
        ("31/2/2024", None),
        ("12/3/24", (2024, 3, 12)),
        ("12/3/85", (1985, 3, 12)),
        ("tháng 3 2024", (2024, 3, None)),
        ("hồi tháng chạp năm 2023", (2023, None, None)),
        ("2 - 3 triệu", None),
        ("hôm qua", None),
    ],
)
def test_a_day_is_read_as_far_as_it_was_said(text: str, day: tuple[Any, ...] | None) -> None:
    found = find_day(text)
    assert (None if found is None else (found["year"], found["month"], found["day"])) == day
