"""`desk`: the help desk from the command line."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from pydantic import ValidationError
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.helpdesk.hours import OfficeHours
from bot.helpdesk.officers import DeskRefused, own_ticket, scope_of
from bot.helpdesk.report import obstacle_report
from bot.helpdesk.report_files import report_lines, report_page, report_sheet
from bot.helpdesk.work import add_note, hand_back, reopen, reply, resolve, snooze, take_ticket
from content.library import load_library
from content.topics import Topic
from content.translations import catalogue_for
from server.commands.campaign_actor import As, AsJson, DataDir
from server.commands.common import fail, out, print_json, read_settings
from server.commands.on_database import with_database
from store.clock import LOCAL_ZONE, SystemClock, local_date
from store.database import Database
from store.queries.audit import record_audit
from store.queries.desk import confirm_desk_rules, desk_rules, set_desk_topics
from store.queries.staff import Staff, staff_member, staff_of_login
from store.queries.ticket_history import chat_lines, ticket_events
from store.queries.tickets import TicketRow, list_tickets, ticket_of_code
from store.staff_roles import Role
from store.ticket_states import REASON_LABELS, STATE_LABELS, TicketState

desk = typer.Typer(help="The help desk: tickets, office hours, reports.", no_args_is_help=True)

_Ticket = Annotated[str, typer.Argument(metavar="TICKET", help="Number or code of the ticket.")]
_Text = Annotated[str, typer.Argument(help="What to write.")]


def _as_staff[Result](
    login: str, work: Callable[[AsyncConnection, Staff], Awaitable[Result]], *, data_dir: Path | None
) -> Result:
    """Do `work` in one transaction as a member of staff; end the command with one line when it is refused."""

    async def run(database: Database) -> Result:
        async with database.transaction() as connection:
            number = await staff_of_login(connection, login=login)
            staff = None if number is None else await staff_member(connection, staff_id=number)
            if staff is None or staff.disabled:
                fail(f"nobody signs in as “{login}”. chungtay staff list shows who does.")
            if scope_of(staff) is None:
                fail(f"{login} holds no duty at the help desk (help_desk_officer, administrator, auditor).")
            return await work(connection, staff)

    try:
        return with_database(read_settings(data_dir=data_dir), run)
    except DeskRefused as refused:
        fail(refused.text(catalogue_for("vi")), code=1)


async def _find(connection: AsyncConnection, staff: Staff, named: str) -> TicketRow:
    if named.isdecimal():
        return await own_ticket(connection, staff, int(named))
    scope = scope_of(staff)
    assert scope is not None
    found = await ticket_of_code(connection, named.replace("-", "").upper(), scope)
    if found is None:
        raise DeskRefused("not_there")
    return found


def _line(found: TicketRow) -> list[str]:
    return [
        str(found.id),
        found.code,
        ": ".join(filter(None, (REASON_LABELS[found.reason]["vi"], found.campaign))),
        STATE_LABELS[found.state]["vi"],
        found.area or "–",
        found.topic or "–",
        found.assignee_name or "–",
        f"{found.opened_at.astimezone(LOCAL_ZONE):%d/%m/%Y %H:%M}",
    ]


@desk.command("list")
def list_all(
    actor: As,
    state: Annotated[list[str] | None, typer.Option(help=f"States: {', '.join(TicketState)}.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show tickets, most urgent first; by default all that are not resolved."""
    for one in state or ():
        if one not in set(TicketState):
            fail(f"unknown state “{one}”. States are {', '.join(TicketState)}.")
    states = [TicketState(one) for one in state] if state else [one for one in TicketState if one != "resolved"]

    async def work(connection: AsyncConnection, staff: Staff) -> list[TicketRow]:
        scope = scope_of(staff)
        assert scope is not None
        return await list_tickets(connection, scope, states=states)

    found = _as_staff(actor, work, data_dir=data_dir)
    if as_json:
        print_json({"tickets": [{**asdict(one), "address": None} for one in found]})
        return
    table = Table("số", "mã", "lý do", "trạng thái", "xã", "chủ đề", "người phụ trách", "gửi lúc")
    for row in found:
        table.add_row(*_line(row))
    out.print(table)


@desk.command("show")
def show(ticket: _Ticket, actor: As, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show a ticket: what was said, and what happened."""

    async def work(connection: AsyncConnection, staff: Staff) -> dict[str, Any]:
        found = await _find(connection, staff, ticket)
        events = await ticket_events(connection, found.id)
        lines = []
        if found.conversation_id is not None and staff.has(Role.HELP_DESK_OFFICER, Role.ADMINISTRATOR):
            since = found.since_message or 0
            lines = list(await chat_lines(connection, conversation_id=found.conversation_id, since=since, before=6))
        return {
            **asdict(found),
            "address": None,
            "chat": [asdict(one) for one in lines],
            "events": [asdict(one) for one in events],
        }

    found = _as_staff(actor, work, data_dir=data_dir)
    if as_json:
        print_json(found)
        return
    out.print(f"{found['code']}  {found['reason']}  {found['state']}", markup=False)
    for line in found["chat"]:
        out.print(f"{'<' if line['from_person'] else '>'} {line['text']}", markup=False)


def _simple(name: str, work: Callable[..., Awaitable[Any]], help_text: str) -> None:
    @desk.command(name, help=help_text)
    def command(ticket: _Ticket, actor: As, data_dir: DataDir = None) -> None:
        async def run(connection: AsyncConnection, staff: Staff) -> str:
            found = await _find(connection, staff, ticket)
            await work(connection, staff, found.id, now=SystemClock().now())
            return found.code

        out.print(f"{_as_staff(actor, run, data_dir=data_dir)}: {name}", markup=False)


_simple("take", take_ticket, "Take a ticket over: the bot keeps quiet in its chat.")
_simple("hand-back", hand_back, "Let the bot answer again.")
_simple("resolve", resolve, "End a ticket.")
_simple("reopen", reopen, "Take a resolved ticket up again.")


@desk.command("reply")
def answer(ticket: _Ticket, text: _Text, actor: As, data_dir: DataDir = None) -> None:
    """Send words to the person, on their own channel."""

    async def run(connection: AsyncConnection, staff: Staff) -> str:
        found = await _find(connection, staff, ticket)
        await reply(connection, staff, found.id, text, now=SystemClock().now())
        return found.code

    out.print(f"{_as_staff(actor, run, data_dir=data_dir)}: reply", markup=False)


@desk.command("note")
def note(ticket: _Ticket, text: _Text, actor: As, data_dir: DataDir = None) -> None:
    """Write a note that only staff read."""

    async def run(connection: AsyncConnection, staff: Staff) -> str:
        found = await _find(connection, staff, ticket)
        await add_note(connection, staff, found.id, text, now=SystemClock().now())
        return found.code

    out.print(f"{_as_staff(actor, run, data_dir=data_dir)}: note", markup=False)


@desk.command("snooze")
def put_aside(
    ticket: _Ticket,
    until: Annotated[datetime, typer.Argument(help="Until when, in Vietnam's time.")],
    actor: As,
    data_dir: DataDir = None,
) -> None:
    """Put a ticket aside until a time, or until the person writes."""

    async def run(connection: AsyncConnection, staff: Staff) -> None:
        found = await _find(connection, staff, ticket)
        at = until.replace(tzinfo=LOCAL_ZONE)
        await snooze(connection, staff, found.id, until=at, now=SystemClock().now())

    _as_staff(actor, run, data_dir=data_dir)


@desk.command("topics")
def topics(
    actor: As,
    login: Annotated[str, typer.Argument(help="Login of the officer.")],
    topic: Annotated[list[str] | None, typer.Option(help="A topic they see to; none given: all.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Set to which topics an officer sees. Takes an administrator."""
    for one in topic or ():
        if one not in set(Topic):
            fail(f"“{one}” is no topic. Topics are {', '.join(Topic)}.")

    async def run(connection: AsyncConnection, staff: Staff) -> None:
        _require_administrator(staff)
        number = await staff_of_login(connection, login=login)
        if number is None:
            raise DeskRefused("no_such_staff", login=login)
        await set_desk_topics(connection, staff_id=number, topics=sorted(set(topic or ())))
        await record_audit(
            connection,
            actor=staff.id,
            action="desk.topics_set",
            subject=f"staff:{number}",
            now=SystemClock().now(),
            details={"login": login, "topics": ", ".join(topic or ()) or "–"},
        )

    _as_staff(actor, run, data_dir=data_dir)


def _require_administrator(staff: Staff) -> None:
    if not staff.has(Role.ADMINISTRATOR):
        fail(f"{staff.login} is no administrator.")


@desk.command("hours")
def hours(
    actor: As,
    file: Annotated[Path | None, typer.Option(help="YAML: days, closed_on, answer_within_minutes, …")] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="Confirm the hours as they are.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Show the office hours, or set and confirm them. Takes an administrator; nobody is told unconfirmed hours."""
    given = {} if file is None else _read_hours(file)

    async def run(connection: AsyncConnection, staff: Staff) -> dict[str, Any]:
        row = await desk_rules(connection)
        shown = {**row.hours, "answer_within_minutes": row.answer_within_minutes, "silent_minutes": row.silent_minutes}
        if not given and not confirm:
            return {**shown, "confirmed": row.confirmed_at is not None}
        _require_administrator(staff)
        new = shown | given
        try:
            checked = OfficeHours.model_validate({"days": new["days"], "closed_on": new.get("closed_on", [])})
        except ValidationError as error:
            fail(f"{file}: {error.errors()[0]['msg']}.")
        await confirm_desk_rules(
            connection,
            hours=checked.model_dump(mode="json"),
            answer_within_minutes=int(new["answer_within_minutes"]),
            silent_minutes=int(new["silent_minutes"]),
            by=staff.id,
            now=SystemClock().now(),
        )
        await record_audit(
            connection, actor=staff.id, action="desk.hours_confirmed", subject="desk:hours", now=SystemClock().now()
        )
        return {**new, "confirmed": True}

    found = _as_staff(actor, run, data_dir=data_dir)
    out.print(yaml.safe_dump(found, allow_unicode=True, sort_keys=False).rstrip(), markup=False)


def _read_hours(file: Path) -> dict[str, Any]:
    try:
        loaded = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        fail(f"{file}: {error.strerror}.")
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        fail(f"{file}: is not YAML in UTF-8 ({error}).")
    known = {"days", "closed_on", "answer_within_minutes", "silent_minutes"}
    if not isinstance(loaded, dict) or loaded.keys() - known:
        fail(f"{file}: holds other keys than {', '.join(sorted(known))}.")
    return loaded


@desk.command("report")
def report(
    actor: As,
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day.")],
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; today.")] = None,
    file: Annotated[Path | None, typer.Option("--out", help="Write it as .xlsx or .pdf.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Count obstacles by commune and topic; small cells are hidden."""
    first, last = since.date(), until.date() if until else local_date(SystemClock().now())
    if file is not None and file.suffix not in (".xlsx", ".pdf"):
        fail(f"{file}: give a name that ends in .xlsx or .pdf.")

    async def run(connection: AsyncConnection, staff: Staff) -> Any:
        scope = scope_of(staff)
        assert scope is not None
        try:
            return await obstacle_report(connection, scope, since=first, until=last)
        except ValueError as error:
            raise DeskRefused("bad_period") from error

    made = _as_staff(actor, run, data_dir=data_dir)
    catalogue = catalogue_for("vi")
    if file is not None:
        write = report_sheet if file.suffix == ".xlsx" else report_page
        file.write_bytes(write(made, load_library(), catalogue))
        out.print(f"{file}", markup=False)
    elif as_json:
        print_json(asdict(made))
    else:
        for line in report_lines(made, catalogue):
            out.print(" | ".join(str(cell) for cell in line), markup=False)
