"""People, campaign runs and a provider that answers as told, for tests of the sending engine."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from bot.channels.base import Failed, SendResult, Sent, Shipment
from bot.channels.capabilities import Capabilities
from bot.delivery import Sender
from bot.messages import OutgoingMessage
from store.clock import SetClock
from store.consent_purposes import ConsentPurpose
from store.database import Database
from store.delivery_errors import ErrorClass
from store.delivery_states import DeliveryKind, Priority
from store.queries.campaign_runs import (
    NewRun,
    Recipient,
    RunProgress,
    change_run,
    create_run,
    freeze_recipients,
    run_progress,
)
from store.queries.consents import record_consent
from store.queries.deliveries import queue_deliveries
from store.queries.inbox import store_incoming
from store.queries.people import person_of
from store.run_states import Purpose, RunState

Answer = SendResult | Callable[[OutgoingMessage, str], SendResult]


@dataclass
class ToldChannel:
    """A channel whose provider takes everything, until `answers` says otherwise for an address (or `*`)."""

    name: str = "zalo"
    capabilities: Capabilities = field(default_factory=Capabilities)
    answers: dict[str, Answer] = field(default_factory=dict)
    taken: list[tuple[str, str]] = field(default_factory=list)

    async def send(self, message: OutgoingMessage, address: str, shipment: Shipment) -> SendResult:
        """Answer as told; note what was taken."""
        answer = self.answers.get(address, self.answers.get("*", Sent()))
        result = answer(message, address) if callable(answer) else answer
        if isinstance(result, Sent):
            self.taken.append((address, message.text))
        return result

    @property
    def reached(self) -> list[str]:
        """Addresses that got something, in order."""
        return [address for address, _ in self.taken]


def refusal(error: ErrorClass, **more: Any) -> Failed:
    """A refusal with a reason of the test's own."""
    return Failed(error, f"test_{error}", **more)


def sender_of(database: Database, clock: SetClock, *channels: ToldChannel, **more: Any) -> Sender:
    """A sender over these channels whose chance is the same each time."""
    return Sender(database, clock, {one.name: one for one in channels}, chance=random.Random(1), **more)


async def resident(
    database: Database,
    clock: SetClock,
    name: str,
    *,
    channel: str = "zalo",
    consent: bool | None = True,
    topic: str = "",
) -> int:
    """Somebody who wrote once and said yes or no to news, or nothing; return their conversation."""
    async with database.single() as connection:
        stored = await store_incoming(
            connection,
            channel=channel,
            address=name,
            provider_message_id=f"{channel}:{name}",
            text="chào",
            payload=None,
            wishes={},
            language="vi",
            now=clock.now(),
        )
    if consent is not None:
        async with database.transaction() as connection:
            await record_consent(
                connection,
                person_id=await person_of(connection, conversation_id=stored.conversation_id),
                purpose=ConsentPurpose.NEWS,
                given=consent,
                words="Bác có muốn nhận tin của xã không?",
                language="vi",
                channel=channel,
                subject=topic,
                now=clock.now(),
            )
    return stored.conversation_id


async def run_to(
    database: Database,
    clock: SetClock,
    people: Sequence[tuple[str, int]],
    *,
    channel: str = "zalo",
    words: str = "tin",
    purpose: Purpose = Purpose.POLICY_NEWS,
    organisation: str = "mttq",
    started: bool = True,
    **more: Any,
) -> int:
    """A run to (address, conversation) pairs; return its id."""
    async with database.transaction() as connection:
        more.setdefault("canary_size", 0)
        run_id = await create_run(connection, NewRun(organisation, "Thử", purpose, **more), now=clock.now())
        recipients = [
            Recipient(f"conversation:{conversation}", conversation, channel, address, message={"text": words})
            for address, conversation in people
        ]
        await freeze_recipients(connection, run_id, recipients, now=clock.now())
        if started:
            await change_run(connection, run_id, RunState.RUNNING, now=clock.now())
    return run_id


async def residents(database: Database, clock: SetClock, number: int, prefix: str = "nguoi") -> list[tuple[str, int]]:
    """So many people who said yes to news, as (address, conversation)."""
    return [(f"{prefix}-{n}", await resident(database, clock, f"{prefix}-{n}")) for n in range(number)]


async def reply_to(
    database: Database,
    clock: SetClock,
    address: str,
    conversation: int,
    *texts: str,
    channel: str = "zalo",
    **more: Any,
) -> None:
    """Queue an answer."""
    async with database.transaction() as connection:
        await queue_deliveries(
            connection,
            [{"text": one} for one in texts],
            conversation_id=conversation,
            incoming_id=None,
            channel=channel,
            address=address,
            kind=DeliveryKind.ANSWER,
            priority=more.pop("priority", Priority.REPLY),
            now=clock.now(),
            **more,
        )


async def progress(database: Database, run_id: int) -> RunProgress:
    """Where the recipients of a run stand."""
    async with database.single() as connection:
        return await run_progress(connection, run_id)


async def run_row(database: Database, run_id: int) -> Any:
    """The row of a run."""
    async with database.single() as connection:
        return (await connection.execute(text("select * from campaign_run where id = :id"), {"id": run_id})).one()


async def steer(database: Database, clock: SetClock, run_id: int, state: RunState) -> bool:
    """Change the state of a run as a person would."""
    async with database.transaction() as connection:
        return await change_run(connection, run_id, state, now=clock.now(), by=1)


async def send_everything(sender: Sender, clock: SetClock, *, rounds: int = 50) -> None:
    """Let a sender work until nothing leaves any more, the clock a little ahead each time."""
    for _ in range(rounds):
        begun = await sender.send_one_batch()
        await sender.sweep()
        if not begun:
            return
        clock.at += timedelta(seconds=1.1)
