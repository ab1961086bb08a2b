"""`backup`, `restore`: all that cannot be made again, in one file."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.engine import make_url

from server.backup import Backup, BackupFailed, restore_backup, take_backup
from server.commands.common import (
    AlreadyRunning,
    database_in_use,
    fail,
    notes,
    only_answering_process,
    out,
    print_json,
    read_settings,
)
from store.clock import SystemClock

_STEPS = {
    "check": "Checking the file",
    "database": "Database",
    "file": "Writing the file",
    "recordings": "Recordings",
}
File = Annotated[Path, typer.Argument(help="The backup, for example chungtay-2026-11-30.tar.")]
DataDir = Annotated[Path | None, typer.Option(help="Where the embedded database and recordings live.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def backup(file: File, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Write the database and the recordings to one new file; the system may go on running."""
    settings = read_settings(data_dir=data_dir)
    with database_in_use(settings) as (url, _), notes.status("Backing up") as shown:
        try:
            made = take_backup(
                _for_libpq(url),
                settings.recordings_dir,
                file,
                now=SystemClock().now(),
                said=lambda step: shown.update(_STEPS[step]),
            )
        except BackupFailed as error:
            fail(str(error), code=1)
    _tell(made, file, "Saved in", as_json)


def restore(file: File, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Bring a backup into an empty database; nothing is ever overwritten."""
    settings = read_settings(data_dir=data_dir)
    try:
        with (
            only_answering_process(settings.data_dir),
            database_in_use(settings) as (url, _),
            notes.status("Restoring") as shown,
        ):
            made = restore_backup(
                _for_libpq(url), settings.recordings_dir, file, said=lambda step: shown.update(_STEPS[step])
            )
    except AlreadyRunning:
        fail(f"Chung Tay is running with {settings.data_dir}. Stop it, or name another --data-dir.", code=1)
    except BackupFailed as error:
        fail(str(error), code=1)
    _tell(made, file, "Restored from", as_json)


def _for_libpq(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _tell(made: Backup, file: Path, what: str, as_json: bool) -> None:
    size = sum(part.size for part in made.parts)
    recordings = len(made.parts) - 1
    if as_json:
        print_json(
            {
                "file": str(file),
                "taken_at": made.taken_at,
                "revision": made.revision,
                "bytes": size,
                "recordings": recordings,
            }
        )
    else:
        out.print(
            f"{what} {file}: taken {made.taken_at[:16]} UTC, tables at revision {made.revision}, "
            f"{recordings} recordings, {size / 1e6:.1f} MB. It holds what people wrote: keep it encrypted.",
            markup=False,
        )
