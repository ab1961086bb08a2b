"""The report of obstacles: counts of people, with nobody to be recognised."""

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.helpdesk.officers import scope_of
from bot.helpdesk.report import _report, obstacle_report
from bot.helpdesk.report_files import report_lines, report_page, report_sheet
from content.library import load_library
from content.translations import catalogue_for
from store.clock import SetClock
from store.database import Database
from store.queries.ticket_counts import ObstacleCount
from store.queries.tickets import EVERYTHING
from store.small_numbers import SMALLEST_SHOWN
from store.ticket_states import TicketReason
from tests.bot.helpdesk.desk import DAK_CAM, KON_TUM, officer
from tests.bot.helpdesk.test_tickets import opened

DAY = date(2026, 11, 23)


async def test_people_are_counted_once_and_small_numbers_are_hidden(database: Database, clock: SetClock) -> None:
    for area, topic, number in ((KON_TUM, "credit_loan", 6), (KON_TUM, "legal_aid", 2), (DAK_CAM, "credit_loan", 7)):
        for _ in range(number):
            await opened(database, clock, area=area, topic=topic)
    await opened(database, clock, area=KON_TUM, topic="credit_loan", reason=TicketReason.DANGER)
    async with database.single() as connection:
        report = await obstacle_report(connection, EVERYTHING, since=DAY, until=DAY)
        empty = await obstacle_report(connection, EVERYTHING, since=date(2026, 1, 1), until=date(2026, 1, 2))
    assert (report.areas, report.topics) == ((DAK_CAM, KON_TUM), ("credit_loan", "legal_aid"))
    assert report.cells == ((7, 0), (None, None)), "with 6 shown beside a total of 8 the 2 would be known"
    assert report.by_area == (7, 8) and report.people == 15 and report.answered == 0
    assert empty.cells == () and empty.people == 0
    catalogue = catalogue_for("vi")
    assert report_lines(report, catalogue)[2][1:] == ["dưới 5", "dưới 5", 8]
    sheet = load_workbook(io.BytesIO(report_sheet(report, load_library(), catalogue))).active
    assert sheet is not None and sheet["A8"].value == "Đăk Cấm" and sheet["B8"].value == 7
    assert report_page(report, load_library(), catalogue).startswith(b"%PDF")


async def test_officers_count_only_what_they_may_see(database: Database, clock: SetClock) -> None:
    near = await officer(database, clock, area=KON_TUM)
    for area in [KON_TUM] * 5 + [DAK_CAM] * 5:
        await opened(database, clock, area=area, topic="credit_loan", organisation="ubnd")
    scope = scope_of(near)
    assert scope is not None
    async with database.single() as connection:
        assert (await obstacle_report(connection, scope, since=DAY, until=DAY)).areas == (KON_TUM,)
        with pytest.raises(ValueError, match="ends before"):
            await obstacle_report(connection, scope, since=DAY, until=date(2026, 11, 22))


@given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=1, max_size=5))
def test_no_hidden_cell_follows_from_its_total(cells: list[list[int]]) -> None:
    counts = [
        ObstacleCount(f"area{row}", f"topic{column}", cell, 0)
        for row, line in enumerate(cells)
        for column, cell in enumerate(line)
        if cell
    ]
    report = _report(counts, DAY, DAY)
    for shown, total in zip(report.cells, report.by_area, strict=True):
        hidden = [cell for cell in shown if cell is None]
        rest = [cell for cell in shown if cell]
        assert len(hidden) != 1 or total is None or not rest
        assert all(cell is None or cell == 0 or cell >= SMALLEST_SHOWN for cell in (*shown, total))
    assert report.by_area.count(None) != 1 or report.people is None
