"""The keeper: owns the PostgreSQL of one data directory as its child, for as long as somebody uses the database.

Started by `server.postgres`, detached from any terminal; there is at most one per data directory. It makes the cluster,
clears what a killed server left behind, restarts a server that died, and stops it when nobody holds the users' lock.
Its last ERROR line in postgres.keeper.log is what `EmbeddedPostgres.start` shows when the keeper had to give up.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from server.postgres_cluster import (
    KeeperError,
    child_options,
    make_socket_dir,
    owner_account,
    prepare_cluster,
)
from server.postgres_folder import (
    PORT,
    PostgresFolder,
    binaries_for,
    is_still_the_file_at,
    last_lines,
    try_lock,
)
from server.postgres_leftovers import FAST_SHUTDOWN_SECONDS, IMMEDIATE_SHUTDOWN_SECONDS, clear_leftovers

log = logging.getLogger("keeper")

TICK_SECONDS = 1.0
SERVER_LOG_BYTES = 10_000_000
TERMINATED_BUT_USED_SECONDS = 15.0
"""After SIGTERM (the machine shuts down) users get this long to finish their work with the database."""
ATTEMPTS_BEFORE_FIRST_READY = 5
"""With the growing pauses three seconds: enough for the server of a just deleted data directory to go away."""
LONGEST_PAUSE_SECONDS = 10.0
STEADY_SECONDS = 30.0
"""A server that lived this long was healthy: its death starts the count of failures anew."""
KEEPER_LOCK_SECONDS = 2.0

# For one small machine: all of it together idles below 60 MB. Everything else is PostgreSQL's default.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "cluster_name": "chungtay",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "synchronous_commit": "on",
    "wal_compression": "on",
    "max_wal_size": "512MB",
    "random_page_cost": "1.1",
    "jit": "off",
    # No worker processes for asynchronous reads or replication: they cost memory and serve larger machines.
    "io_method": "sync",
    "max_logical_replication_workers": "0",
    # /dev/shm is 64 MB in a container and is emptied when systemd sees the user log out (RemoveIPC).
    "dynamic_shared_memory_type": "mmap",
    # Statements and error details quote the rows, and rows are about people.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "%m [%p] ",
}


class Keeper:
    def __init__(self, folder: PostgresFolder, keeper_lock: int, grace_seconds: float) -> None:
        self._folder = folder
        self._keeper_lock = keeper_lock
        self._grace_seconds = grace_seconds
        self._programs = binaries_for(folder)
        self._account = owner_account(folder.cluster)
        self._idle_since: float | None = None
        self._terminated_at: float | None = None
        self._was_ready = False
        self._wake_reader, wake_writer = os.pipe()
        os.set_blocking(self._wake_reader, False)
        os.set_blocking(wake_writer, False)
        signal.set_wakeup_fd(wake_writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGHUP, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_terminate)

    def run(self) -> None:
        """Serve until nobody uses the database. Raises KeeperError, OSError."""
        prepare_cluster(self._folder, self._programs, self._account)
        try:
            users_lock = self._serve()
        finally:
            # Stays where another server of the same place has put its socket already.
            with contextlib.suppress(OSError):
                self._folder.socket_dir.rmdir()
        # The users' lock last: who gets it may rely on finding no keeper and no server.
        os.close(self._keeper_lock)
        os.close(users_lock)

    def _serve(self) -> int:
        """The descriptor of the users' lock, when the server was stopped because nobody needs it."""
        failures = 0
        while True:
            clear_leftovers(self._folder)
            started = time.monotonic()
            log_start = self._folder.server_log.stat().st_size if self._folder.server_log.exists() else 0
            server = self._launch()
            try:
                users_lock = self._watch(server)
            finally:
                if server.poll() is None:
                    stop(server, first=signal.SIGINT)
            if users_lock is not None:
                return users_lock
            failures = 1 if time.monotonic() - started > STEADY_SECONDS else failures + 1
            log.warning("PostgreSQL ended with status %s; it is started again", server.returncode)
            if not self._was_ready and failures >= ATTEMPTS_BEFORE_FIRST_READY:
                raise KeeperError(
                    f"PostgreSQL ended {failures} times before it was ready ({self._last_words(log_start)})"
                )
            self._sleep(min(0.1 * 2**failures, LONGEST_PAUSE_SECONDS))

    def _watch(self, server: subprocess.Popen[bytes]) -> int | None:
        """The descriptor of the users' lock when the server was stopped because nobody needs it;
        None when the server has ended for any other reason."""
        while True:
            if server.poll() is not None:
                return None
            if not is_still_the_file_at(self._keeper_lock, self._folder.keeper_lock):
                # Whoever comes next finds no lock and starts a server of its own: this one must not meet it.
                log.warning("the data directory was deleted or replaced; stopping at once")
                stop(server, first=signal.SIGQUIT)
                raise SystemExit(0)
            if (users_lock := self._users_lock_if_it_is_time_to_leave()) is not None:
                stop(server, first=signal.SIGINT)
                log.info("stopped PostgreSQL")
                return users_lock
            if is_ready(self._folder, server.pid):
                self._was_ready = True
                if not self._folder.socket.exists():
                    log.warning("the socket %s was deleted; PostgreSQL is started again", self._folder.socket)
                    stop(server, first=signal.SIGINT)
                    return None
            self._turn_over_a_large_log()
            self._sleep(min(TICK_SECONDS, self._grace_seconds / 3))

    def _users_lock_if_it_is_time_to_leave(self) -> int | None:
        now = time.monotonic()
        lock = try_lock(self._folder.users_lock, shared=False)
        if lock is None:
            self._idle_since = None
            if self._terminated_at is not None and now - self._terminated_at > TERMINATED_BUT_USED_SECONDS:
                log.warning("told to end, though the database is in use")
                return os.open(self._folder.users_lock, os.O_RDONLY | os.O_CLOEXEC)
            return None
        self._idle_since = self._idle_since or now
        if self._terminated_at is not None or now - self._idle_since >= self._grace_seconds:
            return lock
        os.close(lock)
        return None

    def _on_terminate(self, *_: object) -> None:
        self._terminated_at = self._terminated_at or time.monotonic()

    def _sleep(self, seconds: float) -> None:
        """Until a signal comes (a child ended, we are told to end), or the time is over."""
        if select.select([self._wake_reader], [], [], seconds)[0]:
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake_reader, 4096)

    def _launch(self) -> subprocess.Popen[bytes]:
        make_socket_dir(self._folder.socket_dir, self._account)
        arguments = [str(self._programs / "postgres"), "-D", str(self._folder.cluster)]
        arguments += ["-c", f"unix_socket_directories={self._folder.socket_dir}"]
        for name, value in SETTINGS.items():
            arguments += ["-c", f"{name}={value}"]
        with self._folder.server_log.open("ab") as server_log:
            # SIGINT is PostgreSQL's fast shutdown: should the keeper be killed, its server ends in good order.
            return subprocess.Popen(
                arguments, stdout=server_log, stderr=server_log, **child_options(self._account, signal.SIGINT)
            )

    def _last_words(self, log_start: int) -> str:
        lines = last_lines(self._folder.server_log, since_byte=log_start)
        fatal = [line for line in lines if " FATAL: " in line or " PANIC: " in line]
        return (fatal or lines or ["no reason given"])[-1]

    def _turn_over_a_large_log(self) -> None:
        path = self._folder.server_log
        with contextlib.suppress(OSError):
            if path.stat().st_size > SERVER_LOG_BYTES:
                # Copied and emptied, because the server goes on writing to the file that it was given.
                shutil.copyfile(path, path.with_name(path.name + ".1"))
                os.truncate(path, 0)


def is_ready(folder: PostgresFolder, pid: int) -> bool:
    """Whether the server with that process id accepts connections, as it wrote itself (line 8 of postmaster.pid)."""
    try:
        lines = (folder.cluster / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def stop(server: subprocess.Popen[bytes], *, first: signal.Signals) -> None:
    """Fast shutdown (SIGINT), then immediate (SIGQUIT: the log is replayed at the next start), then by force."""
    for number, patience in (
        (first, FAST_SHUTDOWN_SECONDS),
        (signal.SIGQUIT, IMMEDIATE_SHUTDOWN_SECONDS),
        (signal.SIGKILL, IMMEDIATE_SHUTDOWN_SECONDS),
    ):
        server.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(patience)
            return
    raise KeeperError(f"PostgreSQL (process {server.pid}) cannot be ended; probably its disk does not answer")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m server.postgres_keeper", description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--grace-seconds", type=float, required=True)
    options = parser.parse_args()
    logging.Formatter.converter = time.gmtime
    logging.basicConfig(level=logging.INFO, format=f"%(asctime)sZ [{os.getpid()}] %(levelname)s %(message)s")
    os.umask(0o077)  # logs may quote what people wrote
    folder = PostgresFolder.at(options.data_dir)
    # Others look at this lock for a moment to see whether there is a keeper; that must not turn us away.
    deadline = time.monotonic() + KEEPER_LOCK_SECONDS
    while (keeper_lock := try_lock(folder.keeper_lock, shared=False)) is None:
        if time.monotonic() > deadline:
            return 0
        time.sleep(0.02)
    try:
        Keeper(folder, keeper_lock, options.grace_seconds).run()
    except (KeeperError, LookupError, OSError) as error:
        log.error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
