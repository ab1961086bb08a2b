"""The API of channels with real tokens: who sees them, who closes them, and what is refused in words."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest_asyncio
from fastapi import FastAPI

from console.access.tokens import TokenAccess
from console.api.channels import channels_router
from store.api_scopes import Scope
from store.clock import SetClock
from store.database import Database
from store.queries.api_tokens import add_api_token
from store.queries.audit import audit_entries
from store.staff_roles import Role
from tests.console.staffing import member

REASON = {"reason": "mã truy cập bị lộ, chờ cấp lại"}


@pytest_asyncio.fixture
async def api(database: Database, clock: SetClock) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(channels_router(database, clock, TokenAccess(database, clock), {"web", "telegram"}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def token(database: Database, clock: SetClock, role: Role, *scopes: Scope) -> dict[str, str]:
    staff = await member(database, clock, f"lan-{role}", role)
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


async def test_an_administrator_s_program_closes_a_channel_and_opens_it_again(
    database: Database, clock: SetClock, api: httpx.AsyncClient
) -> None:
    may = await token(database, clock, Role.ADMINISTRATOR, Scope.CHANNELS_READ, Scope.CHANNELS_SWITCH)
    assert (await api.post("/api/v1/channels/telegram/disable", json=REASON, headers=may)).status_code == 204
    found = (await api.get("/api/v1/channels", headers=may)).json()["channels"]
    assert [one["channel"] for one in found if one["set_up"]] == ["web", "telegram"]
    closed = [(one["channel"], one["closed_because"]) for one in found if one["closed_since"]]
    assert closed == [("telegram", REASON["reason"])]
    again = await api.post("/api/v1/channels/telegram/disable", json=REASON, headers=may)
    assert again.status_code == 409 and "tạm dừng từ trước" in again.json()["detail"]
    assert (await api.post("/api/v1/channels/telegram/enable", headers=may)).status_code == 204
    assert (await api.post("/api/v1/channels/telegram/enable", headers=may)).status_code == 409
    async with database.single() as connection:
        entries = await audit_entries(connection, kind="channel")
    assert [(one.action, one.actor_name is not None) for one in entries] == [
        ("channel.opened", True),
        ("channel.closed", True),
    ]


async def test_bad_input_is_refused_in_words(database: Database, clock: SetClock, api: httpx.AsyncClient) -> None:
    may = await token(database, clock, Role.ADMINISTRATOR, Scope.CHANNELS_SWITCH)
    assert (await api.post("/api/v1/channels/fax/disable", json=REASON, headers=may)).status_code == 404
    short = await api.post("/api/v1/channels/zalo/disable", json={"reason": "x"}, headers=may)
    assert short.status_code == 422 and "lý do" in short.json()["detail"]
    assert (await api.post("/api/v1/channels/zalo/disable", json={}, headers=may)).status_code == 422


async def test_an_auditor_sees_and_does_not_switch(database: Database, clock: SetClock, api: httpx.AsyncClient) -> None:
    may = await token(database, clock, Role.AUDITOR, Scope.CHANNELS_READ, Scope.CHANNELS_SWITCH)
    assert (await api.get("/api/v1/channels", headers=may)).status_code == 200
    assert (await api.post("/api/v1/channels/zalo/disable", json=REASON, headers=may)).status_code == 403
    assert (await api.get("/api/v1/channels")).status_code == 401
