"""A donor, and a fund whose account is known."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from server.runtime import Runtime
from tests.bot.giving.talk import Donor, account_of_the_fund


@pytest.fixture
def donor(http: httpx.AsyncClient, system: Runtime) -> Donor:
    """Somebody new."""
    return Donor(http, system)


@pytest_asyncio.fixture
async def account(system: Runtime) -> AsyncIterator[None]:
    """An account that two people have set."""
    async with account_of_the_fund(system):
        yield
