"""The two sides of the benchmark: this system, and stock Rasa 3.6 as people deploy it."""

import asyncio
import contextlib
import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import psutil
import yaml

from benchmarks.processes import end, postgres_below, running
from content.library import load_library
from content.topics import Topic
from server.postgres import EmbeddedPostgres
from server.rasa import free_port
from server.settings import PROJECT
from server.training import NLU, RASA_PYTHON, rasa_environment
from store.clock import SystemClock, local_date

STOCK = Path(__file__).parent / "stock_rasa"
#: Trained stock models are kept here: DIET takes minutes for what our classifier learns in seconds.
CACHE = PROJECT / "var" / "benchmarks"

#: What Rasa trains its default components for.
DEFAULT_EPOCHS = 100
START_SECONDS = 180.0
LONGEST_TRAINING_SECONDS = 2 * 3600.0


class SideFailed(Exception):
    """A side could not be trained or started; the message says which, and shows the end of its log."""


@dataclass
class Side:
    """A running system under measurement.

    Attributes:
        groups: its processes by name, asked anew each time since database connections come and go.
        first_answer: seconds from the start of its processes to the first answer.
    """

    name: str
    address: str
    groups: Callable[[], dict[str, list[psutil.Process]]] = field(repr=False)
    first_answer: float = 0.0

    async def ask(self, session: aiohttp.ClientSession, conversation: str, text: str) -> bool:
        """Ask one question; True when the response carries its whole answer."""
        raise NotImplementedError

    async def is_ready(self, session: aiohttp.ClientSession) -> bool:
        """True when questions are answered."""
        raise NotImplementedError


class OurSide(Side):
    """`chungtay run`, asked over the chat API."""

    async def ask(self, session: aiohttp.ClientSession, conversation: str, text: str) -> bool:
        """`pending` or 202 would mean that the answer comes later as an event: not counted."""
        body = {"conversation": conversation, "text": text}
        async with session.post(f"{self.address}/api/chat/messages?wait=25", json=body) as response:
            if response.status != 200:
                return False
            answer = orjson.loads(await response.read())
        return not answer["pending"] and bool(answer["messages"]) and all(one["text"] for one in answer["messages"])

    async def is_ready(self, session: aiohttp.ClientSession) -> bool:
        """Database and Rasa answer."""
        async with session.get(f"{self.address}/readyz") as response:
            return response.status == 200


class StockSide(Side):
    """`rasa run`, asked over its REST channel."""

    async def ask(self, session: aiohttp.ClientSession, conversation: str, text: str) -> bool:
        """An empty list means that an action failed: not counted."""
        body = {"sender": conversation, "message": text}
        async with session.post(f"{self.address}/webhooks/rest/webhook", json=body) as response:
            if response.status != 200:
                return False
            answer = orjson.loads(await response.read())
        return bool(answer) and all(one.get("text") for one in answer)

    async def is_ready(self, session: aiohttp.ClientSession) -> bool:
        """The REST channel is up."""
        async with session.get(f"{self.address}/webhooks/rest/") as response:
            return response.status == 200


async def train_ours(data_dir: Path) -> tuple[Path, float]:
    """Train our model in a fresh `data_dir`; return it and the seconds that the whole command took."""
    started = time.monotonic()
    await _run_to_end([str(_chungtay()), "train", "--data-dir", str(data_dir)], data_dir, data_dir / "train.log")
    seconds = time.monotonic() - started
    return next((data_dir / "models").glob("*.tar.gz")), seconds


async def train_stock(work: Path, epochs: int = DEFAULT_EPOCHS) -> tuple[Path, float, bool]:
    """Return the stock model, the seconds that its training took, and whether it was trained now.

    With fewer `epochs` than the default it understands less, and answers neither faster nor slower.
    """
    key = f"{_stock_fingerprint()}-{epochs}"
    model, facts = CACHE / f"stock-{key}.tar.gz", CACHE / f"stock-{key}.json"
    if model.exists() and facts.exists():
        return model, float(json.loads(facts.read_text())["training_seconds"]), False
    CACHE.mkdir(parents=True, exist_ok=True)
    # Rasa writes the chosen pipeline into the configuration that it trains from, so it gets a copy.
    config = work / "config.yml"
    shutil.copy(STOCK / "config.yml", config)
    if epochs != DEFAULT_EPOCHS:
        config.write_text(yaml.safe_dump(_with_epochs(yaml.safe_load(config.read_text()), epochs)))
    command = [
        *(str(RASA_PYTHON), "-m", "rasa", "train", "--config", str(config), "--domain", str(NLU / "domain.yml")),
        *("--data", str(NLU / "data"), str(STOCK / "stories.yml")),
        *("--out", str(work), "--fixed-model-name", "stock", "--skip-validation"),
    ]
    started = time.monotonic()
    await _run_to_end(command, work, CACHE / "stock-train.log", _stock_environment({}))
    seconds = time.monotonic() - started
    shutil.move(work / "stock.tar.gz", model)
    facts.write_text(json.dumps({"training_seconds": seconds}))
    return model, seconds, True


@contextlib.asynccontextmanager
async def our_side(data_dir: Path) -> AsyncIterator[Side]:
    """Run `chungtay run` with everything on; `data_dir` holds its trained model."""
    port = free_port()
    command = [str(_chungtay()), "run", "--no-demo", "--port", str(port), "--data-dir", str(data_dir)]
    log = data_dir / "chungtay.log"
    with running(command, log=log, cwd=PROJECT) as process:

        def groups() -> dict[str, list[psutil.Process]]:
            postgres = postgres_below(process)
            others = [child for child in process.children(recursive=True) if child not in postgres]
            rasa = [child for child in others if "rasa" in child.cmdline()]
            keeper = [child for child in others if child not in rasa]
            return {"chungtay": [process, *keeper], "rasa": rasa, "postgres": postgres}

        side = OurSide("ours", f"http://127.0.0.1:{port}", groups)
        await _first_answer(side, process, log)
        yield side


@contextlib.asynccontextmanager
async def stock_side(model: Path, work: Path) -> AsyncIterator[Side]:
    """Run stock Rasa, its action server and a PostgreSQL like ours; trackers go to the stock SQL store."""
    (work / "answers.json").write_bytes(orjson.dumps(answer_texts()))
    actions_port, port = free_port(), free_port()
    with _postgres_of_stock(work / "database") as database:
        environment = _stock_environment(
            {
                "STOCK_ACTIONS_URL": f"http://127.0.0.1:{actions_port}/webhook",
                "STOCK_DATABASE_SOCKET": str(database.socket_dir),
                "STOCK_ANSWERS": str(work / "answers.json"),
                "SANIC_HOST": "127.0.0.1",
            }
        )
        rasa_command = [
            *(str(RASA_PYTHON), "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(port)),
            *("--model", str(model), "--enable-api"),
            *("--endpoints", str(STOCK / "endpoints.yml"), "--credentials", str(STOCK / "credentials.yml")),
        ]
        actions_command = [str(RASA_PYTHON), "-m", "rasa_sdk", "--actions", "actions", "--port", str(actions_port)]
        actions_log, rasa_log = work / "actions.log", work / "rasa.log"
        with (
            running(actions_command, log=actions_log, cwd=STOCK, environment=environment) as actions,
            running(rasa_command, log=rasa_log, cwd=work, environment=environment) as rasa,
        ):

            def groups() -> dict[str, list[psutil.Process]]:
                return {
                    "rasa": [rasa, *rasa.children(recursive=True)],
                    "actions": [actions, *actions.children(recursive=True)],
                    "postgres": postgres_below(psutil.Process()),
                }

            side = StockSide("stock", f"http://127.0.0.1:{port}", groups)
            await _first_answer(side, rasa, rasa_log)
            yield side


@contextlib.asynccontextmanager
async def parsing_only(model: Path, work: Path) -> AsyncIterator[str]:
    """Run a Rasa that only understands, for the accuracy of a model; give its address."""
    port = free_port()
    command = [
        *(str(RASA_PYTHON), "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(port)),
        *("--model", str(model), "--enable-api"),
    ]
    log = work / "parsing.log"
    with running(command, log=log, cwd=work, environment=rasa_environment()) as process:
        address = f"http://127.0.0.1:{port}"

        async def is_up(session: aiohttp.ClientSession) -> bool:
            async with session.get(f"{address}/status") as response:
                return response.status == 200

        await _wait_until(is_up, process, log)
        yield address


def answer_texts() -> dict[str, str]:
    """Return the words that the stock action answers with: for each topic, what this system says about it today."""
    library = load_library()
    today = local_date(SystemClock().now())
    answers = {topic.value: library.answer(topic, on=today, today=today) for topic in Topic}
    return {topic: answer.text("vi") for topic, answer in answers.items() if answer is not None}


def _chungtay() -> Path:
    return Path(sys.executable).parent / "chungtay"


def _stock_environment(more: Mapping[str, str]) -> dict[str, str]:
    """Nothing tuned, only quiet: no telemetry, no notes of TensorFlow, no search for graphics cards."""
    quiet = {
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "PYTHONWARNINGS": "ignore",
    }
    return {**os.environ, **quiet, **more}


def _with_epochs(recipe: dict[str, Any], epochs: int) -> dict[str, Any]:
    """Return a recipe that spells out the defaults of the installed Rasa, with other epochs."""
    (defaults,) = (RASA_PYTHON.parent.parent / "lib").glob(
        "python*/site-packages/rasa/engine/recipes/config_files/default_config.yml"
    )
    parts = yaml.safe_load(defaults.read_text())
    for one in (*parts["pipeline"], *parts["policies"]):
        if "epochs" in one:
            one["epochs"] = epochs
    return recipe | {"pipeline": parts["pipeline"], "policies": parts["policies"]}


def _stock_fingerprint() -> str:
    digest = hashlib.sha256()
    files = [STOCK / "config.yml", STOCK / "stories.yml", NLU / "domain.yml", NLU / "uv.lock"]
    files += sorted((NLU / "data").rglob("*.yml"))
    for file in files:
        digest.update(str(file.relative_to(PROJECT)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


@contextlib.contextmanager
def _postgres_of_stock(data_dir: Path) -> Iterator[EmbeddedPostgres]:
    keepers_before = psutil.Process().children()
    database = EmbeddedPostgres(data_dir, "stock", grace_seconds=0.5)
    database.start()
    try:
        yield database
    finally:
        started = [child for child in psutil.Process().children() if child not in keepers_before]
        database.close()
        end(started)


async def _first_answer(side: Side, process: psutil.Popen, log: Path) -> None:
    started = process.create_time()
    await _wait_until(side.is_ready, process, log)

    async def answers(session: aiohttp.ClientSession) -> bool:
        return await side.ask(session, "bench-first", "hộ nghèo có được thẻ bảo hiểm y tế không")

    await _wait_until(answers, process, log)
    side.first_answer = time.time() - started


async def _wait_until(
    ready: Callable[[aiohttp.ClientSession], Awaitable[bool]], process: psutil.Popen, log: Path
) -> None:
    deadline = time.monotonic() + START_SECONDS
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        while time.monotonic() < deadline:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
                if await ready(session):
                    return
            if process.poll() is not None:
                break
            await asyncio.sleep(0.2)
    raise SideFailed(f"a process did not become ready. The end of its log:\n{_tail(log)}")


async def _run_to_end(command: list[str], cwd: Path, log: Path, environment: Mapping[str, str] | None = None) -> None:
    with running(command, log=log, cwd=cwd, environment=environment) as process:
        deadline = time.monotonic() + LONGEST_TRAINING_SECONDS
        # Asked, not waited for in a thread: Ctrl-C must end a training that still has half an hour to go.
        while (code := process.poll()) is None:
            if time.monotonic() > deadline:
                raise SideFailed(f"training took longer than {LONGEST_TRAINING_SECONDS:.0f} s.\n{_tail(log)}")
            await asyncio.sleep(0.2)
    if code != 0:
        raise SideFailed(f"training failed with code {code}. The end of its log:\n{_tail(log)}")


def _tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
