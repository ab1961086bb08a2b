"""The one HTTP client of Zalo's platforms: what became of a call, whatever answers."""

import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.channels import zalo_http
from bot.channels.zalo_bot.client import Client, NoAnswer, NotReached, Refusal
from bot.channels.zalo_http import Answer, HttpCalls
from tests.standins.base import serving_app


async def _something(request: Request) -> Response:
    match request.path_params["what"]:
        case "large":
            return JSONResponse({"error": 0, "data": "x" * 5000})
        case "away":
            return RedirectResponse("https://elsewhere.example")
        case "list":
            return JSONResponse([1])
        case status if status.isdecimal():
            return PlainTextResponse("on the way", int(status))
    return JSONResponse({"error": 0, "data": {"a": 1}, "message": "Success"}, headers={"X-RateLimit-Limit": "5"})


@pytest_asyncio.fixture
async def address() -> AsyncIterator[str]:
    """Somebody who answers."""
    methods = ["GET", "POST"]
    routes = [Route("/{what}", _something, methods=methods), Route("/bottoken:x/{what}", _something, methods=methods)]
    async with serving_app(Starlette(routes=routes)) as where:
        yield where


@pytest_asyncio.fixture
async def calls() -> AsyncIterator[HttpCalls]:
    """Our side."""
    made = HttpCalls()
    yield made
    await made.close()


@pytest.fixture
def nobody() -> str:
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


async def test_an_answer_has_its_body_and_headers(calls: HttpCalls, address: str) -> None:
    answer = await calls.ask("GET", f"{address}/fine")
    assert isinstance(answer, Answer)
    assert (answer.code, answer.data, answer.message) == (0, {"a": 1}, "Success")
    assert answer.headers["x-ratelimit-limit"] == "5"


async def test_an_answer_that_is_too_large_is_none_of_zalo_s(
    calls: HttpCalls, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zalo_http, "LARGEST_ANSWER", 1000)
    answer = await calls.ask("GET", f"{address}/large")
    assert isinstance(answer, Answer) and not answer.is_json and answer.may_be_done


@pytest.mark.parametrize("what", ["away", "list", "404", "500"])
async def test_what_is_no_object_is_none_of_zalo_s_and_nobody_is_led_elsewhere(
    calls: HttpCalls, address: str, what: str
) -> None:
    answer = await calls.ask("GET", f"{address}/{what}")
    assert isinstance(answer, Answer) and not answer.is_json


async def test_where_nobody_listens_nothing_has_left(calls: HttpCalls, nobody: str) -> None:
    answer = await calls.ask("POST", f"{nobody}/fine", json={})
    assert isinstance(answer, zalo_http.NoAnswer) and answer.never_left


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ("404", Refusal),
        ("500", NoAnswer),
        ("502", NoAnswer),
        ("503", NotReached),
        ("away", NotReached),
        ("list", NoAnswer),
    ],
)
async def test_the_bot_s_client_tells_what_may_have_been_done(address: str, what: str, error: type[Exception]) -> None:
    client = Client("token:x", f"{address}/")
    with pytest.raises(error):
        await client.call(what)
    await client.close()


async def test_the_bot_s_client_tells_where_nobody_listens(nobody: str) -> None:
    client = Client("token:x", nobody)
    with pytest.raises(NotReached):
        await client.call("fine")
    await client.close()
