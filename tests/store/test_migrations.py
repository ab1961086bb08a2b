"""Migrations and models tell the same story."""

import asyncio

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from store.database import Database
from store.migrate import alembic_config, differences_from_models, newest_revision, upgrade_database
from store.models import Base


async def test_migrations_make_exactly_the_tables_of_the_models(database: Database) -> None:
    assert await differences_from_models(database.engine) == []


def test_the_newest_revision_is_told_by_the_names_of_the_files() -> None:
    assert newest_revision() == ScriptDirectory.from_config(alembic_config()).get_current_head()


async def test_processes_that_start_together_migrate_once(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.run_sync(_downgrade)
    results = await asyncio.gather(*(upgrade_database(database.engine) for _ in range(4)))
    assert sorted(before is None for before, _ in results) == [False, False, False, True]
    assert await differences_from_models(database.engine) == []


async def test_a_downgrade_leaves_nothing_of_ours_behind(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.run_sync(_downgrade)
        tables = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    assert not tables & set(Base.metadata.tables)


def _downgrade(connection: Connection) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.downgrade(config, "base")
