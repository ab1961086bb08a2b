"""`chungtay`: the command line.

A command is imported only when it is called: the whole system takes seconds to import, and most commands need a part.
"""

import sys
from importlib import import_module

import typer

from server.giving_way import STARTING, session_gives_way

#: Name of each command -> the module and the function, or the group of commands, that it is.
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("serving", "run"),
    "serve": ("serving", "serve"),
    "ask": ("asking", "ask"),
    "evaluate": ("evaluating", "evaluate"),
    "eligibility": ("eligibility", "eligibility"),
    "as-on": ("as_on", "as_on"),
    "train": ("upkeep", "train_model"),
    "check": ("upkeep", "check"),
    "docs": ("upkeep", "docs"),
    "db": ("upkeep", "db"),
    "backup": ("backup", "backup"),
    "restore": ("backup", "restore"),
    "campaign": ("campaign", "campaign"),
    "content": ("content", "content"),
    "desk": ("desk", "desk"),
    "channel": ("channel", "channel"),
    "languages": ("languages", "languages"),
    "courses": ("courses", "courses"),
    "questions": ("questions", "questions"),
    "staff": ("staff", "staff"),
    "privacy": ("privacy", "privacy"),
    "fund": ("fund", "fund"),
}


def command_line(only: str | None = None) -> typer.Typer:
    """Return the command line with all commands, or with `only` one of them."""
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
    for name in COMMANDS if only is None else (only,):
        module, attribute = COMMANDS[name]
        found = getattr(import_module(f"server.commands.{module}"), attribute)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def main() -> None:
    """Entry point."""
    called = sys.argv[1] if len(sys.argv) > 1 else ""
    if called == "serve":
        # What is imported next takes seconds of a processor that others may need for what they do already.
        session_gives_way(STARTING)
    command_line(called if called in COMMANDS else None)()
