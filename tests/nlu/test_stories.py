"""The test stories hold in the running system: what is understood, and which actions follow."""

import json
import uuid
from typing import Any

import aiohttp
import httpx
import pytest
import pytest_asyncio
import yaml
from sqlalchemy import text

from bot.payloads import check_payload, typed_command
from server.runtime import Runtime
from server.settings import PROJECT

STORIES = yaml.safe_load((PROJECT / "tests" / "nlu" / "test_stories.yml").read_text(encoding="utf-8"))["stories"]

METADATA = {"language": "vi", "on": "2026-11-23", "today": "2026-11-23"}


@pytest_asyncio.fixture(scope="module")
async def conversation(system: Runtime) -> int:
    """A chat in which somebody has greeted the bot: actions that look a person up find one."""
    address = f"stories-{uuid.uuid4().hex}"
    async with httpx.AsyncClient(base_url=system.address, timeout=60) as http:
        response = await http.post("/api/chat/messages", json={"conversation": address, "text": "xin chào"})
        assert response.status_code in (200, 202)  # 202: taken, and answered later than a slow machine waits
    async with system.database.single() as connection:
        found = await connection.execute(
            text("select id from conversation where address like '%' || :address || '%'"), {"address": address}
        )
        return int(found.scalar_one())


async def said(system: Runtime, sender: str, conversation: int, words: str, number: int) -> tuple[str, list[str]]:
    """Say `words`, or press what they stand for; return the intent understood and the actions that followed."""
    assert system.supervisor is not None
    if words.startswith("/"):
        words = typed_command(words) or check_payload(words)
    metadata = METADATA | {"conversation": conversation, "message_id": str(number)}
    body: dict[str, Any] = {"sender": sender, "message": words, "metadata": metadata}
    url = f"{system.supervisor.urls[0]}/webhooks/rest/webhook"
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        assert response.status == 200
    async with system.database.transaction() as connection:
        stored = await connection.execute(
            text("select events from rasa.tracker where sender_id = :sender"), {"sender": sender}
        )
        events = json.loads(stored.scalar_one())
    last = max(at for at, event in enumerate(events) if event["event"] == "user")
    actions = [event["name"] for event in events[last:] if event["event"] == "action"]
    own = [name for name in actions if name != "action_listen" and not name.startswith(("validate_", "action_ask_"))]
    return events[last]["parse_data"]["intent"]["name"], own


@pytest.mark.parametrize("story", STORIES, ids=[story["story"] for story in STORIES])
async def test_a_story_goes_as_written(system: Runtime, conversation: int, story: dict[str, Any]) -> None:
    sender = uuid.uuid4().hex
    steps = story["steps"]
    for number, step in enumerate(steps):
        if "user" not in step:
            continue
        following = steps[number + 1 :]
        until = next((at for at, later in enumerate(following) if "user" in later), len(following))
        intent, actions = await said(system, sender, conversation, step["user"].strip(), number)
        assert intent == step.get("intent", intent), step["user"]
        assert actions == [one["action"] for one in following[:until]], step["user"]
