"""`chungtay`: the command line."""

import typer

from server.commands import as_on, asking, eligibility, languages, serving, upkeep
from server.commands.courses import courses

app = typer.Typer(
    name="chungtay",
    help="Chatbot and campaign system for poverty-reduction outreach.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(serving.run)
app.command()(serving.serve)
app.command()(asking.ask)
app.command()(asking.evaluate)
app.command()(eligibility.eligibility)
app.command("as-on")(as_on.as_on)
app.command("train")(upkeep.train_model)
app.command()(upkeep.check)
app.command()(upkeep.docs)
app.add_typer(upkeep.db, name="db")
app.add_typer(languages.languages, name="languages")
app.add_typer(courses, name="courses")


def main() -> None:
    """Entry point."""
    app()
