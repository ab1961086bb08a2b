"""What a webhook is handed is kept for good before it is acknowledged, also while the database is away or slow."""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.channels import spool as spool_module
from bot.channels.events import Door, EventDoor, EventReader
from bot.channels.spool import Arrived, Spool, SpoolFull, mark_of, moment
from bot.channels.telegram.webhook import telegram_router
from bot.channels.webhook_door import WebhookDoor
from bot.channels.zalo.webhook import ZaloDoor, zalo_router
from bot.channels.zalo_bot.receiving import zalo_bot_router
from server.settings import PROJECT
from store.clock import SetClock
from store.database import LOST_CONNECTION, Database
from store.queries.channel_events import NewEvent, StoredEvent
from tests.bot.zalo.world import account_at
from tests.conftest import Logged
from tests.patience import PATIENCE_SECONDS
from tests.standins.base import serving_app
from tests.standins.zalo import APP_ID, OA_ID, Zalo

SECRET = "made-up-secret-of-the-webhook"
PERSON = "7000000000000000001"
#: Nothing listens there: what a killed PostgreSQL looks like.
AWAY = "postgresql+asyncpg://nobody@127.0.0.1:9/nowhere"


@dataclass(frozen=True)
class Messenger:
    """One channel's webhook. `delivery`: body and headers of the person's n-th message."""

    name: str
    path: str
    router: Callable[[Door, SetClock], APIRouter]
    delivery: Callable[[int], tuple[bytes, Mapping[str, str]]]


def telegram_delivery(number: int) -> tuple[bytes, Mapping[str, str]]:
    chat = {"id": 4503599627370495, "type": "private", "first_name": "Mẫu"}
    message = {"message_id": number, "chat": chat, "date": 1_795_399_200, "text": f"câu {number}"}
    body = json.dumps({"update_id": number, "message": message}).encode()
    return body, {"X-Telegram-Bot-Api-Secret-Token": SECRET}


def zalo_bot_delivery(number: int) -> tuple[bytes, Mapping[str, str]]:
    message = {
        "message_id": f"m{number}", "date": 1_795_399_200_000 + number, "message_type": "TEXT",
        "text": f"câu {number}", "from": {"id": PERSON, "display_name": "Mẫu", "is_bot": False},
        "chat": {"id": PERSON, "chat_type": "PRIVATE"},
    }  # fmt: skip
    body = {"ok": True, "result": {"event_name": "message.text.received", "message": message}}
    return json.dumps(body).encode(), {"X-Bot-Api-Secret-Token": SECRET}


def zalo_delivery(number: int) -> tuple[bytes, Mapping[str, str]]:
    return Zalo().signing.signed(
        {
            "event_name": "user_send_text", "app_id": APP_ID, "timestamp": f"{1_795_399_200_000 + number}",
            "sender": {"id": PERSON}, "recipient": {"id": OA_ID},
            "message": {"msg_id": f"m{number}", "text": f"câu {number}"},
        }
    )  # fmt: skip


MESSENGERS = (
    Messenger(
        "telegram", "/webhooks/telegram", lambda door, clock: telegram_router(door, SECRET, 1), telegram_delivery
    ),
    Messenger(
        "zalo_bot", "/webhooks/zalo-bot", lambda door, clock: zalo_bot_router(door, SECRET, "1"), zalo_bot_delivery
    ),
    Messenger(
        "zalo", "/webhooks/zalo",
        lambda door, clock: zalo_router(ZaloDoor(account_at("http://127.0.0.1:9"), door, clock)), zalo_delivery,
    ),
)  # fmt: skip
each_messenger = pytest.mark.parametrize("messenger", MESSENGERS, ids=lambda one: one.name)


@pytest.fixture
async def away() -> AsyncIterator[Database]:
    """A database that is not there."""
    made = Database(AWAY)
    yield made
    await made.close()


def door_to(
    database: Database, clock: SetClock, spool: Spool, *, channel: str = "telegram", patience: float = PATIENCE_SECONDS
) -> WebhookDoor:
    return WebhookDoor(EventDoor(database, clock, channel), spool, patience=patience)


@contextlib.asynccontextmanager
async def webhook(
    messenger: Messenger, door: WebhookDoor, clock: SetClock
) -> AsyncIterator[Callable[[int], "asyncio.Future[int]"]]:
    """Serve a messenger's webhook; give what delivers the n-th message there and returns the status."""
    app = FastAPI()
    app.include_router(messenger.router(door, clock))
    async with serving_app(app) as address, aiohttp.ClientSession() as http:

        async def deliver(number: int) -> int:
            body, headers = messenger.delivery(number)
            async with http.post(f"{address}{messenger.path}", data=body, headers=headers) as answer:
                return answer.status

        yield lambda number: asyncio.ensure_future(deliver(number))


async def stored(database: Database) -> list[str]:
    """Keys of the events in the database, as they came."""
    async with database.single() as connection:
        return list((await connection.execute(text("select key from channel_event order by id"))).scalars())


def files(folder: Path, ending: str) -> list[Path]:
    return sorted(folder.glob(f"*{ending}"))


def event(key: str, *, address: str = PERSON, rank: int = 0) -> NewEvent:
    return NewEvent(key, key.encode(), address, rank)


@each_messenger
async def test_while_the_database_is_away_events_are_kept_answered_200_and_stored_later_once_in_order(
    messenger: Messenger, away: Database, database: Database, clock: SetClock, tmp_path: Path
) -> None:
    closed = door_to(away, clock, Spool(tmp_path / "kept"), channel=messenger.name)
    async with webhook(messenger, closed, clock) as deliver:
        # The third is a redelivery.
        assert [await deliver(number) for number in (1, 2, 1, 3)] == [200, 200, 200, 200]
    assert not await closed.hand_on()
    assert len(files(tmp_path / "kept", ".events")) == 4

    # Another process, which has the database again.
    door = door_to(database, clock, Spool(tmp_path / "kept"), channel=messenger.name)
    assert await door.hand_on()
    keys = await stored(database)
    assert len(keys) == 3 and keys == sorted(keys)
    assert files(tmp_path / "kept", "") == []
    async with webhook(messenger, door, clock) as deliver:
        assert await deliver(2) == 200
    assert await stored(database) == keys


@each_messenger
async def test_a_slow_database_is_not_waited_for_and_what_it_stored_after_all_is_there_once(
    messenger: Messenger, database: Database, clock: SetClock, tmp_path: Path
) -> None:
    door = door_to(database, clock, Spool(tmp_path / "kept"), channel=messenger.name, patience=0.01)
    async with webhook(messenger, door, clock) as deliver:
        async with database.transaction() as connection:
            # Whoever stores something waits for the end of this transaction.
            await connection.exec_driver_sql("lock table channel_event in exclusive mode")
            assert await deliver(1) == 200
            assert await deliver(2) == 200
            assert await stored(database) == []
        assert await door.hand_on()
        assert len(await stored(database)) == 2


@each_messenger
async def test_what_the_disk_does_not_take_is_answered_503_and_not_lost(
    messenger: Messenger, away: Database, database: Database, clock: SetClock, tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    closed = door_to(away, clock, Spool(folder, most_files=1), channel=messenger.name)
    async with webhook(messenger, closed, clock) as deliver:
        folder.write_text("no folder can be made here")
        assert await deliver(1) == 503
        folder.unlink()
        assert await deliver(1) == 200
        # One may wait.
        assert await deliver(2) == 503
    door = door_to(database, clock, Spool(folder), channel=messenger.name)
    assert await door.hand_on()
    async with webhook(messenger, door, clock) as deliver:
        # The messenger delivers again what was not acknowledged.
        assert await deliver(2) == 200
    assert len(await stored(database)) == 2


FINDS_NO_ROOM = """
import asyncio, resource, sys
from pathlib import Path
from bot.channels.spool import Arrived, Spool, moment
from store.queries.channel_events import NewEvent

async def main():
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        await Spool(Path(sys.argv[1])).keep(Arrived(NewEvent("1", b"x"), moment()))
    except OSError:
        print("not kept")

asyncio.run(main())
"""


async def test_a_full_disk_is_told_and_not_made_fuller(tmp_path: Path) -> None:
    # Of its own process: its files may not grow at all, which to a writer is what a full disk is.
    command = [sys.executable, "-c", FINDS_NO_ROOM, str(tmp_path)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, cwd=PROJECT, check=True)
    assert done.stdout == b"not kept\n"
    assert list(tmp_path.iterdir()) == []


KEEPS_AND_WAITS = """
import asyncio, sys
from pathlib import Path
from bot.channels.spool import Arrived, Spool, moment
from store.queries.channel_events import NewEvent

async def main():
    spool = Spool(Path(sys.argv[1]))
    await asyncio.gather(*(spool.keep(Arrived(NewEvent(f"{n}", b"x", "a", n), moment())) for n in range(30)))
    print("kept", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_a_process_that_is_killed_after_it_kept_events_leaves_all_of_them_to_another(
    database: Database, clock: SetClock, tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    with subprocess.Popen(
        [sys.executable, "-c", KEEPS_AND_WAITS, str(folder)], stdout=subprocess.PIPE, cwd=PROJECT
    ) as killed:
        assert killed.stdout is not None
        assert await asyncio.to_thread(killed.stdout.readline) == b"kept\n"
        killed.kill()
    # What was still being written when it died: nobody was told that it is here.
    (folder / f".{moment() - 60_000_000_000:020}-0000-{mark_of('b')}").write_bytes(b"[{")
    assert await door_to(database, clock, Spool(folder)).hand_on()
    assert await stored(database) == [f"{number}" for number in range(30)]
    assert list(folder.iterdir()) == []


async def test_what_is_just_being_written_holds_back_its_person_and_what_was_left_does_not(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    (tmp_path / f".{moment():020}-0000-{mark_of('a')}").write_bytes(b"[")
    (tmp_path / f".{moment() - 60_000_000_000:020}-0000-{mark_of('b')}").write_bytes(b"[")
    assert spool.marks() == {mark_of("a")}


async def test_what_was_kept_is_handed_on_by_arrival_and_looked_at_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool_module, "AT_ONCE", 1)
    spool, now = Spool(tmp_path), moment()
    for key, at in (("3", now + 2), ("1", now)):
        await spool.keep(Arrived(event(key), at))
    handed_on: list[str] = []

    async def take_all(events: object) -> None:
        assert isinstance(events, list)
        if not handed_on:
            # It waited for the database meanwhile.
            await spool.keep(Arrived(event("2"), now + 1))
        handed_on.extend(one.key for one in events)

    while await spool.hand_on(take_all):
        pass
    assert handed_on == ["1", "2", "3"]


async def test_what_a_person_wrote_later_waits_behind_what_is_kept_and_others_do_not(
    database: Database, clock: SetClock, tmp_path: Path
) -> None:
    """D-15."""
    spool = Spool(tmp_path / "kept")
    await spool.keep(Arrived(event("first"), moment()))
    door = door_to(database, clock, Spool(tmp_path / "kept"))
    assert await door.take("second", b"", address=PERSON) == "kept"
    assert await door.take("else", b"", address="another") == "new"
    assert await door.take("about nobody", b"") == "new"
    assert await door.hand_on()
    assert await stored(database) == ["else", "about nobody", "first", "second"]
    assert await door.take("third", b"", address=PERSON) == "new"


async def test_an_event_is_not_read_while_an_earlier_one_of_the_person_waits_on_the_disk(
    database: Database, clock: SetClock, tmp_path: Path
) -> None:
    """D-15: the earlier one was under way when the database was killed, the later one had just been stored."""
    spool = Spool(tmp_path / "kept")
    read: list[str] = []

    async def note(one: StoredEvent) -> str:
        read.append(one.key)
        return "message"

    reader = EventReader(database, clock, "telegram", note, held=spool.marks)
    door = door_to(database, clock, spool)
    assert await door.take("later", b"", address=PERSON, rank=2) == "new"
    assert await door.take("of another", b"", address="another", rank=3) == "new"
    await spool.keep(Arrived(event("earlier", rank=1), moment()))
    async with database.single() as connection:
        await reader.round(connection)
        assert read == ["of another"]
        assert await door.hand_on()
        await reader.round(connection)
    assert read == ["of another", "earlier", "later"]


async def test_what_cannot_be_read_or_stored_is_put_aside_and_keeps_no_other_waiting(
    database: Database, clock: SetClock, tmp_path: Path, logged: Logged
) -> None:
    folder = tmp_path / "kept"
    spool = Spool(folder)
    await spool.keep(Arrived(event("one"), moment()))
    # PostgreSQL has no text with this character.
    await spool.keep(Arrived(event("nul \x00", address="b"), moment()))
    for content in (b"", b"\xff garbage", b"{}", b'[{"key": 1}]', b'[{"at": 1, "key": "k", "body": 5}]', b"[7]"):
        (folder / f"{moment():020}-garbage-{mark_of('c')}.events").write_bytes(content)
    await spool.keep(Arrived(event("two"), moment()))
    assert await door_to(database, clock, spool).hand_on()
    assert await stored(database) == ["one", "two"]
    assert len(files(folder, ".failed")) == 7 and spool.marks() == set()
    assert "events_put_aside" in logged.take()


async def test_what_was_put_aside_is_forgotten_after_a_month(tmp_path: Path) -> None:
    day = 86_400 * 10**9
    for days in (1, 31):
        (tmp_path / f"{moment() - days * day:020}-0000-{mark_of('c')}.failed").write_bytes(b"people's words")

    async def take_all(events: object) -> None:
        raise AssertionError("nothing waits")

    assert await Spool(tmp_path).hand_on(take_all) == 0
    assert len(files(tmp_path, ".failed")) == 1


async def test_events_that_arrive_together_are_stored_together_and_one_at_fault_refuses_no_other(
    database: Database, clock: SetClock, tmp_path: Path
) -> None:
    door = door_to(database, clock, Spool(tmp_path / "kept"))
    keys = ["a", "b", "a", "nul \x00", "c"]
    done = await asyncio.gather(*(door.take(key, b"") for key in keys), return_exceptions=True)
    assert [*done[:3], done[4]] == ["new", "new", "again", "new"]
    assert isinstance(done[3], DBAPIError)
    assert await stored(database) == ["a", "b", "c"]


async def test_a_database_that_is_back_is_used_again(
    away: Database, database: Database, clock: SetClock, tmp_path: Path
) -> None:
    inner = EventDoor(away, clock, "telegram")
    door = WebhookDoor(inner, Spool(tmp_path / "kept"), patience=PATIENCE_SECONDS)
    assert await door.take("1", b"", address=PERSON) == "kept"
    assert await door.take("2", b"", address="another") == "kept", "nobody waits for a database that is away"
    object.__setattr__(inner, "database", database)
    running = asyncio.create_task(door.run())
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(await stored(database)) < 2:
                await asyncio.sleep(0.01)
            while await door.take("3", b"", address=PERSON) == "kept":
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
    assert await stored(database) == ["1", "2", "3"]


async def test_a_spool_says_when_it_cannot_keep(tmp_path: Path) -> None:
    spool = Spool(tmp_path, most_files=0)
    with pytest.raises(SpoolFull):
        await spool.keep(Arrived(event("one"), moment()))


async def test_handing_on_says_when_the_database_is_away(away: Database, clock: SetClock, tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    await spool.keep(Arrived(event("one"), moment()))
    with pytest.raises(LOST_CONNECTION):
        await spool.hand_on(EventDoor(away, clock, "telegram").take_all)
    assert len(files(tmp_path, ".events")) == 1
