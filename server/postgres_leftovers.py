"""Clearing what a killed server left behind, so that it cannot stand in the way of the next one."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from server.postgres_cluster import KeeperError
from server.postgres_folder import PostgresFolder

if TYPE_CHECKING:
    import psutil

log = logging.getLogger("keeper")

FAST_SHUTDOWN_SECONDS = 30.0
"""For PostgreSQL to write everything out after SIGINT, on a slow disk."""
IMMEDIATE_SHUTDOWN_SECONDS = 10.0
ORPHAN_GRACE_SECONDS = 3.0
"""For a session whose postmaster was killed to notice; it does as soon as it waits for anything."""


def clear_leftovers(folder: PostgresFolder) -> None:
    """Let nothing of an earlier server of this cluster stand in the way of a new one. Raises KeeperError.

    The caller holds the keeper's lock and has no server, so whatever runs in the cluster is left from a killed
    keeper or a killed postmaster, and will end soon; it is told to when it does not.
    """
    pid_file = folder.cluster / "postmaster.pid"
    if pid_file.exists():
        _end_server_processes_in(folder.cluster, pid_file)
        _forget_the_process_id_in(pid_file)
        _remove_socket(folder.socket)
    elif not _belongs_to_a_postgres(folder.socket):
        _remove_socket(folder.socket)


def _end_server_processes_in(cluster: Path, pid_file: Path) -> None:
    import psutil  # costs 10 MB, and is needed for seconds only in a process that lives for months

    started = time.monotonic()
    told: set[tuple[int, int]] = set()

    def tell(process: psutil.Process, number: signal.Signals) -> None:
        if (process.pid, int(number)) not in told:
            told.add((process.pid, int(number)))
            log.warning("sending %s to process %d of an earlier server", number.name, process.pid)
            process.send_signal(number)

    while left := _server_processes_in(cluster):
        waited = time.monotonic() - started
        postmaster = next((process for process in left if process.pid == _process_id_in(pid_file)), None)
        patience = FAST_SHUTDOWN_SECONDS if postmaster else ORPHAN_GRACE_SECONDS
        with contextlib.suppress(psutil.NoSuchProcess):
            if postmaster is not None:
                tell(postmaster, signal.SIGINT)
            for process in left if waited > patience else []:
                tell(
                    process,
                    signal.SIGQUIT if waited < patience + IMMEDIATE_SHUTDOWN_SECONDS else signal.SIGKILL,
                )
        if waited > patience + 2 * IMMEDIATE_SHUTDOWN_SECONDS:
            raise KeeperError(f"process {left[0].pid} of an earlier server in {cluster} cannot be ended")
        time.sleep(0.1)


def _belongs_to_a_postgres(socket: Path) -> bool:
    """True also for the server of a data directory deleted a moment ago, which has not noticed yet."""
    process_id = _process_id_in(_lock_of(socket))
    if process_id is None:
        return False
    import psutil

    with contextlib.suppress(psutil.Error):
        return psutil.Process(process_id).name().startswith("postgres")
    return False


def _remove_socket(socket: Path) -> None:
    # PostgreSQL believes the process id in the lock file of a socket just as that in postmaster.pid.
    _lock_of(socket).unlink(missing_ok=True)
    socket.unlink(missing_ok=True)


def _lock_of(socket: Path) -> Path:
    return socket.with_name(socket.name + ".lock")


def _server_processes_in(cluster: Path) -> list[psutil.Process]:
    """psutil processes named postgres whose working directory is the cluster, as every PostgreSQL process's is."""
    import psutil

    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.name().startswith("postgres") and os.path.samefile(process.cwd(), cluster):
                found.append(process)
    return found


def _process_id_in(pid_file: Path) -> int | None:
    try:
        return abs(int(pid_file.read_text().splitlines()[0]))
    except (OSError, ValueError, IndexError):
        return None


def _forget_the_process_id_in(pid_file: Path) -> None:
    """Make a leftover postmaster.pid harmless, although its number may belong to some other process by now."""
    if not pid_file.exists():
        return
    if _process_id_in(pid_file) is None:
        log.warning("removing the empty or damaged %s", pid_file)
        pid_file.unlink()
        return
    # Not deleted: the file also names the shared memory, and PostgreSQL refuses to start while anything is still
    # attached to that. Its parent's number it takes for a leftover (CreateLockFile in miscinit.c), so it gets ours.
    lines = pid_file.read_text().splitlines(keepends=True)
    with pid_file.open("r+") as file:
        file.write("".join([f"{os.getpid()}\n", *lines[1:]]))
        file.truncate()
