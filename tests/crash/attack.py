"""The attack: many people talk while one process after the other is killed.

benchmarks/crash_conversation.py runs it again and again.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp
from sqlalchemy import text

from store.database import Database
from tests.crash.layout import Layout
from tests.crash.people import Person, Verdict, judge, talk

#: After the last kill everything must be answered by then: a start of Rasa, a lapsed lease and a lapsed claim fit.
DRAIN_SECONDS = 120.0


@dataclass
class Report:
    """What an attack did and what came of it.

    Attributes:
        in_database: what the database holds that it should not, one readable line each.
        drained_after: seconds from the last word said until everything was answered.
    """

    killed: list[str] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)
    in_database: list[str] = field(default_factory=list)
    notices: int = 0
    acknowledged_in: list[float] = field(default_factory=list)
    sent_again: int = 0
    drained_after: float = 0.0

    def __str__(self) -> str:
        seconds = sorted(self.acknowledged_in) or [0.0]
        verdict = self.verdict
        return (
            f"killed {len(self.killed)}: {', '.join(self.killed)}\n"
            f"{verdict.messages} messages: {len(verdict.lost)} lost, {len(verdict.repeated)} repeated, "
            f"{len(verdict.out_of_order)} people out of order, {len(verdict.answered_wrongly)} answered wrongly, "
            f"{len(self.in_database)} faults in the database; {self.notices} notices\n"
            f"acknowledged in {seconds[len(seconds) // 2] * 1000:.0f} ms (median), "
            f"{seconds[-1] * 1000:.0f} ms (longest); "
            f"{self.sent_again} messages had to be sent more than once; "
            f"all answered {self.drained_after:.1f} s after the last word"
        )


async def attack(
    layout: Layout, targets: Sequence[str], *, seed: int, people: int, messages: int, seconds: float
) -> Report:
    """Let `people` talk for about `seconds` and kill one of `targets` after the other, each once, meanwhile."""
    chance = random.Random(seed)
    report = Report()
    crowd = [Person(layout.webs, listens=number % 3 == 0) for number in range(people)]
    timeout = aiohttp.ClientTimeout(total=15)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as http:
        talking = [
            asyncio.create_task(
                talk(person, http, random.Random(f"{seed} {number}"), messages=messages, seconds=seconds)
            )
            for number, person in enumerate(crowd)
        ]
        order = list(targets)
        chance.shuffle(order)
        for target in order:
            await asyncio.sleep(chance.uniform(0.4, 1.6) * seconds / (len(order) + 1))
            report.killed.append(await _strike(layout, target, chance))
        await asyncio.gather(*talking)
        silent_since = time.monotonic()
        await asyncio.gather(*(person.wait_until_answered(http, DRAIN_SECONDS) for person in crowd))
        report.drained_after = time.monotonic() - silent_since
        # A second answer would come late; and a page that is opened anew must show the same as the one that watched.
        await layout.wait_until_ready()
        await asyncio.gather(*(person.look(http, after=0) for person in crowd))
    report.verdict = judge(crowd)
    report.notices = sum(len(person.notices) for person in crowd)
    report.acknowledged_in = [sent.seconds for person in crowd for sent in person.sent]
    report.sent_again = sum(sent.tries > 1 for person in crowd for sent in person.sent)
    report.in_database = await faults_in_database(layout, crowd)
    return report


async def _strike(layout: Layout, target: str, chance: random.Random) -> str:
    while (killed := layout.strike(target, chance)) is None:
        # Just killed or not started yet: it is killed as soon as it lives.
        await asyncio.sleep(0.1)
    return killed


#: Each query finds what must not be there once everybody is answered. `:names` are the people of the attack.
_FAULTS = {
    "a conversation still waits": "select id from conversation where address = any(:names) and (waiting <> 0 "
    "or oldest_waiting_at is not null)",
    "a lease was never given back": "select id from conversation where address = any(:names) and lease is not null",
    "a message is not marked as answered": "select incoming.id from incoming join conversation "
    "on conversation.id = conversation_id where address = any(:names) and answered_at is null",
    "a delivery is not sent": "select id from delivery where address = any(:names) and state <> 'sent'",
    "a message has more or fewer than one answer": "select incoming.id from incoming join conversation "
    "on conversation.id = incoming.conversation_id left join delivery on incoming_id = incoming.id and kind = 'answer' "
    "where conversation.address = any(:names) group by incoming.id having count(delivery.id) <> 1",
    # Rasa saves a tracker when the conversation begins and once for each message that it takes in, and counts that.
    "the dialogue took in more or fewer messages than were sent": "select sender_id || ': ' || version - 1 || ' for '"
    "|| count(*) from conversation "
    "join incoming on conversation_id = conversation.id join rasa.tracker "
    "on sender_id = 'conversation-' || conversation.id where address = any(:names) "
    "group by sender_id, version having count(*) <> version - 1",
}


async def faults_in_database(layout: Layout, people: Sequence[Person]) -> list[str]:
    """Return what the database holds about `people` that it should not."""
    names = [person.name for person in people]
    found = []
    database = Database(layout.database_url)
    try:
        async with database.transaction() as connection:
            for fault, query in _FAULTS.items():
                rows = (await connection.execute(text(query), {"names": names})).scalars().all()
                found += [f"{fault}: {row}" for row in rows]
            stored = (
                await connection.execute(
                    text("select provider_message_id from incoming where split_part(provider_message_id, ':', 1) "
                         "= any(:names) order by id"),
                    {"names": names},
                )
            ).scalars().all()  # fmt: skip
    finally:
        await database.close()
    sent = sorted(f"{person.name}:{one.message_id}" for person in people for one in person.sent)
    if sorted(stored) != sent:
        found.append(f"{len(stored)} messages are stored, {len(sent)} were acknowledged")
    return found
