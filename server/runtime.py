"""One process: the parts of its roles, put together, started, kept running, stopped."""

import asyncio
import contextlib
import gc
import secrets
import signal as signals
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import structlog
import uvicorn
from starlette.types import ASGIApp

from bot.actions import action_executor
from bot.actions.endpoint import PATH as ACTIONS_PATH
from bot.channels.media import MediaFetcher
from bot.channels.waiting import SettledSignal
from bot.conversation import ConversationWorker
from bot.delivery import Sender
from bot.delivery.pressure import DeskPressure
from bot.helpdesk.sweep import DeskSweep
from bot.inbox import Inbox
from bot.languages import SpokenLanguages
from bot.learning.open_questions import OpenQuestions
from bot.policy.revisions import LiveContent
from bot.rasa_client import RasaPool
from bot.rendering import Renderer
from console.access.one_time_codes import seal_what_lies_open
from content.human_languages import HumanLanguages
from content.library import Library, load_library
from content.recordings import Recordings
from fund.configuration import load_configuration
from scheduler.clockwork import Clockwork
from scheduler.desk import Desk
from scheduler.housekeeping import Housekeeping
from scheduler.jobs import CALENDAR_CHANGED
from scheduler.webhooks import WebhookCaller
from server.app import WebParts, internal_app, public_app
from server.bank_feeds import bank_secrets
from server.campaign_desk import campaign_desk
from server.channels import channels_set_up, connections
from server.health import Checks, health_app
from server.postgres import EmbeddedPostgres
from server.rasa import RasaSupervisor
from server.retraining import CandidateTraining
from server.secret_file import link_secret, sealing_secret
from server.settings import Role, Settings, shown_settings
from store.clock import Clock, SystemClock
from store.database import LOST_CONNECTION, Database, Listener
from store.queries.campaign_runs import RUN_CHANGED
from store.queries.content_revisions import CONTENT_CHANGED
from store.queries.deliveries import SETTLED, TO_SEND
from store.queries.inbox import TO_ANSWER
from store.sealing import Sealer

log = structlog.get_logger(__name__)

#: Open event streams are cut this long after a stop was asked for.
GRACEFUL_SECONDS = 2
WATCH_POSTGRES_SECONDS = 2.0
#: New objects after which each generation is collected (CPython: 700, 10, 10). What a message allocates dies with it.
COLLECT_AFTER = (20_000, 20, 50)


class CannotListen(Exception):
    """The port is taken or not allowed."""


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: several servers live in one process here."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket bound to `host:port`.

    Raises:
        CannotListen: with the likely cause and what to do.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise CannotListen(
            f"Cannot listen on {host}:{port} ({error.strerror}). Another program may be using the port: "
            "stop it, or choose another with --port."
        ) from error
    return bound


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
        self._listener = Listener(self.database)
        self._listener.on(SETTLED, self.settled.heard)
        self._live_content = LiveContent(self.database, self.library)
        self._listener.on(CONTENT_CHANGED, self._live_content.changed)
        self._parts: list[asyncio.Task[None]] = []
        self._serving: list[asyncio.Task[None]] = []
        self._servers: list[_Server] = []

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Runtime"]:
        """Run everything inside the `async with` block."""
        try:
            await self._live_content.read()
            self._keep_running("content", self._live_content.run)
            if "conversation" in self.roles:
                await self._start_conversation()
            if "delivery" in self.roles:
                self._start_delivery()
            if "scheduler" in self.roles:
                self._start_scheduler()
            if "web" in self.roles:
                sealer = Sealer(sealing_secret(self.settings))
                await seal_what_lies_open(self.database, sealer)
                self._start_web(sealer)
            elif self.settings.health_port is not None:
                self._start_health(self.settings.health_port)
            self._keep_running("listener", self._listener.run)
            if self.embedded is not None:
                self._keep_running("postgres_watch", self._watch_postgres)
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

    async def wait_until_rasa_is_up(self) -> None:
        """Return when the first Rasa process answers."""
        assert self.pool is not None
        while not await self.pool.is_ready():  # noqa: ASYNC110 – the state of another process has no event
            await asyncio.sleep(0.2)

    async def _start_conversation(self) -> None:
        settings = self.settings
        token = settings.internal_token.get_secret_value() if settings.internal_token else secrets.token_urlsafe(24)
        listening = listening_socket("127.0.0.1", settings.internal_port)
        port = listening.getsockname()[1]
        open_questions = OpenQuestions(self.database, self.clock, keep=settings.keep_open_questions_days > 0)
        public_address = (settings.public_address or "").rstrip("/")
        executor = action_executor(
            self.library, self.database, self.clock, self.languages, open_questions, self.fund, public_address
        )
        # Rasa keeps connections for 15 s, and an action called into one that is just being closed is lost.
        self._serve(internal_app(executor, token), listening, keep_alive_seconds=75)
        if settings.rasa_urls:
            rasa_token = settings.rasa_token.get_secret_value() if settings.rasa_token else ""
            self.pool = RasaPool(settings.rasa_urls, token=rasa_token, timeout=settings.rasa_timeout)
        else:
            assert self.model is not None
            self.supervisor = RasaSupervisor(
                count=settings.rasa_processes,
                model=self.model,
                data_dir=settings.data_dir,
                actions_url=f"http://127.0.0.1:{port}{ACTIONS_PATH}",
                actions_token=token,
                database_url=self.database_url,
                on_ready=lambda: worker.wake(),
            )
            self.pool = RasaPool(self.supervisor.urls, token=self.supervisor.token, timeout=settings.rasa_timeout)
            self._keep_running("rasa", self.supervisor.run)
        worker = ConversationWorker(
            self.database,
            self.clock,
            self.pool,
            Renderer(self.library, self.languages),
            slots=settings.conversation_slots,
            signal=self.settled,
            open_questions=open_questions,
            public_address=public_address,
        )
        self._listener.on(TO_ANSWER, worker.wake)
        self.inbox.hands = worker
        self._keep_running("conversation", worker.run)
        self.start_reading()

    def start_reading(self) -> None:
        """Read what messengers deliver. Part of the role `conversation`; must be called before the listener runs."""
        for connection in self.connections:
            for name, run in connection.reading.items():
                self._keep_running(name, run)
            for notified, callback in connection.hears.items():
                self._listener.on(notified, callback)

    def _start_delivery(self) -> None:
        sender = Sender(
            self.database,
            self.clock,
            {one.channel.name: one.channel for one in self.connections},
            limits={one.channel.name: one.limit for one in self.connections if one.limit is not None},
            pace=DeskPressure(self.database, self.clock, calm=self.settings.campaigns_slow_from_tickets),
        )
        self._listener.on(TO_SEND, sender.wake)
        self._listener.on(RUN_CHANGED, sender.wake_bulk)
        self._keep_running("delivery", sender.run)
        for connection in self.connections:
            for name, run in connection.sending.items():
                self._keep_running(name, run)
        media = {one.channel.name: one.media for one in self.connections if one.media is not None}
        if media:
            self._keep_running("media", MediaFetcher(self.database, self.clock, media).run)

    def _start_scheduler(self) -> None:
        housekeeping = Housekeeping(
            self.database,
            self.clock,
            keep_words=timedelta(days=self.settings.keep_words_days),
            keep_trackers=timedelta(days=self.settings.keep_trackers_days),
            keep_course_interests=timedelta(days=self.settings.keep_course_interests_days),
            keep_open_questions=timedelta(days=self.settings.keep_open_questions_days),
            keep_receipts=timedelta(days=self.settings.keep_receipts_days),
        )
        clockwork = Clockwork(
            self.database,
            self.database_url,
            housekeeping,
            self.desk(),
            WebhookCaller(self.database, self.clock, allow_private=self.settings.webhooks_to_private_addresses),
            DeskSweep(self.database, self.clock),
        )
        self._listener.on(CALENDAR_CHANGED, clockwork.wake)
        self._keep_running("scheduler", clockwork.run)

    def desk(self) -> Desk:
        """Return what the services of campaigns work with in this process."""
        return campaign_desk(self.settings, self.library, self.clock)

    def _start_web(self, sealer: Sealer) -> None:
        listening = listening_socket(self.settings.host, self.settings.port)
        host, port = listening.getsockname()[:2]
        self.address = f"http://{host}:{port}"
        for connection in self.connections:
            for name, run in connection.receiving.items():
                self._keep_running(name, run)
        self._serve(
            public_app(
                WebParts(
                    database=self.database,
                    inbox=self.inbox,
                    clock=self.clock,
                    signal=self.settled,
                    rasa_is_up=self.rasa_is_up,
                    checks=self._checks(),
                    metrics_token=self._metrics_token(),
                    audio_dir=self.settings.recordings_dir,
                    library=self.library,
                    link_secret=link_secret(self.settings),
                    desk=self.desk(),
                    sealer=sealer,
                    retraining=CandidateTraining(
                        self.database, self.clock, self.settings.data_dir, self.settings.frozen_questions
                    ),
                    demo=self.demo,
                    settings=shown_settings(self.settings),
                    trusted_proxies=self.settings.trusted_proxies,
                    private_webhooks=self.settings.webhooks_to_private_addresses,
                    bank_secrets=bank_secrets(self.settings),
                    webhooks=[one.router for one in self.connections if one.router is not None],
                    zalo_consent=next((one.zalo_consent for one in self.connections if one.zalo_consent), None),
                    channels=channels_set_up(self.settings),
                    notes={one.channel.name: one.note for one in self.connections if one.note is not None},
                )
            ),
            listening,
        )

    def _start_health(self, port: int) -> None:
        listening = listening_socket(self.settings.host, port)
        host, port = listening.getsockname()[:2]
        self.address = f"http://{host}:{port}"
        self._serve(health_app(self.database, self._checks(), self._metrics_token()), listening)

    def _checks(self) -> Checks:
        checks = {"database": self._database_answers}
        return checks if self.pool is None else {**checks, "rasa": self.pool.is_ready}

    def _metrics_token(self) -> str | None:
        token = self.settings.metrics_token
        return token.get_secret_value() if token else None

    async def _database_answers(self) -> bool:
        try:
            async with self.database.transaction() as connection:
                await connection.exec_driver_sql("select 1")
        except LOST_CONNECTION:
            return False
        return True

    def _serve(self, app: ASGIApp, listening: socket.socket, *, keep_alive_seconds: int = 5) -> None:
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

    def _keep_running(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
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
