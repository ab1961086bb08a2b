"""Turns at Rasa: few messages in hand, the others in order, none lost to a process that stops answering."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp.test_utils
import pytest
from aiohttp import web

from bot.rasa_client import IN_HAND, RasaFailed, RasaPool, RasaUnavailable

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Listening:
    """A server in the place of Rasa that holds each message until it is let go."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.in_hand = 0
        self.most_in_hand = 0
        self.may_answer = asyncio.Event()
        self.arrived = asyncio.Condition()

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.heard.append(body["message"])
        self.in_hand += 1
        self.most_in_hand = max(self.most_in_hand, self.in_hand)
        async with self.arrived:
            self.arrived.notify_all()
        await self.may_answer.wait()
        self.in_hand -= 1
        return web.json_response([{"text": body["message"]}])

    async def heard_as_many_as(self, number: int) -> None:
        async with self.arrived:
            await self.arrived.wait_for(lambda: len(self.heard) >= number)


@pytest.fixture
async def listening() -> AsyncIterator[Listening]:
    yield Listening()


@pytest.fixture
async def address(listening: Listening) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/webhooks/rest/webhook", listening.answer)
    async with aiohttp.test_utils.TestServer(app) as server:
        yield str(server.make_url("/"))
        listening.may_answer.set()


async def test_a_process_has_few_messages_in_hand_and_takes_the_others_in_order(
    listening: Listening, address: str
) -> None:
    pool = RasaPool([address])
    texts = [f"message {number}" for number in range(3 * IN_HAND)]
    asked = [asyncio.create_task(pool.ask("an", text, {})) for text in texts]
    await listening.heard_as_many_as(IN_HAND)
    assert listening.heard == texts[:IN_HAND]
    listening.may_answer.set()
    answers = await asyncio.gather(*asked)
    assert [answer[0]["text"] for answer in answers] == texts
    assert listening.heard == texts and listening.most_in_hand == IN_HAND
    await pool.close()


async def test_whoever_waits_too_long_for_a_turn_was_said_to_nobody(listening: Listening, address: str) -> None:
    pool = RasaPool([address], timeout=0.4)
    asked = [asyncio.create_task(pool.ask("an", f"message {number}", {})) for number in range(IN_HAND + 1)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [RasaFailed] * IN_HAND + [RasaUnavailable]
    assert len(listening.heard) == IN_HAND
    await pool.close()


async def test_a_turn_that_was_given_up_is_free_again(listening: Listening, address: str) -> None:
    pool = RasaPool([address])
    asked = [asyncio.create_task(pool.ask("an", f"message {number}", {})) for number in range(IN_HAND + 1)]
    await listening.heard_as_many_as(IN_HAND)
    asked[0].cancel()
    await listening.heard_as_many_as(IN_HAND + 1)
    listening.may_answer.set()
    assert len(await asyncio.gather(*asked[1:])) == IN_HAND
    await pool.close()
