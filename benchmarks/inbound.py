"""Events of Zalo at a steady rate, with duplicates, out of order, while processes are killed: counted at both ends.

    .venv/bin/python -m benchmarks.inbound [EVENTS] [--rate 200] [--kill-every 8]

Two web processes take the events, one conversation process with Rasa answers, one delivery process sends; the stand-in
of Zalo signs what it delivers and takes the answers. Some events are delivered twice, and each is up to 0.8 s late, so
that they overtake each other. An event whose process was killed before it answered is delivered again to the other one,
as Zalo does when nobody answers. Printed: acknowledgements, messages stored, answers for each, order, what is left.
"""

import asyncio
import random
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import typer
from rich.console import Console
from sqlalchemy import text

from server.settings import PROJECT, Settings
from server.training import train
from server.zalo import zalo_account, zalo_calls
from store.clock import SystemClock
from store.database import Database
from tests.crash.layout import Layout, Part, deployed, processes_by_role
from tests.standins.base import serving
from tests.standins.zalo import APP_ID, APP_SECRET, OA_ID, OA_KEY, Zalo

DUPLICATES = 0.05
LATEST_SECONDS = 0.8
PEOPLE = 500
#: Longest wait for the last answer after the last event.
PATIENCE_SECONDS = 240.0
out = Console(highlight=False, soft_wrap=True)


@dataclass
class Tally:
    """What the platform saw."""

    seconds: list[float] = field(default_factory=list)
    repeated: int = 0
    other: int = 0

    def at(self, share: float) -> float:
        """Return the acknowledgement time below which this share lies, in ms."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(share * len(self.seconds)))] * 1000


def parts(address: str) -> Any:
    """Return a maker of the processes, with Zalo at `address`."""
    environment = {
        "CHUNGTAY_ZALO_OA_ID": OA_ID,
        "CHUNGTAY_ZALO_APP_ID": APP_ID,
        "CHUNGTAY_ZALO_APP_SECRET": APP_SECRET,
        "CHUNGTAY_ZALO_WEBHOOK_KEY": OA_KEY,
        "CHUNGTAY_ZALO_OPENAPI_URL": address,
        "CHUNGTAY_ZALO_BUSINESS_URL": address,
        "CHUNGTAY_ZALO_OAUTH_URL": address,
        "CHUNGTAY_LOG_LEVEL": "info",
    }

    def made(folder: Path) -> dict[str, Part]:
        kept = {name: part for name, part in processes_by_role(folder).items() if not name.endswith("scheduler")}
        for name in ("conversation-2", "delivery-2"):
            del kept[name]
        for part in kept.values():
            part.environment = environment
        return kept

    return made


def events(zalo: Zalo, number: int, rate: float, chance: random.Random) -> list[tuple[float, dict[str, Any]]]:
    """Return (moment of delivery, event) by moment. Each person writes numbered messages."""
    began = zalo.now_ms() + 1000
    found = []
    for one in range(number):
        user = f"{7_100_000_000_000_000_000 + one % PEOPLE}"
        at = one / rate
        event = {
            "app_id": APP_ID,
            "event_name": "user_send_text",
            "timestamp": f"{began + int(at * 1000)}",
            "sender": {"id": user},
            "recipient": {"id": OA_ID},
            "message": {"msg_id": f"in-{one:06}", "text": f"/menu {one}"},
        }
        found.append((at + chance.random() * LATEST_SECONDS, event))
        if chance.random() < DUPLICATES:
            found.append((at + chance.random() * LATEST_SECONDS * 4, event))
    return sorted(found, key=lambda pair: pair[0])


async def deliver(
    zalo: Zalo, webs: list[str], session: aiohttp.ClientSession, event: dict[str, Any], number: int, tally: Tally
) -> None:
    """Deliver one event until somebody acknowledges it, turn by turn."""
    body, headers = zalo.signing.signed(event)
    for attempt in range(60):
        url = f"{webs[(number + attempt) % len(webs)]}/webhooks/zalo"
        started = time.perf_counter()
        try:
            async with session.post(url, data=body, headers=headers) as answer:
                await answer.read()
                if answer.status == 200:
                    tally.seconds.append(time.perf_counter() - started)
                    return
                tally.other += 1
        except (aiohttp.ClientError, OSError, TimeoutError):
            tally.repeated += 1
        await asyncio.sleep(0.2 if attempt else 0)
    raise AssertionError("an event was acknowledged by nobody")


async def strikes(layout: Layout, every: float, chance: random.Random) -> list[str]:
    """Kill a web or the conversation process now and then until cancelled."""
    struck: list[str] = []
    try:
        while True:
            await asyncio.sleep(every * (0.5 + chance.random()))
            if (name := layout.strike(chance.choice(["web", "web", "conversation"]), chance)) is not None:
                struck.append(name)
    except asyncio.CancelledError:
        return struck


_FACTS = text("""
select count(*) as stored, count(*) filter (where answered_at is null) as unanswered,
    (select count(*) from (
        select incoming_id from delivery where kind = 'answer' and incoming_id is not null
        group by incoming_id, position having count(*) > 1) as twice) as answered_twice,
    (select count(*) from incoming as one where channel = 'zalo' and answered_at is not null
        and not exists (select from delivery where incoming_id = one.id and kind = 'answer')) as without_answer,
    (select count(*) from delivery where channel = 'zalo' and state in ('queued', 'claimed')) as queued,
    (select count(*) from delivery where channel = 'zalo' and state = 'unknown') as unknown,
    (select count(*) from (
        select provider_message_id < lag(provider_message_id) over (partition by conversation_id order by id) as earlier
        from incoming where channel = 'zalo') as pairs where earlier) as out_of_order
from incoming where channel = 'zalo'
""")


async def facts(database: Database) -> Any:
    """Return what the database says."""
    async with database.single() as connection:
        return (await connection.execute(_FACTS)).one()


async def measure(number: int, rate: float, kill_every: float, seed: int) -> None:
    """Run it and print what came of it."""
    model, _ = train(PROJECT / "var")
    chance = random.Random(seed)
    zalo = Zalo()
    zalo.per_minute, zalo.tells = 1_000_000, ()
    for one in range(PEOPLE):
        zalo.add_person({"id": f"{7_100_000_000_000_000_000 + one}", "last_interaction_ms": zalo.now_ms()})
    async with serving(zalo) as address, deployed(parts(address), model) as layout:
        database = Database(layout.database_url)
        settings = Settings(
            data_dir=layout.folder,
            zalo_oa_id=OA_ID,
            zalo_app_id=APP_ID,
            zalo_app_secret=APP_SECRET,
            zalo_oauth_url=address,
        )
        account = zalo_account(settings)
        assert account is not None
        calls = zalo_calls(settings, account, database, SystemClock())
        await calls.tokens.give(zalo.tokens.access, zalo.tokens.refresh, lasts=timedelta(hours=20))
        tally, webs = Tally(), layout.webs
        striking = asyncio.create_task(strikes(layout, kill_every, chance)) if kill_every else None
        began = time.perf_counter()
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
            asyncio.TaskGroup() as group,
        ):
            for turn, (at, event) in enumerate(events(zalo, number, rate, chance)):
                await asyncio.sleep(max(0.0, began + at - time.perf_counter()))
                group.create_task(deliver(zalo, webs, session, event, turn, tally))
        delivered = time.perf_counter() - began
        struck: list[str] = []
        if striking is not None:
            striking.cancel()
            struck = await striking
        found = await facts(database)
        until = time.perf_counter() + PATIENCE_SECONDS
        while (found.stored < number or found.unanswered or found.queued) and time.perf_counter() < until:
            await asyncio.sleep(1)
            found = await facts(database)
        took = time.perf_counter() - began
        await calls.calls.close()
        await database.close()
    taken = len([one for one in zalo.outbox if "to" in one])
    out.print(f"{number} events and {DUPLICATES:.0%} duplicates at {rate:.0f}/s in {delivered:.0f} s; killed: {struck}")
    out.print(
        f"acknowledged in p50 {tally.at(0.5):.0f} ms, p95 {tally.at(0.95):.0f} ms, p99 {tally.at(0.99):.0f} ms; "
        f"{tally.repeated} delivered again because nobody answered, {tally.other} not with 200"
    )
    out.print(
        f"stored {found.stored}, lost {number - found.stored}, unanswered {found.unanswered}, answered twice "
        f"{found.answered_twice}, without answer {found.without_answer}, out of order {found.out_of_order}; "
        f"sent {taken}, unknown {found.unknown}, still queued {found.queued}; all done after {took:.0f} s"
    )


def main(
    number: Annotated[int, typer.Argument(metavar="EVENTS", help="How many different events.", min=1)] = 10_000,
    rate: Annotated[float, typer.Option(help="Events a second.", min=1)] = 200.0,
    kill_every: Annotated[float, typer.Option(help="Seconds between two kills, about; 0: none.", min=0)] = 8.0,
    seed: Annotated[int, typer.Option(help="What chance begins with.")] = 1,
) -> None:
    """Deliver events and count."""
    asyncio.run(measure(number, rate, kill_every, seed))


if __name__ == "__main__":
    typer.run(main)
