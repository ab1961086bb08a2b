"""Rounds of killing while people talk: `uv run python benchmarks/crash_conversation.py [ROUNDS]`.

Each round lets people talk over HTTP while processes are killed with SIGKILL at random moments, waits until everything
is answered, and counts what was lost, repeated or out of order. Half of the rounds attack a deployment of several
processes, half `chungtay run`. What is killed and when depends on the seed, which is printed. The attack is that of
tests/crash, with another seed each round. Everything stays on this machine's loopback; a round takes about a minute.
"""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from server.settings import PROJECT
from server.training import train
from tests.crash.attack import Report, attack
from tests.crash.layout import POSTGRES, RASA, Part, deployed, everything_in_one, processes_by_role

#: Killed in each round: this many, drawn from the kinds that the layout has.
KILLS = 6
SEVERAL = (RASA, POSTGRES, "conversation", "delivery", "web", "scheduler")
ONE = (RASA, POSTGRES, "run")

out = Console(highlight=False, soft_wrap=True)
notes = Console(stderr=True, highlight=False)


async def rounds(
    layout: Callable[[Path], dict[str, Part]], kinds: tuple[str, ...], seeds: range, *, people: int, seconds: float
) -> list[Report]:
    """Attack one layout once for each seed."""
    reports: list[Report] = []
    async with deployed(layout, train(PROJECT / "var", say=notes.print)[0]) as running:
        for seed in track(seeds, f"{layout.__name__}", console=notes, transient=True):
            targets = random.Random(seed).choices(kinds, k=KILLS)
            await running.wait_until_ready()
            report = await attack(running, targets, seed=seed, people=people, messages=6, seconds=seconds)
            out.print(f"[bold]{layout.__name__}, seed {seed}[/bold]\n{report}")
            for complaint in report.verdict.complaints + report.in_database:
                out.print(f"  {complaint}", style="red", markup=False)
            reports.append(report)
    return reports


async def run_all(number: int, *, seed: int, people: int, seconds: float) -> list[Report]:
    """Attack both layouts, `number` rounds together."""
    half = seed + (number + 1) // 2
    several = await rounds(processes_by_role, SEVERAL, range(seed, half), people=people, seconds=seconds)
    one = await rounds(everything_in_one, ONE, range(half, seed + number), people=people, seconds=seconds)
    return several + one


def main(
    number: Annotated[int, typer.Argument(metavar="ROUNDS", help="How many rounds.", min=1)] = 20,
    seed: Annotated[int, typer.Option(help="Seed of the first round; the next ones count up.")] = 1000,
    people: Annotated[int, typer.Option(help="People who talk at once.", min=1)] = 50,
    seconds: Annotated[float, typer.Option(help="How long they talk in each round.", min=5)] = 30.0,
) -> None:
    """Kill processes at random moments and count the messages that were lost, repeated or out of order."""
    reports = asyncio.run(run_all(number, seed=seed, people=people, seconds=seconds))
    verdicts = [report.verdict for report in reports]
    out.print(
        f"[bold]{number} rounds, {sum(len(report.killed) for report in reports)} kills, "
        f"{sum(verdict.messages for verdict in verdicts)} messages:[/bold] "
        f"{sum(len(verdict.lost) for verdict in verdicts)} lost, "
        f"{sum(len(verdict.repeated) for verdict in verdicts)} repeated, "
        f"{sum(len(verdict.out_of_order) for verdict in verdicts)} people out of order, "
        f"{sum(len(verdict.answered_wrongly) for verdict in verdicts)} answered wrongly, "
        f"{sum(len(report.in_database) for report in reports)} faults in the database"
    )
    if any(report.verdict.complaints or report.in_database for report in reports):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
