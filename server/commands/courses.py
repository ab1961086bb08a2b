"""`courses`: the catalogue of vocational courses, for officers."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.courses.importing import Imported, close_courses, import_courses
from content.course_sheets import CourseSheet, Problem, read_course_sheet
from content.course_template import template_workbook
from content.courses import Course, CourseState, load_demo_courses
from content.sheet_rows import UnreadableSheet, read_rows
from content.translations import COMPLETE_LANGUAGES, Catalogue, catalogue_for
from content.yaml_files import ContentError
from server.commands.common import fail, out, print_json, read_settings
from server.commands.on_database import with_database
from store.clock import SystemClock, local_date
from store.database import Database
from store.queries.course_interests import Registration, registrations
from store.queries.courses import CourseRow, all_courses, close_demo_courses, get_course

courses = typer.Typer(help="The catalogue of vocational courses.", no_args_is_help=True)

_DataDir = Annotated[Path | None, typer.Option(help="Where the embedded database lives.")]
_Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
_Language = Annotated[str, typer.Option(help=f"Language of messages: {', '.join(COMPLETE_LANGUAGES)}.")]


def _catalogue(language: str) -> Catalogue:
    if language not in COMPLETE_LANGUAGES:
        fail(f"unknown language “{language}”. Languages are {', '.join(COMPLETE_LANGUAGES)}.")
    return catalogue_for(language)


async def load_demo(database: Database) -> Imported:
    """Bring the made-up courses in, or up to today's date."""
    clock = SystemClock()
    return await import_courses(database, clock, load_demo_courses(local_date(clock.now())))


async def hide_demo(database: Database) -> int:
    """Take made-up courses of an earlier trial out of what residents see; return how many."""
    async with database.transaction() as connection:
        return await close_demo_courses(connection, now=SystemClock().now())


@courses.command("import")
def import_file(
    file: Annotated[Path | None, typer.Argument(help="List of courses: .xlsx or .csv (UTF-8).")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Bring in the made-up courses, marked [DEMO].")] = False,
    skip_bad_rows: Annotated[bool, typer.Option("--skip-bad-rows", help="Save the right rows all the same.")] = False,
    language: _Language = "vi",
    data_dir: _DataDir = None,
    as_json: _Json = False,
) -> None:
    """Save a list of courses. Nothing is saved unless every row is right; the same code again changes its course."""
    catalogue = _catalogue(language)
    if (file is None) is not demo:
        fail("give either a file or --demo. A sheet to fill in: chungtay courses template courses.xlsx")
    settings = read_settings(data_dir=data_dir)
    today = local_date(SystemClock().now())
    sheet = CourseSheet((), (), 0)
    found: tuple[Course, ...]
    if file is not None:
        try:
            sheet = read_course_sheet(read_rows(file.name, file.read_bytes()), today)
        except OSError as error:
            fail(f"{file}: {error.strerror}.")
        except UnreadableSheet as error:
            fail(f"{file}: {catalogue.text(f'sheet.{error.cause}', **error.values)}")
        found = sheet.courses
    else:
        try:
            found = tuple(load_demo_courses(today))
        except ContentError as error:
            fail(str(error), code=1)
    refused = bool(sheet.problems) and not (skip_bad_rows and found)
    imported = Imported() if refused else with_database(settings, lambda db: import_courses(db, SystemClock(), found))
    _report(imported, sheet, catalogue, saved=not refused, as_json=as_json)
    if refused:
        raise typer.Exit(1)


def _report(imported: Imported, sheet: CourseSheet, catalogue: Catalogue, *, saved: bool, as_json: bool) -> None:
    if as_json:
        problems = [_problem(problem, catalogue) for problem in sheet.problems]
        print_json({"saved": saved, **asdict(imported), "bad_rows": sheet.bad_rows, "problems": problems})
        return
    if sheet.problems:
        heading = [catalogue.text(f"courses_list.{name}") for name in ("row", "column", "problem")]
        table = Table(*heading)
        for problem in sheet.problems:
            table.add_row(str(problem.row), problem.column_name(catalogue), problem.text(catalogue))
        out.print(table)
    values = {"problems": len(sheet.problems), "bad_rows": sheet.bad_rows}
    if not saved:
        out.print(catalogue.text("courses_list.not_saved", **values))
        return
    counts = {name: len(getattr(imported, name)) for name in ("added", "changed", "unchanged")}
    out.print(catalogue.text("courses_list.saved", **counts, told=imported.told, bad_rows=sheet.bad_rows))


def _problem(problem: Problem, catalogue: Catalogue) -> dict[str, Any]:
    return {
        "row": problem.row,
        "column": problem.column_name(catalogue) or None,
        "field": problem.column.field if problem.column else None,
        "cause": problem.cause,
        "message": problem.text(catalogue),
    }


@courses.command("list")
def list_courses(
    state: Annotated[str | None, typer.Option(help=f"Only one state: {', '.join(CourseState)}.")] = None,
    language: _Language = "vi",
    data_dir: _DataDir = None,
    as_json: _Json = False,
) -> None:
    """Show the catalogue with seats taken and people waiting."""
    catalogue = _catalogue(language)
    if state is not None and state not in set(CourseState):
        fail(f"unknown state “{state}”. States are {', '.join(CourseState)}.")

    async def read(database: Database) -> list[CourseRow]:
        async with database.transaction() as connection:
            return await all_courses(connection, state=state)

    found = with_database(read_settings(data_dir=data_dir), read)
    if as_json:
        print_json({"courses": [asdict(course) for course in found]})
        return
    names = ("code", "title", "starts", "register_by", "taken", "waiting", "state")
    table = Table(*(catalogue.text(f"courses_list.{name}") for name in names))
    # The code is what other commands ask for: it is never cut.
    table.columns[0].no_wrap, table.columns[0].min_width = True, max((len(one.code) for one in found), default=0)
    for course in found:
        table.add_row(
            course.code,
            course.title_vi if language == "vi" else course.title_en or course.title_vi,
            catalogue.date(course.starts_on),
            catalogue.date(course.register_by),
            f"{course.taken}/{course.seats}",
            str(course.waiting),
            catalogue.text(f"course.state.{course.state}"),
        )
    out.print(table)


@courses.command("people")
def people(
    code: Annotated[str, typer.Argument(help="Code of the course.")],
    language: _Language = "vi",
    data_dir: _DataDir = None,
    as_json: _Json = False,
) -> None:
    """Show who registered for a course: seat or waiting list, since when, and the number where they left one."""
    catalogue = _catalogue(language)

    async def read(database: Database) -> list[Registration] | None:
        async with database.transaction() as connection:
            known = await get_course(connection, code.upper()) is not None
            return await registrations(connection, code.upper()) if known else None

    found = with_database(read_settings(data_dir=data_dir), read)
    if found is None:
        fail(f"no course has the code “{code}”. chungtay courses list shows them all.")
    if as_json:
        print_json({"people": [asdict(one) for one in found]})
        return
    table = Table(*(catalogue.text(f"courses_list.{name}") for name in ("number", "place", "since", "phone")))
    for one in found:
        since = catalogue.date(local_date(one.since))
        table.add_row(str(one.number), catalogue.text(f"course.interest.{one.state}"), since, one.phone or "–")
    out.print(table)


@courses.command("template")
def template(
    file: Annotated[Path, typer.Argument(help="Where to write the sheet (.xlsx).")],
    force: Annotated[bool, typer.Option(help="Write over a file that is there.")] = False,
    as_json: _Json = False,
) -> None:
    """Write an XLSX to fill in, with the closed lists and the codes of the communes."""
    if file.suffix.lower() != ".xlsx":
        fail(f"{file}: the template is a spreadsheet; give it a name that ends with .xlsx.")
    if file.exists() and not force:
        fail(f"{file} is there already. Give another name, or --force to write over it.")
    try:
        file.write_bytes(template_workbook())
    except OSError as error:
        fail(f"{file}: {error.strerror}.")
    if as_json:
        print_json({"file": str(file)})
    else:
        out.print(str(file), markup=False)


@courses.command("close")
def close(
    codes: Annotated[list[str], typer.Argument(help="Codes of the courses.")],
    cancelled: Annotated[
        bool, typer.Option("--cancelled", help="The course does not take place; tell people.")
    ] = False,
    language: _Language = "vi",
    data_dir: _DataDir = None,
    as_json: _Json = False,
) -> None:
    """Stop taking people into courses; with --cancelled, tell those who are on them that they do not take place."""
    catalogue = _catalogue(language)
    wanted = [code.upper() for code in codes]
    try:
        changed, told = with_database(
            read_settings(data_dir=data_dir), lambda db: close_courses(db, SystemClock(), wanted, cancelled=cancelled)
        )
    except LookupError as error:
        fail(f"no course has the code “{error}”; nothing was changed. chungtay courses list shows them all.")
    if as_json:
        print_json({"changed": changed, "told": told})
    else:
        out.print(catalogue.text("courses_list.closed", changed=len(changed), told=told))
