"""The database: one engine per process, and a connection that listens."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import orjson
import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as OutOfConnections
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

log = structlog.get_logger(__name__)

#: SQLSTATE classes and codes after which the same work may succeed: the connection broke (08), the server is going down
#: or coming up (57), it has no room (53), or two transactions stood in each other's way.
#: https://www.postgresql.org/docs/current/errcodes-appendix.html
_PASSING_CLASSES = frozenset({"08", "57", "53"})
_PASSING_CODES = frozenset({"40001", "40P01"})


class DatabaseAway(Exception):
    """PostgreSQL was killed, restarts, is not up yet, or has no connection left. The work may be tried again.

    Anything else that a statement raises is a fault of ours, which trying again would only repeat.
    """


LOST_CONNECTION: tuple[type[BaseException], ...] = (DatabaseAway,)


def _passes(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlstate", None) or ""
    return (
        error.connection_invalidated
        or isinstance(error, InterfaceError)
        or code[:2] in _PASSING_CLASSES
        or code in _PASSING_CODES
    )


@contextlib.contextmanager
def telling_loss() -> Iterator[None]:
    """Raise DatabaseAway for what passes by itself; let faults through as they are.

    Raises:
        DatabaseAway: see there.
    """
    try:
        yield
    except (OSError, OutOfConnections) as error:
        raise DatabaseAway(type(error).__name__) from error
    except DBAPIError as error:
        if _passes(error):
            raise DatabaseAway(type(error.orig).__name__) from error
        raise


Heard = Callable[[str], None]


def _dump(value: Any) -> str:
    return orjson.dumps(value).decode()


class Database:
    """Connections to PostgreSQL.

    Args:
        url: SQLAlchemy address with the asyncpg driver.
        pool_size: connections kept. More would be opened for a moment only, and opening one costs more than a message.
        patience: longest wait for a free one, in seconds.
    """

    def __init__(self, url: str, *, pool_size: int = 15, patience: float = 30.0) -> None:
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=patience,
            # Few connections do most of the work, and find their statements prepared.
            pool_use_lifo=True,
            json_serializer=_dump,
            json_deserializer=orjson.loads,
        )
        self._autocommit = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection inside a transaction: committed on success, rolled back on any error."""
        with telling_loss():
            async with self.engine.begin() as connection:
                yield connection

    @contextlib.asynccontextmanager
    async def single(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection on which each statement commits by itself.

        For work that is one statement: begin and commit would be two further round trips.
        """
        with telling_loss():
            async with self._autocommit.connect() as connection:
                yield connection

    @contextlib.asynccontextmanager
    async def held(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection that is kept while the block runs: for advisory locks and for listening."""
        with telling_loss():
            async with self.engine.connect() as connection:
                yield connection

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


class Listener:
    """Hears `NOTIFY` on some channels and calls back; reconnects for as long as it runs.

    After each (re)connection every callback is called once with an empty payload, because what was notified while
    nobody listened is lost: whoever waits must look at the tables again.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._callbacks: dict[str, list[Heard]] = {}

    def on(self, channel: str, callback: Heard) -> None:
        """Call `callback(payload)` for every notification on `channel`. Must be set up before `run`."""
        self._callbacks.setdefault(channel, []).append(callback)

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            try:
                await self._listen_on_one_connection()
            except LOST_CONNECTION as error:
                log.warning("listener_lost_connection", error=str(error))
                await asyncio.sleep(0.5)

    async def _listen_on_one_connection(self) -> None:
        async with self._database.held() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None
            closed = asyncio.Event()
            raw.add_termination_listener(lambda _: closed.set())
            for channel in self._callbacks:
                await raw.add_listener(channel, self._heard)
            try:
                for callbacks in self._callbacks.values():
                    for callback in callbacks:
                        callback("")
                await closed.wait()
            finally:
                await connection.invalidate()
        raise DatabaseAway("the listening connection was closed")

    def _heard(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        for callback in self._callbacks.get(channel, ()):
            callback(str(payload))
