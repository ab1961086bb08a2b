"""Statements of every bank, in every form that they come in, are read to the đồng; what cannot be read is said."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.folding import fold
from fund.statement_cells import day_in, money_in
from fund.statement_files import UnreadableStatement
from fund.statements import read_statement
from tests.fund.bank_files import FORMS, LAYOUTS, WITHOUT_REFERENCE, Movement, Table, csv_file, xlsx

ACCOUNT = "100000000001"
MOVEMENTS = [
    Movement(date(2026, 11, 21), 500_000, "XNK7M2Q9XC ung ho", "FT26325000001", "NGUYEN THI MAU"),
    Movement(
        date(2026, 11, 21), 2_000_000, "CONG TY TNHH MAU ung ho Quy Vi nguoi ngheo XN", "FT26325000002", "CONG TY"
    ),
    Movement(date(2026, 11, 22), -300_000, "Chi sửa nhà đợt 1 cho hộ nghèo xã Đăk Hà (mẫu)", "FT26326000003", "A"),
    Movement(date(2026, 11, 23), 1_250_000, "TONG CONG TY MAU chuyen tien, co va no", "FT26327000004", "TONG CONG TY"),
    Movement(date(2026, 11, 23), 50_000, "Ủng hộ", "FT26327000005", "B"),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_movements_are_read_from_every_bank_in_every_form(layout: str, form: str) -> None:
    statement = read_statement(FORMS[form](LAYOUTS[layout](ACCOUNT, MOVEMENTS)), account=ACCOUNT)
    found = sorted(
        ((line.booked_on, line.amount, line.memo_key, line.reference or "") for line in statement.lines),
        key=lambda one: (one[0], one[1]),
    )
    expected = sorted(MOVEMENTS, key=lambda one: (one.day, one.amount))
    assert [(day, amount) for day, amount, _, _ in found] == [(one.day, one.amount) for one in expected]
    for (_, _, memo, reference), one in zip(found, expected, strict=True):
        assert memo == "".join(char for char in _folded(one.memo) if char.isalnum())
        assert reference == ("" if layout in WITHOUT_REFERENCE else one.reference)
    assert statement.unread == () and ACCOUNT in statement.title


def _folded(text: str) -> str:
    return fold(text).upper()


def head(*more: Sequence[object]) -> Table:
    return [["Ngày giao dịch", "Ghi nợ", "Ghi có", "Số dư", "Nội dung", "Số CT"], *map(list, more)]


def test_a_company_s_gift_is_no_total_and_a_total_is_no_gift() -> None:
    table = head(
        ["Số dư đầu kỳ", "", "", "100", "", ""],
        ["23/11/2026", "", "5,000", "5,100", "CONG DOAN XA MAU ung ho", "1"],
        ["", "", "7,000", "12,100", "CONG TY MAU gop", "2"],
        ["Cộng phát sinh", "0", "12,000", "", "", ""],
        ["", "0", "12,000", "12,100", "Tổng cộng", ""],
    )
    statement = read_statement(csv_file(table), account=ACCOUNT)
    assert [(line.amount, line.memo) for line in statement.lines] == [
        (5_000, "CONG DOAN XA MAU ung ho"),
        (7_000, "CONG TY MAU gop"),
    ]


def test_rows_that_look_like_movements_and_cannot_be_read_are_named_with_the_cause() -> None:
    table = head(
        ["23/11/2026", "", "5,000", "", "ung ho", "1"],
        ["31/02/2026", "", "6,000", "", "ngay sai", "2"],
        ["23/11/2026", "", "6.0o0", "", "so sai", "3"],
        ["23/11/2026", "", "", "", "khong co tien", "4"],
    )
    statement = read_statement(csv_file(table), account=ACCOUNT)
    assert [line.amount for line in statement.lines] == [5_000]
    assert [(one.row, one.cause) for one in statement.unread] == [(3, "day"), (4, "amount")]


def test_thousands_written_with_the_sign_between_cells_of_other_files_are_no_cells() -> None:
    table = head(*[[f"{day}/11/2026", "", "1,250,000", "", "ung ho", str(day)] for day in range(10, 20)])
    statement = read_statement(csv_file(table, delimiter=";"), account=ACCOUNT)
    assert {line.amount for line in statement.lines} == {1_250_000} and len(statement.lines) == 10


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"PK\x03\x04 broken", "broken"),
        (b"\xd0\xcf\x11\xe0 broken", "broken"),
        (b"<html><body>no table</body></html>", "empty"),
        (b"ten,tuoi\nA,5\n", "no_head"),
        (csv_file(head()), "no_rows"),
        (
            csv_file(head(*[[f"{day}/11/2026", "1,000", "", f"{1000 * day:,}", "vao", ""] for day in range(1, 9)])),
            "sides_exchanged",
        ),
        (
            csv_file(head(*[[f"{day}/11/2026", "1,000", "", f"{day**3:,}", "?", ""] for day in range(1, 9)])),
            "balance_differs",
        ),
    ],
)
def test_what_is_no_statement_is_refused_with_the_cause(content: bytes, cause: str) -> None:
    with pytest.raises(UnreadableStatement) as refused:
        read_statement(content, account=ACCOUNT)
    assert refused.value.cause == cause


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    try:
        assert read_statement(content, account=ACCOUNT).lines
    except UnreadableStatement as refused:
        assert refused.cause


@given(st.lists(st.lists(st.text(max_size=12) | st.integers(-9, 10**9) | st.none(), max_size=6), max_size=12))
def test_no_table_breaks_the_reader(rows: list[list[object]]) -> None:
    table = head(*rows)
    for content in (csv_file(table), xlsx([[_printable(cell) for cell in row] for row in table])):
        try:
            for line in read_statement(content, account=ACCOUNT).lines:
                assert line.amount != 0
        except UnreadableStatement as refused:
            assert refused.cause


def _printable(cell: object) -> object:
    return "".join(char for char in cell if char.isprintable()) if isinstance(cell, str) else cell


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1,234,567", 1_234_567),
        ("1.234.567", 1_234_567),
        ("1 234 567.00 VND", 1_234_567),
        ("(5,000)", -5_000),
        ("-5.000đ", -5_000),
        ("+7,000", 7_000),
        (1234567.0, 1_234_567),
        ("", None),
        ("abc", None),
        ("12/11/2026", None),
        (True, None),
    ],
)
def test_sums_of_money_are_whole_dong(cell: str | float | None, amount: int | None) -> None:
    assert money_in(cell) == amount


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("03/04/2026", date(2026, 4, 3)),
        ("2026-04-03 10:00:00", date(2026, 4, 3)),
        ("3.4.2026", date(2026, 4, 3)),
        (46115, date(2026, 4, 3)),
        ("31/02/2026", None),
        ("tổng", None),
        (5, None),
    ],
)
def test_days_are_read_as_vietnam_writes_them(cell: str | int, day: date | None) -> None:
    assert day_in(cell) == day
