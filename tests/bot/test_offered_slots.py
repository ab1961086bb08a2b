"""A worker takes what is stored in its own process at once, but never past those who wait already."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlalchemy import text

from bot.conversation import ConversationWorker
from bot.rasa_client import RasaPool
from bot.rendering.renderer import Renderer
from content.library import load_library
from store.clock import SetClock
from store.database import Database
from tests.store.test_inbox import say


@pytest.fixture
async def rasa_away() -> AsyncIterator[RasaPool]:
    nobody_listens = RasaPool(["http://127.0.0.1:9"])
    yield nobody_listens
    await nobody_listens.close()


def worker(database: Database, clock: SetClock, rasa: RasaPool, slots: int) -> ConversationWorker:
    return ConversationWorker(database, clock, rasa, Renderer(load_library()), slots=slots)


async def test_a_worker_that_has_not_looked_yet_takes_nothing_past_those_who_wait(
    database: Database, clock: SetClock, rasa_away: RasaPool
) -> None:
    one = worker(database, clock, rasa_away, slots=2)
    assert one.offer() is None
    await one.answer_waiting()
    assert one.offer() is not None


async def test_no_more_is_offered_than_there_are_slots_until_somebody_looked_again(
    database: Database, clock: SetClock, rasa_away: RasaPool
) -> None:
    one = worker(database, clock, rasa_away, slots=2)
    await one.answer_waiting()
    first, second = one.offer(), one.offer()
    assert first and second and first != second
    assert one.offer() is None
    one.take(first, None)
    assert one.offer() is None, "somebody was refused meanwhile and may wait"
    await one.answer_waiting()
    assert one.offer() is not None


async def test_a_conversation_that_is_taken_fills_its_slot_and_goes_back_unanswered_when_rasa_is_away(
    database: Database, clock: SetClock, rasa_away: RasaPool
) -> None:
    one = worker(database, clock, rasa_away, slots=1)
    await one.answer_waiting()
    lease = one.offer()
    assert lease is not None
    stored = await say(database, clock, "xin chào", lease=lease)
    one.take(lease, stored.leased)
    assert one.offer() is None
    await one.finished()
    first_retry = await not_before(database)
    clock.advance(seconds=1)
    await one.answer_waiting()
    second_retry = await not_before(database)
    assert first_retry and second_retry and second_retry > first_retry, "what was put back is found by looking"


async def not_before(database: Database) -> datetime | None:
    async with database.single() as connection:
        return (await connection.execute(text("select answer_not_before from conversation"))).scalar_one()
