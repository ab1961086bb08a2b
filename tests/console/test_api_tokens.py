"""A program gets in with a token that has the scope, as long as its owner has the duty."""

from datetime import timedelta
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI

from console.access.tokens import Caller, TokenAccess
from store.api_scopes import Scope
from store.clock import SetClock
from store.database import Database
from store.queries.api_tokens import add_api_token, api_tokens, revoke_api_token
from store.queries.staff import Duty, add_staff, disable_staff, set_duties
from store.staff_roles import Role


def asking(database: Database, clock: SetClock) -> httpx.AsyncClient:
    app = FastAPI()
    may = TokenAccess(database, clock)

    @app.get("/api/v1/mine")
    async def mine(caller: Annotated[Caller, Depends(may(Scope.CAMPAIGNS_WRITE))]) -> dict[str, str]:
        return {"login": caller.staff.login, "organisation": caller.staff.organisation}

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def token_of(database: Database, clock: SetClock, *scopes: Scope) -> tuple[int, str]:
    async with database.transaction() as connection:
        number = await add_staff(
            connection,
            login="lan",
            name="Lan",
            organisation="phu_nu",
            duties=[Duty(Role.CAMPAIGN_AUTHOR)],
            now=clock.now(),
        )
        return number, await add_api_token(
            connection,
            staff_id=number,
            purpose="nhập danh sách",
            scopes=scopes,
            now=clock.now(),
            expires_at=clock.now() + timedelta(days=1),
        )


async def call(client: httpx.AsyncClient, token: str | None) -> httpx.Response:
    return await client.get("/api/v1/mine", headers={} if token is None else {"Authorization": f"Bearer {token}"})


async def test_a_token_with_the_scope_acts_for_its_owner(database: Database, clock: SetClock) -> None:
    staff_id, token = await token_of(database, clock, Scope.CAMPAIGNS_WRITE)
    async with asking(database, clock) as client:
        answer = await call(client, token)
    assert answer.json() == {"login": "lan", "organisation": "phu_nu"}
    async with database.transaction() as connection:
        (listed,) = await api_tokens(connection, staff_id=staff_id)
        row = (await connection.exec_driver_sql("select api_token::text from api_token")).scalar_one()
    assert listed.last_used_at == clock.now() and token not in row


@pytest.mark.parametrize("token", [None, "", "chungtay_made-up", "' or 1=1 --", "x" * 5000])
async def test_without_a_token_of_ours_nobody_gets_in(database: Database, clock: SetClock, token: str | None) -> None:
    async with asking(database, clock) as client:
        answer = await call(client, token)
    assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"


async def test_a_scope_that_is_missing_and_a_duty_that_ended_are_refused(database: Database, clock: SetClock) -> None:
    staff_id, token = await token_of(database, clock, Scope.CAMPAIGNS_READ)
    async with asking(database, clock) as client:
        assert "campaigns:write" in (await call(client, token)).json()["detail"]
        async with database.transaction() as connection:
            both = await add_api_token(
                connection,
                staff_id=staff_id,
                purpose="hai quyền",
                scopes=[Scope.CAMPAIGNS_READ, Scope.CAMPAIGNS_WRITE],
                now=clock.now(),
                expires_at=clock.now() + timedelta(days=1),
            )
        assert (await call(client, both)).status_code == 200
        async with database.transaction() as connection:
            await set_duties(connection, staff_id=staff_id, duties=[Duty(Role.AUDITOR)])
        assert (await call(client, both)).status_code == 403


async def test_expired_and_revoked_tokens_and_those_of_shut_accounts_are_refused(
    database: Database, clock: SetClock
) -> None:
    staff_id, token = await token_of(database, clock, Scope.CAMPAIGNS_WRITE)
    async with asking(database, clock) as client:
        clock.advance(days=1)
        assert (await call(client, token)).status_code == 401
        clock.advance(hours=-1)
        assert (await call(client, token)).status_code == 200
        async with database.transaction() as connection:
            (listed,) = await api_tokens(connection, staff_id=staff_id)
            assert await revoke_api_token(connection, token_id=listed.id, now=clock.now()) == staff_id
        assert (await call(client, token)).status_code == 401
        async with database.transaction() as connection:
            other = await add_api_token(
                connection,
                staff_id=staff_id,
                purpose="mới",
                scopes=[Scope.CAMPAIGNS_WRITE],
                now=clock.now(),
                expires_at=clock.now() + timedelta(days=1),
            )
            await disable_staff(connection, staff_id=staff_id, now=clock.now())
        assert (await call(client, other)).status_code == 401
