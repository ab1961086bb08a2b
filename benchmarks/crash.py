"""Campaigns while senders, scheduler and database are killed with SIGKILL: lost, repeated and unknown messages counted.

    .venv/bin/python -m benchmarks.crash [ROUNDS] [--seed 1] [--together 20]
    .venv/bin/python -m benchmarks.crash --report

A round is a campaign of 300 recipients that leaves by the calendar, and one kill at a moment drawn by its seed: of a
sender, of the scheduler, of all processes, of PostgreSQL, in turn. `--together` rounds go on one after the other before
everything is waited for and compared: what the receiver counted against what the ledger says. Each piece is added to
var/benchmarks/crash.jsonl, so that a long run may be made in pieces: seeds that are there are not run again.
"""

import asyncio
import itertools
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console

from server.settings import PROJECT
from tests.crash.sending import PER_SECOND, Round, attack, most_in_a_second, sending

TALLY = PROJECT / "var" / "benchmarks" / "crash.jsonl"
out = Console(highlight=False, soft_wrap=True)


def kept() -> list[Round]:
    """Return the rounds that were run so far."""
    if not TALLY.exists():
        return []
    return [Round(**orjson.loads(line)) for line in TALLY.read_bytes().splitlines()]


def keep(rounds: list[Round], file: Path = TALLY) -> None:
    """Add rounds to the tally."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as stream:
        stream.writelines(orjson.dumps(asdict(one)) + b"\n" for one in rounds)


def report(rounds: list[Round]) -> None:
    """Print the sums, in all and for each kind of kill."""
    for target, number in sorted(Counter(one.target for one in rounds).items()):
        show(f"{number} × {target}", [one for one in rounds if one.target == target])
    show(f"[bold]{len(rounds)} runs[/bold]", rounds)
    for line in itertools.chain.from_iterable(one.complaints for one in rounds):
        out.print(f"  {line}", style="red", markup=False)


def show(name: str, rounds: list[Round]) -> None:
    """Print one line of sums."""
    out.print(
        f"{name}: {sum(one.recipients for one in rounds)} messages, {sum(len(one.lost) for one in rounds)} lost, "
        f"{sum(len(one.repeated) for one in rounds)} repeated, {sum(one.unknown for one in rounds)} unknown "
        f"({sum(one.unknown_arrived for one in rounds)} of them had arrived; "
        f"{sum(one.unlisted for one in rounds)} listed for nobody), "
        f"{sum(one.in_flight for one in rounds)} were in flight when something was killed; "
        f"fullest second {max(one.fullest_second for one in rounds)} of {PER_SECOND}"
    )


async def piece(seeds: list[int]) -> list[Round]:
    """Run some rounds on one set of processes."""
    async with sending() as under:
        rounds = await attack(under, seeds)
        most = await most_in_a_second(under)
    out.print(f"seeds {seeds[0]}–{seeds[-1]}: fullest second {most} of {PER_SECOND}")
    for one in rounds:
        one.fullest_second = most
    return rounds


def main(
    number: Annotated[int, typer.Argument(metavar="ROUNDS", help="How many rounds.", min=1)] = 20,
    seed: Annotated[int, typer.Option(help="Seed of the first round; the next ones count up.")] = 1,
    together: Annotated[int, typer.Option(help="Rounds on one set of processes.", min=1)] = 20,
    only_report: Annotated[bool, typer.Option("--report", help="Only print what was run so far.")] = False,
) -> None:
    """Kill processes at random moments and count what was lost, repeated or left unknown."""
    if not only_report:
        known = {one.seed for one in kept()}
        wanted = [one for one in range(seed, seed + number) if one not in known]
        for seeds in itertools.batched(wanted, together):
            rounds = asyncio.run(piece(list(seeds)))
            keep(rounds)
            report(rounds)
    rounds = kept()
    report(rounds)
    if any(one.complaints or one.fullest_second > PER_SECOND for one in rounds):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
