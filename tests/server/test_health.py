"""Health, readiness and figures."""

import asyncio

import httpx

from server.runtime import Runtime
from server.settings import Settings
from store.database import Database
from tests.patience import PATIENCE_SECONDS


async def test_a_system_that_can_answer_is_ready(http: httpx.AsyncClient) -> None:
    assert (await http.get("/healthz")).json() == {"status": "ok"}
    ready = await http.get("/readyz")
    async with asyncio.timeout(PATIENCE_SECONDS):
        # Tests that ran before may have kept this process, and with it the watch over Rasa, from running for a while.
        while ready.status_code != 200:
            await asyncio.sleep(0.2)
            ready = await http.get("/readyz")
    assert ready.json() == {"database": True, "rasa": True}


async def test_figures_are_for_this_machine_and_hold_nothing_personal(http: httpx.AsyncClient) -> None:
    body = {"conversation": "figures-test-person", "text": "xin chào"}
    await http.post("/api/chat/messages", params={"wait": 25}, json=body)
    figures = await http.get("/metrics")
    assert figures.status_code == 200
    for name in ("chungtay_messages_answered_total", "chungtay_rasa_up", "chungtay_rasa_memory_bytes"):
        assert name in figures.text
    assert "figures-test-person" not in figures.text
    assert (await http.get("/metrics", headers={"X-Forwarded-For": "1.2.3.4"})).status_code == 404


async def test_the_page_with_its_player_is_small_and_may_ask_nobody_else_for_anything(http: httpx.AsyncClient) -> None:
    page = await http.get("/")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    size = len(page.content)
    for name in ("chat.css", "chat.js", "view.js", "favicon.svg"):
        file = await http.get(f"/static/{name}")
        assert file.status_code == 200
        size += len(file.content)
    assert size <= 50 * 1024
    # No page shows it: messengers fetch it for what they ask people for.
    assert (await http.get("/static/icon.png")).headers["content-type"] == "image/png"
    assert (await http.get("/static/../web.py")).status_code == 404
    assert (await http.get("/static/index.html")).status_code == 404


async def test_the_api_describes_itself(http: httpx.AsyncClient) -> None:
    described = (await http.get("/api/openapi.json")).json()
    assert described["paths"].keys() >= {"/api/chat/messages", "/api/v1/receipts/{code}", "/api/v1/campaigns"}
    for path, operations in described["paths"].items():
        # Nothing that is meant for browsers, messengers or Rasa.
        assert path.startswith("/api/"), path
        for verb, operation in operations.items():
            assert operation.get("summary") and operation.get("description"), f"{verb} {path} is not described"


async def test_a_process_without_pages_tells_how_it_is_on_a_port_of_its_own(database: Database) -> None:
    sender = Runtime(Settings(health_port=0), ("delivery", "scheduler"), database.url)
    async with sender.running(), httpx.AsyncClient(base_url=sender.address) as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"database": True})
        assert "chungtay_deliveries_settled_total" in (await client.get("/metrics")).text
        assert (await client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"})).status_code == 404
        assert (await client.get("/")).status_code == 404


async def test_without_a_port_it_listens_nowhere(database: Database) -> None:
    sender = Runtime(Settings(), ("delivery",), database.url)
    async with sender.running():
        assert sender.address == ""
