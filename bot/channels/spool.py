"""Events that the database did not take at once: files until it does, so that a messenger hears 200 all the same.

A file holds what arrived within the time of one write to the disk. Its name tells when, and about whom, so that whoever
shares the folder knows, without reading it, whose later events have to wait.
"""

import asyncio
import base64
import contextlib
import hashlib
import os
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import orjson
import structlog

from store.database import LOST_CONNECTION
from store.queries.channel_events import NewEvent

log = structlog.get_logger(__name__)

#: More than an outage of hours brings; beyond it events are refused, which is at least seen.
MOST_FILES = 50_000
#: So many marks of eight digits fit into a file's name, which may have 255 bytes.
MOST_IN_A_FILE = 24
#: Endings of files: of those that wait, and of those that cannot be handed on for a reason of their own.
_EVENTS, _PUT_ASIDE = ".events", ".failed"
_DRAFT = "."
#: Files that are handed on together, in one statement.
AT_ONCE = 100
#: A draft this old is what a killed process left; whoever sent it was not told that it is here.
_ABANDONED_SECONDS = 10.0
_MARK_DIGITS = 8
#: What was put aside holds people's words, and waits so long for whoever looks; as events that nobody understood.
_PUT_ASIDE_SECONDS = 30 * 86_400.0

#: Stores events together, as `bot.channels.events.EventDoor.take_all`.
TakeAll = Callable[[Sequence[NewEvent]], Awaitable[object]]


class SpoolFull(Exception):
    """So many events wait that something is wrong with the disk or with whoever sends them."""


@dataclass(frozen=True)
class Arrived:
    """An event and when it arrived, in ns by this machine's own clock, which only orders files."""

    event: NewEvent
    at: int


def moment() -> int:
    """Return the present moment for `Arrived.at`."""
    return time.time_ns()


def mark_of(address: str) -> str:
    """Return what stands for a person in the names of files: no address, and the same in every process."""
    return hashlib.blake2s(address.encode(), digest_size=_MARK_DIGITS // 2).hexdigest() if address else ""


def _is_younger(name: str, seconds: float) -> bool:
    arrived = name.removeprefix(_DRAFT).partition("-")[0]
    return arrived.isdecimal() and moment() - int(arrived) < seconds * 1e9


def _is_being_written(name: str) -> bool:
    return name.startswith(_DRAFT) and _is_younger(name, _ABANDONED_SECONDS)


def _marks_in(name: str) -> Iterator[str]:
    marks = name.removeprefix(_DRAFT).removesuffix(_EVENTS).split("-")[2:]
    return (mark for mark in marks if mark)


class Spool:
    """Events as files of a folder, oldest first by name. Any number of processes may share it.

    Args:
        most_files: that may wait; see `SpoolFull`.
    """

    def __init__(self, folder: Path, *, most_files: int = MOST_FILES) -> None:
        self._folder = folder
        self._most_files = most_files
        self._waiting: list[tuple[Arrived, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        # Of its own: a disk that is slow to answer keeps nobody else's work waiting.
        self._disk = ThreadPoolExecutor(1, "spool")

    def marks(self) -> set[str]:
        """Return the marks (`mark_of`) of all whose events wait here, or are just being written."""
        try:
            with os.scandir(self._folder) as files:
                names = [file.name for file in files]
        except FileNotFoundError:
            return set()
        return {mark for name in names if name.endswith(_EVENTS) or _is_being_written(name) for mark in _marks_in(name)}

    async def keep(self, arrived: Arrived) -> None:
        """Write one event; when this returns, it is on the disk, and its name too.

        Raises:
            SpoolFull, OSError: not kept.
        """
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrived, kept))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_what_waits())
        await kept

    async def _write_what_waits(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting[:MOST_IN_A_FILE], self._waiting[MOST_IN_A_FILE:]
            try:
                await asyncio.get_running_loop().run_in_executor(
                    self._disk, self._write, [arrived for arrived, _ in together]
                )
            except (SpoolFull, OSError) as error:
                for _, kept in together:
                    if not kept.done():
                        kept.set_exception(error)
            else:
                for _, kept in together:
                    if not kept.done():
                        kept.set_result(None)

    def _write(self, arrived: Sequence[Arrived]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if len(os.listdir(self._folder)) >= self._most_files:
            raise SpoolFull
        marks = "-".join(mark_of(one.event.address) for one in arrived)
        name = f"{min(one.at for one in arrived):020}-{secrets.token_hex(4)}-{marks}"
        draft = self._folder / f"{_DRAFT}{name}"
        try:
            with open(draft, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as stream:
                stream.write(_written(arrived))
                stream.flush()
                os.fsync(stream.fileno())
        except OSError:
            # A full disk is not made fuller, and nobody waits for what was not kept.
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            raise
        draft.rename(self._folder / f"{name}{_EVENTS}")
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            # Without it a power cut could take the new name back.
            os.fsync(folder)
        finally:
            os.close(folder)

    async def hand_on(self, take_all: TakeAll) -> int:
        """Hand on the oldest files, at most `AT_ONCE`, in one go; return how many there were.

        What two processes hand on is stored once. What cannot be read or stored for a reason of its own is put aside.

        Raises:
            store.database.LOST_CONNECTION: the database is away; all stay.
        """
        files = await asyncio.to_thread(self._oldest)
        read = await asyncio.to_thread(lambda: [(file, self._read(file)) for file in files])
        there = [(file, arrived) for file, arrived in read if arrived is not None]
        if there:
            await self._hand_on(there, take_all)
        return len(files)

    async def _hand_on(self, files: Sequence[tuple[Path, Sequence[Arrived]]], take_all: TakeAll) -> None:
        together = sorted((one for _, arrived in files for one in arrived), key=lambda one: one.at)
        try:
            await take_all([one.event for one in together])
        except LOST_CONNECTION:
            raise
        except Exception:
            if len(files) > 1:
                # One of them is at fault, and keeps no other waiting.
                for one in files:
                    await self._hand_on([one], take_all)
                return
            file, _ = files[0]
            log.exception("events_put_aside", file=file.name)
            await asyncio.to_thread(_put_aside, file)
            return
        await asyncio.to_thread(_remove, [file for file, _ in files])
        log.warning("events_handed_on", folder=self._folder.name, number=len(together))

    def _oldest(self) -> list[Path]:
        try:
            names = os.listdir(self._folder)
        except FileNotFoundError:
            return []
        for name in names:
            abandoned = name.startswith(_DRAFT) and not _is_being_written(name)
            if abandoned or (name.endswith(_PUT_ASIDE) and not _is_younger(name, _PUT_ASIDE_SECONDS)):
                (self._folder / name).unlink(missing_ok=True)
        return [self._folder / name for name in sorted(one for one in names if one.endswith(_EVENTS))[:AT_ONCE]]

    def _read(self, file: Path) -> list[Arrived] | None:
        """Return what a file holds; None where there is nothing to be had of it (any more)."""
        try:
            return _events_in(file.read_bytes())
        except FileNotFoundError:
            # Another process was quicker.
            return None
        except (ValueError, TypeError, KeyError) as error:
            log.error("events_put_aside", file=file.name, reason=type(error).__name__)
            _put_aside(file)
            return None


def _remove(files: Sequence[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def _put_aside(file: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        file.rename(file.with_suffix(_PUT_ASIDE))


def _written(arrived: Sequence[Arrived]) -> bytes:
    return orjson.dumps(
        [
            {
                "at": one.at,
                "key": one.event.key,
                "address": one.event.address,
                "rank": one.event.rank,
                "body": base64.b64encode(one.event.body).decode(),
            }
            for one in arrived
        ]
    )


def _events_in(content: bytes) -> list[Arrived]:
    kept = orjson.loads(content)
    if not isinstance(kept, list):
        raise TypeError
    return [
        Arrived(
            NewEvent(str(one["key"]), base64.b64decode(one["body"]), str(one["address"]), int(one["rank"])),
            int(one["at"]),
        )
        for one in kept
    ]
