"""A database that is away is told apart from a statement that is wrong."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from store.database import Database, DatabaseAway


async def test_a_connection_that_was_cut_is_a_database_away(database: Database) -> None:
    with pytest.raises(DatabaseAway):
        async with database.single() as connection:
            await connection.execute(text("select pg_terminate_backend(pg_backend_pid())"))
    async with database.single() as connection:
        assert (await connection.execute(text("select 1"))).scalar_one() == 1


async def test_an_address_where_nobody_listens_is_a_database_away() -> None:
    nobody = Database("postgresql+asyncpg://nobody@127.0.0.1:9/nothing")
    with pytest.raises(DatabaseAway):
        async with nobody.transaction():
            pass
    await nobody.close()


async def test_a_pool_without_a_free_connection_is_a_database_away(database: Database) -> None:
    narrow = Database(database.url, pool_size=1, patience=0.01)
    async with narrow.single():
        with pytest.raises(DatabaseAway):
            async with narrow.single():
                pass
    await narrow.close()


@pytest.mark.parametrize("wrong", ["select 1/0", "select no_such_column", "select cast('\"\\u0000\"' as jsonb) ->> 0"])
async def test_a_wrong_statement_is_a_fault_that_trying_again_would_repeat(database: Database, wrong: str) -> None:
    with pytest.raises(DBAPIError):
        async with database.single() as connection:
            await connection.execute(text(wrong.replace(":", r"\:")))


async def test_a_row_that_is_there_already_is_told_as_that(database: Database) -> None:
    add = text("insert into conversation (channel, address, language, created_at, last_message_at) "
               "values ('web', 'an', 'vi', now(), now())")  # fmt: skip
    async with database.single() as connection:
        await connection.execute(add)
    with pytest.raises(IntegrityError):
        async with database.single() as connection:
            await connection.execute(add)
