"""Bank statements: bringing one with progress, and what became of each."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui
from sqlalchemy.ext.asyncio import AsyncConnection

from console.fund_desk.work import READERS, RECORD
from console.shell.frame import empty, section
from console.shell.registry import Group, page
from console.shell.table import Column, table
from console.shell.upload import file_button
from console.shell.visit import Visit
from console.shell.waiting import Waiting, waiting
from console.shell.words import items, paragraph
from fund.accounts import kept_accounts
from fund.matching import RowState
from fund.office import StatementReport, import_statement
from store.queries.fund_statements import Import, count_rows, imports
from store.staff_roles import Role

_LARGEST = 32 * 1024 * 1024
_WAITING = (RowState.UNCHECKED, RowState.AMBIGUOUS, RowState.UNKNOWN)


@page("/fund/statements", name="fund_statements", roles=READERS, group=Group.FUND, icon="receipt_long", position=10)
async def fund_statements(visit: Visit) -> None:
    """Show statements that were taken in, and take one in."""
    async with visit.reading() as connection:
        accounts = await kept_accounts(connection, retired=True)

    @ui.refreshable
    async def known() -> None:
        async with visit.reading(by_itself=True) as connection:
            found = await imports(connection)
        _list(visit, found)

    if visit.may(RECORD):
        _bring(visit, {one.number: f"{one.bank_name} {one.number}" for one in accounts.all}, known.refresh)
    with section(visit.t("console.fund.statements")):
        await known()


def _list(visit: Visit, found: list[Import]) -> None:
    if not found:
        empty(visit.t("console.fund.no_statements"))
        return
    number = visit.catalogue.number
    table(
        found,
        Column(visit.t("console.fund.file"), lambda one: one.file_name),
        Column(visit.t("console.fund.account"), lambda one: one.account),
        Column(visit.t("console.fund.rows"), lambda one: number(one.rows), number=True),
        Column(visit.t("console.fund.new_rows"), lambda one: number(one.new_rows), number=True),
        Column(visit.t("console.fund.when"), lambda one: visit.moment(one.imported_at)),
    )


def _bring(visit: Visit, accounts: dict[str, str], changed: Callable[[], Awaitable[object]]) -> None:
    with section(visit.t("console.fund.bring")).classes("ct-stack"):
        paragraph(visit.t("console.fund.bring_how"))
        choices = {"": visit.t("console.fund.account_in_file"), **accounts}
        account = ui.select(choices, label=visit.t("console.fund.account"), value="").props("outlined dense")
        bar = ui.linear_progress(value=0, show_value=False).props(f'aria-label="{visit.t("console.fund.progress")}"')
        bar.set_visibility(False)
        told = ui.element("div").props('role="status"')

        def moved(done: int, total: int) -> None:
            bar.set_value(done / max(1, total))

        async def take(event: Any) -> None:
            content = await event.file.read()
            async with visit.acting(RECORD) as acting:
                staff_id = acting.staff.id
            told.clear()
            bar.set_visibility(True)
            try:
                report = await import_statement(
                    visit.parts.database,
                    visit.parts.clock,
                    content,
                    file_name=event.file.name,
                    account=account.value or None,
                    staff_id=staff_id,
                    progress=moved,
                )
            finally:
                bar.set_visibility(False)
            with told:
                _report(visit, report)
            await changed()

        file_button(visit.t("console.fund.file"), take, accept=".xlsx,.xls,.csv,.html,.htm", largest=_LARGEST)


def _report(visit: Visit, report: StatementReport) -> None:
    done = report.imported
    if done.already_imported:
        paragraph(visit.t("console.fund.known_file"))
        return
    number = visit.catalogue.number
    paragraph(visit.t("console.fund.taken_in", rows=number(done.rows), new=number(done.new_rows)))
    items(
        [
            f"{number(count)} – {visit.t(f'fund.row.{state}')}: {visit.t(f'fund.reason.{reason}')}"
            for (state, reason), count in sorted((done.by_reason or {}).items(), key=lambda one: -one[1])
        ]
    )
    if report.unread:
        with ui.element("div").classes("ct-warning"):
            paragraph(visit.t("console.fund.unread"))
            items([visit.t(f"fund.unread.{one.cause}", row=one.row) for one in report.unread[:50]])
    ui.link(visit.t("console.page.fund_rows"), "/fund/rows").classes("ct-button")


@waiting
async def rows_wait(connection: AsyncConnection, visit: Visit) -> list[Waiting]:
    """Statement rows that nobody decided about yet."""
    if not visit.staff.has(Role.FUND_RECORDER):
        return []
    counted = await count_rows(connection, states=_WAITING)
    number = sum(one["rows"] for one in counted)
    return [Waiting(visit.t("console.fund.rows_wait", number=visit.catalogue.number(number)), "/fund/rows", number)]
