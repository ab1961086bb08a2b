"""Answered messages per second beside stock Rasa, in one run: `uv run python benchmarks/conversation.py`.

Method, what is counted, and the latest figures: docs/benchmarks.md. Everything stays on this machine's loopback.
"""

import asyncio
import os
import platform
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import aiohttp
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn, track
from rich.table import Table

from benchmarks.load import Measured, talk
from benchmarks.processes import processor_seconds, proportional_memory
from benchmarks.sides import (
    DEFAULT_EPOCHS,
    Side,
    SideFailed,
    our_side,
    parsing_only,
    stock_side,
    train_ours,
    train_stock,
)
from server.evaluation import LabelledQuestion, answered_topic, read_questions, report, strip_diacritics
from server.training import RASA_PYTHON

QUESTIONS = Path(__file__).parent / "questions.txt"

#: Talked before measuring, so that pools are filled, plans are cached and code is warm on both sides.
WARM_UP_SECONDS = 5.0
#: Quiet before idle memory is read.
IDLE_SECONDS = 3.0
MEGABYTE = 1_000_000

out = Console(highlight=False)
notes = Console(stderr=True, highlight=False)


@dataclass
class Result:
    """All figures of one side."""

    training_seconds: float = 0.0
    trained_now: bool = True
    first_answer: float = 0.0
    idle_memory: int = 0
    loaded_memory: int = 0
    measured: Measured = field(default_factory=Measured)
    processor: dict[str, float] = field(default_factory=dict)
    accuracy: dict[str, float] = field(default_factory=dict)


async def measure(side: Side, result: Result, questions: list[str], *, people: int, seconds: float) -> None:
    """Warm `side` up, load it, and write down what came of it."""
    result.first_answer = side.first_answer
    await asyncio.sleep(IDLE_SECONDS)
    result.idle_memory = _memory(side)
    with notes.status(f"{side.name}: warming up"):
        await talk(side.ask, questions, people=people, seconds=WARM_UP_SECONDS)
    before = {name: processor_seconds(processes) for name, processes in side.groups().items()}
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), TextColumn("{task.fields[told]}"))
    with Progress(*columns, console=notes, transient=True) as progress:
        task = progress.add_task(f"{side.name}: {people} people talk", total=seconds, told="")
        talking = asyncio.create_task(talk(side.ask, questions, people=people, seconds=seconds))
        while not talking.done():
            await asyncio.wait({talking}, timeout=1)
            progress.advance(task, 1)
        result.measured = await talking
    for name, processes in side.groups().items():
        result.processor[name] = processor_seconds(processes) - before.get(name, 0.0)
    result.loaded_memory = _memory(side)


def _memory(side: Side) -> int:
    return sum(proportional_memory(processes) for processes in side.groups().values())


async def topic_accuracy(model: Path, work: Path, questions: list[LabelledQuestion], name: str) -> dict[str, float]:
    """Return the share of questions whose topic the model gets right, as written and without diacritics."""
    forms = {
        "as written": questions,
        "without diacritics": [question.with_text(strip_diacritics(question.text)) for question in questions],
    }
    accuracy = {}
    async with parsing_only(model, work) as address, aiohttp.ClientSession() as session:
        for form, asked in forms.items():
            answered = []
            for question in track(asked, f"{name}: accuracy {form}", console=notes, transient=True):
                async with session.post(f"{address}/model/parse", json={"text": question.text}) as response:
                    answered.append(answered_topic(await response.json()))
            accuracy[form] = report(asked, answered)["accuracy"]
    return accuracy


async def run_all(
    questions: list[str], labelled: list[LabelledQuestion], *, people: int, seconds: float, ours_only: bool, epochs: int
) -> dict[str, Result]:
    """Measure each side by itself, one after the other."""
    results: dict[str, Result] = {}
    this_run = asyncio.current_task()
    assert this_run is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this_run.cancel)
    with tempfile.TemporaryDirectory(prefix="chungtay-bench-", ignore_cleanup_errors=True) as folder:
        # The database may run as a user of its own, which has to reach its folder.
        Path(folder).chmod(0o755)
        ours, stock = Path(folder) / "ours", Path(folder) / "stock"
        ours.mkdir()
        stock.mkdir()
        result = results["ours"] = Result()
        with notes.status("ours: training"):
            model, result.training_seconds = await train_ours(ours)
        notes.print("ours: starting")
        async with our_side(ours) as side:
            await measure(side, result, questions, people=people, seconds=seconds)
        if labelled:
            result.accuracy = await topic_accuracy(model, ours, labelled, "ours")
        if ours_only:
            return results
        result = results["stock"] = Result()
        with notes.status("stock: training (many minutes unless trained before)"):
            model, result.training_seconds, result.trained_now = await train_stock(stock, epochs)
        notes.print("stock: starting")
        async with stock_side(model, stock) as side:
            await measure(side, result, questions, people=people, seconds=seconds)
        if labelled:
            result.accuracy = await topic_accuracy(model, stock, labelled, "stock")
    return results


def print_machine(people: int, seconds: float, questions: int) -> None:
    """Print what the figures were measured on and with."""
    versions = subprocess.run(
        [str(RASA_PYTHON), "-c", "import platform, importlib.metadata as m\n"
         "print('Rasa', m.version('rasa'), 'on Python', platform.python_version())"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    out.print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {versions}")
    out.print(f"load average before: {load}")
    out.print(f"{people} people at once, {seconds:.0f} s each side after {WARM_UP_SECONDS:.0f} s of warm-up, "
              f"{questions} different questions")  # fmt: skip


def table_of(results: dict[str, Result]) -> Table:
    """Return the figures side by side, with the ratio ours/stock where there are two."""
    table = Table("", *results, *(["ours/stock"] if len(results) == 2 else []))
    for column in table.columns[1:]:
        column.justify = "right"

    def row(name: str, values: list[float], shape: str) -> None:
        cells = [shape.format(value) for value in values]
        if len(values) == 2:
            cells.append(f"{values[0] / values[1]:.3g}" if values[1] else "–")
        table.add_row(name, *cells)

    sides = list(results.values())
    row("answered messages / s", [side.measured.rate for side in sides], "{:.1f}")
    row("answered messages", [side.measured.answered for side in sides], "{:.0f}")
    row("not answered", [side.measured.not_answered.total() for side in sides], "{:.0f}")
    row("latency p50, ms", [side.measured.percentile(0.50) * 1000 for side in sides], "{:.0f}")
    row("latency p95, ms", [side.measured.percentile(0.95) * 1000 for side in sides], "{:.0f}")
    row("memory idle (PSS), MB", [side.idle_memory / MEGABYTE for side in sides], "{:.0f}")
    row("memory after load (PSS), MB", [side.loaded_memory / MEGABYTE for side in sides], "{:.0f}")
    row("training, s", [side.training_seconds for side in sides], "{:.0f}")
    row("start to first answer, s", [side.first_answer for side in sides], "{:.1f}")
    for form in sides[0].accuracy:
        row(f"topic accuracy {form}, %", [side.accuracy[form] * 100 for side in sides], "{:.1f}")
    for group in dict.fromkeys(name for side in sides for name in side.processor):
        row(
            f"CPU of {group}, ms / message",
            [1000 * side.processor.get(group, 0.0) / max(side.measured.answered, 1) for side in sides],
            "{:.2f}",
        )
    row(
        "CPU of the load itself, ms / message",
        [1000 * side.measured.generator_cpu / max(side.measured.answered, 1) for side in sides],
        "{:.2f}",
    )
    return table


def main(
    questions: Annotated[Path, typer.Argument(help="Questions, one a line; # begins a comment.")] = QUESTIONS,
    accuracy: Annotated[
        Path | None, typer.Option(help="Also measure topic accuracy: columns question, topic, note (also:TOPIC).")
    ] = None,
    ours_only: Annotated[bool, typer.Option("--ours-only", help="Leave stock Rasa out.")] = False,
    seconds: Annotated[float, typer.Option(help="Length of the load on each side.", min=1, max=600)] = 60.0,
    people: Annotated[int, typer.Option(help="People who talk at once.", min=1, max=100)] = 8,
    stock_epochs: Annotated[
        int, typer.Option(help="Epochs of stock's networks: fewer are quicker to train, not to ask.", min=1, max=1000)
    ] = DEFAULT_EPOCHS,
) -> None:
    """Compare this system with stock Rasa under the same load."""
    try:
        lines = [line.strip() for line in questions.read_text(encoding="utf-8").splitlines()]
        asked = [line for line in lines if line and not line.startswith("#")]
        labelled = read_questions(accuracy) if accuracy else []
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{error}") from error
    if not asked:
        raise typer.BadParameter(f"{questions} holds no questions")
    print_machine(people, seconds, len(asked))
    try:
        measuring = run_all(asked, labelled, people=people, seconds=seconds, ours_only=ours_only, epochs=stock_epochs)
        results = asyncio.run(measuring)
    except SideFailed as error:
        notes.print(str(error), markup=False)
        raise typer.Exit(1) from error
    except (KeyboardInterrupt, asyncio.CancelledError):
        notes.print("Stopped.")
        raise typer.Exit(130) from None
    out.print(table_of(results))
    if stock_epochs != DEFAULT_EPOCHS and "stock" in results:
        out.print(f"stock was trained for {stock_epochs} epochs instead of {DEFAULT_EPOCHS}")
    for name, result in results.items():
        if result.measured.not_answered:
            out.print(f"{name}, not answered: {dict(result.measured.not_answered)}")
        if not result.trained_now:
            out.print(f"{name} was trained in an earlier run; its training time is from then")


if __name__ == "__main__":
    typer.run(main)
