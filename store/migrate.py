"""Bringing the tables up to date: Alembic under an advisory lock, so that processes starting together do not race.

Alembic is loaded by whoever needs it: it takes half a second, and mostly the tables are up to date.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"

#: Advisory lock number of "the schema is being changed". Any constant does; it only has to be the same everywhere.
_SCHEMA_LOCK = 7_203_000


def newest_revision() -> str:
    """Return the newest revision: files are named after theirs, and are one line (`tests/store/test_migrations.py`)."""
    return max(file.name for file in (_MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


def alembic_config() -> "Config":
    """Return the Alembic configuration; there is no alembic.ini to keep in step."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


async def upgrade_database(engine: AsyncEngine) -> tuple[str | None, str]:
    """Migrate to the newest revision; return (revision before, revision after)."""
    async with engine.begin() as connection:
        return await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> tuple[str | None, str]:
    connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _SCHEMA_LOCK})
    before = _revision(connection)
    newest = newest_revision()
    if before != newest:
        from alembic import command

        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before, newest


def _revision(connection: Connection) -> str | None:
    if connection.execute(text("select to_regclass('alembic_version')")).scalar_one() is None:
        return None
    found: str | None = connection.execute(text("select version_num from alembic_version")).scalar_one_or_none()
    return found


async def differences_from_models(engine: AsyncEngine) -> list[object]:
    """Return what autogenerate would still change: empty when migrations and models agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from store.models import Base

    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        return list(compare_metadata(context, Base.metadata))

    async with engine.connect() as connection:
        return await connection.run_sync(compare)
