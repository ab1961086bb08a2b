"""The test stories hold in the running system: what is understood, and which actions follow."""

import json
import uuid
from typing import Any

import aiohttp
import pytest
import yaml
from sqlalchemy import text

from server.runtime import Runtime
from server.settings import PROJECT

STORIES = yaml.safe_load((PROJECT / "tests" / "nlu" / "test_stories.yml").read_text(encoding="utf-8"))["stories"]

METADATA = {"conversation": 0, "language": "vi", "on": "2026-11-23", "today": "2026-11-23"}


async def said(system: Runtime, sender: str, words: str, number: int) -> tuple[str, list[str]]:
    """Say `words`; return the intent understood and the actions that followed."""
    assert system.supervisor is not None
    body: dict[str, Any] = {"sender": sender, "message": words, "metadata": METADATA | {"message_id": str(number)}}
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
async def test_a_story_goes_as_written(system: Runtime, story: dict[str, Any]) -> None:
    sender = uuid.uuid4().hex
    steps = story["steps"]
    for number, step in enumerate(steps):
        if "user" not in step:
            continue
        following = steps[number + 1 :]
        until = next((at for at, later in enumerate(following) if "user" in later), len(following))
        intent, actions = await said(system, sender, step["user"].strip(), number)
        assert intent == step.get("intent", intent), step["user"]
        assert actions == [one["action"] for one in following[:until]], step["user"]
