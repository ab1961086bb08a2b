"""One process: the parts of its roles, put together, started, kept running, stopped."""

import asyncio
import contextlib
import gc
import signal as signals
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
import uvicorn
from starlette.types import ASGIApp

from bot.channels.waiting import SettledSignal
from bot.inbox import Inbox
from bot.languages import SpokenLanguages
from bot.policy.revisions import LiveContent
from content.human_languages import HumanLanguages
from content.library import Library, load_library
from content.recordings import Recordings
from fund.configuration import load_configuration
from server import roles
from server.channels import connections
from server.health import Checks, health_app
from server.listening import listening_socket
from server.postgres import EmbeddedPostgres
from server.settings import Role, Settings
from store.clock import Clock, SystemClock
from store.database import LOST_CONNECTION, Database, Listener
from store.queries.content_revisions import CONTENT_CHANGED
from store.queries.deliveries import SETTLED

if TYPE_CHECKING:
    from bot.rasa_client import RasaPool
    from scheduler.desk import Desk
    from server.rasa import RasaSupervisor

log = structlog.get_logger(__name__)

#: Open event streams are cut this long after a stop was asked for.
GRACEFUL_SECONDS = 2
WATCH_POSTGRES_SECONDS = 2.0
#: New objects after which each generation is collected (CPython: 700, 10, 10). What a message allocates dies with it.
COLLECT_AFTER = (20_000, 20, 50)


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: several servers live in one process here."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass
class Runtime:
    """What runs in this process.

    Args:
        roles: which parts to run.
        model: the Rasa model; needed by the conversation role unless Rasa runs elsewhere.
        embedded: the embedded PostgreSQL that is in use, to be watched; None with a database of one's own.
        demo: made-up staff accounts are open.
    """

    settings: Settings
    roles: Collection[Role]
    database_url: str
    model: Path | None = None
    embedded: EmbeddedPostgres | None = None
    demo: bool = False
    clock: Clock = field(default_factory=SystemClock)

    def __post_init__(self) -> None:
        self.stop = asyncio.Event()
        self.database = Database(self.database_url)
        self.library: Library = load_library()
        self.languages = SpokenLanguages(HumanLanguages(self.library, Recordings(self.settings.recordings_dir)))
        self.fund = load_configuration(self.settings.fund_file, data_dir=self.settings.data_dir)
        self.inbox = Inbox(self.database, self.clock)
        self.settled = SettledSignal()
        self.address = ""
        self.connections = connections(
            self.settings, self.database, self.inbox, self.clock, self.settled, lambda: self.address
        )
        self.supervisor: RasaSupervisor | None = None
        self.pool: RasaPool | None = None
        self.listener = Listener(self.database)
        self.listener.on(SETTLED, self.settled.heard)
        self._live_content = LiveContent(self.database, self.library)
        self.listener.on(CONTENT_CHANGED, self._live_content.changed)
        self._parts: list[asyncio.Task[None]] = []
        self._serving: list[asyncio.Task[None]] = []
        self._servers: list[_Server] = []

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Runtime"]:
        """Run everything inside the `async with` block."""
        try:
            await self._live_content.read()
            self.keep_running("content", self._live_content.run)
            # The one that is asked from outside last: when it listens, all else is there.
            for role in ("conversation", "delivery", "scheduler", "web"):
                if role in self.roles:
                    await roles.start(role, self)
            if "web" not in self.roles and self.settings.health_port is not None:
                self._serve_health(self.settings.health_port)
            self.keep_running("listener", self.listener.run)
            if self.embedded is not None:
                self.keep_running("postgres_watch", self._watch_postgres)
            # What was loaded lives as long as the process: the collector need not look through it again and again.
            gc.collect()
            gc.freeze()
            gc.set_threshold(*COLLECT_AFTER)
            yield self
        finally:
            await self._shut_down()

    async def wait_for_stop(self) -> None:
        """Return when the process is told to stop (Ctrl-C, SIGTERM)."""
        loop = asyncio.get_running_loop()
        for signal in (signals.SIGINT, signals.SIGTERM):
            loop.add_signal_handler(signal, self.stop.set)
        await self.stop.wait()

    def rasa_is_up(self) -> bool:
        """False only when this process runs Rasa itself and no Rasa process answers."""
        return self.supervisor is None or self.supervisor.is_up()

    def desk(self) -> "Desk":
        """Return what the services of campaigns work with in this process."""
        # Most processes have nothing to do with campaigns, and are spared loading what makes them.
        from server.campaign_desk import campaign_desk

        return campaign_desk(self.settings, self.library, self.clock)

    def start_reading(self) -> None:
        """Read what messengers deliver. Part of the role `conversation`; must be called before the listener runs."""
        for connection in self.connections:
            for name, run in connection.reading.items():
                self.keep_running(name, run)
            for notified, callback in connection.hears.items():
                self.listener.on(notified, callback)

    async def wait_until_rasa_is_up(self) -> None:
        """Return when the first Rasa process answers."""
        assert self.pool is not None
        while not await self.pool.is_ready():  # noqa: ASYNC110 – the state of another process has no event
            await asyncio.sleep(0.2)

    def _serve_health(self, port: int) -> None:
        listening = listening_socket(self.settings.host, port)
        host, port = listening.getsockname()[:2]
        self.address = f"http://{host}:{port}"
        self.serve(health_app(self.database, self.checks(), self.metrics_token()), listening)

    def checks(self) -> Checks:
        """Return what has to answer before this process is ready."""
        checks = {"database": self._database_answers}
        return checks if self.pool is None else {**checks, "rasa": self.pool.is_ready}

    def metrics_token(self) -> str | None:
        """Return the token that reads the figures, None where anybody may."""
        token = self.settings.metrics_token
        return token.get_secret_value() if token else None

    async def _database_answers(self) -> bool:
        try:
            async with self.database.transaction() as connection:
                await connection.exec_driver_sql("select 1")
        except LOST_CONNECTION:
            return False
        return True

    def serve(self, app: ASGIApp, listening: socket.socket, *, keep_alive_seconds: int = 5) -> None:
        """Serve an application on a bound socket until the process stops."""
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_keep_alive=keep_alive_seconds,
            timeout_graceful_shutdown=GRACEFUL_SECONDS,
            # Forwarded headers are not believed: the two checks that look at the caller want the real one.
            proxy_headers=False,
            server_header=False,
        )
        server = _Server(config)
        self._servers.append(server)
        self._serving.append(asyncio.create_task(server.serve(sockets=[listening])))

    def keep_running(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run a part until the process stops, and again when it fails."""

        async def forever() -> None:
            while True:
                try:
                    await run()
                except Exception:
                    # A fault of ours must not take the other parts down; it is logged with its trace and tried again.
                    log.exception("part_failed", part=name)
                await asyncio.sleep(1)

        self._parts.append(asyncio.create_task(forever(), name=name))

    async def _watch_postgres(self) -> None:
        assert self.embedded is not None
        while True:
            await asyncio.sleep(WATCH_POSTGRES_SECONDS)
            if await self.embedded.ensure_running():
                log.warning("postgres_started_again")

    async def _shut_down(self) -> None:
        for server in self._servers:
            server.should_exit = True
        for task in self._parts:
            task.cancel()
        tasks = [*self._serving, *self._parts]
        if tasks:
            await asyncio.wait(tasks, timeout=GRACEFUL_SECONDS + 5)
        if self.pool is not None:
            await self.pool.close()
        for connection in self.connections:
            if connection.close is not None:
                await connection.close()
        await self.database.close()
