"""Receiving: a provider's event is stored as it came, then acknowledged, then read.

A poller calls `EventDoor.take`, which is one statement; a webhook calls `bot.channels.webhook_door.WebhookDoor.take`,
which does not wait long for the database. One `EventReader` per channel, in whichever process
holds the channel's advisory lock, hands the events on: those of one person one after the other in the provider's order,
those of different people side by side. Events may be handed on again after a crash; whoever takes them must not mind
(`bot.inbox` stores a message once).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.alone import run_alone
from bot.channels.spool import mark_of
from bot.inbox import TooManyWaiting
from bot.metrics import CHANNEL_EVENTS
from store.clock import Clock
from store.database import LOST_CONNECTION, Database
from store.queries.channel_events import (
    NewEvent,
    ReadEvent,
    StoredEvent,
    mark_read,
    read_again,
    store_events,
    unread_events,
)

log = structlog.get_logger(__name__)

#: Looked for without being woken: a lost notification delays an event and does not lose it.
POLL_SECONDS = 1.0
BATCH = 500
#: People whose events are handed on side by side: as many as there are connections to spare.
SIDE_BY_SIDE = 8
#: Tries after which an event is put aside, so that it does not keep the person's later ones waiting.
MOST_ATTEMPTS = 3
FIRST_RETRY = timedelta(seconds=1)
#: A person who wrote more than we have answered yet waits for the answers; a provider that is away is asked again.
READ_LATER = timedelta(seconds=2)

#: Events that wait on the disk are handed on in the time of a statement or two.
HELD_SECONDS = 0.05

#: Outcomes whose bodies are kept for whoever looks: nobody understood the event, or it could not be read.
UNKNOWN = "unknown"
DEAD = "dead"

#: Hands one event on and says what it was (`message`, `ignored`, …).
Read = Callable[[StoredEvent], Awaitable[str]]


class Door(Protocol):
    """Where a channel's webhook or poller leaves what arrives; when `take` returns, it may be acknowledged."""

    async def take(self, key: str, body: bytes, *, address: str = "", rank: int = 0) -> object:
        """Keep an event for good; see `NewEvent`."""


@dataclass(frozen=True)
class EventDoor:
    """Stores what arrives."""

    database: Database
    clock: Clock
    channel: str

    async def take(self, key: str, body: bytes, *, address: str = "", rank: int = 0) -> bool:
        """Store an event; when this returns, it may be acknowledged. False: it is here already.

        Raises:
            store.database.LOST_CONNECTION: it was not stored; do not acknowledge.
        """
        return (await self.take_all([NewEvent(key, body, address, rank)]))[0]

    async def take_all(self, events: Sequence[NewEvent]) -> list[bool]:
        """Store events together, in this order; return of each whether it is new.

        Raises:
            store.database.LOST_CONNECTION: none was stored.
        """
        async with self.database.single() as connection:
            left = await store_events(connection, channel=self.channel, events=events, now=self.clock.now())
        new = []
        for event in events:
            new.append(event.key in left)
            left.discard(event.key)
            CHANNEL_EVENTS.labels(self.channel, "new" if new[-1] else "again").inc()
        return new


class ReadLater(Exception):
    """An event cannot be read just now, for a reason that is not its own; it is tried again as long as it takes."""


class EventReader:
    """Reads a channel's stored events in order. Any number may run; one of them works at a time.

    Args:
        settle: how long an event lies so that an earlier one of the same person may still arrive. Nothing where the
            provider keeps the order itself.
        held: tells of whom earlier events wait on this machine's disk (`bot.channels.spool.mark_of`): their later ones
            lie until those are here.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        channel: str,
        read: Read,
        *,
        settle: timedelta = timedelta(),
        held: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self._database = database
        self._clock = clock
        self._channel = channel
        self._read = read
        self._settle = settle
        self._held = held
        self._woken = asyncio.Event()

    def heard(self, payload: str) -> None:
        """Look now: the database tells of an event of the channel named in `payload`, empty for any."""
        if payload in ("", self._channel):
            self._woken.set()

    async def run(self) -> None:
        """Read until cancelled, whenever no other process does."""
        await run_alone(self._database, f"channel_event {self._channel}", self._read_while_locked)

    async def _read_while_locked(self, session: AsyncConnection) -> None:
        while True:
            self._woken.clear()
            wait = await self.round(session)
            if wait > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), wait)
                    # Those that arrive together are read together.
                    await asyncio.sleep(0)

    async def round(self, session: AsyncConnection) -> float:
        """Hand on what is due; return in how many seconds something may be, 0 when there is more now."""
        looked_at = self._clock.now()
        # Before the database is looked at: what is handed on in between is found there.
        held = self._held()
        events = await unread_events(session, channel=self._channel, most=BATCH)
        by_person: dict[str, list[StoredEvent]] = {}
        for event in events:
            # What is about nobody keeps no order.
            by_person.setdefault(event.address or f"event {event.id}", []).append(event)
        places = asyncio.Semaphore(SIDE_BY_SIDE)
        done: list[ReadEvent] = []

        async def of_one_person(theirs: Sequence[StoredEvent]) -> float:
            if held and mark_of(theirs[0].address) in held:
                return HELD_SECONDS
            async with places:
                return await self._hand_on(sorted(theirs, key=lambda one: (one.rank, one.id)), looked_at, done)

        waits = await asyncio.gather(*map(of_one_person, by_person.values()), return_exceptions=True)
        if done:
            await mark_read(session, done, now=self._clock.now())
        for failed in waits:
            if isinstance(failed, BaseException):
                raise failed
        soonest = min((one for one in waits if isinstance(one, float)), default=POLL_SECONDS)
        return 0.0 if len(events) == BATCH and done else min(soonest, POLL_SECONDS)

    async def _hand_on(self, events: Sequence[StoredEvent], looked_at: datetime, done: list[ReadEvent]) -> float:
        """Hand a person's events on until one has to wait; return for how many seconds.

        Only what had settled at the moment of the look: an earlier one may have come since, and is not among these.
        """
        for event in events:
            due = max(event.received_at + self._settle, event.not_before or event.received_at)
            if due > looked_at:
                return max(0.0, (due - self._clock.now()).total_seconds())
            try:
                outcome = await self._read(event)
            except LOST_CONNECTION:
                raise
            except (TooManyWaiting, ReadLater):
                return await self._later(event, READ_LATER, counts=False)
            except Exception:
                # Not the body: it holds what people wrote.
                log.exception("event_not_read", channel=self._channel, number=event.id, attempts=event.attempts + 1)
                if event.attempts + 1 < MOST_ATTEMPTS:
                    return await self._later(event, FIRST_RETRY * 2**event.attempts, counts=True)
                outcome = DEAD
            CHANNEL_EVENTS.labels(self._channel, outcome).inc()
            done.append(ReadEvent(event.id, outcome, keeps_body=outcome in (UNKNOWN, DEAD)))
        return POLL_SECONDS

    async def _later(self, event: StoredEvent, wait: timedelta, *, counts: bool) -> float:
        async with self._database.single() as connection:
            await read_again(connection, event.id, not_before=self._clock.now() + wait, counts=counts)
        return wait.total_seconds()
