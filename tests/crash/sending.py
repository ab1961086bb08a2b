"""Campaigns leave by the calendar while senders, scheduler and database are killed; a receiver counts what arrived.

benchmarks/crash.py does it two hundred times, a test a few.
"""

import asyncio
import contextlib
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from sqlalchemy import text

from benchmarks.recipients import RECIPIENTS_FROM, freeze_run, settle_people
from benchmarks.sending_place import process_running
from bot.receipt_codes import new_receipt_code
from scheduler.jobs import tell_calendar
from server.postgres import EmbeddedPostgres
from store.campaign_states import CampaignState
from store.clock import SystemClock
from store.database import Database, DatabaseAway
from store.migrate import upgrade_database
from store.queries.campaign_runs import change_run
from store.queries.campaigns import insert_campaign, set_campaign_state
from store.queries.occurrences import plan_occurrence
from store.queries.staff import Duty, add_staff
from store.queries.sweeps import unknown_deliveries
from store.run_states import RunState
from store.staff_roles import Role
from tests.crash.layout import POSTGRES, Layout, Part, frozen
from tests.scheduler.drafts import content

#: Three hundred recipients take two seconds: long enough to be hit in the middle.
PER_SECOND = 200
#: What is killed: one sender, the scheduler, every process of ours, the database server.
SENDER, SCHEDULER, EVERYTHING = "sender", "scheduler", "everything"
TARGETS = (SENDER, SCHEDULER, EVERYTHING, POSTGRES)
#: This share of the kills comes before or just when the campaign leaves, the others when some of it has arrived.
EARLY = 0.15
#: Processes that were killed in the round before have to start first.
LEAVES_WITHIN_SECONDS = 60.0
#: A claim of a dead sender lapses after 20 s; starts on a busy machine are slow.
DRAIN_SECONDS = 150.0


@dataclass
class Round:
    """One campaign, one kill, and what the receiver and the ledger say about it afterwards."""

    seed: int
    target: str
    recipients: int
    run_id: int = 0
    first: int = 0
    #: Messages of this campaign that had arrived when something was killed.
    arrived_at_kill: int = 0
    #: Rows that were claimed at that moment, of whatever campaign.
    in_flight: int = 0
    lost: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    unknown: int = 0
    unknown_arrived: int = 0
    unlisted: int = 0
    #: Of all rounds on the same processes.
    fullest_second: int = 0
    #: Why messages are unknown -> how many.
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def complaints(self) -> list[str]:
        """What must not have happened, one line each."""
        found = [f"seed {self.seed}, {self.target}: {line}" for line in (*self.lost, *self.repeated)]
        if self.unlisted:
            found.append(f"seed {self.seed}, {self.target}: {self.unlisted} unknown are listed for nobody")
        return found


@dataclass
class Sending:
    """The processes under attack, their database, and the receiver."""

    layout: Layout
    database: Database
    receiver: str
    http: aiohttp.ClientSession
    clock: SystemClock = field(default_factory=SystemClock)
    author: int = 0
    used_people: int = 0

    async def ask(self, path: str) -> Any:
        """Ask the receiver."""
        async with self.http.get(self.receiver + path) as answer:
            return await answer.json(content_type=None)

    async def begin(self, one: Round) -> None:
        """Freeze a campaign of an organisation that is due at once; the scheduler lets it leave."""
        one.first = RECIPIENTS_FROM + self.used_people
        self.used_people += one.recipients
        await settle_people(self.database, one.recipients, first=one.first)
        now = self.clock.now()
        one.run_id, _ = await freeze_run(self.database, one.recipients, now=now, first=one.first, canary_size=20)
        async with self.database.transaction() as connection:
            campaign = await insert_campaign(
                connection,
                code=new_receipt_code(),
                organisation="mttq",
                title=f"Lượt {one.seed} (mẫu)",
                content=content().model_dump(mode="json"),
                by=self.author,
                now=now,
            )
            await set_campaign_state(connection, campaign, CampaignState.APPROVED, now=now)
            await plan_occurrence(
                connection, campaign_id=campaign, version=1, due_at=now, approval_id=None, run_id=one.run_id
            )
            await tell_calendar(connection)

    async def strike(self, one: Round, chance: random.Random) -> None:
        """Kill at a moment drawn by chance: before the campaign leaves, while it does, or when it is all but over."""
        before = await self.ask("/total")
        early = chance.random() < EARLY
        after_messages = one.recipients if early else chance.randrange(one.recipients)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(chance.uniform(0.0, 2.0) if early else LEAVES_WITHIN_SECONDS):
                while (await self.ask("/total")) - before <= after_messages:
                    await asyncio.sleep(0.005)
        one.arrived_at_kill = (await self.ask("/total")) - before
        if one.target == POSTGRES:
            one.in_flight = await self._claimed()
            while (pid := self.layout.postmaster()) is None:
                await asyncio.sleep(0.1)
            psutil.Process(pid).send_signal(signal.SIGKILL)
            return
        parts = [part for part in self.layout.parts.values() if part.runs]
        if one.target != EVERYTHING:
            named = [part for part in parts if part.name.startswith(one.target)]
            parts = [chance.choice(named)] if named else []
        # Stopped and counted, then killed: what is claimed and what was asked for does not change in between.
        with frozen([psutil.Process(part.child.pid) for part in parts if part.child is not None]):
            one.in_flight = await self._claimed()
            for part in parts:
                part.kill()

    async def _claimed(self) -> int:
        while True:
            try:
                async with self.database.single() as connection:
                    count = await connection.execute(text("select count(*) from delivery where state = 'claimed'"))
                    return int(count.scalar_one())
            except DatabaseAway:
                await asyncio.sleep(0.05)

    async def drain(self, rounds: Sequence[Round]) -> None:
        """Return when nothing of these campaigns is left to do; resume runs that were stopped, as a person would."""
        runs = [one.run_id for one in rounds]
        async with asyncio.timeout(DRAIN_SECONDS):
            while True:
                with contextlib.suppress(DatabaseAway):
                    async with self.database.transaction() as connection:
                        found = await connection.execute(
                            text("select id, state from campaign_run where id = any(:runs) and state <> 'finished'"),
                            {"runs": runs},
                        )
                        left = {row.id: row.state for row in found}
                        for run_id, state in left.items():
                            if state == RunState.STOPPED:
                                await change_run(
                                    connection, run_id, RunState.RUNNING, now=self.clock.now(), by=self.author
                                )
                    if not left:
                        return
                await asyncio.sleep(0.3)

    async def judge(self, rounds: Sequence[Round]) -> None:
        """Compare what arrived with what the ledger says."""
        arrived = {int(chat): number for chat, number in (await self.ask("/chats")).items()}
        async with self.database.single() as connection:
            # Past the time in which a receipt could have told.
            later = self.clock.now() + timedelta(minutes=5)
            listed = {one.id for one in await unknown_deliveries(connection, now=later, limit=100_000)}
            for one in rounds:
                rows = await connection.execute(
                    text("select id, address, state, reason from delivery where campaign_run_id = :run"),
                    {"run": one.run_id},
                )
                for row in rows:
                    _judge_row(one, row, arrived.get(int(row.address), 0), listed)


def _judge_row(one: Round, row: Any, times: int, listed: set[int]) -> None:
    if times > 1:
        one.repeated.append(f"chat {row.address} got the message {times} times ({row.state})")
    if row.state == "unknown":
        one.unknown += 1
        one.unknown_arrived += times > 0
        one.reasons[row.reason] = one.reasons.get(row.reason, 0) + 1
        one.unlisted += row.id not in listed
    elif row.state != "sent" or times == 0:
        one.lost.append(f"chat {row.address} is {row.state} ({row.reason}) and got the message {times} times")


def _sender(number: int, folder: Path, url: str, receiver: str) -> Part:
    """A sender that starts in a second: `chungtay serve --roles delivery` loads much that sending does not need."""
    name = f"{SENDER}-{number}"
    command = (sys.executable, "-m", "benchmarks.sender_process")
    arguments = ["--database", url, "--receiver", receiver, "--per-second", str(PER_SECOND)]
    return Part(name, arguments, None, folder / f"{name}.log", command=command)


@contextlib.asynccontextmanager
async def sending(*, answers_after: float = 0.05, senders: int = 2) -> AsyncIterator[Sending]:
    """Some senders and a scheduler on a database of their own, and a receiver; afterwards nothing of them is left."""
    folder = Path(tempfile.mkdtemp(prefix="chungtay-crash-"))
    folder.chmod(0o755)
    postgres = EmbeddedPostgres(folder / "postgres", grace_seconds=1.0)
    postgres.start()
    database = Database(postgres.url())
    try:
        await upgrade_database(database.engine)
        with process_running("receiver", "--answers-after", answers_after) as receiver:
            parts = [_sender(number, folder, postgres.url(), receiver.said) for number in range(1, senders + 1)]
            arguments = ["serve", "--roles", "scheduler", "--data-dir", str(folder)]
            parts.append(Part(SCHEDULER, arguments, None, folder / "scheduler.log"))
            layout = Layout(folder, {part.name: part for part in parts})
            async with aiohttp.ClientSession() as http:
                one = Sending(layout, database, receiver.said, http)
                async with database.transaction() as connection:
                    duties = [Duty(Role.CAMPAIGN_AUTHOR)]
                    one.author = await add_staff(
                        connection,
                        login="mai",
                        name="Mai (mẫu)",
                        organisation="mttq",
                        duties=duties,
                        now=one.clock.now(),
                    )
                try:
                    await layout.start()
                    yield one
                finally:
                    await layout.stop()
    finally:
        await database.close()
        postgres.close(wait_seconds=20)
        shutil.rmtree(folder, ignore_errors=True)


async def attack(under: Sending, seeds: Sequence[int], *, recipients: int = 300) -> list[Round]:
    """Send one campaign for each seed and kill something during each; return what came of it."""
    rounds = []
    for seed in seeds:
        chance = random.Random(seed)
        one = Round(seed, TARGETS[seed % len(TARGETS)], recipients)
        while True:
            await _until_it_answers(under)
            try:
                await under.begin(one)
                break
            except DatabaseAway:
                continue  # What was begun stays as it is; the campaign goes to other people.
        await under.strike(one, chance)
        rounds.append(one)
    await under.drain(rounds)
    await under.judge(rounds)
    return rounds


async def _until_it_answers(under: Sending) -> None:
    """Return when the database answers."""
    async with asyncio.timeout(DRAIN_SECONDS):
        while True:
            with contextlib.suppress(DatabaseAway):
                async with under.database.single() as connection:
                    await connection.execute(text("select 1"))
                    return
            await asyncio.sleep(0.1)


async def most_in_a_second(under: Sending) -> int:
    """Return how many messages the fullest second held, as the receiver counts; at most `PER_SECOND` is right."""
    return int((await under.ask("/counted"))["most_in_window"])
