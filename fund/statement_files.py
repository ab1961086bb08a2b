"""The cells of a statement file, whatever it is called: XLSX, old XLS, HTML that calls itself XLS, CSV.

Agribank's "xls" is HTML, and its CSV is in Windows-1258 with Vietnamese in pieces; others write UTF-8 or UTF-16.
"""

import csv
import io
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from html.parser import HTMLParser
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from content.translations import Catalogue

#: Bytes of a file and of an XLSX once unpacked: 100,000 movements take a tenth of it, a trap is not read.
MOST_BYTES = 60_000_000
MOST_UNPACKED_BYTES = 600_000_000
MOST_COLUMNS = 60

Cell = str | int | float | date | datetime | None
Cells = Sequence[Cell]

_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"


class UnreadableStatement(Exception):
    """A file that is no statement: `cause` is a key `fund.statement.<cause>` of the catalogues."""

    def __init__(self, cause: str, **values: str) -> None:
        self.cause = cause
        self.values = values
        super().__init__(f"{cause} {values}" if values else cause)

    def text(self, catalogue: Catalogue) -> str:
        """What is wrong with the file, and what to do."""
        return catalogue.text(f"fund.statement.{self.cause}", **self.values)


def read_cells(content: bytes) -> Iterator[Cells]:
    """Yield the rows of the first sheet that has any; the kind of file is told by its first bytes.

    Raises:
        UnreadableStatement: empty, too large, or broken.
    """
    if not content.strip():
        raise UnreadableStatement("empty")
    if len(content) > MOST_BYTES:
        raise UnreadableStatement("too_large", most=str(MOST_BYTES // 1_000_000))
    if content.startswith((_OLE, _ZIP)):
        yield from _workbook_rows(content)
        return
    text = decoded(content)
    beginning = text[:4000].lower()
    if "<html" in beginning or "<table" in beginning:
        yield from _html_rows(text)
        return
    yield from _csv_rows(text)


def decoded(content: bytes) -> str:
    """Return the text of a file in NFC: UTF-8 with or without mark, UTF-16 with it, else Windows-1258."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = content.decode("utf-16", "replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1258", "replace")
    return unicodedata.normalize("NFC", text)


def _workbook_rows(content: bytes) -> Iterator[Cells]:
    if content.startswith(_ZIP):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED_BYTES:
                    raise UnreadableStatement("too_large", most=str(MOST_BYTES // 1_000_000))
        except (zipfile.BadZipFile, OSError) as error:
            raise UnreadableStatement("broken") from error
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.height:
                for cells in sheet.iter_rows():
                    yield [_plain(cell) for cell in cells[:MOST_COLUMNS]]
                return
    except CalamineError as error:
        raise UnreadableStatement("broken") from error
    raise UnreadableStatement("empty")


def _plain(cell: Any) -> Cell:
    if isinstance(cell, str):
        return unicodedata.normalize("NFC", cell)
    return cell if isinstance(cell, (int, float, date)) else None


def _csv_rows(text: str) -> Iterator[Cells]:
    beginning = "\n".join(text.splitlines()[:200])
    try:
        delimiter = max(",;\t|", key=lambda sign: _evenness(beginning, sign))
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield list(cells[:MOST_COLUMNS])
    except csv.Error as error:
        raise UnreadableStatement("broken") from error


def _evenness(text: str, sign: str) -> tuple[int, int]:
    """Return how many lines `sign` cuts into the same number of cells, and into how many.

    The title above a table has no signs, and thousands are written with some: what cuts evenly is between cells.
    """
    cells = Counter(len(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign) if len(row) > 1)
    return max(((lines, number) for number, lines in cells.items()), default=(0, 0))


class _TableReader(HTMLParser):
    """Collects the cells of all tables; `colspan` fills the cells that it covers."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[Cell]] = []
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            span = dict(attrs).get("colspan") or "1"
            self._cell, self._span = [], int(span) if span.isdecimal() and len(span) < 3 else 1
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None and self.rows:
            text = "".join(self._cell).strip()
            self.rows[-1] += [text, *[""] * (self._span - 1)]
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


def _html_rows(text: str) -> Iterator[Cells]:
    reader = _TableReader()
    reader.feed(text)
    if not reader.rows:
        raise UnreadableStatement("empty")
    yield from (row[:MOST_COLUMNS] for row in reader.rows)
