"""A campaign to many people, with everything on, against a receiver that counts; beside python-telegram-bot.

    .venv/bin/python -m benchmarks.broadcast [speed] [limit] [replies] [growth] [--recipients 100000] [--senders 2]

Each recipient is a row of the ledger, with consent, cap and limits looked at in the statement that claims it, and each
answer is written before the run is over. The peer (`broadcast_peer.py`) keeps nothing. Both ask the same receiver,
which answers after 50 ms as a provider far away does, and counts what arrived.
"""

import asyncio
import json
import os
import statistics
import subprocess
import time
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.recipients import ANSWERED_FROM, RECIPIENTS_FROM, chats, freeze_run, settle_people
from benchmarks.sending_place import CpuMeter, Place, place
from bot.channels.capabilities import TELEGRAM
from server.settings import PROJECT
from store.delivery_states import DeliveryKind, Priority
from store.queries.campaign_reports import count_outcomes, count_states
from store.queries.deliveries import queue_deliveries
from store.run_states import RunState

out = Console(highlight=False, width=170)
#: Answers of one turn of `replies`, of which there are so many with the campaign standing still and leaving.
ANSWERS, TURNS = 100, 6
PEER = "python-telegram-bot[rate-limiter]==22.*"


class Part(StrEnum):
    """What is measured."""

    SPEED = "speed"
    LIMIT = "limit"
    REPLIES = "replies"
    GROWTH = "growth"


def show(title: str, rows: list[dict[str, Any]]) -> None:
    """Print a table."""
    table = Table(title=title, title_justify="left")
    for name in rows[0]:
        table.add_column(name)
    for row in rows:
        table.add_row(*(f"{value:,.3g}" if isinstance(value, float) else f"{value}" for value in row.values()))
    out.print(table)


async def peer(receiver: str, *, chats: int, together: int, per_second: int, seconds: float) -> dict[str, float]:
    """Let the peer send; return its own words about it."""
    uv = PROJECT / ".tools/bin/uv"
    command = [str(uv) if uv.exists() else "uv", "run", "--no-project", "--python", "3.12", "--with", PEER, "python"]
    command += ["benchmarks/broadcast_peer.py", "--receiver", receiver, "--chats", f"{chats}"]
    command += ["--together", f"{together}", "--per-second", f"{per_second}", "--seconds", f"{seconds}"]
    process = await asyncio.create_subprocess_exec(*command, cwd=PROJECT, stdout=subprocess.PIPE)
    said, _ = await process.communicate()
    return json.loads(said.splitlines()[-1])  # type: ignore[no-any-return]


async def send_all(
    where: Place,
    number: int,
    senders: int,
    *,
    canary_size: int = 50,
    at_most: float | None = None,
    **limits: Any,
) -> dict[str, Any]:
    """Freeze a run to people who got nothing yet, and send it; return what the receiver counted and what it cost."""
    first = RECIPIENTS_FROM + where.used_people
    where.used_people += number
    await settle_people(where.database, number, first=first)
    run_id, frozen_in = await freeze_run(
        where.database, number, now=where.clock.now(), first=first, canary_size=canary_size
    )
    await where.ask("/forget")
    with where.senders(senders, **limits) as processes:
        meter = CpuMeter(
            sender=lambda: processes, postgres=where.postgres_processes, receiver=lambda: [where.receiver_process]
        )
        await where.start_run(run_id)
        await where.wait_until_finished(run_id, at_most=at_most)
        used, counted = meter.used(), await where.ask("/counted")
    return {"frozen_in": frozen_in, "used": used, "run": run_id, **counted}


async def speed(number: int, senders: int) -> None:
    """Messages a second without a limit, and the peer's: one after the other, and 150 together."""
    async with place() as where:
        ours = await send_all(where, number, senders)
        rows = [_speed_row(f"ours, {senders} sender(s)", ours, ours["used"])]
        for together, many in ((1, 200), (30, 2000), (150, 2000)):
            await where.ask("/forget")
            meter = CpuMeter(receiver=lambda: [where.receiver_process])
            before = os.times()
            await peer(where.receiver, chats=many, together=together, per_second=100_000, seconds=12)
            after = os.times()
            peer_cpu = after.children_user + after.children_system - before.children_user - before.children_system
            counted = await where.ask("/counted")
            rows.append(_speed_row(f"peer, {together} together", counted, {"sender": peer_cpu, **meter.used()}))
        show("Speed", rows)
        assert ours["chats"] == ours["messages"] == number, "lost or repeated, see the first row"


def _speed_row(name: str, counted: dict[str, Any], used: dict[str, float]) -> dict[str, Any]:
    seconds = counted["last"] - counted["first"]
    return {
        "side": name,
        "messages": counted["messages"],
        "people": counted["chats"],
        "most to one": counted["most_of_one_chat"],
        "messages/s": counted["messages"] / seconds,
        "CPU ms: sender": used["sender"] / counted["messages"] * 1000,
        "PostgreSQL": used.get("postgres", 0.0) / counted["messages"] * 1000,
        "receiver": used["receiver"] / counted["messages"] * 1000,
    }


async def limit(per_second: int, seconds: int, senders: int, *, beside_peer: bool = True) -> None:
    """Share of a limit that is used, and the most in any second, as the receiver counts."""
    async with place() as where:
        rows = []
        for many in sorted({1, senders, 4}):
            # Each sender learns from its first fifty how quick an answer can be, and from its first thousand better;
            # until then it leaves more free.
            learning = min(10.0, 1000 * many / per_second)
            number = int(per_second * (seconds + learning))
            # Without a canary, after which a run stands still on purpose.
            ours = await send_all(where, number, many, canary_size=0, per_second=per_second)
            rows.append(await _limit_row(where, f"ours, {many} sender(s)", per_second, begins=2 + learning))
            assert ours["chats"] == ours["messages"] == number, "lost or repeated"
        for name, together in (("150 together", 150), ("one after the other", 1)) if beside_peer else ():
            await where.ask("/forget")
            await peer(
                where.receiver, chats=per_second * seconds, together=together, per_second=per_second, seconds=seconds
            )
            rows.append(await _limit_row(where, f"peer, AIORateLimiter, {name}", per_second))
        show(f"A limit of {per_second} in any second", rows)


async def _limit_row(where: Place, name: str, per_second: int, *, begins: float = 2) -> dict[str, Any]:
    whole = await where.ask("/counted")
    # The burst that some limiters begin with is past after two seconds; the last second is not full.
    since, until = whole["first"] + begins, whole["last"] - 1
    steady = await where.ask("/counted", since=since, until=until)
    return {
        "side": name,
        "messages/s": steady["messages"] / (until - since),
        "share of the limit": f"{steady['messages'] / (until - since) / per_second:.1%}",
        "most in any second": whole["most_in_window"],
        "over the limit": "no" if whole["most_in_window"] <= per_second else "YES",
    }


async def replies(number: int, senders: int, per_second: int | None) -> None:
    """How long an answer takes from the ledger to the receiver, while a campaign stands still and while it leaves.

    The two take turns, so that whatever else the machine does befalls both.
    """
    # With a limit of 30, of which campaigns leave six, four answers a second; else twenty.
    people, every = (ANSWERS, 0.05) if per_second is None else (ANSWERS // 4, 0.25)
    async with place() as where:
        await settle_people(where.database, number)
        await settle_people(where.database, people * TURNS, first=ANSWERED_FROM)
        chosen = await chats(where.database, people * TURNS, first=ANSWERED_FROM)
        answered = [(chat, address) for chat, address, _ in chosen]
        limits = {} if per_second is None else {"per_second": per_second, "reserve": max(1, per_second // 5)}
        run_id, _ = await freeze_run(where.database, number, now=where.clock.now())
        idle: list[float] = []
        busy: list[float] = []
        still = 0
        with where.senders(senders, **limits):
            for turn in range(TURNS):
                those = answered[turn * people : (turn + 1) * people]
                idle += await _answer(where, those, every)
                await where.change(run_id, RunState.RUNNING)
                # Nobody is answered meanwhile: it leaves as fast as it can when the first answers come.
                await asyncio.sleep(2)
                before = await where.ask("/total")
                busy += await _answer(where, those, every)
                still += await where.ask("/total") - before - people
                await where.change(run_id, RunState.PAUSED)
                await asyncio.sleep(1)
        title = "no limit" if per_second is None else f"limit of {per_second}/s"
        show(
            f"Answers, {title}; meanwhile the campaign left at {still / (TURNS * people * every):.0f} a second",
            [
                {"when": name, "answers": len(took), "p50 ms": statistics.median(took), "p95 ms": _p95(took)}
                for name, took in (("idle", idle), ("during the send", busy))
            ]
            + [
                {
                    "when": "ratio",
                    "answers": "",
                    "p50 ms": statistics.median(busy) / statistics.median(idle),
                    "p95 ms": _p95(busy) / _p95(idle),
                }
            ],
        )


async def _answer(where: Place, answered: list[tuple[int, str]], every: float) -> list[float]:
    """Queue an answer to each, one every so many seconds; return after how many milliseconds each arrived."""
    begun = {}
    since = time.monotonic()
    for conversation, address in answered:
        begun[int(address)] = time.monotonic()
        async with where.database.single() as connection:
            await queue_deliveries(
                connection,
                [{"text": "Hộ nghèo được cấp thẻ bảo hiểm y tế (mẫu)."}],
                conversation_id=conversation,
                incoming_id=None,
                channel=TELEGRAM,
                address=address,
                kind=DeliveryKind.ANSWER,
                priority=Priority.REPLY,
                now=where.clock.now(),
            )
        await asyncio.sleep(max(0.0, begun[int(address)] + every - time.monotonic()))
    while True:
        arrived = await where.ask("/arrivals", chats=str(ANSWERED_FROM)[0])
        took = {chat: (moment - begun[chat]) * 1000 for moment, chat in arrived if moment >= since}
        if len(took) == len(begun):
            return list(took.values())
        await asyncio.sleep(0.2)


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[94]


async def growth(least: int, most: int, senders: int, at_most: float | None) -> None:
    """What a recipient costs in runs of `least` up to `most`, of which at most so many seconds are sent."""
    rows = []
    number = least
    while number <= most:
        async with place() as where:
            ours = await send_all(where, number, senders, at_most=at_most)
            sent = ours["messages"]
            async with where.database.single() as connection:
                size = (await connection.exec_driver_sql("select pg_total_relation_size('delivery')")).scalar_one()
                begun = time.perf_counter()
                await count_states(connection, [ours["run"]])
                watched = time.perf_counter()
                await count_outcomes(connection, 0, [ours["run"]], payloads=["/courses", "/stop"])
                counted = time.perf_counter()
            rows.append(
                {
                    "recipients": number,
                    "frozen, µs each": ours["frozen_in"] / number * 1e6,
                    "messages/s": sent / (ours["last"] - ours["first"]),
                    "CPU ms each: sender": ours["used"]["sender"] / sent * 1000,
                    "PostgreSQL": ours["used"]["postgres"] / sent * 1000,
                    "bytes on disk each": size / number,
                    "messages": sent,
                    "people": ours["chats"],
                    "counting progress, ms": (watched - begun) * 1000,
                    "results, ms": (counted - watched) * 1000,
                }
            )
        show("Growth", rows)
        number *= 10


def main(
    parts: Annotated[list[Part] | None, typer.Argument(help="What to measure; all when nothing is named.")] = None,
    recipients: Annotated[int, typer.Option(help="Recipients of the runs without a limit.")] = 100_000,
    senders: Annotated[int, typer.Option(help="Sender processes.")] = 1,
    per_second: Annotated[int, typer.Option(help="The limit that is configured for `limit`.")] = 500,
    seconds: Annotated[int, typer.Option(help="How long `limit` sends.")] = 12,
    least: Annotated[int, typer.Option(help="Recipients of the first run of `growth`.")] = 1000,
    at_most: Annotated[float | None, typer.Option(help="Seconds after which a run of `growth` is left.")] = None,
    beside_peer: Annotated[bool, typer.Option("--peer/--no-peer", help="The peer beside `limit`.")] = True,
) -> None:
    """Measure sending, and the peer in the same run against the same receiver."""
    chosen = parts or list(Part)
    if Part.SPEED in chosen:
        asyncio.run(speed(recipients, senders))
    if Part.LIMIT in chosen:
        asyncio.run(limit(30, seconds, senders, beside_peer=beside_peer))
        asyncio.run(limit(per_second, seconds, senders, beside_peer=beside_peer))
    if Part.REPLIES in chosen:
        asyncio.run(replies(3000, senders, 30))
        asyncio.run(replies(recipients, senders, None))
    if Part.GROWTH in chosen:
        asyncio.run(growth(least, recipients, senders, at_most))


if __name__ == "__main__":
    typer.run(main)
