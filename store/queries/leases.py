"""Leases: one worker per conversation at a time, until it gives it back or its time runs out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class LeasedConversation:
    """A conversation that one worker may answer until its lease ends.

    `taken_over`: the worker before left without releasing it, so its first message may have reached Rasa already.
    `introduced`: the person was told before that this is a machine and how to reach a person.
    `first`: the oldest message that waits.
    `silent_until`: until when a person talks and the bot keeps quiet; a time that has passed is still to be cleared.
    """

    id: int
    channel: str
    address: str
    language: str
    lease: str
    taken_over: bool
    introduced: bool
    first: "WaitingMessage | None"
    silent_until: datetime | None = None


@dataclass(frozen=True)
class WaitingMessage:
    """The oldest message of a conversation that has no answer."""

    id: int
    text: str
    payload: str | None
    wishes: Mapping[str, Any]
    received_at: datetime
    failed_attempts: int


_LEASE = text("""
select * from lease_waiting(
    cast(:lease as text), cast(:limit as bigint), cast(:now as timestamptz), cast(:until as timestamptz))
""").columns(wishes=JSONB)


async def lease_conversations(
    connection: AsyncConnection, *, lease: str, limit: int, now: datetime, lasting: timedelta
) -> list[LeasedConversation]:
    """Lease up to `limit` conversations that wait for an answer and are leased to nobody, longest waiting first."""
    rows = await connection.execute(_LEASE, {"lease": lease, "limit": limit, "now": now, "until": now + lasting})
    return [
        LeasedConversation(
            id=row.conversation_id,
            channel=row.channel,
            address=row.address,
            language=row.language,
            lease=lease,
            taken_over=row.taken_over,
            introduced=row.introduced,
            first=None if row.incoming_id is None else WaitingMessage(*row[7:]),
            silent_until=row.silent_until,
        )
        for row in rows
    ]


_SOMEBODY_IS_ANSWERED = text("select exists (select from conversation where waiting > 0 and leased_until > :now)")


async def somebody_is_answered(connection: AsyncConnection, *, now: datetime) -> bool:
    """True while a worker of any process answers a message."""
    return bool((await connection.execute(_SOMEBODY_IS_ANSWERED, {"now": now})).scalar_one())


_END_LEASES = text(
    "update conversation set leased_until = :now where starts_with(lease, :begin) and leased_until > :now"
)


async def end_leases(connection: AsyncConnection, *, of: str, now: datetime) -> int:
    """End every lease of the worker named `of`, whose leases all begin with its name; return how many there were.

    They count as run out: the next worker knows that Rasa may have been asked.
    """
    return (await connection.execute(_END_LEASES, {"begin": f"{of}-", "now": now})).rowcount


_NEXT = text("""
select incoming.id, incoming.text, incoming.payload, incoming.wishes, incoming.received_at, incoming.failed_attempts
from incoming join conversation on conversation.id = incoming.conversation_id
where incoming.conversation_id = :conversation_id and incoming.answered_at is null and conversation.lease = :lease
order by incoming.id limit 1
""").columns(wishes=JSONB)


async def next_waiting_message(
    connection: AsyncConnection, *, conversation_id: int, lease: str
) -> WaitingMessage | None:
    """Return the oldest unanswered message, or None when there is none or the lease was lost."""
    row = (await connection.execute(_NEXT, {"conversation_id": conversation_id, "lease": lease})).one_or_none()
    return None if row is None else WaitingMessage(*row)


_PUT_BACK = text("""
update conversation set lease = null, leased_until = null, answer_not_before = :not_before
where id = :conversation_id and lease = :lease
""")

_FAILED = text("update incoming set failed_attempts = failed_attempts + 1 where id = :incoming_id")
# Rasa may have handled it under an earlier lease: the next try must still be marked as a repetition.
_MAYBE_ASKED = text("update incoming set failed_attempts = greatest(failed_attempts, 1) where id = :incoming_id")


async def put_back(
    connection: AsyncConnection,
    *,
    conversation_id: int,
    incoming_id: int,
    lease: str,
    not_before: datetime,
    reached_rasa: bool,
    maybe_asked_before: bool = False,
) -> None:
    """Give a conversation back unanswered, to be tried again from `not_before` on.

    `reached_rasa`: Rasa was asked now, in vain. `maybe_asked_before`: a worker that died may have asked it.
    """
    done = await connection.execute(
        _PUT_BACK, {"conversation_id": conversation_id, "lease": lease, "not_before": not_before}
    )
    if done.rowcount == 0:
        # Taken over meanwhile: the attempts that count are those of whoever answers now.
        return
    if reached_rasa:
        await connection.execute(_FAILED, {"incoming_id": incoming_id})
    elif maybe_asked_before:
        await connection.execute(_MAYBE_ASKED, {"incoming_id": incoming_id})
