"""Running a command's work on the database that the settings name, with its tables up to date."""

from collections.abc import Awaitable, Callable

import uvloop

from server.commands.common import database_in_use, fail
from server.settings import Settings
from store.database import Database
from store.migrate import upgrade_database


def with_database[Result](settings: Settings, work: Callable[[Database], Awaitable[Result]]) -> Result:
    """Return what `work` returns; end the command with one line when the database cannot be reached."""

    async def run(url: str) -> Result:
        database = Database(url)
        try:
            await upgrade_database(database.engine)
            return await work(database)
        finally:
            await database.close()

    with database_in_use(settings) as (url, _):
        try:
            return uvloop.run(run(url))
        except OSError as error:
            fail(f"the database cannot be reached ({error}). Check DATABASE_URL and that the server runs.", code=1)
