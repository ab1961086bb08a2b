"""While Rasa is away a person in danger is shown at once where help is, and the message still waits for its answer."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from bot.conversation import ConversationWorker
from bot.dangers import Danger, danger_told
from bot.rasa_client import RasaPool
from bot.rendering.renderer import Renderer
from content.library import load_library
from store.clock import SetClock
from store.database import Database
from tests.store.test_inbox import say


@pytest.fixture
async def worker(database: Database, clock: SetClock) -> AsyncIterator[ConversationWorker]:
    nobody_listens = RasaPool(["http://127.0.0.1:9"])
    yield ConversationWorker(database, clock, nobody_listens, Renderer(load_library()), slots=4)
    await nobody_listens.close()


async def told(database: Database) -> list[tuple[str, dict[str, Any]]]:
    async with database.single() as connection:
        rows = await connection.execute(text("select kind, message from delivery order by id"))
        return [(row.kind, row.message) for row in rows]


async def waiting(database: Database) -> int:
    async with database.single() as connection:
        return int(await connection.scalar(text("select count(*) from incoming where answered_at is null")) or 0)


@pytest.mark.parametrize(
    ("words", "danger"),
    [("tôi chỉ muốn chết thôi", Danger.SELF_HARM), ("chong toi hay nhau ve danh toi", Danger.VIOLENCE)],
)
async def test_help_comes_at_once_and_the_answer_later(
    database: Database, clock: SetClock, worker: ConversationWorker, words: str, danger: Danger
) -> None:
    await say(database, clock, words)
    await worker.answer_waiting()
    ((kind, notice),) = await told(database)
    assert kind == "notice" and notice["intent"] == "crisis"
    assert notice["text"] == Renderer(load_library()).help_in_danger(danger, "vi").text
    assert notice["buttons"][0]["payload"] == "/ask_person"
    assert await waiting(database) == 1, "Rasa, once it is back, answers and tells an officer"


async def test_help_is_not_repeated_while_rasa_stays_away(
    database: Database, clock: SetClock, worker: ConversationWorker
) -> None:
    await say(database, clock, "không thiết sống nữa")
    for _ in range(4):
        await worker.answer_waiting()
        clock.advance(seconds=6)
    assert len(await told(database)) == 1


async def test_others_are_told_to_wait_only_when_they_have_waited(
    database: Database, clock: SetClock, worker: ConversationWorker
) -> None:
    await say(database, clock, "hộ nghèo được vay bao nhiêu")
    await worker.answer_waiting()
    assert await told(database) == []
    clock.advance(seconds=6)
    await worker.answer_waiting()
    ((kind, notice),) = await told(database)
    assert kind == "notice" and notice["text"] == Renderer(load_library()).please_wait("vi").text


def test_the_words_of_a_danger_are_those_that_rasa_reads() -> None:
    assert danger_told("nha em het sach gao roi") is Danger.HUNGER
    assert danger_told("con tôi bị bắt cóc") is Danger.CHILD
    assert danger_told("nạn nhân bạo lực gia đình được trợ giúp pháp lý thế nào?") is None
