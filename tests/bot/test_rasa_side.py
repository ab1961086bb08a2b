"""What we rely on in Rasa: repeating is safe, trackers stay small, actions are for Rasa only."""

import json
import uuid
from typing import Any

import aiohttp
from sqlalchemy import text

from bot.actions.endpoint import PATH
from server.runtime import Runtime

METADATA = {"conversation": 0, "language": "vi", "on": "2026-11-23", "today": "2026-11-23"}


async def say(system: Runtime, sender: str, message: str, message_id: str, retry: bool = False) -> list[dict[str, Any]]:
    assert system.supervisor is not None
    body = {"sender": sender, "message": message, "metadata": METADATA | {"message_id": message_id, "retry": retry}}
    url = f"{system.supervisor.urls[0]}/webhooks/rest/webhook"
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        assert response.status == 200
        return list(await response.json())


async def tracker_of(system: Runtime, sender: str) -> list[dict[str, Any]]:
    async with system.database.transaction() as connection:
        events = await connection.execute(
            text("select events from rasa.tracker where sender_id = :sender"), {"sender": sender}
        )
        return list(json.loads(events.scalar_one()))


async def test_a_repeated_message_is_answered_from_the_tracker_and_not_handled_twice(system: Runtime) -> None:
    sender = uuid.uuid4().hex
    first = await say(system, sender, "vay vốn hộ nghèo", "1")
    again = await say(system, sender, "vay vốn hộ nghèo", "1", retry=True)
    assert again == first
    assert sum(event["event"] == "user" for event in await tracker_of(system, sender)) == 1


async def test_a_repeated_message_that_rasa_never_saw_is_handled(system: Runtime) -> None:
    sender = uuid.uuid4().hex
    await say(system, sender, "xin chào", "1")
    answered = await say(system, sender, "vay vốn hộ nghèo", "2", retry=True)
    assert answered[0]["custom"]["topic"] == "credit_loan"


async def test_a_message_whose_action_failed_leaves_no_trace_and_is_taken_in_once(system: Runtime) -> None:
    assert system.supervisor is not None
    sender = uuid.uuid4().hex
    await say(system, sender, "xin chào", "1")
    before = await tracker_of(system, sender)
    # No date: the action fails, as it would when the process that runs it is killed.
    body = {"sender": sender, "message": "vay vốn hộ nghèo", "metadata": METADATA | {"message_id": "2", "on": ""}}
    url = f"{system.supervisor.urls[0]}/webhooks/rest/webhook"
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        assert response.status == 500
    assert await tracker_of(system, sender) == before
    answered = await say(system, sender, "vay vốn hộ nghèo", "2")
    assert answered[0]["custom"]["topic"] == "credit_loan"
    async with system.database.single() as connection:
        version = await connection.execute(
            text("select version from rasa.tracker where sender_id = :id"), {"id": sender}
        )
        assert version.scalar_one() - 1 == 2


async def test_a_long_conversation_keeps_a_short_tracker_and_its_slots(system: Runtime) -> None:
    sender = uuid.uuid4().hex
    await say(system, sender, "vay vốn hộ nghèo", "0")
    for number in range(1, 12):
        await say(system, sender, "cảm ơn nhé", str(number))
    events = await tracker_of(system, sender)
    assert sum(event["event"] == "user" for event in events) == 1
    assert len(events) < 15
    (kept,) = [event["value"] for event in events if event["event"] == "slot" and event["name"] == "context"]
    assert kept == {"topic": "credit_loan", "household_group": "poor", "programme": "poor"}


async def test_strangers_find_nothing_where_rasa_calls_actions(system: Runtime) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.post(system.address + PATH, json={"next_action": "action_answer"}) as response:
            assert response.status == 404
        internal = await internal_address(system)
        for headers in ({}, {"Authorization": "Bearer guess"}, {"X-Forwarded-For": "1.2.3.4"}):
            async with session.post(internal, json={"next_action": "action_answer"}, headers=headers) as response:
                assert response.status == 404


async def internal_address(system: Runtime) -> str:
    assert system.supervisor is not None
    return system.supervisor.processes[0].environment["CHUNGTAY_ACTIONS_URL"]


async def test_no_domain_travels_with_an_action_call_and_a_bad_call_is_refused_politely(system: Runtime) -> None:
    assert system.supervisor is not None
    token = system.supervisor.processes[0].environment["CHUNGTAY_ACTIONS_AUTHORIZATION"]
    async with aiohttp.ClientSession(headers={"Authorization": token}) as session:
        internal = await internal_address(system)
        for body, status in ((b"{", 400), (b"[]", 400), (b'{"next_action": "no_such", "tracker": {}}', 404)):
            async with session.post(internal, data=body) as response:
                assert response.status == status, body
                assert "error" in await response.json()
