"""The sheet that officers fill in: headings, closed lists to choose from, and the communes with their codes."""

import io
from enum import StrEnum

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from content.course_cells import choice_names
from content.course_sheets import COLUMNS, Column
from content.courses import CourseState, FeeNote, SupportNote
from content.place_units import load_places
from content.place_words import place_name
from content.trades import load_trades
from content.translations import catalogue_for

#: Rows for which the template offers its lists.
_ROWS_WITH_LISTS = 500
_CHOICES: dict[str, type[StrEnum]] = {"fee": FeeNote, "support": SupportNote, "state": CourseState}


def template_workbook() -> bytes:
    """An XLSX without any course in it; reading it gives "there is only the line of headings"."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Lớp"
    for number, column in enumerate(COLUMNS, 1):
        cell = sheet.cell(1, number, column.vi)
        cell.font = Font(bold=column.required)
        letter = cell.column_letter
        sheet.column_dimensions[letter].width = max(14, len(column.vi) + 4)
        _offer(sheet, letter, column)
    sheet.freeze_panes = "B2"
    _list(book, "Nghề", [(trade.vi,) for trade in load_trades().values()])
    catalogue = catalogue_for("vi")
    units = sorted(load_places().units.values(), key=lambda unit: unit.id)
    _list(book, "Xã, phường", [(unit.id, place_name(unit, catalogue)) for unit in units])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _list(book: Workbook, title: str, rows: list[tuple[str, ...]]) -> None:
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    sheet.column_dimensions["A"].width = sheet.column_dimensions["B"].width = 34


def _offer(sheet: Worksheet, letter: str, column: Column) -> None:
    cells = f"{letter}2:{letter}{_ROWS_WITH_LISTS}"
    if column.field == "trade":
        offered = DataValidation(type="list", formula1=f"'Nghề'!$A$1:$A${len(load_trades())}", allow_blank=True)
    elif column.field in _CHOICES:
        names = ",".join(choice_names(_CHOICES[column.field], "vi").values())
        offered = DataValidation(type="list", formula1=f'"{names}"', allow_blank=True)
    elif column.field.endswith("_on") or column.field == "register_by":
        for (cell,) in sheet[cells]:
            cell.number_format = "dd/mm/yyyy"
        return
    else:
        return
    sheet.add_data_validation(offered)
    offered.add(cells)
