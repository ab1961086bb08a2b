"""The stand-ins' own framework does what tests rely on."""

from typing import Any

import aiohttp
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from tests.standins.base import StandIn, serving
from tests.standins.phone import PhoneButton, PhoneLine, phone_page


class Echo(StandIn):
    """A platform with one call."""

    name = "Echo"

    def api_routes(self) -> list[BaseRoute]:
        return [Route("/send", self._send, methods=["POST"])]

    def people(self) -> dict[str, str]:
        return {"7": "Nguyễn Thị Mẫu"}

    def lines(self, person: str) -> list[PhoneLine]:
        return [PhoneLine(entry["text"], buttons=[PhoneButton("Chọn <1>", "one")]) for entry in self.outbox]

    async def _send(self, request: Request) -> Response:
        self.outbox.append(await request.json())
        return JSONResponse({"ok": True})


async def say(session: aiohttp.ClientSession, address: str, text: str = "chào") -> Any:
    async with session.post(f"{address}/send", json={"text": text}) as answer:
        return answer.status, await answer.text()


async def test_a_call_that_is_dropped_before_did_nothing_and_one_dropped_after_did() -> None:
    stand_in = Echo()
    async with serving(stand_in) as address, aiohttp.ClientSession() as session:
        for action, done in (("drop_before", 0), ("drop_after", 1)):
            stand_in.reset()
            stand_in.fail(action, "/send", times=1)
            with pytest.raises(aiohttp.ClientError):
                await say(session, address)
            assert len(stand_in.outbox) == done
            assert await say(session, address) == (200, '{"ok":true}')


async def test_a_call_that_hangs_after_it_was_done_leaves_the_caller_without_an_answer() -> None:
    stand_in = Echo()
    quick = aiohttp.ClientTimeout(total=0.2)
    async with serving(stand_in) as address, aiohttp.ClientSession(timeout=quick) as session:
        stand_in.fail("hang_after", "/send")
        with pytest.raises(TimeoutError):
            await say(session, address)
    assert len(stand_in.outbox) == 1


async def test_rules_pick_the_nth_call_and_are_set_over_http() -> None:
    stand_in = Echo()
    async with serving(stand_in) as address, aiohttp.ClientSession() as session:
        rule = {"action": "answer", "call": "/send", "nth": 2, "status": 500, "body": {"error": -32}}
        await session.post(f"{address}/__fake__/faults", json=rule)
        assert [(await say(session, address))[0] for _ in range(3)] == [200, 500, 200]
        await session.post(f"{address}/__fake__/clock", json={"now_ms": 1_795_399_200_000})
        stand_in.advance(days=1)
        assert stand_in.now_ms() == 1_795_485_600_000


async def test_a_phone_shows_the_chat_with_its_buttons_escaped() -> None:
    stand_in = Echo()
    async with serving(stand_in) as address, aiohttp.ClientSession() as session:
        await say(session, address, "<b>Chào bác</b>")
        page = await (await session.get(f"{address}/phone/7")).text()
    assert "&lt;b&gt;Chào bác&lt;/b&gt;" in page and "Chọn &lt;1&gt;" in page and "Nguyễn Thị Mẫu" in page


def test_a_phone_says_in_words_what_is_no_text() -> None:
    lines = [PhoneLine("", mine=True, note="photo"), PhoneLine("Mã QR", note="image, có tính phí"), PhoneLine("chào")]
    page = phone_page("Zalo", "Mẫu", lines, tint="#0068ff")
    assert "<small>▣ ảnh</small>" in page and "<small>▣ ảnh, có tính phí</small>" in page
    assert page.count("<small>") == 2
