"""The world of the Zalo tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from store.clock import SetClock
from store.database import Database
from tests.bot.zalo.world import World, world_of


@pytest_asyncio.fixture
async def world(database: Database, clock: SetClock, tmp_path: Path) -> AsyncIterator[World]:
    """Zalo and our side of it."""
    async with world_of(database, clock, tmp_path) as made:
        yield made
