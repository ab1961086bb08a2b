"""`campaign lists`: static lists of people, and guest lists for test sends."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from content.sheet_rows import UnreadableSheet, read_rows
from content.translations import catalogue_for
from scheduler.contact_lists import SheetOfPeople, add_simulated, read_people, save_people
from server.commands.campaign_actor import AUTHORS, As, AsJson, DataDir, as_staff
from server.commands.common import fail, out, print_json
from store.queries.contact_lists import lists_of, remove_list

lists = typer.Typer(help="Lists of people, and guest lists for test sends.", no_args_is_help=True)


@lists.command("list")
def list_all(actor: As, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show the lists of the organisation."""
    found = as_staff(
        actor, AUTHORS, lambda connection, desk, who: lists_of(connection, who.organisation), data_dir=data_dir
    )
    if as_json:
        print_json({"lists": [asdict(one) for one in found]})
        return
    for one in found:
        out.print(f"{one.name}  ({one.kind}, {one.members})", markup=False)


@lists.command("import")
def import_list(
    name: Annotated[str, typer.Argument(help="Name of the list; the same again adds to it.")],
    file: Annotated[Path, typer.Argument(help=".xlsx or .csv (UTF-8), a row a person.")],
    actor: As,
    guests: Annotated[bool, typer.Option("--guests", help="People who see test sends.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Nobody else stays on it.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Put people on a list. Nothing is saved unless every row is right."""
    try:
        rows = read_rows(file.name, file.read_bytes())
    except OSError as error:
        fail(f"{file}: {error.strerror}.")
    except UnreadableSheet as error:
        fail(f"{file}: {catalogue_for('vi').text(f'sheet.{error.cause}', **error.values)}")

    async def work(connection: Any, desk: Any, who: Any) -> tuple[SheetOfPeople, int | None]:
        sheet = await read_people(connection, rows)
        if sheet.problems:
            return sheet, None
        kind = "guests" if guests else "contacts"
        now = desk.clock.now()
        return sheet, await save_people(connection, who, sheet, name=name, kind=kind, now=now, replace=replace)

    sheet, members = as_staff(actor, AUTHORS, work, data_dir=data_dir)
    catalogue = catalogue_for("vi")
    if as_json:
        problems = [
            {"row": one.row, "column": one.column, "cause": one.cause, "message": one.text(catalogue)}
            for one in sheet.problems
        ]
        print_json({"saved": members is not None, "members": members, "problems": problems})
    elif sheet.problems:
        table = Table("Dòng", "Cột", "Lỗi")
        for one in sheet.problems:
            table.add_row(str(one.row), one.column, one.text(catalogue))
        out.print(table)
    else:
        out.print(f"{name}: {members}", markup=False)
    if members is None:
        raise typer.Exit(1)


@lists.command("simulate")
def simulate(
    name: Annotated[str, typer.Argument(help="Name of the guest list.")],
    actor: As,
    each: Annotated[int, typer.Option(min=1, max=1000, help="So many of each behaviour.")] = 1,
    language: Annotated[str, typer.Option(help="Their language.")] = "vi",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add made-up recipients that take a message, have blocked us, leave us without an answer, or refuse it."""
    members = as_staff(
        actor,
        AUTHORS,
        lambda connection, desk, who: add_simulated(
            connection, who, name=name, now=desk.clock.now(), language=language, each=each
        ),
        data_dir=data_dir,
    )
    if as_json:
        print_json({"members": members})
    else:
        out.print(f"{name}: {members}", markup=False)


@lists.command("remove")
def remove(name: str, actor: As, data_dir: DataDir = None) -> None:
    """Delete a list; the people stay."""
    if not as_staff(
        actor,
        AUTHORS,
        lambda connection, desk, who: remove_list(connection, organisation=who.organisation, name=name),
        data_dir=data_dir,
    ):
        fail(f"the organisation has no list “{name}”. chungtay campaign lists list shows them.", code=1)
