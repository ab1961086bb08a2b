"""The rows of an uploaded spreadsheet: XLSX or CSV, within limits, with errors that say what to do."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

#: Bytes of an upload, and of an XLSX once unpacked: a sheet of some thousand rows is far below, a trap is not.
MOST_BYTES = 5_000_000
MOST_UNPACKED_BYTES = 60_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 60


class UnreadableSheet(Exception):
    """A file that is no sheet of ours: `cause` is a key `sheet.<cause>` of the catalogues."""

    def __init__(self, cause: str, **values: str) -> None:
        self.cause = cause
        self.values = values
        super().__init__(cause)


@dataclass(frozen=True)
class Row:
    """One row; `number` as the spreadsheet shows it."""

    number: int
    cells: tuple[Any, ...]


def read_rows(name: str, content: bytes) -> list[Row]:
    """The rows of the first sheet of an XLSX, or of a CSV, told apart by the name's ending.

    Raises:
        UnreadableSheet: too large, of another kind, or broken.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableSheet("too_large", most=str(MOST_BYTES // 1_000_000))
    if not content:
        raise UnreadableSheet("empty_file")
    ending = PurePath(name).suffix.lower()
    if ending == ".xlsx":
        rows = _xlsx_rows(content)
    elif ending == ".csv":
        rows = _csv_rows(content)
    else:
        raise UnreadableSheet("other_kind", ending=ending or "?")
    kept: list[Row] = []
    for row in rows:
        if len(kept) == MOST_ROWS:
            raise UnreadableSheet("too_many_rows", most=str(MOST_ROWS))
        kept.append(row)
    return kept


def _xlsx_rows(content: bytes) -> Iterator[Row]:
    # A quarter of a second to load, which only those who read one take.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED_BYTES:
                raise UnreadableSheet("too_large", most=str(MOST_BYTES // 1_000_000))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError, TypeError) as error:
        raise UnreadableSheet("broken_xlsx") from error
    try:
        sheet = book.worksheets[0] if book.worksheets else None
        if sheet is None:
            raise UnreadableSheet("empty_file")
        # What the file claims of its size may be wrong: read what is there.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1):
            yield Row(number, tuple(cells))
    except UnreadableSheet:
        raise
    except Exception as error:
        # openpyxl meets broken XML with whatever its parser raises.
        raise UnreadableSheet("broken_xlsx") from error
    finally:
        book.close()


def _csv_rows(content: bytes) -> Iterator[Row]:
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableSheet("not_utf8") from error
    if "\0" in text:
        raise UnreadableSheet("not_utf8")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        before = 0
        for cells in reader:
            yield Row(before + 1, tuple(cells[:MOST_COLUMNS]))
            before = reader.line_num
    except csv.Error as error:
        raise UnreadableSheet("broken_csv", line=str(reader.line_num)) from error
