"""The API of campaigns with real tokens: scopes, duties, two people, refusals in words."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest_asyncio
from fastapi import FastAPI

from console.access.tokens import TokenAccess
from console.api.campaign_lists import campaign_lists_router
from console.api.campaign_results import campaign_results_router
from console.api.campaigns import campaigns_router
from scheduler.contact_lists import add_simulated
from store.api_scopes import Scope
from store.clock import SetClock
from store.database import Database
from store.queries.api_tokens import add_api_token
from tests.scheduler.drafts import approve, content, submitted
from tests.scheduler.people import desk_at, person, staff


@pytest_asyncio.fixture
async def api(database: Database, clock: SetClock) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    may, desk = TokenAccess(database, clock), desk_at(clock)
    app.include_router(campaign_lists_router(database, desk, may))
    app.include_router(campaigns_router(database, desk, may))
    app.include_router(campaign_results_router(database, desk, may))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def token(
    database: Database, clock: SetClock, login: str, *scopes: Scope, guests: bool = False
) -> dict[str, str]:
    actor = await staff(database, clock, login)
    async with database.transaction() as connection:
        if guests:
            await add_simulated(connection, actor, name="khách", now=clock.now())
        made = await add_api_token(
            connection,
            staff_id=actor.id,
            purpose="thử",
            scopes=list(scopes),
            now=clock.now(),
            expires_at=clock.now() + timedelta(days=30),
        )
    return {"authorization": f"Bearer {made}", "accept-language": "vi"}


_WRITES = (Scope.CAMPAIGNS_READ, Scope.CAMPAIGNS_WRITE)


async def test_a_campaign_goes_from_starter_to_approval_over_the_api(
    database: Database, clock: SetClock, api: httpx.AsyncClient
) -> None:
    author = await token(database, clock, "mai", *_WRITES, guests=True)
    approver = await token(database, clock, "lan", Scope.CAMPAIGNS_READ, Scope.CAMPAIGNS_APPROVE)
    await person(database, clock.now(), "p")
    made = await api.post("/api/v1/campaigns", json={"starter": "nep-nghi-cach-lam"}, headers=author)
    assert made.status_code == 201
    url = f"/api/v1/campaigns/{made.json()['id']}"
    untested = await api.post(f"{url}/submit", json={}, headers=author)
    assert untested.status_code == 409 and "gửi thử" in untested.json()["detail"]
    assert (await api.post(f"{url}/test", json={"guests": "khách"}, headers=author)).status_code == 202
    seen = (await api.get(f"{url}/preview", headers=approver)).json()
    assert seen["recipients"] == 1 and seen["cost"] == 0 and seen["samples"]
    request = (await api.post(f"{url}/submit", json={}, headers=author)).json()
    signs = {"rendering": seen["rendering"], "audience": seen["audience"]}
    refused = await api.post(f"/api/v1/campaign-approvals/{request['id']}/approve", json=signs, headers=author)
    assert refused.status_code == 403
    approved = await api.post(f"/api/v1/campaign-approvals/{request['id']}/approve", json=signs, headers=approver)
    assert approved.status_code == 200 and "due_at" in approved.json()
    assert (await api.get(url, headers=author)).json()["state"] == "approved"
    progress = (await api.get(f"{url}/progress", headers=author)).json()
    assert progress["by_state"] == {"queued": 1}
    assert (await api.get(f"{url}/recipients.csv", headers=author)).text.count("\n") == 2
    assert (await api.get(f"{url}/relay-pack.zip", headers=author)).content.startswith(b"PK")
    villages = {"places": [{"commune": "23284", "village": "Thôn giả định"}]}
    relays = await api.post(f"{url}/relays", json=villages, headers=author)
    assert relays.status_code == 201 and "/da-phat/" in relays.json()["relays"][0]["link"]
    comparison = (await api.get(f"{url}/comparison", headers=author)).json()
    assert comparison["verdict"] == "too_few"
    days = (await api.get("/api/v1/campaign-calendar", headers=author)).json()
    assert [entry["organisation"] for entry in days["entries"]] == ["mttq"]


async def test_a_token_that_may_only_read_writes_nothing(
    database: Database, clock: SetClock, api: httpx.AsyncClient
) -> None:
    reader = await token(database, clock, "mai", Scope.CAMPAIGNS_READ)
    assert (await api.get("/api/v1/campaigns", headers=reader)).json() == {"campaigns": []}
    refused = await api.post("/api/v1/campaigns", json={"starter": "nep-nghi-cach-lam"}, headers=reader)
    assert refused.status_code == 403
    assert (await api.get("/api/v1/campaigns")).status_code == 401


async def test_faulty_content_is_refused_with_the_place(
    database: Database, clock: SetClock, api: httpx.AsyncClient
) -> None:
    author = await token(database, clock, "mai", *_WRITES)
    wrong = {"title": "x", "content": {"purpose": "policy_news", "topic": "credit_loan", "texts": {}}}
    refused = await api.post("/api/v1/campaigns", json=wrong, headers=author)
    assert refused.status_code == 422 and "texts" in refused.text
    assert (await api.get("/api/v1/campaigns/77", headers=author)).status_code == 404


async def test_two_organisations_on_one_day_are_a_clash_with_the_people_in_common(
    database: Database, clock: SetClock, api: httpx.AsyncClient
) -> None:
    reader = await token(database, clock, "mai", Scope.CAMPAIGNS_READ)
    await person(database, clock.now(), "p")
    for organisation in ("phu_nu", "nong_dan"):
        writer = await staff(database, clock, f"w-{organisation}", organisation)
        second = await staff(database, clock, f"s-{organisation}", organisation)
        at = {"kind": "once", "at": "2026-11-24T08:00:00"}
        _, request = await submitted(database, desk_at(clock), writer, content(schedule=at))
        await approve(database, desk_at(clock), second, request)
    found = (await api.get("/api/v1/campaign-calendar", headers=reader)).json()
    assert len(found["entries"]) == 2 and [clash["shared"] for clash in found["clashes"]] == [1]


async def test_a_sheet_with_a_faulty_row_saves_nothing_and_names_the_row(
    database: Database, clock: SetClock, api: httpx.AsyncClient
) -> None:
    author = await token(database, clock, "mai", *_WRITES)
    known = await person(database, clock.now(), "p")
    faulty = await api.put("/api/v1/campaign-lists/ban", content=f"person\n{known}\n999999\n", headers=author)
    assert faulty.status_code == 422 and faulty.json()["detail"].startswith("3 ")
    assert (await api.get("/api/v1/campaign-lists", headers=author)).json() == {"lists": []}
    saved = await api.put("/api/v1/campaign-lists/ban", content=f"person\n{known}\n", headers=author)
    assert saved.json()["members"] == 1
    assert (await api.delete("/api/v1/campaign-lists/ban", headers=author)).status_code == 204
