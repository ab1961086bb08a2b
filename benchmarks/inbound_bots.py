"""Events pour in while processes are killed: `python -m benchmarks.inbound_bots [CHANNEL]`.

A stand-in's people write, 200 events a second, 5 % of them delivered twice, out of order within a tenth of a second,
to two web processes in turn. Meanwhile one process after the other is killed with SIGKILL. What is not acknowledged is
delivered again, as the platforms do. In the end every message must have been stored, answered once, and in each
person's own order. Everything stays on loopback; it takes a few minutes.
"""

import asyncio
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import typer
from rich.console import Console
from sqlalchemy import text

from server.settings import PROJECT
from server.training import train
from store.database import Database
from tests.crash.layout import POSTGRES, RASA, Layout, Part, deployed, processes_by_role
from tests.standins.base import StandIn, serving
from tests.standins.telegram import TelegramStandIn

out = Console(highlight=False, soft_wrap=True)
notes = Console(stderr=True, highlight=False)

DUPLICATES = 0.05
#: Events within so many seconds overtake each other.
SHUFFLED_WITHIN = 0.1
#: The platform gives up on one attempt after this long, and tries again after a pause.
PATIENCE_SECONDS, PAUSE_SECONDS = 10.0, 0.5
DRAIN_SECONDS = 240.0
KILLED = ("web", "conversation", "delivery", RASA, POSTGRES, "web", "delivery")
#: Cheap to answer, and each has an answer of its own.
WORDS = ("/menu", "/help", "vay vốn hộ nghèo lãi bao nhiêu", "học phí hộ nghèo", "thẻ bảo hiểm y tế hộ cận nghèo")


@dataclass(frozen=True)
class Event:
    """One message of one person: `number` counts theirs from 1; `index` counts all."""

    person: int
    number: int
    index: int


@dataclass(frozen=True)
class Side:
    """How one channel is attacked.

    Attributes:
        path: its webhook.
        stand_in: makes the platform that takes the answers.
        environment: settings of our processes, for the address of the stand-in.
        delivery: body and headers of an event.
        message_id: of an event, as our inbox knows it.
    """

    path: str
    stand_in: Callable[[], StandIn]
    environment: Callable[[str], Mapping[str, str]]
    delivery: Callable[[Event], tuple[bytes, Mapping[str, str]]]
    message_id: Callable[[Event], str]


_SECRET = "made-up-secret-of-the-webhook"
_FIRST_PERSON = 620_000_000


def _telegram() -> Side:
    def delivery(event: Event) -> tuple[bytes, Mapping[str, str]]:
        person = _FIRST_PERSON + event.person
        message = {
            "message_id": event.number,
            "from": {"id": person, "is_bot": False, "first_name": "Mẫu"},
            "chat": {"id": person, "type": "private", "first_name": "Mẫu"},
            "date": 1_795_399_200 + event.index,
            "text": WORDS[event.number % len(WORDS)],
        }
        body = json.dumps({"update_id": 50_000 + event.index, "message": message}).encode()
        return body, {"X-Telegram-Bot-Api-Secret-Token": _SECRET}

    def stand_in() -> StandIn:
        made = TelegramStandIn()
        made.flood.enabled = False
        made.chats.clear()
        return made

    return Side(
        path="/webhooks/telegram",
        stand_in=stand_in,
        environment=lambda address: {
            "CHUNGTAY_TELEGRAM_TOKEN": TelegramStandIn().token,
            "CHUNGTAY_TELEGRAM_MODE": "webhook",
            "CHUNGTAY_TELEGRAM_SECRET": _SECRET,
            "CHUNGTAY_TELEGRAM_ADDRESS": address,
            # Thousands of answers would take minutes to leave; the stand-in takes them as fast as they come.
            "CHUNGTAY_TELEGRAM_PER_SECOND": "1000",
        },
        delivery=delivery,
        message_id=lambda event: f"{_FIRST_PERSON + event.person}:{event.number}",
    )


#: Another channel is one entry.
SIDES: dict[str, Callable[[], Side]] = {"telegram": _telegram}


@dataclass
class Report:
    """What came of it."""

    acknowledged: list[float] = field(default_factory=list)
    refused: int = 0
    killed: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    unknown: int = 0
    drained_after: float = 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds in which this share was acknowledged."""
        ordered = sorted(self.acknowledged)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


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
    side: Side, webs: list[str], number: int, *, people: int, per_second: float, chance: random.Random, report: Report
) -> None:
    """Deliver all events, each until it was acknowledged."""
    begin = time.monotonic()
    timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as http:

        async def deliver(event: Event, turn: int) -> None:
            body, headers = side.delivery(event)
            while True:
                asked = time.perf_counter()
                try:
                    async with http.post(f"{webs[turn % len(webs)]}{side.path}", data=body, headers=headers) as answer:
                        if answer.status == 200:
                            report.acknowledged.append(time.perf_counter() - asked)
                            return
                except (aiohttp.ClientError, TimeoutError, OSError):
                    pass
                report.refused += 1
                turn += 1
                await asyncio.sleep(PAUSE_SECONDS)

        tasks = []
        for turn, (at, event) in enumerate(poured(number, people, per_second, chance)):
            await asyncio.sleep(max(0.0, begin + at - time.monotonic()))
            tasks.append(asyncio.create_task(deliver(event, turn)))
        await asyncio.gather(*tasks)


async def strike(layout: Layout, seconds: float, chance: random.Random, report: Report) -> None:
    """Kill one after the other while events pour in."""
    for target in chance.sample(KILLED, len(KILLED)):
        await asyncio.sleep(seconds / (len(KILLED) + 1))
        killed = layout.strike(target, chance)
        if killed is not None:
            report.killed.append(killed)


_OPEN = text("""
select (select count(*) from channel_event where read_at is null)
     + (select count(*) from incoming where answered_at is null)
     + (select count(*) from delivery where state in ('queued', 'claimed'))
""")
_STORED = text("""
select incoming.provider_message_id, conversation.address, incoming.answered_at is not null as answered,
       (select count(*) from delivery where incoming_id = incoming.id and kind = 'answer' and position = 0) as answers
from incoming join conversation on conversation.id = conversation_id where incoming.channel = :channel
order by incoming.id
""")
_SENT = text("""
select address, state, provider_message_id from delivery where channel = :channel and kind = 'answer' order by id
""")


async def drained(database: Database, report: Report) -> None:
    """Wait until everything is read, answered and sent."""
    begin = time.monotonic()
    while time.monotonic() - begin < DRAIN_SECONDS:
        try:
            async with database.single() as connection:
                if not (await connection.execute(_OPEN)).scalar_one():
                    break
        except Exception as error:
            # PostgreSQL may have been killed a moment ago.
            notes.print(f"waiting: {type(error).__name__}")
        await asyncio.sleep(0.5)
    report.drained_after = time.monotonic() - begin


async def judge(database: Database, channel: str, side: Side, events: list[Event], report: Report) -> None:
    """Complain of everything that is not as it must be."""
    async with database.single() as connection:
        stored = (await connection.execute(_STORED, {"channel": channel})).all()
        sent = (await connection.execute(_SENT, {"channel": channel})).all()
    by_id = {row.provider_message_id: row for row in stored}
    wanted = {side.message_id(event): event for event in events}
    report.complaints += [f"lost: {one}" for one in wanted.keys() - by_id.keys()]
    report.complaints += [f"not answered: {one}" for one in wanted.keys() & by_id.keys() if not by_id[one].answered]
    report.complaints += [f"answered {row.answers} times: {one}" for one, row in by_id.items() if row.answers != 1]
    last: dict[str, int] = {}
    for row in stored:
        number = wanted[row.provider_message_id].number
        if number < last.get(row.address, 0):
            report.complaints.append(f"out of order: {row.provider_message_id}")
        last[row.address] = number
    shown: dict[str, int] = {}
    for row in sent:
        if row.state == "unknown":
            report.unknown += 1
        elif row.state != "sent":
            report.complaints.append(f"answer {row.state}")
        if row.provider_message_id is not None:
            number = int(row.provider_message_id.rpartition(":")[2])
            if number < shown.get(row.address, 0):
                report.complaints.append(f"answers out of order: {row.address}")
            shown[row.address] = number


async def attack(channel: str, *, number: int, people: int, per_second: float, seed: int, kill: bool) -> Report:
    """Run one attack."""
    side = SIDES[channel]()
    chance = random.Random(seed)
    report = Report()
    platform = side.stand_in()
    for person in range(people):
        platform.add_person({"id": _FIRST_PERSON + person, "name": f"Mẫu {person}"})
    async with serving(platform) as address:

        def parts(folder: Path) -> dict[str, Part]:
            made = processes_by_role(folder)
            # One Rasa and one sender leave two processors to the rest.
            for name in ("conversation-2", "delivery-2"):
                del made[name]
            for part in made.values():
                part.environment = {**part.environment, **side.environment(address)}
            return made

        async with deployed(parts, train(PROJECT / "var", say=notes.print)[0]) as layout:
            seconds = number / per_second
            events = [event for _, event in poured(number, people, per_second, random.Random(seed))]
            pouring = pour(
                side, layout.webs, number, people=people, per_second=per_second, chance=chance, report=report
            )
            striking = strike(layout, seconds, random.Random(seed + 1), report) if kill else asyncio.sleep(0)
            await asyncio.gather(pouring, striking)
            await layout.wait_until_ready()
            database = Database(layout.database_url)
            await drained(database, report)
            await judge(database, channel, side, events, report)
            await database.close()
    return report


def main(
    channel: Annotated[str, typer.Argument(help=f"One of {', '.join(SIDES)}.")] = "telegram",
    number: Annotated[int, typer.Option(help="Events.", min=1)] = 10_000,
    people: Annotated[int, typer.Option(help="People who write.", min=1)] = 1000,
    per_second: Annotated[float, typer.Option(help="Events a second.", min=1)] = 200.0,
    seed: Annotated[int, typer.Option(help="Of what is written and killed when.")] = 1,
    kill: Annotated[bool, typer.Option(help="Kill processes meanwhile.")] = True,
) -> None:
    """Attack a channel and print what came of it; exit 1 where anything was lost, repeated or out of order."""
    if channel not in SIDES:
        raise typer.BadParameter(f"{channel} is none of {', '.join(SIDES)}")
    report = asyncio.run(attack(channel, number=number, people=people, per_second=per_second, seed=seed, kill=kill))
    print_report(channel, number, per_second, report)
    for complaint in report.complaints[:20]:
        out.print(f"  {complaint}", style="red", markup=False)
    raise typer.Exit(1 if report.complaints else 0)


def print_report(channel: str, number: int, per_second: float, report: Report) -> dict[str, Any]:
    """Print the figures."""
    figures = {
        "events": number,
        "acknowledged_ms": {
            f"p{share:.0%}".rstrip("%"): round(report.percentile(share), 1) for share in (0.5, 0.95, 0.99)
        },
        "delivered_again": report.refused,
        "killed": report.killed,
        "complaints": len(report.complaints),
        "unknown": report.unknown,
        "drained_after_seconds": round(report.drained_after, 1),
    }
    out.print(f"[bold]{channel}, {per_second:.0f} events/s[/bold]")
    out.print_json(json.dumps(figures))
    return figures


if __name__ == "__main__":
    typer.run(main)
