"""The report of obstacles as a sheet and as a page to print."""

import io

import font_roboto

from bot.helpdesk.report import ObstacleReport
from content.library import Library
from content.place_units import load_places
from content.placeholders import document_name
from content.translations import Catalogue
from store.small_numbers import SMALLEST_SHOWN

#: What asks for reports of difficulties.
DIRECTIVE = "cv-2097-2021-kon-tum"


def report_lines(report: ObstacleReport, catalogue: Catalogue) -> list[list[str | int]]:
    """Return the table with its headings, as text and numbers."""
    small = catalogue.text("desk.report.small", number=SMALLEST_SHOWN)
    units = load_places().units
    topics = [
        catalogue.text(f"topic.{one}") if one else catalogue.text("desk.report.no_topic") for one in report.topics
    ]
    lines: list[list[str | int]] = [
        [catalogue.text("desk.report.commune"), *topics, catalogue.text("desk.report.total")]
    ]
    for area, cells, total in zip(report.areas, report.cells, report.by_area, strict=True):
        name = units[area].name if area in units else catalogue.text("desk.page.no_area")
        lines.append([name, *(small if cell is None else cell for cell in cells), small if total is None else total])
    return lines


def _head(report: ObstacleReport, library: Library, catalogue: Catalogue) -> list[str]:
    small = catalogue.text("desk.report.small", number=SMALLEST_SHOWN)
    title = catalogue.text("desk.report.title")
    return [
        f"{title} ({catalogue.text('console.frame.made_up')})" if report.made_up else title,
        catalogue.text("desk.report.period", since=catalogue.date(report.since), until=catalogue.date(report.until)),
        catalogue.text(
            "desk.report.sum",
            people=small if report.people is None else report.people,
            answered=small if report.answered is None else report.answered,
        ),
        catalogue.text("desk.report.hidden", number=SMALLEST_SHOWN),
        catalogue.text("desk.report.basis", document=document_name(library.documents[DIRECTIVE], catalogue)),
    ]


def report_sheet(report: ObstacleReport, library: Library, catalogue: Catalogue) -> bytes:
    """Return the report as XLSX."""
    # Half a second to load, which only those who make one take.
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = catalogue.text("desk.report.sheet")
    for words in _head(report, library, catalogue):
        sheet.append([words])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append([])
    for line in report_lines(report, catalogue):
        sheet.append(line)
    for cell in sheet[7]:
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width = 28
    sheet.freeze_panes = "B8"
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def report_page(report: ObstacleReport, library: Library, catalogue: Catalogue) -> bytes:
    """Return the report as PDF: one table a commune, so that it can be read at any number of topics."""
    # Half a second to load, which only those who make one take.
    from fpdf import FPDF

    page = FPDF(format="A4")
    page.set_title(catalogue.text("desk.report.title"))
    page.set_lang(catalogue.language.code)
    page.add_font("Roboto", "", font_roboto.font_files["Roboto"])
    page.add_font("Roboto", "B", font_roboto.font_files["RobotoBold"])
    page.set_auto_page_break(auto=True, margin=18)
    page.add_page()
    title, *rest = _head(report, library, catalogue)
    page.set_font("Roboto", "B", 16)
    page.multi_cell(0, 9, title, new_x="LMARGIN", new_y="NEXT")
    page.set_font("Roboto", "", 11)
    for words in rest:
        page.multi_cell(0, 6, words, new_x="LMARGIN", new_y="NEXT")
    heads, *lines = report_lines(report, catalogue)
    for line in lines:
        page.ln(3)
        page.set_font("Roboto", "B", 12)
        page.multi_cell(0, 7, f"{line[0]}: {line[-1]}", new_x="LMARGIN", new_y="NEXT")
        page.set_font("Roboto", "", 11)
        for head, cell in zip(heads[1:-1], line[1:-1], strict=True):
            if cell:
                page.multi_cell(0, 6, f"{head}: {cell}", new_x="LMARGIN", new_y="NEXT")
    return bytes(page.output())
