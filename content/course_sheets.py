"""Course lists that officers upload: XLSX or CSV, a row a course. All faults are found at once, each with its cell.

Headings are recognised in Vietnamese or English, with or without diacritics. `docs/courses.md` tells officers what the
columns mean; `template_workbook` writes a sheet to fill in.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from content.course_cells import (
    Cell,
    CellFault,
    read_choice,
    read_code,
    read_communes,
    read_day,
    read_seats,
    read_text,
    read_trade,
)
from content.courses import DEMO_PREFIX, Course, CourseState, FeeNote, SupportNote
from content.folding import folded_syllables
from content.sheet_rows import Row
from content.translations import Catalogue

#: A province's list of a year is far below; more is a mistaken file.
MOST_ROWS = 2000


@dataclass(frozen=True)
class Column:
    """One column: the field it fills, its headings, how a cell is read, and whether it may be empty."""

    field: str
    vi: str
    en: str
    read: Callable[[Cell, date], Any]
    required: bool = True


def _text(longest: int) -> Callable[[Cell, date], str]:
    return lambda cell, today: read_text(cell, longest)


COLUMNS: tuple[Column, ...] = (
    Column("code", "Mã lớp", "Code", lambda cell, today: read_code(cell)),
    Column("title_vi", "Tên lớp", "Title", _text(120)),
    Column("title_en", "Tên lớp (tiếng Anh)", "Title in English", _text(120), required=False),
    Column("trade", "Nghề", "Trade", lambda cell, today: read_trade(cell)),
    Column("communes", "Xã, phường", "Commune", read_communes, required=False),
    Column("venue", "Địa điểm học", "Venue", _text(200)),
    Column("provider", "Nơi dạy", "Provider", _text(120)),
    Column("starts_on", "Ngày khai giảng", "Starts on", lambda cell, today: read_day(cell)),
    Column("ends_on", "Ngày bế giảng", "Ends on", lambda cell, today: read_day(cell), required=False),
    Column("register_by", "Hạn đăng ký", "Register by", lambda cell, today: read_day(cell)),
    Column("seats", "Số chỗ", "Seats", lambda cell, today: read_seats(cell)),
    Column("fee", "Học phí", "Fee", lambda cell, today: read_choice(cell, FeeNote), required=False),
    Column("support", "Hỗ trợ", "Support", lambda cell, today: read_choice(cell, SupportNote), required=False),
    Column("state", "Trạng thái", "State", lambda cell, today: read_choice(cell, CourseState), required=False),
    Column("source", "Căn cứ", "Source", _text(200)),
)


@dataclass(frozen=True)
class Problem:
    """One fault: where it is, the words for its cause (`course_sheet.<cause>`) and what they name.

    Attributes:
        row: as the spreadsheet numbers it; 1 is the line of headings.
        column: heading as we write it, in Vietnamese; None for a fault of the whole row.
    """

    row: int
    column: Column | None
    cause: str
    values: dict[str, str] = field(default_factory=dict)

    def text(self, catalogue: Catalogue) -> str:
        """What is wrong and what to do."""
        return catalogue.text(f"course_sheet.{self.cause}", **self.values)

    def column_name(self, catalogue: Catalogue) -> str:
        """The heading, in the language of `catalogue`; empty for a fault of the whole row."""
        if self.column is None:
            return ""
        return self.column.en if catalogue.language.catalogue == "en" else self.column.vi


@dataclass(frozen=True)
class CourseSheet:
    """What a list holds: the courses of its right rows, and every fault of the others."""

    courses: tuple[Course, ...]
    problems: tuple[Problem, ...]
    bad_rows: int


def _key(heading: object) -> str:
    return " ".join(folded_syllables(str(heading or "")))


_BY_HEADING = {_key(name): column for column in COLUMNS for name in (column.vi, column.en, column.field)}


def read_course_sheet(rows: Sequence[Row], today: date) -> CourseSheet:
    """Read the rows of a sheet, the line of headings first; empty rows are passed over."""
    filled = [row for row in rows if any(cell not in (None, "") for cell in row.cells)]
    if not filled:
        return CourseSheet((), (Problem(1, None, "empty"),), 0)
    heading, *body = filled
    columns, problems = _headings(heading)
    if problems:
        return CourseSheet((), tuple(problems), 0)
    if not body:
        return CourseSheet((), (Problem(heading.number, None, "no_rows"),), 0)
    if len(body) > MOST_ROWS:
        values = {"rows": str(len(body)), "most": str(MOST_ROWS)}
        return CourseSheet((), (Problem(heading.number, None, "too_many_rows", values),), 0)
    courses: list[Course] = []
    bad_rows, first_rows = 0, dict[str, int]()
    for row in body:
        course, faults = _course(row, columns, today, first_rows)
        problems += faults
        if course is None:
            bad_rows += 1
        else:
            courses.append(course)
    return CourseSheet(tuple(courses), tuple(problems), bad_rows)


def _headings(heading: Row) -> tuple[dict[int, Column], list[Problem]]:
    columns: dict[int, Column] = {}
    problems = []
    for position, cell in enumerate(heading.cells):
        if cell in (None, ""):
            continue
        column = _BY_HEADING.get(_key(cell))
        if column is None:
            known = ", ".join(known.vi for known in COLUMNS if known not in columns.values())
            values = {"heading": str(cell)[:60], "known": known}
            problems.append(Problem(heading.number, None, "unknown_heading", values))
        elif column in columns.values():
            problems.append(Problem(heading.number, column, "heading_twice"))
        else:
            columns[position] = column
    missing = [column for column in COLUMNS if column.required and column not in columns.values()]
    problems += [Problem(heading.number, column, "heading_missing") for column in missing]
    return columns, problems


def _course(
    row: Row, columns: dict[int, Column], today: date, first_rows: dict[str, int]
) -> tuple[Course | None, list[Problem]]:
    fields: dict[str, Any] = {}
    problems = []
    for position, column in columns.items():
        value = row.cells[position] if position < len(row.cells) else None
        if value is None or (isinstance(value, str) and not value.strip()):
            if column.required:
                problems.append(Problem(row.number, column, "missing"))
            continue
        try:
            fields[column.field] = column.read(value, today)
        except CellFault as fault:
            problems.append(Problem(row.number, column, fault.cause, fault.values))
    problems += _contradictions(row, fields, first_rows)
    return (None, problems) if problems else (Course(**fields), [])


def _contradictions(row: Row, fields: dict[str, Any], first_rows: dict[str, int]) -> Iterator[Problem]:
    """Faults that no cell has alone."""
    by_field = {column.field: column for column in COLUMNS}
    code = fields.get("code")
    if code is not None:
        if code.startswith(DEMO_PREFIX):
            yield Problem(row.number, by_field["code"], "demo_code", {"prefix": DEMO_PREFIX})
        if code in first_rows:
            yield Problem(row.number, by_field["code"], "code_twice", {"row": str(first_rows[code])})
        first_rows.setdefault(code, row.number)
    starts_on, ends_on, register_by = (fields.get(name) for name in ("starts_on", "ends_on", "register_by"))
    if starts_on and ends_on and ends_on < starts_on:
        yield Problem(row.number, by_field["ends_on"], "ends_before_it_starts")
    if starts_on and register_by and register_by > starts_on:
        yield Problem(row.number, by_field["register_by"], "registers_after_it_starts")
