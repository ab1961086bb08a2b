"""`content`: changes of the content that staff approved, and how they get back into the files."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.policy.revisions import as_revision, usable
from content.library import Library, load_library
from content.revisions import Revision, export_revisions
from content.yaml_files import CONTENT_DIR
from server.commands.common import out, print_json, read_settings
from server.commands.on_database import with_database
from server.settings import Settings
from store.database import Database
from store.queries.content_revisions import RevisionRow, list_revisions, revisions_in_force

content = typer.Typer(help="Approved changes of statements and numbers.", no_args_is_help=True)

_DataDir = Annotated[Path | None, typer.Option(help="Where the embedded database lives.")]


def approved_revisions(settings: Settings, library: Library) -> list[Revision]:
    """Return what staff approved beside the shipped files and this version can read."""

    async def work(database: Database) -> list[RevisionRow]:
        async with database.single() as connection:
            return await revisions_in_force(connection)

    return usable(library, [as_revision(row) for row in with_database(settings, work)])


@content.command("list")
def list_all(
    data_dir: _DataDir = None, as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False
) -> None:
    """Show proposals and revisions, newest first."""

    async def work(database: Database) -> list[RevisionRow]:
        async with database.single() as connection:
            return await list_revisions(connection, limit=1000)

    rows = with_database(read_settings(data_dir=data_dir), work)
    if as_json:
        print_json({"revisions": [asdict(row) for row in rows]})
        return
    for row in rows:
        out.print(f"{row.id}  {row.state}  {row.kind} {row.name}  {row.reason}", markup=False)


@content.command("export")
def export(
    folder: Annotated[
        Path, typer.Option("--out", help="Content folder into which the files are written.")
    ] = CONTENT_DIR,
    data_dir: _DataDir = None,
) -> None:
    """Write what is in force beside the shipped files into files, to be committed and shipped."""
    library = load_library()
    revisions = approved_revisions(read_settings(data_dir=data_dir), library)
    for file in export_revisions(library, revisions, folder):
        out.print(str(file), markup=False)
    if not revisions:
        out.print("Nothing was changed beside the files.")
