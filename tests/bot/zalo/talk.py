"""A process that serves Zalo beside the system that answers, and a stand-in of the platform to talk through."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from server.postgres import EmbeddedPostgres
from server.runtime import Runtime
from server.settings import Settings
from server.zalo import zalo_account, zalo_calls
from tests.patience import PATIENCE_SECONDS
from tests.standins.base import serving
from tests.standins.zalo import APP_ID, APP_SECRET, OA_ID, OA_KEY, Zalo


@dataclass
class Talk:
    """A process that serves Zalo beside the system that answers, and the platform."""

    zalo: Zalo
    served: Runtime

    async def until[Value](self, found: Callable[[], Awaitable[Value | None]]) -> Value:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (value := await found()) is None:
                await asyncio.sleep(0.03)
        return value

    async def answers(self, user: str, number: int) -> list[dict[str, Any]]:
        """What the platform took for somebody, as soon as there are so many."""

        async def look() -> list[dict[str, Any]] | None:
            theirs = [one for one in self.zalo.outbox if one.get("to") == user]
            return theirs if len(theirs) >= number else None

        return await self.until(look)

    async def says(self, user: str, words: str, number: int) -> dict[str, Any]:
        await self.zalo.inbound({"user": user, "do": "write", "text": words})
        return (await self.answers(user, number))[number - 1]


@pytest_asyncio.fixture(scope="session")
async def zalo_talk(
    system: Runtime, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Talk]:
    """One for all tests: a second one would send for the same channel, and number its messages from one again."""
    zalo = Zalo()
    async with serving(zalo) as address:
        settings = Settings(
            data_dir=tmp_path_factory.mktemp("zalo"),
            port=0,
            zalo_oa_id=OA_ID,
            zalo_app_id=APP_ID,
            zalo_app_secret=APP_SECRET,
            zalo_webhook_key=OA_KEY,
            zalo_openapi_url=address,
            zalo_business_url=address,
            zalo_oauth_url=address,
            zalo_settle_seconds=0,
        )
        served = Runtime(settings, ("web", "delivery"), postgres.url())
        account = zalo_account(settings)
        assert account is not None
        calls = zalo_calls(settings, account, served.database, served.clock)
        await calls.tokens.give(zalo.tokens.access, zalo.tokens.refresh, lasts=timedelta(hours=20))
        # The system that answers was started without this account, so it does not read what comes from it.
        served.start_reading()
        async with served.running():
            zalo.webhook.url = f"{served.address}/webhooks/zalo"
            yield Talk(zalo, served)
            await zalo.told()
            async with served.database.single() as connection:
                await connection.execute(text("delete from zalo_token"))
        await calls.calls.close()
