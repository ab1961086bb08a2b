"""What commands share: settings, the database in use, printing, and errors as one clear line."""

import contextlib
import fcntl
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import orjson
import typer
from pydantic import ValidationError
from rich.console import Console

# Settings, SQLAlchemy and the embedded database are imported by whoever calls for them: together they take longer to
# load than most commands take to work.
if TYPE_CHECKING:
    from server.postgres import EmbeddedPostgres
    from server.settings import Settings

#: Results go to standard output, everything else to standard error.
out = Console(soft_wrap=True, highlight=False)
notes = Console(stderr=True, highlight=False)


def fail(message: str, code: int = 2) -> NoReturn:
    """End the command with one line on standard error."""
    print(f"chungtay: {message}", file=sys.stderr)
    raise typer.Exit(code)


def print_json(value: Any) -> None:
    """Print `value` as indented JSON."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")


def read_settings(**changes: Any) -> "Settings":
    """Read the settings; `changes` that are None are left as they are. Ends the command when one is wrong."""
    from server.settings import Settings

    try:
        settings = Settings()
        given = {name: value for name, value in changes.items() if value is not None}
        return Settings.model_validate({**settings.model_dump(), **given}) if given else settings
    except ValidationError as error:
        first = error.errors()[0]
        fail(f"setting {'.'.join(map(str, first['loc']))}: {first['msg']}. See docs/settings.md.")


def parse_day(text: str | None) -> date | None:
    """Read an ISO date, or end the command with a line that says what is wrong."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(f"“{text}” is not a date. Write it as year-month-day, for example 2026-11-23.")


@contextlib.contextmanager
def database_in_use(settings: "Settings") -> Iterator["tuple[str, EmbeddedPostgres | None]"]:
    """Give the database's address, starting the embedded one when none is configured."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    from server.postgres import EmbeddedPostgres, EmbeddedPostgresError

    if settings.database_url is not None:
        try:
            url = make_url(settings.database_url)
        except ArgumentError:
            fail("DATABASE_URL is not an address like postgresql://user:password@host/name.")
        if not url.drivername.startswith("postgres"):
            fail(f"DATABASE_URL names {url.drivername}; only PostgreSQL is supported.")
        yield url.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False), None
        return
    embedded = EmbeddedPostgres(settings.data_dir / "postgres")
    try:
        embedded.start()
    except EmbeddedPostgresError as error:
        fail(str(error), code=1)
    try:
        yield embedded.url(), embedded
    finally:
        embedded.close()


class AlreadyRunning(Exception):
    """Another process answers conversations with this data directory."""


@contextlib.contextmanager
def only_answering_process(data_dir: Path) -> Iterator[None]:
    """Hold the lock that says "conversations are answered here"; it vanishes with the process.

    Raises:
        AlreadyRunning: somebody else holds it.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(data_dir / "answering.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise AlreadyRunning from error
    try:
        yield
    finally:
        os.close(descriptor)
