"""What the tests of channels and dialogue share."""

from collections.abc import AsyncIterator

import pytest_asyncio

from server.runtime import Runtime
from store.queries.staff import Staff, disable_staff
from tests.bot.helpdesk.desk import officer
from tests.bot.zalo.talk import zalo_talk

__all__ = ["mai", "zalo_talk"]


@pytest_asyncio.fixture
async def mai(system: Runtime) -> AsyncIterator[Staff]:
    """The only officer of the desk; gone again afterwards, because other tests count on nobody being there."""
    staff = await officer(system.database, system.clock)
    yield staff
    async with system.database.transaction() as connection:
        await disable_staff(connection, staff_id=staff.id, now=system.clock.now())
