"""The API of the help desk with real tokens: scopes, areas, refusals in words, and no address of anybody."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from console.access.tokens import TokenAccess
from console.api.tickets import tickets_router
from content.library import load_library
from store.api_scopes import Scope
from store.clock import SetClock
from store.database import Database
from store.queries.api_tokens import add_api_token
from store.queries.staff import Staff
from store.staff_roles import Role
from tests.bot.helpdesk.desk import DAK_CAM, KON_TUM, officer, resident
from tests.bot.helpdesk.test_tickets import opened, told


@pytest_asyncio.fixture
async def api(database: Database, clock: SetClock) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(tickets_router(database, clock, load_library(), TokenAccess(database, clock)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def token(database: Database, clock: SetClock, staff: Staff, *scopes: Scope) -> dict[str, str]:
    async with database.transaction() as connection:
        made = await add_api_token(
            connection,
            staff_id=staff.id,
            purpose="thử",
            scopes=list(scopes),
            now=clock.now(),
            expires_at=clock.now() + timedelta(days=30),
        )
    return {"authorization": f"Bearer {made}", "accept-language": "vi"}


BOTH = (Scope.TICKETS_READ, Scope.TICKETS_WRITE)


async def test_a_program_answers_for_an_officer_and_hands_back(
    database: Database, clock: SetClock, api: httpx.AsyncClient
) -> None:
    conversation = await resident(database, clock, name="0901234567")
    made = await opened(database, clock, conversation, area=KON_TUM)
    mai = await token(database, clock, await officer(database, clock, area=KON_TUM), *BOTH)
    listed = await api.get("/api/v1/tickets", headers=mai)
    assert [one["code"] for one in listed.json()["tickets"]] == [made.code]
    assert "0901234567" not in listed.text, "where the person is reached stays here"
    url = f"/api/v1/tickets/{made.id}"
    for expected in (True, False):
        sent = await api.post(f"{url}/reply", json={"text": "Chào bác", "key": "a"}, headers=mai)
        assert (sent.status_code, sent.json()) == (202, {"sent": expected})
    assert (await api.post(f"{url}/note", json={"text": "Đã gọi"}, headers=mai)).status_code == 204
    assert (await api.post(f"{url}/hand-back", headers=mai)).status_code == 204
    again = await api.post(f"{url}/hand-back", headers=mai)
    assert again.status_code == 409 and "Máy đang trả lời" in again.json()["detail"]
    shown = (await api.get(url, headers=mai)).json()
    assert [event["kind"] for event in shown["events"]] == ["opened", "replied", "note", "handed_back"]
    assert shown["chat"][-2]["text"].endswith("Chào bác")
    assert len(await told(database, clock, conversation)) == 2
    assert (await api.post(f"{url}/resolve", headers=mai)).status_code == 204
    assert (await api.get("/api/v1/tickets", headers=mai)).json()["tickets"] == []


@pytest.mark.parametrize("path", ["", "/reply", "/note", "/take", "/resolve", "/assign", "/route", "/snooze"])
async def test_a_ticket_of_another_commune_is_not_there(
    database: Database, clock: SetClock, api: httpx.AsyncClient, path: str
) -> None:
    made = await opened(database, clock, area=KON_TUM)
    lan = await token(database, clock, await officer(database, clock, area=DAK_CAM), *BOTH)
    body = {"text": "x", "until": "2027-01-01T08:00:00+07:00"}
    url = f"/api/v1/tickets/{made.id}{path}"
    answer = await (api.post(url, json=body, headers=lan) if path else api.get(url, headers=lan))
    assert answer.status_code == 404 and "Không có yêu cầu này" in answer.json()["detail"]


async def test_scopes_and_duties_decide(database: Database, clock: SetClock, api: httpx.AsyncClient) -> None:
    made = await opened(database, clock)
    auditor = await token(database, clock, await officer(database, clock, role=Role.AUDITOR), *BOTH)
    reader = await token(database, clock, await officer(database, clock), Scope.TICKETS_READ)
    author = await token(database, clock, await officer(database, clock, role=Role.CAMPAIGN_AUTHOR), *BOTH)
    url = f"/api/v1/tickets/{made.id}"
    shown = (await api.get(url, headers=auditor)).json()
    assert shown["chat"] == [] and shown["code"] == made.code, "auditors see what was done, not what was said"
    for headers in (auditor, reader, author):
        assert (await api.post(f"{url}/take", headers=headers)).status_code == 403
    assert (await api.get(url, headers=author)).status_code == 403
    assert (await api.get(url)).status_code == 401


async def test_the_report_comes_as_json_sheet_and_page(
    database: Database, clock: SetClock, api: httpx.AsyncClient
) -> None:
    for _ in range(6):
        await opened(database, clock, area=KON_TUM, topic="credit_loan")
    mai = await token(database, clock, await officer(database, clock), Scope.TICKETS_READ)
    period = {"since": "2026-11-01", "until": "2026-11-30"}
    report = await api.get("/api/v1/tickets/report", params=period, headers=mai)
    assert (report.json()["areas"], report.json()["cells"]) == ([KON_TUM], [[6]])
    for form, begin in (("xlsx", b"PK"), ("pdf", b"%PDF")):
        file = await api.get("/api/v1/tickets/report", params={**period, "format": form}, headers=mai)
        assert file.content.startswith(begin)
    wrong = await api.get("/api/v1/tickets/report", params={**period, "until": "2026-10-01"}, headers=mai)
    assert wrong.status_code == 409
