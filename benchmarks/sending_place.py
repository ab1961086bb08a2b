"""Where sending is measured: a database, a receiver and senders, each a process of its own, on this machine only."""

import asyncio
import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from sqlalchemy import text

from benchmarks.processes import processor_seconds
from server.children import die_with_parent
from server.postgres import EmbeddedPostgres
from server.settings import PROJECT
from store.clock import SystemClock
from store.database import Database
from store.migrate import upgrade_database
from store.queries.campaign_runs import change_run
from store.run_states import RunState

_RUN_STATE = text("select state from campaign_run where id = :run_id")
#: A run that is not over by then has hung.
PATIENCE_SECONDS = 1800.0


def start_process(module: str, *arguments: object) -> psutil.Popen:
    """Start a module of `benchmarks/`; return it when it has said its first line, which is kept as `said`."""
    process = psutil.Popen(
        [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=die_with_parent,
    )
    process.said = process.stdout.readline().decode().strip()
    if not process.said:
        raise RuntimeError(f"benchmarks/{module}.py ended before it was ready; its own words are above.")
    return process


@contextlib.contextmanager
def process_running(module: str, *arguments: object) -> Iterator[psutil.Popen]:
    """Run a module of `benchmarks/` inside the block; afterwards tell it to stop, and kill it if it does not."""
    process = start_process(module, *arguments)
    try:
        yield process
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
            try:
                process.wait(8)
            except psutil.TimeoutExpired:
                process.kill()
                process.wait()


@dataclass
class Place:
    """A database and a receiver; senders come and go."""

    folder: Path
    postgres: EmbeddedPostgres
    database: Database
    receiver: str
    receiver_process: psutil.Process
    http: aiohttp.ClientSession
    clock: SystemClock = field(default_factory=SystemClock)
    #: So many people got something: one message of campaigns a day, so the next run goes to others.
    used_people: int = 0

    @contextlib.contextmanager
    def senders(
        self, number: int, *, per_second: int | None = None, reserve: int = 0
    ) -> Iterator[Sequence[psutil.Popen]]:
        """Have so many sender processes inside the block."""
        arguments: list[object] = ["--database", self.postgres.url(), "--receiver", self.receiver]
        if per_second is not None:
            arguments += ["--per-second", per_second, "--reserve", reserve]
        with contextlib.ExitStack() as running:
            yield [running.enter_context(process_running("sender_process", *arguments)) for _ in range(number)]

    async def ask(self, path: str, **values: object) -> Any:
        """Ask the receiver what it counted."""
        async with self.http.get(
            self.receiver + path, params={name: str(value) for name, value in values.items()}
        ) as answer:
            return await answer.json(content_type=None)

    async def start_run(self, run_id: int) -> None:
        """Let a run leave."""
        await self.change(run_id, RunState.RUNNING)

    async def change(self, run_id: int, state: RunState) -> None:
        """Start, pause or resume a run."""
        async with self.database.transaction() as connection:
            await change_run(connection, run_id, state, now=self.clock.now())

    async def wait_until_finished(self, run_id: int, *, every: float = 0.25, at_most: float | None = None) -> None:
        """Return when every recipient of a run is settled, or after so many seconds."""
        begun = time.monotonic()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while at_most is None or time.monotonic() < begun + at_most:
                async with self.database.single() as connection:
                    if (await connection.execute(_RUN_STATE, {"run_id": run_id})).scalar_one() == RunState.FINISHED:
                        return
                await asyncio.sleep(every)

    def postgres_processes(self) -> list[psutil.Process]:
        """Return the processes of the database server."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.name().startswith("postgres") and process.cwd().startswith(str(self.folder)):
                    found.append(process)
        return found


class CpuMeter:
    """Processor seconds of kinds of processes since it was made. Processes that come later count whole."""

    def __init__(self, **kinds: Callable[[], Sequence[psutil.Process]]) -> None:
        self._kinds = kinds
        self._before = self._now()

    def _now(self) -> dict[str, float]:
        return {kind: processor_seconds(processes()) for kind, processes in self._kinds.items()}

    def used(self) -> dict[str, float]:
        """Return processor seconds by kind."""
        return {kind: seconds - self._before[kind] for kind, seconds in self._now().items()}


@contextlib.asynccontextmanager
async def place(*, answers_after: float = 0.05) -> AsyncIterator[Place]:
    """Set up an empty database and a receiver inside the block; afterwards nothing of them is left."""
    folder = Path(tempfile.mkdtemp(prefix="chungtay-broadcast-"))
    folder.chmod(0o755)
    postgres = EmbeddedPostgres(folder / "postgres", grace_seconds=1.0)
    postgres.start()
    database = Database(postgres.url())
    try:
        await upgrade_database(database.engine)
        timeout = aiohttp.ClientTimeout(total=120)
        with process_running("receiver", "--answers-after", answers_after) as receiver:
            async with aiohttp.ClientSession(timeout=timeout) as http:
                yield Place(folder, postgres, database, receiver.said, receiver, http)
    finally:
        await database.close()
        postgres.close(wait_seconds=20)
        shutil.rmtree(folder, ignore_errors=True)
