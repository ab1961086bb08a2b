"""Events pour in while processes are killed: `.venv/bin/python -m benchmarks.inbound CHANNEL`.

A stand-in's people write, 200 events a second, 5 % of them delivered twice, out of order within a tenth of a second,
to two web processes in turn: first a while without anything else, then, while one process after the other is killed
with SIGKILL. What is not acknowledged is delivered again, as the platforms do. In the end every message must have been
stored, answered once, and in each person's own order; and the platform must not have taken more than the ledger knows.
An event that arrives later than the channel lets others lie for it, because what took it in was dead, may be overtaken:
those are counted on their own. Everything stays on loopback; a run takes about five minutes.
"""

import asyncio
import itertools
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import typer
from rich.console import Console
from sqlalchemy import text

from benchmarks.inbound_platforms import PLATFORMS, Event, Platform
from server.settings import PROJECT
from server.training import train
from store.database import Database
from tests.crash.layout import POSTGRES, RASA, Layout, Part, deployed, processes_by_role
from tests.standins.base import serving

out = Console(highlight=False, soft_wrap=True)
notes = Console(stderr=True, highlight=False)

DUPLICATES = 0.05
#: Events within so many seconds overtake each other; the second delivery of one comes up to a second later.
SHUFFLED_WITHIN = 0.1
#: The platform gives up on one attempt after this long, and tries again after a pause.
PATIENCE_SECONDS, PAUSE_SECONDS = 10.0, 0.5
DRAIN_SECONDS = 240.0
KILLED = ("web", "conversation", "delivery", RASA, POSTGRES, "web", "delivery")


@dataclass
class Report:
    """What came of it.

    Attributes:
        asked: index of an event -> when it was delivered for the first time, in seconds of the run.
        acknowledged: index of an event -> when it was first acknowledged.
        calm: how long each acknowledgement took before anything was killed, in seconds.
        seconds: the same while processes were killed.
        since_first: of the same deliveries, counted from the first attempt: with those that a dead process refused,
            and the platform's pauses after them.
        refused: deliveries that nobody acknowledged.
        overtaken: messages that arrived too late to be answered before a later one.
    """

    asked: dict[int, float] = field(default_factory=dict)
    acknowledged: dict[int, float] = field(default_factory=dict)
    calm: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    since_first: list[float] = field(default_factory=list)
    refused: int = 0
    killed: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    overtaken: int = 0
    unknown: int = 0
    drained_after: float = 0.0


def percentiles(seconds: list[float]) -> dict[str, float]:
    """Return the milliseconds in which half, 95 % and 99 % were acknowledged."""
    ordered = sorted(seconds)
    return {
        f"p{share}": round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)] * 1000, 1)
        for share in ((50, 95, 99) if ordered else ())
    }


def poured(number: int, people: int, per_second: float, chance: random.Random) -> Iterator[tuple[float, Event]]:
    """Yield events with the second at which each is delivered: out of order, some twice."""
    written = dict.fromkeys(range(people), 0)
    planned: list[tuple[float, Event]] = []
    for index in range(number):
        person = chance.randrange(people)
        written[person] += 1
        event = Event(person, written[person], index)
        at = index / per_second + chance.random() * SHUFFLED_WITHIN
        planned.append((at, event))
        if chance.random() < DUPLICATES:
            planned.append((at + chance.random(), event))
    yield from sorted(planned, key=lambda one: one[0])


async def pour(
    platform: Platform,
    webs: list[str],
    events: list[tuple[float, Event]],
    report: Report,
    took: list[float],
    since_first: list[float],
) -> None:
    """Deliver all events, each until it was acknowledged.

    `took` gets how long each attempt took that was acknowledged, `since_first` how long ago the first attempt was then.
    """
    begin = time.monotonic() - min((at for at, _ in events), default=0.0)
    timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as http:

        async def deliver(event: Event, turn: int) -> None:
            body, headers = platform.delivery(event)
            first = time.monotonic()
            report.asked.setdefault(event.index, first)
            while True:
                asked = time.monotonic()
                try:
                    url = f"{webs[turn % len(webs)]}{platform.path}"
                    async with http.post(url, data=body, headers=headers) as answer:
                        if answer.status == 200:
                            now = time.monotonic()
                            took.append(now - asked)
                            since_first.append(now - first)
                            report.acknowledged.setdefault(event.index, now)
                            return
                except (aiohttp.ClientError, TimeoutError, OSError):
                    pass
                report.refused += 1
                turn += 1
                await asyncio.sleep(PAUSE_SECONDS)

        async with asyncio.TaskGroup() as delivering:
            for turn, (at, event) in enumerate(events):
                await asyncio.sleep(max(0.0, begin + at - time.monotonic()))
                delivering.create_task(deliver(event, turn))


async def strike(layout: Layout, seconds: float, chance: random.Random, report: Report) -> None:
    """Kill one after the other while events pour in."""
    for target in chance.sample(KILLED, len(KILLED)):
        await asyncio.sleep(seconds / (len(KILLED) + 1))
        killed = layout.strike(target, chance)
        if killed is not None:
            report.killed.append(killed)


_OPEN = text("""
select (select count(*) from channel_event where read_at is null and channel = :channel) as not_read,
       (select count(*) from incoming where answered_at is null and channel = :channel) as not_answered,
       (select count(*) from delivery where state in ('queued', 'claimed') and channel = :channel) as not_sent
""")
_STORED = text("""
select incoming.provider_message_id, conversation.address, incoming.answered_at is not null as answered,
       (select count(*) from delivery where incoming_id = incoming.id and kind = 'answer' and position = 0) as answers
from incoming join conversation on conversation.id = conversation_id where incoming.channel = :channel
order by incoming.id
""")
_SENT = text("""
select address, state, provider_message_id from delivery
where channel = :channel and kind = 'answer' order by incoming_id, position
""")


async def drained(database: Database, channel: str, report: Report) -> None:
    """Wait until everything is read, answered and sent."""
    begin = time.monotonic()
    left: Any = None
    while time.monotonic() - begin < DRAIN_SECONDS:
        try:
            async with database.single() as connection:
                left = (await connection.execute(_OPEN, {"channel": channel})).one()
        except Exception as error:
            # PostgreSQL may have been killed a moment ago.
            notes.print(f"waiting: {type(error).__name__}")
        else:
            if not any(left):
                break
        await asyncio.sleep(0.5)
    else:
        report.complaints.append(f"not done: {left}")
    report.drained_after = time.monotonic() - begin


async def judge(database: Database, channel: str, platform: Platform, events: list[Event], report: Report) -> None:
    """Complain of everything that is not as it must be."""
    async with database.single() as connection:
        stored = (await connection.execute(_STORED, {"channel": channel})).all()
        sent = (await connection.execute(_SENT, {"channel": channel})).all()
        parts = dict((await connection.execute(text(platform.parts), {"channel": channel})).all())
    by_id = {row.provider_message_id: row for row in stored}
    wanted = {platform.message_id(event): event for event in events}
    report.complaints += [f"lost: {one}" for one in wanted.keys() - by_id.keys()]
    report.complaints += [f"not answered: {one}" for one in wanted.keys() & by_id.keys() if not by_id[one].answered]
    report.complaints += [f"answered {row.answers} times: {one}" for one, row in by_id.items() if row.answers != 1]
    report.complaints += [f"unknown message: {one}" for one in by_id.keys() - wanted.keys()]
    judge_order([wanted[one] for one in by_id if one in wanted], platform, report)
    places = defaultdict(list)
    for row in sent:
        if row.state == "unknown":
            report.unknown += 1
        elif row.state != "sent":
            report.complaints.append(f"answer {row.state}")
        if row.provider_message_id is not None:
            places[row.address].append(platform.place(row.provider_message_id))
    report.complaints += [f"answers out of order: {who}" for who, theirs in places.items() if theirs != sorted(theirs)]
    for who, number in platform.taken().items():
        if number > parts.get(who, 0):
            report.complaints.append(f"{number} messages taken for {who}, {parts.get(who, 0)} sent")


def judge_order(answered: list[Event], platform: Platform, report: Report) -> None:
    """Complain of events that were handed on after a later one of the same person although they were there in time."""
    settles = platform.settles.total_seconds()
    theirs: dict[int, list[Event]] = defaultdict(list)
    for event in answered:
        theirs[event.person].append(event)
    for events in theirs.values():
        for later, earlier in itertools.combinations(events, 2):
            if earlier.number > later.number:
                continue
            if report.acknowledged[earlier.index] <= report.asked[later.index] + settles:
                report.complaints.append(f"out of order: {platform.message_id(earlier)}")
            else:
                report.overtaken += 1


async def attack(
    channel: str, *, calm: int, number: int, people: int, per_second: float, seed: int, kill: bool
) -> Report:
    """Run one attack."""
    platform = PLATFORMS[channel]()
    report = Report()
    for person in range(people):
        wrote = {"last_interaction_ms": platform.stand_in.now_ms()}
        platform.stand_in.add_person({"id": platform.person(person), "name": f"Mẫu {person}", **wrote})
    async with serving(platform.stand_in) as address:

        def parts(folder: Path) -> dict[str, Part]:
            made = processes_by_role(folder)
            # One Rasa and one sender leave two processors to the rest.
            for name in ("conversation-2", "delivery-2"):
                del made[name]
            for part in made.values():
                part.environment = {**part.environment, **platform.environment(address)}
            return made

        async with deployed(parts, train(PROJECT / "var", say=notes.print)[0]) as layout:
            database = Database(layout.database_url)
            await platform.prepare(database, layout.folder, address)
            events = list(poured(calm + number, people, per_second, random.Random(seed)))
            before = [one for one in events if one[1].index < calm]
            under_attack = [one for one in events if one[1].index >= calm]
            await pour(platform, layout.webs, before, report, report.calm, [])
            striking = (
                strike(layout, number / per_second, random.Random(seed + 1), report) if kill else asyncio.sleep(0)
            )
            pouring = pour(platform, layout.webs, under_attack, report, report.seconds, report.since_first)
            await asyncio.gather(pouring, striking)
            await layout.wait_until_ready()
            await drained(database, channel, report)
            await judge(database, channel, platform, [event for _, event in events], report)
            await database.close()
    return report


def main(
    channel: Annotated[str, typer.Argument(help=f"One of {', '.join(PLATFORMS)}.")],
    number: Annotated[int, typer.Option(help="Events while processes are killed.", min=1)] = 10_000,
    calm: Annotated[int, typer.Option(help="Events before that.", min=0)] = 4000,
    people: Annotated[int, typer.Option(help="People who write.", min=1)] = 1000,
    per_second: Annotated[float, typer.Option(help="Events a second.", min=1)] = 200.0,
    seed: Annotated[int, typer.Option(help="Of what is written and killed when.")] = 1,
    kill: Annotated[bool, typer.Option(help="Kill processes meanwhile.")] = True,
) -> None:
    """Attack a channel and print what came of it; exit 1 where anything was lost, repeated or out of order."""
    if channel not in PLATFORMS:
        raise typer.BadParameter(f"{channel} is none of {', '.join(PLATFORMS)}")
    report = asyncio.run(
        attack(channel, calm=calm, number=number, people=people, per_second=per_second, seed=seed, kill=kill)
    )
    print_report(channel, calm + number, per_second, report)
    for complaint in report.complaints[:20]:
        out.print(f"  {complaint}", style="red", markup=False)
    raise typer.Exit(1 if report.complaints else 0)


def print_report(channel: str, number: int, per_second: float, report: Report) -> None:
    """Print the figures."""
    figures: dict[str, Any] = {
        "events": number,
        "acknowledged_ms_before_kills": percentiles(report.calm),
        "acknowledged_ms": percentiles(report.seconds),
        "acknowledged_ms_since_the_first_attempt": percentiles(report.since_first),
        "delivered_again": report.refused,
        "killed": report.killed,
        "complaints": len(report.complaints),
        "overtaken_by_a_later_one": report.overtaken,
        "unknown": report.unknown,
        "drained_after_seconds": round(report.drained_after, 1),
        "complaints_by_kind": Counter(one.split(":")[0] for one in report.complaints),
    }
    out.print(f"[bold]{channel}, {per_second:.0f} events/s[/bold]")
    out.print_json(json.dumps(figures))


if __name__ == "__main__":
    typer.run(main)
