"""`fund import`, `rows`, `match`, `refund`, `cash`: what banks tell, and whose it is."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.ext.asyncio import AsyncConnection

from fund.matching import RowState
from fund.names import row_for
from fund.office import StatementReport, import_statement
from fund.pledge_codes import typed_pledge_codes
from fund.statement_files import MOST_BYTES, UnreadableStatement
from fund.suggestions import credits_that_went_back, suggestions_for
from fund.views import report_json, row_json, suggestion_json
from server.commands.common import fail, notes, out, print_json, read_settings
from server.commands.fund_actor import (
    READERS,
    RECORDERS,
    As,
    AsJson,
    DataDir,
    Day,
    Level,
    Note,
    as_staff,
    day_text,
    money,
    record_for_approval,
    words,
)
from server.commands.on_database import with_database
from server.commands.staff_actor import staff_with_duty
from store.clock import SystemClock
from store.database import Database
from store.queries.fund_statements import StatementRow, get_row, rows_in_states
from store.queries.staff import Staff

_Row = Annotated[int, typer.Argument(help="Number of the statement row, from `chungtay fund rows`.")]


def import_file(
    file: Annotated[Path, typer.Argument(help="Statement: XLSX, XLS, CSV, or a bank's HTML that calls itself XLS.")],
    actor: As,
    account: Annotated[
        str | None, typer.Option(help="Number of the account; needed where the file names none.")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Take a bank statement in. The same file again, or rows that a webhook told of, change nothing."""
    try:
        if file.stat().st_size > MOST_BYTES:
            fail(words("fund.statement.too_large", most=MOST_BYTES // 1_000_000), code=1)
        content = file.read_bytes()
    except OSError as error:
        fail(f"{file}: {error.strerror}.")
    bar = Progress(
        TextColumn("Nhập sao kê"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=notes,
        transient=True,
        disable=not notes.is_terminal,
    )
    task = bar.add_task("", total=None)

    async def run(database: Database) -> StatementReport:
        async with database.transaction() as connection:
            staff = await staff_with_duty(connection, actor, RECORDERS)
        return await import_statement(
            database,
            SystemClock(),
            content,
            file_name=file.name,
            account=account,
            staff_id=staff.id,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )

    try:
        with bar:
            report = with_database(read_settings(data_dir=data_dir), run)
    except UnreadableStatement as error:
        fail(f"{file.name}: {words(f'fund.statement.{error.cause}', **error.values)}", code=1)
    if as_json:
        print_json(report_json(report))
    else:
        _print_report(report)


def _print_report(report: StatementReport) -> None:
    done = report.imported
    if done.already_imported:
        out.print("Tệp này đã nhập rồi; không có gì thay đổi.")
        return
    out.print(f"Tài khoản {report.account.number}: {done.rows} dòng, {done.new_rows} dòng mới", markup=False)
    for (state, reason), number in sorted((done.by_reason or {}).items(), key=lambda one: -one[1]):
        out.print(f"  {number}  {words(f'fund.row.{state}')}: {words(f'fund.reason.{reason}')}", markup=False)
    for unread in report.unread:
        out.print("  ! " + words(f"fund.unread.{unread.cause}", row=unread.row), markup=False)


def rows(
    actor: As,
    state: Annotated[str, typer.Option(help=f"One of {', '.join(RowState)}; empty: all that waits.")] = "",
    after: Annotated[int, typer.Option(help="Only rows after this number, for the next page.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show the rows that wait for a person, with the reason."""
    if state and state not in set(RowState):
        fail(f"unknown state “{state}”. States are {', '.join(RowState)}.")
    states = [state] if state else [RowState.UNCHECKED, RowState.AMBIGUOUS, RowState.UNKNOWN]

    async def work(connection: AsyncConnection, staff: Staff, now: datetime) -> list[StatementRow]:
        found = await rows_in_states(connection, states, after=after, limit=limit)
        return [row_for(staff, one) for one in found]

    found = as_staff(actor, READERS, work, data_dir=data_dir)
    if as_json:
        print_json({"rows": [row_json(one) for one in found]})
        return
    for one in found:
        out.print(_row_line(one), markup=False)


def _row_line(row: StatementRow) -> str:
    why = words(f"fund.reason.{row.reason}") if row.reason else ""
    state = words(f"fund.row.{row.state}")
    return f"{row.id}  {row.booked_on:%d/%m/%Y}  {money(row.amount)}  {row.memo[:90]}  [{state}: {why}]"


def match(
    row: _Row,
    actor: As,
    to: Annotated[
        list[str] | None, typer.Option(metavar="CODE[=AMOUNT]", help="Pledge that it belongs to; several share it.")
    ] = None,
    gift: Annotated[int | None, typer.Option(metavar="AMOUNT", help="As much is a gift without a pledge.")] = None,
    discard: Annotated[bool, typer.Option("--discard", help="It is no gift: interest, a fee, a mistake.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the decision about it back.")] = False,
    note: Note = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show a row with the likeliest pledges; or record what it is, for a second person to approve."""
    if discard or undo:
        kind = "discard" if discard else "undo"
        record_for_approval(kind, {"row": row}, note=note, login=actor, data_dir=data_dir, as_json=as_json)
    elif to or gift:
        found = as_staff(actor, RECORDERS, lambda connection, staff, now: get_row(connection, row), data_dir=data_dir)
        if found is None:
            fail(words("fund.refused.unknown_row"), code=1)
        parts = _parts(to or [], gift, found.amount)
        record_for_approval(
            "assign", {"row": row, "parts": parts}, note=note, login=actor, data_dir=data_dir, as_json=as_json
        )
    else:
        _show_row(row, actor, data_dir, as_json)


def _parts(to: list[str], gift: int | None, amount: int) -> list[tuple[str | None, int]]:
    """Read `CODE=AMOUNT`; one code without an amount takes what the others leave."""
    parts: list[tuple[str | None, int]] = []
    rest: str | None = None
    for one in to:
        typed, _, share = one.partition("=")
        codes = typed_pledge_codes(typed)
        if len(codes) != 1:
            fail(f"“{typed}” is no code of a pledge, such as XNK7M2Q9XC.")
        if share:
            if not share.replace(".", "").replace(",", "").isdecimal():
                fail(f"“{share}” is no amount in đồng.")
            parts.append((codes[0], int(share.replace(".", "").replace(",", ""))))
        elif rest is None:
            rest = codes[0]
        else:
            fail("give amounts with all codes but one: CODE=AMOUNT.")
    if gift:
        parts.append((None, gift))
    if rest is not None:
        parts.append((rest, amount - sum(share for _, share in parts)))
    return parts


def _show_row(row_id: int, actor: str, data_dir: Path | None, as_json: bool) -> None:
    async def work(connection: AsyncConnection, staff: Staff, now: datetime) -> tuple[Staff, Any, Any, Any]:
        row = await get_row(connection, row_id)
        if row is None:
            fail(words("fund.refused.unknown_row"), code=1)
        credits = [row_for(staff, one) for one in await credits_that_went_back(connection, row)]
        return staff, row_for(staff, row), await suggestions_for(connection, row), credits

    staff, row, suggested, credits = as_staff(actor, READERS, work, data_dir=data_dir)
    if as_json:
        found = {
            "suggestions": [suggestion_json(staff, one) for one in suggested],
            "came": [row_json(one) for one in credits],
        }
        print_json({**row_json(row), **found})
        return
    out.print(_row_line(row), markup=False)
    for one in suggested:
        pledge = one.pledge
        promised = money(pledge.amount) if pledge.amount else "–"
        why = words(f"fund.suggestion.{one.why}")
        out.print(f"  {pledge.code}  {promised}, đã nhận {money(pledge.received)}  ({why})", markup=False)
    for came in credits:
        out.print(f"  có thể hoàn trả cho: {_row_line(came)}", markup=False)


def refund(
    row: _Row,
    of: Annotated[int, typer.Option("--of", help="Number of the row with which the money had come in.")],
    actor: As,
    reopen: Annotated[
        bool, typer.Option("--reopen", help="The bank sent it back: the pledge waits for it again.")
    ] = False,
    note: Note = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Record that money out is the return of a gift; every total goes down."""
    body = {"row": row, "gift_row": of, "reopen": reopen}
    record_for_approval("refund", body, note=note, login=actor, data_dir=data_dir, as_json=as_json)


def cash(
    amount: Annotated[int, typer.Argument(help="Whole đồng.", min=1)],
    actor: As,
    code: Annotated[str | None, typer.Option(help="Code of the pledge; a gift without one when left out.")] = None,
    day: Day = None,
    level: Level = "province",
    note: Note = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Record a gift in cash."""
    body = {"code": code, "amount": amount, "day": day_text(day), "level": level}
    record_for_approval("cash_in", body, note=note, login=actor, data_dir=data_dir, as_json=as_json)


def add_row_commands(group: typer.Typer) -> None:
    """Add the commands of this file to `fund`."""
    group.command("import")(import_file)
    for command in (rows, match, refund, cash):
        group.command(command.__name__)(command)
