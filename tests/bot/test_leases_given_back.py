"""A worker that stops gives its conversations back at once."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp.test_utils
import pytest
from aiohttp import web

from bot.conversation import ConversationWorker
from bot.rasa_client import RasaPool
from bot.rendering.renderer import Renderer
from content.library import load_library
from store.clock import SetClock
from store.database import Database
from tests.store.test_inbox import lease, say


@pytest.fixture
async def asked() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
async def silent_rasa(asked: asyncio.Event) -> AsyncIterator[RasaPool]:
    async def hears_and_says_nothing(_request: web.Request) -> web.Response:
        asked.set()
        await asyncio.Event().wait()
        return web.Response()

    app = web.Application()
    app.router.add_post("/webhooks/rest/webhook", hears_and_says_nothing)
    async with aiohttp.test_utils.TestServer(app) as server:
        pool = RasaPool([str(server.make_url("/"))])
        yield pool
        await pool.close()


async def test_the_next_worker_need_not_wait_and_knows_that_rasa_may_have_been_asked(
    database: Database, clock: SetClock, silent_rasa: RasaPool, asked: asyncio.Event
) -> None:
    stored = await say(database, clock, "xin chào")
    worker = ConversationWorker(database, clock, silent_rasa, Renderer(load_library()))
    running = asyncio.create_task(worker.run())
    await asked.wait()
    assert await lease(database, clock, "next") == []
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    (conversation,) = await lease(database, clock, "next")
    assert conversation.taken_over and conversation.first is not None
    assert conversation.first.id == stored.incoming_id
