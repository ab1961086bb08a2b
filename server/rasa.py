"""Rasa as a watched child: started, asked whether it is well, restarted with back-off, its log kept."""

import asyncio
import contextlib
import secrets
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import psutil
import structlog
from sqlalchemy.engine import make_url

from bot.metrics import RASA_MEMORY, RASA_RESTARTS, RASA_UP
from server.children import die_with_parent
from server.training import NLU, RASA_PYTHON, rasa_environment

log = structlog.get_logger(__name__)

#: Loading takes 10 to 25 s on a small machine; a process that is not ready by then is started again.
START_SECONDS = 120.0
#: A process that was ready and gives no sign for this long hangs, and is killed.
HANG_SECONDS = 20.0
CHECK_SECONDS = 1.0
#: Looks that lie further apart than a look may take mean that this process itself stood still.
ASLEEP_SECONDS = 10.0
FIRST_BACKOFF, LONGEST_BACKOFF = 0.5, 30.0
#: A log that grew past this is put aside at the next start of the process.
LONGEST_LOG = 5_000_000


def free_port() -> int:
    """Return a TCP port of the loopback that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def libpq_address(url: str) -> str:
    """Return a SQLAlchemy address in the form that asyncpg and libpq read."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@dataclass
class RasaProcess:
    """One watched Rasa process on a fixed port."""

    number: int
    port: int
    model: Path
    data_dir: Path
    token: str
    environment: dict[str, str]
    on_ready: Callable[[], None]
    ready: bool = False
    child: asyncio.subprocess.Process | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Base address."""
        return f"http://127.0.0.1:{self.port}"

    async def watch(self) -> None:
        """Keep the process running until cancelled."""
        backoff = FIRST_BACKOFF
        try:
            while True:
                started = time.monotonic()
                await self._start()
                checking = asyncio.create_task(self._check())
                try:
                    code = await self._wait()
                finally:
                    checking.cancel()
                    self._down()
                RASA_RESTARTS.labels(self.url).inc()
                # One that ran well for a while is restarted at once; one that dies at the start, ever more slowly.
                backoff = FIRST_BACKOFF if time.monotonic() - started > 60 else min(backoff * 2, LONGEST_BACKOFF)
                log.warning("rasa_ended", number=self.number, code=code, again_in=backoff)
                await asyncio.sleep(backoff)
        finally:
            await self._stop()

    async def _start(self) -> None:
        path = self.data_dir / "log" / f"rasa-{self.number}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > LONGEST_LOG:
            path.replace(path.with_suffix(".old.log"))
        with path.open("ab") as out:
            self.child = await asyncio.create_subprocess_exec(
                *(str(RASA_PYTHON), "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(self.port)),
                *("--model", str(self.model), "--credentials", "credentials.yml", "--endpoints", "endpoints.yml"),
                "--enable-api",
                # In one word: of a token that begins with a dash Rasa would think that it is the next option.
                f"--auth-token={self.token}",
                cwd=NLU,
                env=self.environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=asyncio.subprocess.STDOUT,
                preexec_fn=die_with_parent,
            )
        log.info("rasa_started", number=self.number, pid=self.child.pid, url=self.url)

    async def _wait(self) -> int:
        assert self.child is not None
        return await self.child.wait()

    async def _check(self) -> None:
        """Ask now and then whether the process is well; kill it when it hangs."""
        assert self.child is not None
        last_sign, was_ready = time.monotonic(), False
        process = psutil.Process(self.child.pid)
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            looked = time.monotonic()
            while True:
                if time.monotonic() - looked > ASLEEP_SECONDS:
                    # It was we who did not run (a suspended machine, a long pause): that says nothing about Rasa.
                    last_sign = time.monotonic()
                looked = time.monotonic()
                try:
                    async with session.get(f"{self.url}/webhooks/rest/") as response:
                        well = response.status == 200
                except (aiohttp.ClientError, TimeoutError, OSError):
                    well = False
                if well:
                    last_sign, was_ready = time.monotonic(), True
                    if not self.ready:
                        self.ready = True
                        log.info("rasa_ready", number=self.number)
                        self.on_ready()
                elif self.ready:
                    self._down()
                RASA_UP.labels(self.url).set(self.ready)
                with contextlib.suppress(psutil.Error):
                    RASA_MEMORY.labels(self.url).set(process.memory_info().rss)
                patience = HANG_SECONDS if was_ready else START_SECONDS
                if time.monotonic() - last_sign > patience:
                    log.warning("rasa_hangs", number=self.number)
                    self.child.kill()
                    return
                await asyncio.sleep(CHECK_SECONDS if self.ready else 0.25)

    def _down(self) -> None:
        self.ready = False
        RASA_UP.labels(self.url).set(0)

    async def _stop(self) -> None:
        if self.child is None or self.child.returncode is not None:
            return
        self.child.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.child.wait(), 3)
        except TimeoutError:
            self.child.kill()
            await self.child.wait()


def api_token() -> str:
    """Return a new token for Rasa's own API; any character of base64 may come first, a dash too."""
    return secrets.token_urlsafe(24)


class RasaSupervisor:
    """Starts and watches the Rasa processes of this machine.

    Args:
        count: how many.
        actions_url: where they call our actions.
        actions_token: what they show there.
        database_url: SQLAlchemy address; Rasa keeps its trackers there under a schema of its own.
        on_ready: called whenever a process becomes ready.
    """

    def __init__(
        self,
        *,
        count: int,
        model: Path,
        data_dir: Path,
        actions_url: str,
        actions_token: str,
        database_url: str,
        on_ready: Callable[[], None] = lambda: None,
    ) -> None:
        self.token = api_token()
        environment = {
            **rasa_environment(),
            "CHUNGTAY_ACTIONS_URL": actions_url,
            "CHUNGTAY_ACTIONS_AUTHORIZATION": f"Bearer {actions_token}",
            "CHUNGTAY_TRACKER_DSN": libpq_address(database_url),
            # What people write must not reach a log: Rasa logs messages below this level.
            "LOG_LEVEL": "WARNING",
            "LOG_LEVEL_LIBRARIES": "ERROR",
        }
        self.processes = [
            RasaProcess(
                number=number,
                port=free_port(),
                model=model,
                data_dir=data_dir,
                token=self.token,
                environment=environment,
                on_ready=on_ready,
            )
            for number in range(1, count + 1)
        ]

    @property
    def urls(self) -> list[str]:
        """Addresses of all processes, ready or not."""
        return [process.url for process in self.processes]

    def is_up(self) -> bool:
        """True when at least one process answers."""
        return any(process.ready for process in self.processes)

    async def run(self) -> None:
        """Keep all processes running until cancelled; then stop them."""
        async with asyncio.TaskGroup() as group:
            for process in self.processes:
                group.create_task(process.watch())
