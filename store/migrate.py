"""Bringing the tables up to date: Alembic under an advisory lock, so that processes starting together do not race."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from store.models import Base

_MIGRATIONS = Path(__file__).parent / "migrations"

#: Advisory lock number of "the schema is being changed". Any constant does; it only has to be the same everywhere.
_SCHEMA_LOCK = 7_203_000


def alembic_config() -> Config:
    """Return the Alembic configuration; there is no alembic.ini to keep in step."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


async def upgrade_database(engine: AsyncEngine) -> tuple[str | None, str]:
    """Migrate to the newest revision; return (revision before, revision after)."""
    async with engine.begin() as connection:
        return await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> tuple[str | None, str]:
    connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _SCHEMA_LOCK})
    config = alembic_config()
    before = MigrationContext.configure(connection).get_current_revision()
    newest = ScriptDirectory.from_config(config).get_current_head()
    assert newest is not None
    if before != newest:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before, newest


async def differences_from_models(engine: AsyncEngine) -> list[object]:
    """Return what autogenerate would still change: empty when migrations and models agree."""

    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        return list(compare_metadata(context, Base.metadata))

    async with engine.connect() as connection:
        return await connection.run_sync(compare)
