"""The real processes of a deployment, on loopback and on one data directory, that tests may kill as they like."""

import asyncio
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import orjson
import psutil

from server.children import die_with_parent
from server.postgres import EmbeddedPostgres
from server.rasa import free_port
from server.settings import PROJECT
from server.training import model_path

CHUNGTAY = Path(sys.executable).with_name("chungtay")

#: systemd waits this long before it starts a service again (RestartSec of the unit that the installation suggests).
RESTART_SECONDS = 1.0
#: Several Rasa processes that start at once on a small, busy machine.
START_SECONDS = 180.0
STOP_SECONDS = 25.0

#: What can be killed besides processes of chungtay itself, which go by their names.
RASA, POSTGRES = "rasa", "postgres"


@dataclass
class Part:
    """One `chungtay` process, started again whenever it ends, as systemd would.

    `command` is run with `arguments`; `environment`: what it finds there besides the usual.
    """

    name: str
    arguments: Sequence[str]
    port: int | None
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    command: Sequence[str] = (str(CHUNGTAY),)
    starts: int = 0
    child: subprocess.Popen[bytes] | None = None
    log_begin: int = 0

    def start(self) -> None:
        """Start the process; its output goes to the end of `log`."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CHUNGTAY_")}
        environment.pop("DATABASE_URL", None)
        with self.log.open("ab") as out:
            self.log_begin = out.tell()
            self.child = subprocess.Popen(
                [*self.command, *self.arguments],
                cwd=PROJECT,
                env={**environment, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # A test run that is itself killed must not leave a deployment behind.
                preexec_fn=die_with_parent,
            )
        self.starts += 1

    @property
    def runs(self) -> bool:
        """True while the process lives."""
        return self.child is not None and self.child.poll() is None

    def kill(self) -> None:
        """SIGKILL: nothing in the process can do anything about it."""
        assert self.child is not None
        self.child.kill()
        self.child.wait()

    def rasa(self) -> list[psutil.Process]:
        """Return the Rasa processes that this one started."""
        if not self.runs:
            return []
        assert self.child is not None
        with contextlib.suppress(psutil.Error):
            return [one for one in psutil.Process(self.child.pid).children() if "rasa" in one.cmdline()]
        return []

    def has_rasa(self) -> bool:
        """True when the process runs and every Rasa that it started last has become ready."""
        if not self.rasa():
            return False
        lines = self.log.read_bytes()[self.log_begin :].splitlines()
        events = [orjson.loads(line)["event"] for line in lines if line.startswith(b"{") and line.endswith(b"}")]
        last = [event for event in events if event in ("rasa_started", "rasa_ready", "rasa_ended")]
        return last[-1:] == ["rasa_ready"]


@dataclass
class Layout:
    """Processes of chungtay with one data directory; what they start counts as theirs.

    `keeping` is the task that plays systemd; `Part`s that a test wants to stay dead are listed in `resting`.
    """

    folder: Path
    parts: dict[str, Part]
    resting: set[str] = field(default_factory=set)
    keeping: asyncio.Task[None] | None = None

    @property
    def webs(self) -> list[str]:
        """Base addresses of all processes with a web chat."""
        return [f"http://127.0.0.1:{part.port}" for part in self.parts.values() if part.port]

    @property
    def answering(self) -> list[Part]:
        """The processes that run Rasa."""
        return [part for part in self.parts.values() if part.name == "run" or part.name.startswith("conversation")]

    @property
    def database_url(self) -> str:
        """SQLAlchemy address of the database. Using it does not keep the database running."""
        return EmbeddedPostgres(self.folder / "postgres").url()

    def rasa(self) -> list[psutil.Process]:
        """Return all Rasa processes."""
        return [one for part in self.answering for one in part.rasa()]

    def postmaster(self) -> int | None:
        """Return the process id of the PostgreSQL server, or None while there is none."""
        try:
            pid = int((self.folder / "postgres" / "postgres" / "postmaster.pid").read_text().split()[0])
            return pid if psutil.Process(pid).name().startswith("postgres") else None
        except (OSError, ValueError, IndexError, psutil.Error):
            return None

    def processes(self) -> list[psutil.Process]:
        """Return every process on this machine that belongs to this data directory, whoever its parent is."""
        ours = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                    continue
                folder = str(self.folder)
                if any(folder in argument for argument in process.cmdline()) or process.cwd().startswith(folder):
                    ours.append(process)
        return ours

    def strike(self, target: str, chance: random.Random) -> str | None:
        """Kill one process of a kind (`rasa`, `postgres`, or the beginning of a part's name); return what was killed.

        None when no such process lives at the moment.
        """
        if target == POSTGRES:
            pid = self.postmaster()
        elif target == RASA:
            pid = chance.choice(running).pid if (running := self.rasa()) else None
        else:
            parts = [part for name, part in self.parts.items() if name.startswith(target) and part.runs]
            if not parts:
                return None
            part = chance.choice(parts)
            part.kill()
            return part.name
        if pid is None:
            return None
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return f"{target} (process {pid})"

    async def start(self) -> None:
        """Start all processes and return when all of them are ready."""
        for part in self.parts.values():
            part.start()
        self.keeping = asyncio.create_task(self._keep_running())
        await self.wait_until_ready()

    async def wait_until_ready(self) -> None:
        """Return when every page is served, the database answers and every answering process has its Rasa."""
        try:
            async with asyncio.timeout(START_SECONDS), aiohttp.ClientSession() as http:
                while not (await self._pages_are_ready(http) and all(part.has_rasa() for part in self.answering)):
                    await asyncio.sleep(0.2)
        except TimeoutError:
            logs = "\n".join(f"{part.name}: {part.log.read_text()[-1500:]}" for part in self.parts.values())
            raise AssertionError(f"the layout is not ready after {START_SECONDS:.0f} s\n{logs}") from None

    async def _pages_are_ready(self, http: aiohttp.ClientSession) -> bool:
        try:
            for web in self.webs:
                async with http.get(f"{web}/readyz") as response:
                    if response.status != 200:
                        return False
        except (aiohttp.ClientError, OSError):
            return False
        return True

    async def _keep_running(self) -> None:
        ended_at: dict[str, float] = {}
        while True:
            for name, part in self.parts.items():
                if part.runs or name in self.resting:
                    ended_at.pop(name, None)
                elif time.monotonic() - ended_at.setdefault(name, time.monotonic()) > RESTART_SECONDS:
                    part.start()
            await asyncio.sleep(0.1)

    async def rest(self, name: str) -> None:
        """Kill a part and leave it dead."""
        self.resting.add(name)
        self.parts[name].kill()

    async def stop(self) -> None:
        """Tell everything to stop, in order (SIGTERM), and wait until it has."""
        if self.keeping is not None:
            self.keeping.cancel()
        for part in self.parts.values():
            if part.runs:
                assert part.child is not None
                part.child.terminate()
        await self.wait_until_gone()

    async def wait_until_gone(self) -> None:
        """Wait until no process of this layout is left, or it is clear that some will stay."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                while any(part.runs for part in self.parts.values()) or self.processes():
                    await asyncio.sleep(0.2)

    def destroy(self) -> None:
        """End whatever is left, by force."""
        if self.keeping is not None:
            self.keeping.cancel()
        for part in self.parts.values():
            if part.runs:
                part.kill()
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                process.kill()


@contextlib.contextmanager
def frozen(processes: Sequence[psutil.Process]) -> Iterator[None]:
    """Stop `processes` (SIGSTOP) inside the block: they live, hold their connections, and do nothing."""
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()


def processes_by_role(folder: Path) -> dict[str, Part]:
    """A deployment of several processes: two of each role that may be there twice."""

    def serve(name: str, role: str, port: int | None = None) -> Part:
        arguments = ["serve", "--roles", role, "--data-dir", str(folder)]
        if port is not None:
            arguments += ["--port", str(port)]
        return Part(name, arguments, port, folder / f"{name}.log")

    parts = [serve(f"web-{number}", "web", free_port()) for number in (1, 2)]
    parts += [serve(f"{role}-{number}", role) for role in ("conversation", "delivery") for number in (1, 2)]
    parts.append(serve("scheduler", "scheduler"))
    return {part.name: part for part in parts}


def everything_in_one(folder: Path) -> dict[str, Part]:
    """What `make run` starts."""
    port = free_port()
    part = Part("run", ["run", "--port", str(port), "--data-dir", str(folder)], port, folder / "run.log")
    return {part.name: part}


@contextlib.asynccontextmanager
async def deployed(parts: Callable[[Path], dict[str, Part]], model: Path) -> AsyncIterator[Layout]:
    """Start a layout in a folder of its own; afterwards nothing of it is left."""
    # Not pytest's tmp_path: PostgreSQL runs as another user when the tests run as root, and must reach the folder.
    folder = Path(tempfile.mkdtemp(prefix="chungtay-crash-"))
    folder.chmod(0o755)
    kept = model_path(folder)
    kept.parent.mkdir()
    shutil.copy(model, kept)
    layout = Layout(folder, parts(folder))
    try:
        await layout.start()
        yield layout
    finally:
        await layout.stop()
        layout.destroy()
        shutil.rmtree(folder, ignore_errors=True)
