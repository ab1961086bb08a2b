"""A list of courses is read whole, or every fault in it is named with its cell."""

import io
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from content.course_sheets import COLUMNS, CourseSheet, read_course_sheet
from content.course_template import template_workbook
from content.courses import DEMO_MARK, DEMO_PREFIX, DEMO_PROVIDER, CourseState, FeeNote, load_demo_courses
from content.place_units import load_places
from content.sheet_rows import MOST_BYTES, UnreadableSheet, read_rows
from content.trades import load_trades, trade_named
from content.translations import COMPLETE_LANGUAGES, catalogue_for

TODAY = date(2026, 11, 25)
GOOD: dict[str, Any] = {
    "code": "MAY-2027-01",
    "title_vi": "May công nghiệp khóa giả định",
    "trade": "May công nghiệp",
    "communes": "23293",
    "venue": "Điểm học giả định",
    "provider": "Cơ sở đào tạo giả định",
    "starts_on": datetime(2027, 1, 15),
    "ends_on": "15/04/2027",
    "register_by": "2027-01-10",
    "seats": 20.0,
    "fee": "Không thu",
    "source": "Thông báo giả định",
}
HEADINGS = {column.field: column.vi for column in COLUMNS}


def workbook(*rows: dict[str, Any], headings: dict[str, str] = HEADINGS) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.append(list(headings.values()))
    for row in rows:
        sheet.append([row.get(field) for field in headings])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def read(*rows: dict[str, Any], **changes: Any) -> CourseSheet:
    return read_course_sheet(read_rows("list.xlsx", workbook(*rows, **changes)), TODAY)


def faults(sheet: CourseSheet) -> list[tuple[int, str | None, str]]:
    return [
        (problem.row, problem.column.field if problem.column else None, problem.cause) for problem in sheet.problems
    ]


def test_a_row_becomes_a_course() -> None:
    (course,) = read(GOOD).courses
    assert (course.code, course.trade, course.communes, course.seats) == ("MAY-2027-01", "sewing", ("23293",), 20)
    assert (course.starts_on, course.ends_on) == (date(2027, 1, 15), date(2027, 4, 15))
    assert (course.register_by, course.fee, course.state) == (date(2027, 1, 10), FeeNote.FREE, CourseState.OPEN)
    assert not course.demo


def test_every_fault_of_every_row_is_named_at_once() -> None:
    sheet = read(
        GOOD,
        {**GOOD, "code": "có dấu", "trade": "phi công", "seats": "hai mươi"},
        {**GOOD, "starts_on": "30/02/2027", "venue": None},
        {**GOOD, "code": "X-4", "ends_on": "01/01/2027", "register_by": "16/01/2027"},
        {**GOOD, "code": "X-5", "communes": "xã Không Có; 99999", "fee": "rẻ"},
        {**GOOD},
        {**GOOD, "code": "DEMO-1"},
        {**GOOD, "code": "X-8", "starts_on": "=TODAY()", "title_vi": "a" * 121},
        {**GOOD, "code": "X-9", "register_by": "mai", "seats": 0},
    )
    assert faults(sheet) == [
        *((3, "code", "bad_code"), (3, "trade", "unknown_trade"), (3, "seats", "bad_seats")),
        *((4, "venue", "missing"), (4, "starts_on", "no_such_day"), (4, "code", "code_twice")),
        *((5, "ends_on", "ends_before_it_starts"), (5, "register_by", "registers_after_it_starts")),
        *((6, "communes", "unknown_commune"), (6, "fee", "unknown_choice")),
        (7, "code", "code_twice"),
        (8, "code", "demo_code"),
        *((9, "title_vi", "too_long"), (9, "starts_on", "formula")),
        *((10, "register_by", "bad_day"), (10, "seats", "bad_seats")),
    ]
    assert [course.code for course in sheet.courses] == ["MAY-2027-01"] and sheet.bad_rows == 8


@pytest.mark.parametrize("language", COMPLETE_LANGUAGES)
def test_every_fault_says_what_to_do_in_both_languages(language: str) -> None:
    catalogue = catalogue_for(language)
    sheet = read({**GOOD, "code": "?", "communes": "Đăk Hà", "starts_on": "x"}, {"code": "A-1"})
    for problem in sheet.problems:
        text = problem.text(catalogue)
        assert text.count(".") >= 2 and "{" not in text, text


@pytest.mark.parametrize(
    ("written", "seats"), [("20", 20), ("20.0", 20), (" 5 ", 5), (7.0, 7), ("1.000", None), (2.5, None)]
)
def test_seats_are_a_whole_number_however_programs_write_it(written: Any, seats: int | None) -> None:
    assert [course.seats for course in read({**GOOD, "seats": written}).courses] == ([] if seats is None else [seats])


def test_the_name_of_one_commune_is_enough_and_a_shared_one_is_asked_back() -> None:
    (course,) = read({**GOOD, "communes": "xã Bờ Y; phường Kon Tum\n23425"}).courses
    assert course.communes == ("23377", "23293", "23425")
    (problem,) = read({**GOOD, "communes": "Đăk Hà"}).problems
    assert problem.cause == "ambiguous_commune" and "23500" in problem.text(catalogue_for("vi"))


def test_headings_may_be_english_without_diacritics_and_in_any_order() -> None:
    english = dict(reversed([(column.field, column.en.upper()) for column in COLUMNS]))
    folded = {**HEADINGS, "code": "ma lop", "trade": "NGHE", "starts_on": "ngay khai giang "}
    assert read(GOOD, headings=english).courses == read(GOOD, headings=folded).courses == read(GOOD).courses


def test_a_heading_that_is_unknown_missing_or_doubled_is_named() -> None:
    headings = {**HEADINGS, "seats": "Số ghế", "title_en": "Nghề"}
    assert faults(read(GOOD, headings=headings)) == [
        (1, "trade", "heading_twice"),
        (1, None, "unknown_heading"),
        (1, "seats", "heading_missing"),
    ]


def test_empty_rows_are_passed_over_and_rows_keep_their_numbers() -> None:
    assert faults(read({}, GOOD, {}, {**GOOD, "code": "X-2", "venue": " "})) == [(5, "venue", "missing")]
    assert faults(read()) == [(1, None, "no_rows")]
    assert faults(read_course_sheet([], TODAY)) == [(1, None, "empty")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_is_read_like_a_workbook(delimiter: str, encoding: str) -> None:
    row = {**GOOD, "starts_on": "15/01/2027", "seats": "20", "venue": f'"Điểm{delimiter} hai\ndòng"'}
    lines = [delimiter.join(HEADINGS.values()).replace("Xã, phường", '"Xã, phường"')]
    lines.append(delimiter.join(str(row.get(field, "")) for field in HEADINGS))
    lines.append(delimiter.join("" if field == "venue" else str(row.get(field, "")) for field in HEADINGS))
    sheet = read_course_sheet(read_rows("list.CSV", "\r\n".join(lines).encode(encoding)), TODAY)
    assert sheet.courses[0].venue.startswith("Điểm")
    # The second course stands in line 4: the venue of the first has two lines.
    assert (4, "venue", "missing") in faults(sheet)


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("list.xls", b"x", "other_kind"),
        ("list", b"x", "other_kind"),
        ("list.xlsx", b"", "empty_file"),
        ("list.xlsx", b"not a zip", "broken_xlsx"),
        ("list.xlsx", workbook(GOOD)[:2000], "broken_xlsx"),
        ("list.xlsx", b"x" * (MOST_BYTES + 1), "too_large"),
        ("list.csv", "Mã lớp,Tên lớp".encode("cp1258", "replace") + b"\xff\xe3", "not_utf8"),
        ("list.csv", b"a,b\n\0,c", "not_utf8"),
        ("list.csv", b"a\n" * 30_000, "too_many_rows"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_with_what_to_do(name: str, content: bytes, cause: str) -> None:
    with pytest.raises(UnreadableSheet) as refused:
        read_rows(name, content)
    assert refused.value.cause == cause
    for language in COMPLETE_LANGUAGES:
        assert catalogue_for(language).text(f"sheet.{cause}", **refused.value.values)


cell = st.none() | st.text(max_size=30) | st.integers() | st.floats() | st.booleans() | st.dates() | st.datetimes()


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(list(HEADINGS)), cell))
def test_whatever_a_cell_holds_gives_a_course_or_a_fault(changes: dict[str, Any]) -> None:
    from content.sheet_rows import Row

    row = {**GOOD, **changes}
    rows = [Row(1, tuple(HEADINGS.values())), Row(2, tuple(row.get(field) for field in HEADINGS))]
    sheet = read_course_sheet(rows, TODAY)
    assert len(sheet.courses) + sheet.bad_rows <= 1 and bool(sheet.courses) != bool(sheet.problems)


def test_the_template_has_every_heading_list_and_commune_and_no_course() -> None:
    content = template_workbook()
    assert faults(read_course_sheet(read_rows("t.xlsx", content), TODAY)) == [(1, None, "no_rows")]
    book = load_workbook(io.BytesIO(content))
    assert [cell.value for cell in next(book["Lớp"].iter_rows())] == [column.vi for column in COLUMNS]
    assert {row[0].value for row in book["Xã, phường"].iter_rows()} == set(load_places().units)
    assert {trade_named(row[0].value, load_trades()) for row in book["Nghề"].iter_rows()} == set(load_trades())


def test_made_up_courses_show_that_they_are_and_lie_ahead() -> None:
    made_up = load_demo_courses(TODAY)
    assert len(made_up) >= 6
    for course in made_up:
        assert course.code.startswith(DEMO_PREFIX) and course.demo and course.provider == DEMO_PROVIDER
        assert course.title_vi.startswith(DEMO_MARK) and (course.title_en or "").startswith(DEMO_MARK)
        assert TODAY < course.register_by < course.starts_on
        assert set(course.communes) <= set(load_places().units)
        assert "giả định" in course.venue
