"""A PostgreSQL of our own below the data directory, shared by every process that uses that directory.

Who uses the database holds a shared lock on one file for as long as it lives; a keeper (`server.postgres_keeper`)
owns the server and stops it when nobody holds that lock any more. The kernel drops a lock with its process, also after
`kill -9`, so nothing here can go stale. The reasons are in docs/decisions/0002-embedded-postgresql.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from server.postgres_folder import (
    PORT,
    SUPERUSER,
    PostgresFolder,
    binaries_for,
    is_still_the_file_at,
    last_lines,
    try_lock,
)

DEFAULT_GRACE_SECONDS = 3.0
"""How long the server outlives its last user, so that one short command after another finds it warm."""
RECOVERY_LIMIT_SECONDS = 600.0
"""A server that says "starting up" is replaying its log after a crash; it is waited for up to this long."""
KEEPER_LOG_BYTES = 1_000_000
POLL_SECONDS = 0.05


class EmbeddedPostgresError(RuntimeError):
    """The database cannot be reached; the text names the likely cause and the next step."""


class EmbeddedPostgres:
    """One process's hold on the PostgreSQL of a data directory; several holds, in any processes, share one server.

    `data_dir` is made when missing and gets `postgres/` (the cluster), two lock files and two logs.
    `database` is created when missing: UTF-8, sorted by code point, with Unicode upper and lower case.
    """

    def __init__(
        self, data_dir: Path, database: str = "chungtay", *, grace_seconds: float = DEFAULT_GRACE_SECONDS
    ) -> None:
        self._folder = PostgresFolder.at(data_dir)
        self._database = database
        self._grace_seconds = grace_seconds
        self._users_lock: int | None = None
        self._keeper: subprocess.Popen[bytes] | None = None
        self._keeper_log_start = 0
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def socket_dir(self) -> Path:
        """The folder of the Unix socket, for clients that take a host and a port (`PORT`) rather than a URL."""
        return self._folder.socket_dir

    @property
    def server_log(self) -> Path:
        return self._folder.server_log

    @property
    def bin_dir(self) -> Path:
        """The folder of `pg_dump`, `pg_restore` and `psql` that fit the server."""
        return binaries_for(self._folder)

    def url(self) -> str:
        """For SQLAlchemy's asynchronous engine."""
        return self.dsn("asyncpg")

    def dsn(self, driver: str = "psycopg") -> str:
        """A SQLAlchemy URL for that driver; with an empty driver, a plain libpq URI (psql, pg_dump, asyncpg)."""
        # The port is named because libpq and asyncpg would otherwise take a PGPORT from the environment.
        scheme = f"postgresql+{driver}" if driver else "postgresql"
        host = quote(str(self.socket_dir), safe="/")
        return f"{scheme}://{SUPERUSER}@/{quote(self._database, safe='')}?host={host}&port={PORT}"

    def start(self, *, wait_seconds: float = 60) -> None:
        """Return when the database answers. Harmless when it runs already, whoever started it.

        `wait_seconds` bounds the silence, not the recovery: while the server reports that it replays its log after a
        crash, waiting goes on up to RECOVERY_LIMIT_SECONDS. Raises EmbeddedPostgresError.
        """
        with self._one_at_a_time:
            held_before = self._users_lock is not None
            try:
                deadline = time.monotonic() + wait_seconds
                self._hold_users_lock(deadline)
                self._wait_until_it_answers(deadline)
            except BaseException as error:
                if not held_before:
                    self._release()
                if isinstance(error, OSError):
                    raise EmbeddedPostgresError(
                        f"The embedded PostgreSQL cannot use {self._folder.data_dir}: {error}. Probably the folder "
                        "belongs to another user or its file system has no file locks; "
                        "choose another --data-dir or correct its owner."
                    ) from error
                raise

    async def ensure_running(self) -> bool:
        """Start again what was killed; True if anything had to be started. A few system calls when all is well.

        A server that dies alone is the keeper's business and needs no call; this covers the keeper's own death.
        Raises EmbeddedPostgresError.
        """
        if self._holds_the_current_users_lock() and self._folder.keeper_is_alive():
            return False
        await asyncio.to_thread(self.start)
        return True

    def close(self, *, wait_seconds: float = 0) -> None:
        """Let go of the database; its keeper stops it when nobody else holds it.

        With `wait_seconds`, return only when the keeper has ended or that time is over: needed where the end of this
        process ends all others at once (process 1 of a container). While others use the database it waits in vain.
        """
        with self._one_at_a_time:
            self._release()
        deadline = time.monotonic() + wait_seconds
        while time.monotonic() < deadline and self._folder.keeper_is_alive():
            time.sleep(POLL_SECONDS)

    def _release(self) -> None:
        if self._users_lock is not None:
            os.close(self._users_lock)
            self._users_lock = None

    def _holds_the_current_users_lock(self) -> bool:
        return self._users_lock is not None and is_still_the_file_at(self._users_lock, self._folder.users_lock)

    def _hold_users_lock(self, deadline: float) -> None:
        if self._holds_the_current_users_lock():
            return
        self._release()
        self._folder.data_dir.mkdir(parents=True, exist_ok=True)
        while (lock := try_lock(self._folder.users_lock, shared=True)) is None:
            # A keeper that is about to leave holds it alone until its server has stopped.
            if time.monotonic() > deadline:
                raise self._failure("the previous server has not finished stopping")
            time.sleep(POLL_SECONDS)
        self._users_lock = lock

    def _wait_until_it_answers(self, deadline: float) -> None:
        recovery_deadline = time.monotonic() + RECOVERY_LIMIT_SECONDS
        wait_seconds = deadline - time.monotonic()
        complaint = "it gave no answer"
        self._keeper = None
        while True:
            if self._folder.keeper_is_alive():
                try:
                    self._create_database_if_missing()
                    return
                except psycopg.OperationalError as error:
                    complaint = str(error).strip().replace("\n", " ")
                if self._is_starting_up():
                    deadline = max(deadline, min(recovery_deadline, time.monotonic() + wait_seconds))
            elif (self._keeper_exit_code() or 0) > 0:
                raise self._failure(self._reason_of_the_keeper())
            elif not self._keeper_is_running():
                self._start_keeper()  # the first, or the one after a loser of a race or a killed one
            if time.monotonic() > deadline:
                raise self._failure(complaint)
            time.sleep(POLL_SECONDS)

    def _keeper_exit_code(self) -> int | None:
        return None if self._keeper is None else self._keeper.poll()

    def _keeper_is_running(self) -> bool:
        return self._keeper is not None and self._keeper.poll() is None

    def _start_keeper(self) -> None:
        log_path = self._folder.keeper_log
        if log_path.exists() and log_path.stat().st_size > KEEPER_LOG_BYTES:
            log_path.replace(log_path.with_name(log_path.name + ".1"))
        # Nothing of this process's environment but what Python needs: it may hold secrets, and the keeper outlives it.
        kept = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
        environment = {name: os.environ[name] for name in kept if name in os.environ}
        search_path = [str(Path(__file__).resolve().parent.parent), os.environ.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, search_path))
        with log_path.open("ab") as log:
            self._keeper_log_start = log.tell()
            keeper = subprocess.Popen(
                [
                    sys.executable, "-P", "-m", "server.postgres_keeper",
                    "--data-dir", str(self._folder.data_dir), "--grace-seconds", str(self._grace_seconds),
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=environment, start_new_session=True,
            )  # fmt: skip
        # Collects the exit status whenever it comes, so that no defunct process stays behind.
        threading.Thread(target=keeper.wait, name="postgres-keeper-wait", daemon=True).start()
        self._keeper = keeper

    def _connection(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.socket_dir),
            port=PORT,
            user=SUPERUSER,
            dbname=database,
            connect_timeout=5,
            autocommit=True,
        )

    def _is_starting_up(self) -> bool:
        conninfo = f"host='{self.socket_dir}' port={PORT} user={SUPERUSER} dbname=postgres connect_timeout=5"
        return psycopg.pq.PGconn.ping(os.fsencode(conninfo)) == psycopg.pq.Ping.REJECT

    def _create_database_if_missing(self) -> None:
        with self._connection("postgres") as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self._database]).fetchone()
            if known:
                return
            create = sql.SQL(
                "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
                " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
            )
            # Two processes may both have found it missing; the loser finds it made.
            with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                connection.execute(create.format(sql.Identifier(self._database)))

    def _reason_of_the_keeper(self) -> str:
        lines = last_lines(self._folder.keeper_log, since_byte=self._keeper_log_start)
        reasons = [line.partition(" ERROR ")[2] for line in lines if " ERROR " in line]
        return reasons[-1] if reasons else (lines[-1] if lines else "its keeper ended without a word")

    def _failure(self, what: str) -> EmbeddedPostgresError:
        tail = "\n".join(f"  {line}" for line in last_lines(self._folder.server_log))
        return EmbeddedPostgresError(
            f"The embedded PostgreSQL in {self._folder.data_dir} is not available: {what}. "
            f"Next: correct what {self._folder.server_log} and {self._folder.keeper_log} name, "
            "or set DATABASE_URL to a PostgreSQL of your own."
            + (f"\nLast lines of the server's log:\n{tail}" if tail else "")
        )
