"""Campaigns that leave through the running system, and what people in the web chat say to them."""

import asyncio
import itertools

import httpx
from sqlalchemy import text

from content.campaigns import CampaignContent
from scheduler.approval import approve_campaign, submit_campaign
from scheduler.campaigns import create_campaign
from scheduler.contact_lists import add_simulated
from scheduler.reports import report_campaign
from scheduler.trials import send_test
from server.runtime import Runtime
from store.clock import SetClock, SystemClock
from store.consent_purposes import ConsentPurpose
from store.queries.campaigns import StoredCampaign
from store.queries.consents import record_consent
from tests.patience import PATIENCE_SECONDS
from tests.scheduler.people import staff

_numbers = itertools.count(1)


async def agreed(system: Runtime, http: httpx.AsyncClient, name: str, topic: str) -> None:
    """Somebody who wrote in the web chat and agreed to news of a topic."""
    await http.post("/api/chat/messages", json={"conversation": name, "text": "xin chào"})
    async with system.database.transaction() as connection:
        found = text("select person_id from conversation where channel = 'web' and address = :name")
        number = (await connection.execute(found, {"name": name})).scalar_one()
        await record_consent(
            connection,
            person_id=number,
            purpose=ConsentPurpose.NEWS,
            given=True,
            subject=topic,
            words="Bác có đồng ý nhận tin không?",
            language="vi",
            channel="web",
            now=system.clock.now(),
        )


async def sent(system: Runtime, content: CampaignContent) -> StoredCampaign:
    """A campaign that two people let leave at any hour, and whose run is settled."""
    number = next(_numbers)
    desk = system.desk()
    now = SetClock(SystemClock().now())
    author = await staff(system.database, now, f"author{number}")
    second = await staff(system.database, now, f"second{number}")
    async with system.database.transaction() as connection:
        made = await create_campaign(connection, desk, author, title=f"Chiến dịch {number}", content=content)
        await add_simulated(connection, author, name=f"khách {number}", now=desk.clock.now())
        await send_test(connection, desk, author, made.id, guests=f"khách {number}")
        request = await submit_campaign(connection, desk, author, made.id, emergency_reason="bài kiểm tra")
        await approve_campaign(
            connection, desk, second, request.id, rendering=request.rendering, audience=request.audience
        )
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            async with system.database.transaction() as connection:
                report = await report_campaign(connection, made)
            if report.recipients and not {"queued", "claimed"} & report.by_state.keys():
                return made
            await asyncio.sleep(0.2)


async def said(http: httpx.AsyncClient, name: str, **what: str) -> dict[str, object]:
    answer = await http.post("/api/chat/messages", json={"conversation": name, **what})
    assert answer.status_code == 200, answer.text
    (message,) = answer.json()["messages"][-1:]
    return dict(message)
