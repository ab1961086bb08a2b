"""Events of providers: stored before they are acknowledged, read once, in order, whatever dies in between."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.channels.alone import is_ours
from bot.channels.events import DEAD, MOST_ATTEMPTS, UNKNOWN, EventDoor, EventReader
from bot.inbox import TooManyWaiting
from store.clock import SetClock
from store.database import Database
from store.queries.channel_events import StoredEvent, event_figures, purge_channel_events
from tests.patience import PATIENCE_SECONDS


class Notes:
    """A reading side that notes what it was handed."""

    def __init__(self) -> None:
        self.read: list[tuple[str, bytes]] = []
        self.fails: set[bytes] = set()
        self.floods: set[bytes] = set()

    async def __call__(self, event: StoredEvent) -> str:
        await asyncio.sleep(0)
        if event.body in self.floods:
            raise TooManyWaiting
        if event.body in self.fails:
            raise ValueError("cannot be read")
        self.read.append((event.address, event.body))
        return UNKNOWN if event.body == b"what" else "message"


async def take(database: Database, clock: SetClock, *events: tuple[str, str, int]) -> list[bool]:
    door = EventDoor(database, clock, "telegram")
    return [await door.take(f"{who}:{body}", body.encode(), address=who, rank=rank) for who, body, rank in events]


@contextlib.asynccontextmanager
async def session(database: Database) -> AsyncIterator:  # type: ignore[type-arg]
    async with database.single() as connection:
        yield connection


async def read(database: Database, reader: EventReader) -> float:
    async with session(database) as connection:
        return await reader.round(connection)


async def test_an_event_that_is_delivered_again_is_stored_and_read_once(database: Database, clock: SetClock) -> None:
    """D-05, D-48."""
    notes = Notes()
    reader = EventReader(database, clock, "telegram", notes)
    assert await take(database, clock, ("a", "one", 1), ("a", "one", 1)) == [True, False]
    await read(database, reader)
    assert await take(database, clock, ("a", "one", 1)) == [False]
    await read(database, reader)
    assert notes.read == [("a", b"one")]


async def test_events_of_a_person_that_came_out_of_order_are_read_in_order(database: Database, clock: SetClock) -> None:
    """D-15."""
    notes = Notes()
    reader = EventReader(database, clock, "telegram", notes, settle=timedelta(seconds=1))
    await take(database, clock, ("a", "second", 2))
    assert 0 < await read(database, reader) <= 1 and notes.read == []
    clock.advance(seconds=0.9)
    await take(database, clock, ("a", "first", 1))
    clock.advance(seconds=0.2)
    await read(database, reader)
    assert notes.read == [], "the first one may still have an earlier one"
    clock.advance(seconds=1)
    await read(database, reader)
    assert notes.read == [("a", b"first"), ("a", b"second")]


async def test_an_event_that_settles_while_others_are_read_is_looked_at_anew(
    database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D-15: what came meanwhile may be an earlier one of the same person."""
    monkeypatch.setattr("bot.channels.events.SIDE_BY_SIDE", 1)
    read_so_far: list[bytes] = []

    async def slowly(event: StoredEvent) -> str:
        read_so_far.append(event.body)
        if event.address == "slow":
            clock.advance(seconds=1)
            await take(database, clock, ("a", "first", 1))
        return "message"

    reader = EventReader(database, clock, "telegram", slowly, settle=timedelta(seconds=1))
    await take(database, clock, ("slow", "words", 1))
    clock.advance(seconds=0.9)
    await take(database, clock, ("a", "second", 2))
    clock.advance(seconds=0.2)
    await read(database, reader)
    assert read_so_far == [b"words"]
    clock.advance(seconds=2)
    await read(database, reader)
    assert read_so_far == [b"words", b"first", b"second"]


async def test_an_earlier_event_is_looked_at_although_more_than_a_look_takes_lie_between(
    database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D-15: after an outage thousands wait, and those of one person lie far apart."""
    monkeypatch.setattr("bot.channels.events.BATCH", 2)
    notes = Notes()
    reader = EventReader(database, clock, "telegram", notes)
    await take(database, clock, ("a", "second", 2), ("b", "other", 1), ("c", "more", 1), ("a", "first", 1))
    while await read(database, reader) == 0:
        pass
    assert [body for who, body in notes.read if who == "a"] == [b"first", b"second"]
    assert len(notes.read) == 4


async def test_one_who_writes_without_end_keeps_nobody_else_waiting(
    database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D-49."""
    monkeypatch.setattr("bot.channels.events.BATCH", 3)
    notes = Notes()
    script = [("a", f"{number}", number) for number in range(5)]
    notes.floods.add(b"0")
    reader = EventReader(database, clock, "telegram", notes)
    await take(database, clock, *script, ("b", "words", 1))
    await read(database, reader)
    assert notes.read == [("b", b"words")]


async def test_what_cannot_be_read_is_put_aside_after_three_tries_and_holds_up_only_its_own_person(
    database: Database, clock: SetClock
) -> None:
    """D-49."""
    notes = Notes()
    notes.fails.add(b"poison")
    reader = EventReader(database, clock, "telegram", notes)
    await take(database, clock, ("a", "poison", 1), ("a", "after", 2), ("b", "other", 3))
    await read(database, reader)
    assert notes.read == [("b", b"other")]
    for _ in range(MOST_ATTEMPTS):
        clock.advance(seconds=10)
        await read(database, reader)
    assert notes.read == [("b", b"other"), ("a", b"after")]
    async with database.single() as connection:
        kept = (await connection.execute(text("select body, outcome from channel_event where outcome = 'dead'"))).one()
        assert (await event_figures(connection, "telegram")).dead == 1
    assert kept == (b"poison", DEAD)


async def test_bodies_are_erased_once_read_unless_nobody_understood_them(database: Database, clock: SetClock) -> None:
    """D-33."""
    reader = EventReader(database, clock, "telegram", Notes())
    await take(database, clock, ("a", "words of a person", 1), ("", "what", 0))
    await read(database, reader)
    async with database.single() as connection:
        rows = await connection.execute(text("select outcome, body from channel_event order by id"))
        assert [tuple(row) for row in rows] == [("message", None), (UNKNOWN, b"what")]
        clock.advance(days=31)
        assert await purge_channel_events(connection, before=clock.now() - timedelta(days=30)) == 2


async def test_who_wrote_more_than_was_answered_waits_and_loses_nothing(database: Database, clock: SetClock) -> None:
    notes = Notes()
    notes.floods.add(b"31st")
    reader = EventReader(database, clock, "telegram", notes)
    await take(database, clock, ("a", "31st", 1))
    for _ in range(MOST_ATTEMPTS + 2):
        await read(database, reader)
        clock.advance(seconds=5)
    notes.floods.clear()
    await read(database, reader)
    assert notes.read == [("a", b"31st")]


async def test_bytes_that_are_no_text_at_all_are_stored(database: Database, clock: SetClock) -> None:
    door = EventDoor(database, clock, "zalo")
    assert await door.take("k", b"\x00\xff\xed\xa0\x80")
    async with database.single() as connection:
        assert (
            await connection.execute(text("select body from channel_event"))
        ).scalar_one() == b"\x00\xff\xed\xa0\x80"


async def test_one_process_reads_at_a_time_and_another_takes_over_when_it_ends(
    database: Database, clock: SetClock
) -> None:
    first, second = Notes(), Notes()
    one = asyncio.create_task(EventReader(database, clock, "telegram", first).run())
    async with asyncio.timeout(PATIENCE_SECONDS):
        await take(database, clock, ("a", "1", 1))
        while not first.read:
            await asyncio.sleep(0.01)
        async with database.held() as connection:
            assert not await is_ours(connection, "channel_event telegram")
        two = asyncio.create_task(EventReader(database, clock, "telegram", second).run())
        one.cancel()
        await asyncio.wait([one])
        await take(database, clock, ("a", "2", 2))
        while not second.read:
            await asyncio.sleep(0.01)
    two.cancel()
    await asyncio.wait([two])
    assert (first.read, second.read) == ([("a", b"1")], [("a", b"2")])
