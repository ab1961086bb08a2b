"""Events that the database could not take: kept as files until it can, so that Zalo hears 200 all the same.

Zalo delivers again only what nobody answered, and gives an address up after some hours (channels.md A12).
"""

import asyncio
import base64
import heapq
import os
import secrets
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import orjson
import structlog

from store.database import LOST_CONNECTION

log = structlog.get_logger(__name__)

#: More than an outage of hours brings; beyond it events are refused, which is at least seen.
MOST_FILES = 50_000
#: Endings of files: of those that wait, and of those that cannot be handed on for a reason of their own.
_EVENT, _PUT_ASIDE = ".event", ".failed"
_DRAFT = "."
#: How often it is tried to give them to the database.
REPLAY_SECONDS = 0.2
#: Handed on before it is looked anew: an event that waited for a dying database comes after some that arrived later.
AT_ONCE = 50
#: A draft this old is what a killed process left; whoever sent it was not told that it is here.
_ABANDONED_SECONDS = 10.0

#: Takes body, signature and timestamp of the headers, as at the webhook.
Take = Callable[[bytes, str | None, str | None], Awaitable[str]]


def moment() -> int:
    """Return the present moment by this machine's own clock, in ns: it only orders files."""
    return time.time_ns()


def _is_being_written(name: str) -> bool:
    arrived = name.removeprefix(_DRAFT).partition("-")[0]
    if not name.startswith(_DRAFT) or not arrived.isdecimal():
        return False
    return moment() - int(arrived) < _ABANDONED_SECONDS * 1e9


class SpoolFull(Exception):
    """So many events wait that something is wrong with the disk or with whoever sends them."""


class Spool:
    """Events as files of a folder, oldest first by name. Any number of processes may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def holds_any(self) -> bool:
        """Return whether something waits. What arrives then has to wait behind it, or it would be read first."""
        try:
            with os.scandir(self._folder) as files:
                return any(file.name.endswith(_EVENT) or _is_being_written(file.name) for file in files)
        except FileNotFoundError:
            return False

    async def keep(self, body: bytes, signature: str | None, timestamp: str | None, *, arrived: int) -> None:
        """Write one event; when this returns, it is on the disk.

        Args:
            arrived: `moment()` of its arrival; the earliest is handed on first.

        Raises:
            SpoolFull: not kept.
        """
        kept = {"body": base64.b64encode(body).decode(), "signature": signature, "timestamp": timestamp}
        await asyncio.to_thread(self._write, orjson.dumps(kept), arrived)

    def _write(self, content: bytes, arrived: int) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if len(os.listdir(self._folder)) >= MOST_FILES:
            raise SpoolFull
        name = f"{arrived:020}-{secrets.token_hex(4)}"
        draft = self._folder / f"{_DRAFT}{name}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.rename(self._folder / f"{name}{_EVENT}")

    async def replay(self, take: Take) -> int:
        """Hand on the oldest of what waits, at most `AT_ONCE`, until the database is away again; return how many.

        An event that two processes hand on is stored once.
        """
        done = 0
        for file in await asyncio.to_thread(self._waiting):
            try:
                kept = orjson.loads(await asyncio.to_thread(file.read_bytes))
            except FileNotFoundError:
                continue
            try:
                await take(base64.b64decode(kept["body"]), kept["signature"], kept["timestamp"])
            except LOST_CONNECTION:
                break
            except Exception:
                # It would keep all others waiting. Its file stays for whoever looks.
                log.exception("zalo_event_put_aside", file=file.name)
                await asyncio.to_thread(file.rename, file.with_suffix(_PUT_ASIDE))
                continue
            await asyncio.to_thread(file.unlink, missing_ok=True)
            done += 1
        if done:
            log.warning("zalo_events_replayed", number=done)
        return done

    def _waiting(self) -> list[Path]:
        try:
            names = os.listdir(self._folder)
        except FileNotFoundError:
            return []
        for name in names:
            if name.startswith(_DRAFT) and not _is_being_written(name):
                (self._folder / name).unlink(missing_ok=True)
        return [
            self._folder / name for name in heapq.nsmallest(AT_ONCE, (one for one in names if one.endswith(_EVENT)))
        ]

    async def run(self, take: Take) -> None:
        """Hand on until cancelled."""
        while True:
            # What arrived meanwhile waits as well, until nothing does.
            if not await self.replay(take):
                await asyncio.sleep(REPLAY_SECONDS)
