"""An answer that the database refuses ends in an apology, not in silence and not in asking for ever."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiohttp.test_utils
import pytest
from aiohttp import web
from sqlalchemy import text

from bot.conversation import GIVE_UP_AFTER, LONGEST_RETRY, ConversationWorker
from bot.messages import OutgoingMessage
from bot.rasa_client import RasaPool
from bot.rendering.renderer import Renderer
from content.library import load_library
from store.clock import SetClock
from store.database import Database
from tests.store.test_inbox import say


class FaultyRenderer(Renderer):
    """Makes words with a character that PostgreSQL cannot store."""

    def replies(self, said: Sequence[Any], language: str, *, introduce: bool) -> list[OutgoingMessage]:
        return [OutgoingMessage(text="một\u0000hai")]


@pytest.fixture
async def rasa() -> AsyncIterator[RasaPool]:
    async def answer(_request: web.Request) -> web.Response:
        return web.json_response([{"custom": {"key": "greet"}}])

    app = web.Application()
    app.router.add_post("/webhooks/rest/webhook", answer)
    async with aiohttp.test_utils.TestServer(app) as server:
        pool = RasaPool([str(server.make_url("/"))])
        yield pool
        await pool.close()


async def test_an_answer_that_cannot_be_written_becomes_an_apology_after_some_tries(
    database: Database, clock: SetClock, rasa: RasaPool
) -> None:
    renderer = FaultyRenderer(load_library())
    worker = ConversationWorker(database, clock, rasa, renderer)
    stored = await say(database, clock, "xin chào")
    for _ in range(GIVE_UP_AFTER):
        await worker.answer_waiting()
        clock.advance(seconds=LONGEST_RETRY.total_seconds())
    async with database.single() as connection:
        row = (
            await connection.execute(
                text("select failed_attempts, answered_at is not null as answered from incoming where id = :id"),
                {"id": stored.incoming_id},
            )
        ).one()
        told = (await connection.execute(text("select message ->> 'text' from delivery where kind = 'answer'"))).all()
    assert (row.failed_attempts, row.answered) == (GIVE_UP_AFTER - 1, True)
    assert [one[0] for one in told] == [renderer.apology("vi").text]
