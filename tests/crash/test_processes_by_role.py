"""A deployment of several processes, each of which is killed or frozen while people talk."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest_asyncio
from sqlalchemy import text

from server.giving_way import ANSWERING, session_niceness
from store.database import Database
from tests.crash.attack import attack, faults_in_database
from tests.crash.layout import POSTGRES, RASA, Layout, deployed, frozen, processes_by_role
from tests.crash.people import Person, judge
from tests.patience import PATIENCE_SECONDS

QUESTION = "vay vốn hộ nghèo lãi suất bao nhiêu"


@pytest_asyncio.fixture(scope="module")
async def layout(model: Path) -> AsyncIterator[Layout]:
    async with deployed(processes_by_role, model) as several:
        yield several


@pytest_asyncio.fixture
async def http(layout: Layout) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of a layout in which everything runs."""
    layout.resting.clear()
    await layout.wait_until_ready()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as client:
        yield client


@pytest_asyncio.fixture
async def database(layout: Layout) -> AsyncIterator[Database]:
    """The database of the layout, to look into it and to make happen what is too rare to wait for."""
    database = Database(layout.database_url)
    yield database
    await database.close()


async def value(database: Database, query: str, person: Person) -> Any:
    """Return the one value that `query` finds for a person (`:name`), or None."""
    async with database.transaction() as connection:
        return (await connection.execute(text(query), {"name": person.name})).scalar_one_or_none()


async def execute(database: Database, statement: str) -> None:
    """Execute a statement without result."""
    async with database.transaction() as connection:
        await connection.execute(text(statement))


async def until(database: Database, query: str, person: Person, wanted: object) -> None:
    """Return when `query` finds `wanted` for a person."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await value(database, query, person) != wanted:
            await asyncio.sleep(0.05)


async def assert_answered_once(layout: Layout, http: aiohttp.ClientSession, person: Person) -> None:
    await person.wait_until_answered(http, PATIENCE_SECONDS)
    assert not judge([person]).complaints
    assert not await faults_in_database(layout, [person])


_DELIVERIES = "select count(*) from delivery where address = :name and kind = 'answer' and state = '{}'"
_LEASES = "select lease from conversation where address = :name"


async def test_everybody_is_answered_once_and_in_order_when_nothing_is_killed(layout: Layout) -> None:
    report = await attack(layout, [], seed=0, people=20, messages=3, seconds=5)
    print(report)
    assert not report.verdict.complaints and not report.in_database
    assert report.sent_again == 0


async def test_who_only_answers_gives_way_to_who_takes_messages_in(layout: Layout, http: aiohttp.ClientSession) -> None:
    others = [part.child.pid for part in layout.parts.values() if not part.port and part.child is not None]
    answering = [psutil.Process(pid) for pid in others]
    taking_in = [part.child.pid for part in layout.parts.values() if part.port and part.child is not None]
    assert answering and taking_in and layout.rasa()
    usual = {psutil.Process(pid).nice() for pid in taking_in}
    assert usual == {psutil.Process().nice()}
    assert {one.nice() for one in (*answering, *layout.rasa())} == {min(usual.pop() + ANSWERING, 19)}
    postmaster = layout.postmaster()
    assert postmaster is not None and psutil.Process(postmaster).nice() == psutil.Process().nice()
    if session_niceness(postmaster) is not None:
        assert {session_niceness(pid) for pid in (postmaster, *taking_in)} == {0}
        assert {session_niceness(one.pid) for one in (*answering, *layout.rasa())} == {ANSWERING}


async def test_a_message_that_reaches_two_web_processes_five_times_at_once_is_answered_once(
    layout: Layout, http: aiohttp.ClientSession
) -> None:
    people = [Person(layout.webs) for _ in range(10)]
    await asyncio.gather(*(person.say(http, QUESTION, message_id="same") for person in people for _ in range(5)))
    assert all(len(person.sent) == 1 for person in people)
    for person in people:
        await assert_answered_once(layout, http, person)


async def test_messages_are_taken_and_people_told_once_while_rasa_is_frozen_and_answered_once_after(
    layout: Layout, http: aiohttp.ClientSession, database: Database
) -> None:
    people = [Person(layout.webs) for _ in range(3)]
    with frozen(layout.rasa()):
        for person in people:
            sent = await person.say(http, QUESTION)
            print(f"acknowledged in {sent.seconds * 1000:.0f} ms while Rasa is frozen")
        for person in people:
            await until(database, "select count(*) from delivery where address = :name and state = 'sent'", person, 1)
            await person.look(http)
            assert len(person.notices) == 1 and not person.answers
            await person.say(http, "cảm ơn nhiều nhé")
        # Rasa takes the first try in after it thaws, although nobody waits for that any more.
        failed = "select max(failed_attempts) from incoming join conversation on conversation.id = conversation_id "
        await until(database, failed + "where address = :name", people[0], 1)
    for person in people:
        await assert_answered_once(layout, http, person)
        assert len(person.notices) == 1


async def test_a_lease_that_is_taken_over_while_its_first_worker_waits_for_rasa_leads_to_one_answer(
    layout: Layout, http: aiohttp.ClientSession, database: Database
) -> None:
    people = [Person(layout.webs) for _ in range(3)]
    with frozen(layout.rasa()):
        for person in people:
            await person.say(http, QUESTION)
        first = [await _lease_of(database, person) for person in people]
        for person, lease in zip(people, first, strict=True):
            await value(
                database,
                "update conversation set leased_until = now() - interval '1 s' where address = :name returning id",
                person,
            )
            async with asyncio.timeout(PATIENCE_SECONDS):
                while await value(database, _LEASES, person) in (None, lease):
                    await asyncio.sleep(0.05)
    for person in people:
        await assert_answered_once(layout, http, person)


async def _lease_of(database: Database, person: Person) -> str:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (lease := await value(database, _LEASES, person)) is None:
            await asyncio.sleep(0.02)
    return str(lease)


async def test_a_message_is_not_answered_as_if_the_conversation_were_new_while_the_dialogue_cannot_be_read(
    layout: Layout, http: aiohttp.ClientSession, database: Database
) -> None:
    person = Person(layout.webs)
    await person.say(http, QUESTION)
    await person.wait_until_answered(http, PATIENCE_SECONDS)
    await execute(database, "alter table rasa.tracker rename to tracker_away")
    try:
        await person.say(http, "thế còn hộ cận nghèo?")
        tried = "select failed_attempts > 0 or answered_at is not null from incoming join conversation "
        tried += "on conversation.id = conversation_id where address = :name order by incoming.id desc limit 1"
        await until(database, tried, person, True)
    finally:
        await execute(database, "alter table rasa.tracker_away rename to tracker")
    await assert_answered_once(layout, http, person)


async def test_what_a_dead_sender_claimed_is_sent_once_by_another_when_its_claim_has_lapsed(
    layout: Layout, http: aiohttp.ClientSession, database: Database
) -> None:
    for name in ("delivery-1", "delivery-2"):
        await layout.rest(name)
    person = Person(layout.webs)
    await person.say(http, QUESTION)
    await person.wait_until_answered(http, PATIENCE_SECONDS)
    lapses = await value(
        database,
        "insert into delivery (conversation_id, kind, priority, channel, address, message, created_at, state, "
        "claimed_by, claimed_until) select id, 'notice', 0, channel, address, '{\"text\": \"nhắc hẹn\"}', now(), "
        "'claimed', 'sender-dead', now() + interval '6 s' from conversation where address = :name "
        "returning claimed_until",
        person,
    )
    # The answer does not overtake what is still on its way out, so it needs a sender too.
    await person.say(http, "cảm ơn nhiều nhé")
    await until(database, _DELIVERIES.format("queued"), person, 1)
    layout.resting.clear()
    await assert_answered_once(layout, http, person)
    assert [notice["text"] for notice in person.notices] == ["nhắc hẹn"]
    query = "select min(settled_at) from delivery where address = :name and {}"
    reminded = await value(database, query.format("kind = 'notice'"), person)
    thanked = await value(database, query.format("kind = 'answer' and settled_at > '" + str(lapses) + "'"), person)
    print(f"sent {(reminded - lapses).total_seconds():.1f} s after the claim had lapsed")
    assert lapses <= reminded <= thanked


async def test_senders_and_workers_that_are_killed_at_work_leave_nothing_undone(
    layout: Layout, http: aiohttp.ClientSession
) -> None:
    people = [Person(layout.webs) for _ in range(20)]
    chance = random.Random(3)
    for target in ("delivery", "conversation"):
        await asyncio.gather(*(person.say(http, QUESTION) for person in people))
        assert layout.strike(target, chance)
        await asyncio.gather(*(person.wait_until_answered(http, PATIENCE_SECONDS) for person in people))
    await layout.wait_until_ready()
    assert not judge(people).complaints
    assert not await faults_in_database(layout, people)


async def test_everybody_is_answered_once_and_in_order_while_one_process_after_the_other_is_killed(
    layout: Layout, http: aiohttp.ClientSession
) -> None:
    targets = [RASA, "conversation", "delivery", POSTGRES, "web", RASA, "scheduler", "delivery", "conversation"]
    report = await attack(layout, targets, seed=2, people=50, messages=6, seconds=35)
    print(report)
    assert not report.verdict.complaints
    assert not report.in_database


async def test_nothing_keeps_running_after_everything_was_told_to_stop(layout: Layout) -> None:
    assert len(layout.rasa()) == 2 and layout.postmaster() is not None
    await layout.stop()
    assert layout.processes() == []
