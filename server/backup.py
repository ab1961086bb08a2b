"""One file that holds all that cannot be made again: the database and the recordings.

A tar file of `manifest.json` (what is in it, with SHA-256 of each part), `database.dump` (pg_dump's custom format:
tables of Chung Tay, of Rasa and of the calendar at one moment, also while messages come in) and `audio/`. Models, logs
and content are made again from the repository. Secrets lie in the environment or in files of the data directory and
are not copied: whoever reads a backup must not be able to write as the bot.
"""

import hashlib
import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from server.postgres_folder import programs_of

FORMAT = 1
_DUMP, _MANIFEST, _AUDIO = "database.dump", "manifest.json", "audio"
_BLOCK = 1 << 20

#: What libpq reads in place of a command line, where every user of the machine could read a password.
_LIBPQ_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


class BackupFailed(Exception):
    """Nothing was changed; the text says why and what to do next."""


@dataclass(frozen=True)
class Part:
    """A file in a backup: its name, its size in bytes, its SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Backup:
    """What a backup says about itself. `revision` is that of the tables, `taken_at` is UTC in ISO 8601."""

    format: int
    taken_at: str
    revision: str
    postgresql: str
    parts: tuple[Part, ...]


def take_backup(dsn: str, recordings: Path, file: Path, *, now: datetime, said: Callable[[str], None]) -> Backup:
    """Write a backup of the database at `dsn` and of the recordings to `file`, which must not exist.

    The file appears whole or not at all, readable by its owner only. `said` is told of each step.

    Raises:
        BackupFailed: the file exists, the database does not answer, or pg_dump failed.
    """
    if file.exists():
        raise BackupFailed(f"{file} exists already; next: name a file that does not, or move that one away")
    if not file.parent.is_dir():
        raise BackupFailed(f"there is no folder {file.parent}; next: make it, or name another")
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
        dump = Path(folder) / _DUMP
        revision, server = _state(dsn)
        said("database")
        _run([programs_of() / "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}"], dsn)
        paths = {_DUMP: dump} | {
            f"{_AUDIO}/{path.relative_to(recordings).as_posix()}": path
            for path in sorted(recordings.rglob("*"))
            if path.is_file() and not path.is_symlink()
        }
        parts = tuple(Part(name, path.stat().st_size, _sha256(path)) for name, path in paths.items())
        made = Backup(FORMAT, now.isoformat(), revision, server, parts)
        manifest = Path(folder) / _MANIFEST
        manifest.write_text(json.dumps(asdict(made), ensure_ascii=False, indent=1), encoding="utf-8")
        said("file")
        whole = Path(folder) / "whole.tar"
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as archive:
                for name, path in ({_MANIFEST: manifest} | paths).items():
                    archive.add(path, name, recursive=False)
            out.flush()
            os.fsync(out.fileno())
        _check(whole)
        os.link(whole, file)
    return made


def read_backup(file: Path) -> Backup:
    """Return what a backup says about itself, after every part was read and compared with its SHA-256.

    Raises:
        BackupFailed: it is no backup of Chung Tay, it is damaged, or a newer release made it.
    """
    return _check(file)


def restore_backup(dsn: str, recordings: Path, file: Path, *, said: Callable[[str], None]) -> Backup:
    """Bring a backup into an empty database and a recordings folder that is empty or missing.

    The database is restored in one transaction: after a failure it is as empty as before.

    Raises:
        BackupFailed: the file is damaged, or there is something that would be overwritten.
    """
    said("check")
    made = _check(file)
    if _has_tables(dsn):
        raise BackupFailed(
            "the database is not empty, and restoring does not overwrite; next: name a --data-dir that does not exist "
            "yet, or an empty database in DATABASE_URL, and let the system start with that"
        )
    if recordings.exists() and any(recordings.iterdir()):
        raise BackupFailed(f"there are recordings in {recordings} already; next: move that folder away")
    recordings.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=recordings.parent, prefix=".restore-") as folder:
        with _opened(file) as archive:
            archive.extractall(folder, filter="data")
        said("database")
        command = [
            programs_of() / "pg_restore",
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            "--single-transaction",
        ]
        # Without a name pg_restore would print SQL instead of connecting; an empty one leaves it to PGDATABASE.
        _run([*command, "--dbname", "", Path(folder) / _DUMP], dsn)
        if (sounds := Path(folder) / _AUDIO).is_dir():
            said("recordings")
            if recordings.exists():
                recordings.rmdir()
            sounds.rename(recordings)
    return made


def _check(file: Path) -> Backup:
    with _opened(file) as archive:
        try:
            first = archive.next()
            if first is None or first.name != _MANIFEST:
                raise ValueError
            told = json.loads(_read(archive, first).read())
            made = Backup(**{**told, "parts": tuple(Part(**part) for part in told["parts"])})
        except (ValueError, TypeError, KeyError, tarfile.TarError) as error:
            raise BackupFailed(f"{file} is no backup of Chung Tay; next: name a file that `backup` wrote") from error
        if made.format > FORMAT:
            raise BackupFailed(f"{file} was made by a newer release; next: install that release, then restore")
        expected = {part.name: part for part in made.parts}
        try:
            for member in archive.getmembers()[1:]:
                part = expected.pop(member.name, None)
                if part is None or not member.isfile() or _digest(_read(archive, member)) != part.sha256:
                    raise ValueError(member.name)
            if expected:
                raise ValueError(", ".join(expected))
        except (ValueError, tarfile.TarError, OSError) as error:
            raise BackupFailed(f"{file} is damaged ({error}); next: use another backup") from error
    return made


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        archive = tarfile.open(file, mode="r:")  # noqa: SIM115 - closed below, where reading may fail otherwise
    except (OSError, tarfile.TarError) as error:
        raise BackupFailed(
            f"{file} cannot be read as a backup ({error}); next: name a file that `backup` wrote"
        ) from error
    with archive:
        yield archive


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(member)
    if content is None:
        raise ValueError(member.name)
    return content


def _digest(content: IO[bytes]) -> str:
    return hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return _digest(content)


def _state(dsn: str) -> tuple[str, str]:
    """The revision of the tables and the release of the server."""
    try:
        with psycopg.connect(dsn) as connection:
            row = connection.execute(
                "select to_regclass('public.alembic_version') is not null, current_setting('server_version')"
            ).fetchone()
            if row is None or not row[0]:
                raise BackupFailed("the database holds no tables of Chung Tay: there is nothing to back up")
            revision = connection.execute("select version_num from alembic_version").fetchone()
    except psycopg.Error as error:
        raise _unreachable(error) from error
    return (revision[0] if revision else ""), str(row[1])


def _has_tables(dsn: str) -> bool:
    try:
        with psycopg.connect(dsn) as connection:
            row = connection.execute(
                "select exists (select from pg_tables where schemaname in ('public', 'rasa'))"
            ).fetchone()
    except psycopg.Error as error:
        raise _unreachable(error) from error
    return bool(row and row[0])


def _unreachable(error: psycopg.Error) -> BackupFailed:
    return BackupFailed(
        f"the database cannot be read ({' '.join(str(error).split())}); next: check DATABASE_URL and its user's rights"
    )


def _run(command: list[Any], dsn: str) -> None:
    variables = {
        _LIBPQ_VARIABLES[name]: str(value) for name, value in conninfo_to_dict(dsn).items() if name in _LIBPQ_VARIABLES
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(command, env=kept | variables, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise BackupFailed(f"{Path(command[0]).name} failed: {last}")
