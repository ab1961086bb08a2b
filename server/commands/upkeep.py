"""`train`, `check`, `db upgrade`, `docs`: keeping model, content, tables and documents in order."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from bot.channels.capability_page import capability_page
from content.check import check_content
from content.knowledge_pages import content_pages
from content.library import load_library
from content.place_pages import place_pages
from content.trades import gazetteer_text
from content.yaml_files import ContentError
from server.commands.common import database_in_use, fail, notes, out, parse_day, print_json, read_settings
from server.settings import PROJECT, settings_page
from server.training import TrainingFailed, train
from store.clock import SystemClock, local_date
from store.database import Database
from store.migrate import upgrade_database

db = typer.Typer(help="The database's tables.", no_args_is_help=True)


def train_model(
    force: Annotated[bool, typer.Option(help="Train even when nothing changed.")] = False,
    data_dir: Annotated[Path | None, typer.Option(help="Where the database, models and logs live.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Train the Rasa model if its inputs changed."""
    settings = read_settings(data_dir=data_dir)
    try:
        with notes.status("Training the Rasa model"):
            model, trained = train(settings.data_dir, force=force)
    except TrainingFailed as error:
        fail(str(error), code=1)
    if as_json:
        print_json({"model": str(model), "trained": trained})
    else:
        out.print(f"{'Trained' if trained else 'Nothing changed; the model is'} {model}", markup=False)


def check(
    on: Annotated[str | None, typer.Option(help="Judge review stamps as on this day (year-month-day).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Check the content: every statement sourced, dated, translated, reviewed in time; every number a parameter."""
    day: date = parse_day(on) or local_date(SystemClock().now())
    try:
        library = load_library()
    except ContentError as error:
        fail(str(error), code=1)
    problems = check_content(library, day)
    if as_json:
        print_json(
            {
                "on": day.isoformat(),
                "statements": len(library.statements),
                "parameters": len(library.parameters),
                "documents": len(library.documents),
                "problems": [
                    {"file": str(problem.file), "message": problem.message, "severity": problem.severity}
                    for problem in problems
                ],
            }
        )
    else:
        for problem in problems:
            out.print(f"{problem.severity}: {problem.file}: {problem.message}", markup=False)
        out.print(
            f"{len(library.statements)} statements, {len(library.parameters)} parameters, "
            f"{len(library.documents)} documents: {len(problems)} problems"
        )
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(1)


@db.command("upgrade")
def upgrade(
    data_dir: Annotated[Path | None, typer.Option(help="Where the embedded database lives.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Bring the tables to the newest revision."""
    settings = read_settings(data_dir=data_dir)

    async def run(url: str) -> tuple[str | None, str]:
        database = Database(url)
        try:
            return await upgrade_database(database.engine)
        finally:
            await database.close()

    with database_in_use(settings) as (url, _):
        try:
            before, after = uvloop.run(run(url))
        except OSError as error:
            fail(f"the database cannot be reached ({error}). Check DATABASE_URL and that the server runs.", code=1)
    if as_json:
        print_json({"before": before, "after": after})
    else:
        out.print(f"Revision {after}" + (" (nothing to do)" if before == after else f" (was {before or 'empty'})"))


def docs() -> None:
    """Write the files that are made from others: pages of docs/, and the words for places and trades for Rasa."""
    (PROJECT / "docs" / "settings.md").write_text(settings_page(), encoding="utf-8")
    (PROJECT / "docs" / "channel-capabilities.md").write_text(capability_page(), encoding="utf-8")
    out.print("docs/settings.md")
    from console.access.table import access_page  # loads NiceGUI and every page

    (PROJECT / "docs" / "console-access.md").write_text(access_page(), encoding="utf-8")
    out.print("docs/console-access.md")
    pages = place_pages() | content_pages(load_library()) | {"nlu/gazetteers/trade.yml": gazetteer_text()}
    for file, text in pages.items():
        (PROJECT / file).parent.mkdir(exist_ok=True)
        (PROJECT / file).write_text(text, encoding="utf-8")
        out.print(file)
    for page in (PROJECT / "docs" / "knowledge").glob("*.md"):
        if page.relative_to(PROJECT).as_posix() not in pages:
            page.unlink()
