"""`chungtay`: the command line.

A command is imported only when it is called: the whole system takes seconds to import, and most commands need a part.
"""

import sys
from importlib import import_module
from typing import NamedTuple

import typer

from server.giving_way import STARTING, session_gives_way


class Command(NamedTuple):
    """Where a command lies in `server/commands/`, and its line in `chungtay --help`: the first of its own docstring."""

    module: str
    attribute: str
    line: str


#: By name: a function, or a group of commands.
COMMANDS: dict[str, Command] = {
    "run": Command("serving", "run", "Run everything on this machine: PostgreSQL, Rasa, the web chat."),
    "serve": Command("serving", "serve", "Run one process of a larger deployment."),
    "ask": Command("asking", "ask", "Ask one question through the whole path: inbox, Rasa, action, delivery ledger."),
    "evaluate": Command(
        "evaluating", "evaluate", "Measure the topic that the bot would answer with, over a file of labelled questions."
    ),
    "eligibility": Command(
        "eligibility",
        "eligibility",
        "What a household may get on a day, with reasons; or many households, or two states of the law side by side.",
    ),
    "as-on": Command("as_on", "as_on", "Print a link that opens the web chat as on another day, for staff."),
    "train": Command("upkeep", "train_model", "Train the Rasa model if its inputs changed."),
    "check": Command(
        "upkeep",
        "check",
        "Check the content: every statement sourced, dated, translated, reviewed in time; every number a parameter.",
    ),
    "docs": Command(
        "upkeep",
        "docs",
        "Write the files that are made from others: pages of docs/, and the words for places and trades for Rasa.",
    ),
    "db": Command("upkeep", "db", "The database's tables."),
    "backup": Command(
        "backup", "backup", "Write the database and the recordings to one new file; the system may go on running."
    ),
    "restore": Command("backup", "restore", "Bring a backup into an empty database; nothing is ever overwritten."),
    "campaign": Command("campaign", "campaign", "Campaigns: write, test, approve, watch."),
    "content": Command("content", "content", "Approved changes of statements and numbers."),
    "desk": Command("desk", "desk", "The help desk: tickets, office hours, reports."),
    "channel": Command("channel", "channel", "Messengers: how they stand, the kill switch, tokens."),
    "languages": Command("languages", "languages", "Translations and recordings made by people."),
    "courses": Command("courses", "courses", "The catalogue of vocational courses."),
    "questions": Command(
        "questions", "questions", "Questions that were not answered well: read, label, export, retrain."
    ),
    "staff": Command("staff", "staff", "Accounts of the people who work in the console."),
    "privacy": Command("privacy", "privacy", "What is held about a person: see it all, erase it."),
    "fund": Command("fund", "fund", "The fund: statements, matching, uses, seals, papers."),
}


def _empty() -> typer.Typer:
    app = typer.Typer(
        name="chungtay",
        help="Chatbot and campaign system for poverty-reduction outreach.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    # Without a callback, Typer would take a single command for the whole command line.
    app.callback()(lambda: None)
    return app


def command_line(only: str | None = None) -> typer.Typer:
    """Return the command line with all commands, or with `only` one of them."""
    app = _empty()
    for name in COMMANDS if only is None else (only,):
        command = COMMANDS[name]
        found = getattr(import_module(f"server.commands.{command.module}"), command.attribute)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def table_of_commands() -> typer.Typer:
    """Return a command line that only tells what there is, without loading any of it."""
    app = _empty()
    for name, command in COMMANDS.items():
        app.command(name, help=command.line)(lambda: None)
    return app


def main() -> None:
    """Entry point."""
    called = sys.argv[1] if len(sys.argv) > 1 else ""
    if called == "serve":
        # What is imported next takes seconds of a processor that others may need for what they do already.
        session_gives_way(STARTING)
    if called in ("", "--help"):
        table_of_commands()()
    else:
        command_line(called if called in COMMANDS else None)()
