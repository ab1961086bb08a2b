"""Storing what people send, and leasing their conversations to workers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

#: Notified when there is something to answer.
TO_ANSWER = "to_answer"


@dataclass(frozen=True)
class Stored:
    """Where a message was stored.

    `new` is False for a redelivery of a message that is here already; `waiting` counts the unanswered messages of the
    conversation, this one included (0 for a redelivery).
    """

    incoming_id: int
    conversation_id: int
    new: bool
    waiting: int


@dataclass(frozen=True)
class LeasedConversation:
    """A conversation that one worker may answer until its lease ends.

    `taken_over`: the worker before left without releasing it, so its first message may have reached Rasa already.
    `introduced`: the person was told before that this is a machine and how to reach a person.
    `first`: the oldest message that waits.
    """

    id: int
    channel: str
    address: str
    language: str
    lease: str
    taken_over: bool
    introduced: bool
    first: "WaitingMessage | None"


@dataclass(frozen=True)
class WaitingMessage:
    """The oldest message of a conversation that has no answer."""

    id: int
    text: str
    payload: str | None
    wishes: Mapping[str, Any]
    received_at: datetime
    failed_attempts: int


_STORE = text("""
with talk as (
    insert into conversation (channel, address, language, created_at, last_message_at)
    values (:channel, :address, coalesce(:language, 'vi'), :now, :now)
    on conflict (channel, address) do update set last_message_at = excluded.last_message_at
    returning id
)
insert into incoming (conversation_id, channel, provider_message_id, text, payload, wishes, received_at)
select id, :channel, :provider_message_id, :text, :payload, :wishes, :now from talk
on conflict (channel, provider_message_id) do nothing
returning id, conversation_id
""").bindparams(bindparam("wishes", type_=JSONB))

_COUNT_AS_WAITING = text("""
update conversation set waiting = waiting + 1, oldest_waiting_at = coalesce(oldest_waiting_at, :now)
where id = :conversation_id returning waiting, pg_notify(:channel, '')
""")

_KNOWN = text("""
select id, conversation_id from incoming where channel = :channel and provider_message_id = :provider_message_id
""")


async def store_incoming(
    connection: AsyncConnection,
    *,
    channel: str,
    address: str,
    provider_message_id: str,
    text: str,
    payload: str | None,
    wishes: Mapping[str, Any],
    language: str | None,
    now: datetime,
) -> Stored:
    """Store one message once and mark its conversation as waiting.

    The upsert locks the conversation before the message gets its number, so numbers follow the order of arrival
    within a conversation. `language` is taken only by a conversation that is new.
    """
    row = (
        await connection.execute(
            _STORE,
            {
                "channel": channel,
                "address": address,
                "language": language,
                "provider_message_id": provider_message_id,
                "text": text,
                "payload": payload,
                "wishes": dict(wishes),
                "now": now,
            },
        )
    ).one_or_none()
    if row is None:
        known = (
            await connection.execute(_KNOWN, {"channel": channel, "provider_message_id": provider_message_id})
        ).one()
        return Stored(known.id, known.conversation_id, new=False, waiting=0)
    counted = await connection.execute(
        _COUNT_AS_WAITING, {"conversation_id": row.conversation_id, "now": now, "channel": TO_ANSWER}
    )
    return Stored(row.id, row.conversation_id, new=True, waiting=int(counted.one().waiting))


_LEASE = text("""
with free as (
    select id, lease is not null as taken_over from conversation
    where waiting > 0
      and (leased_until is null or leased_until <= :now)
      and (answer_not_before is null or answer_not_before <= :now)
    order by oldest_waiting_at
    limit :limit
    for update skip locked
)
update conversation set lease = :lease, leased_until = :until
from free where conversation.id = free.id
returning conversation.id, channel, address, language, free.taken_over, introduced_at is not null as introduced
""")

# A statement of its own: within the one above, a message answered a moment ago could still look unanswered.
_FIRST_WAITING = text("""
select distinct on (conversation_id)
       conversation_id, id, text, payload, wishes, received_at, failed_attempts
from incoming where conversation_id = any(:conversation_ids) and answered_at is null
order by conversation_id, id
""").columns(wishes=JSONB)


async def lease_conversations(
    connection: AsyncConnection, *, lease: str, limit: int, now: datetime, lasting: timedelta
) -> list[LeasedConversation]:
    """Lease up to `limit` conversations that wait for an answer and are leased to nobody, longest waiting first."""
    leased = (
        await connection.execute(_LEASE, {"lease": lease, "limit": limit, "now": now, "until": now + lasting})
    ).all()
    if not leased:
        return []
    waiting = await connection.execute(_FIRST_WAITING, {"conversation_ids": [row.id for row in leased]})
    first = {row.conversation_id: WaitingMessage(*row[1:]) for row in waiting}
    return [
        LeasedConversation(
            row.id, row.channel, row.address, row.language, lease, row.taken_over, row.introduced, first.get(row.id)
        )
        for row in leased
    ]


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


_ANSWERED = text("update incoming set answered_at = :now where id = :incoming_id and answered_at is null")

# The counter decides, on the row as it is now, whether the lease goes on: a message stored meanwhile is never missed.
_SETTLED = text("""
update conversation set
    waiting = waiting - 1,
    introduced_at = coalesce(introduced_at, :now),
    notice_given_for = null,
    answer_not_before = null,
    oldest_waiting_at = case when waiting > 1 then oldest_waiting_at end,
    lease = case when waiting > 1 then lease end,
    leased_until = case when waiting > 1 then cast(:until as timestamptz) end
where id = :conversation_id and lease = :lease
returning waiting
""")


class LeaseLost(Exception):
    """Another worker took the conversation over; what this one was about to write must not be written."""


async def settle_answered(
    connection: AsyncConnection,
    *,
    conversation_id: int,
    incoming_id: int,
    lease: str,
    now: datetime,
    lasting: timedelta,
) -> int:
    """Mark a message as answered; return how many more wait. The lease ends when none do, else it is prolonged.

    Raises:
        LeaseLost: the lease is not ours any more; roll back.
    """
    left = (
        await connection.execute(
            _SETTLED,
            {"conversation_id": conversation_id, "lease": lease, "now": now, "until": now + lasting},
        )
    ).scalar_one_or_none()
    if left is None:
        raise LeaseLost(f"conversation {conversation_id}")
    done = await connection.execute(_ANSWERED, {"incoming_id": incoming_id, "now": now})
    if done.rowcount != 1:
        raise LeaseLost(f"message {incoming_id} was answered already")
    return int(left)


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


_NOTICE = text("""
update conversation set notice_given_for = :incoming_id
where id = :conversation_id and lease = :lease and notice_given_for is null
""")


async def mark_notice_given(connection: AsyncConnection, *, conversation_id: int, incoming_id: int, lease: str) -> bool:
    """Return True if the person has not been told yet, since the last answer, that an answer is coming."""
    done = await connection.execute(
        _NOTICE, {"conversation_id": conversation_id, "incoming_id": incoming_id, "lease": lease}
    )
    return done.rowcount == 1


_WAITING_COUNTS = text(
    "select count(*) filter (where waiting > 0), coalesce(sum(waiting), 0) from conversation where waiting > 0"
)


async def count_waiting(connection: AsyncConnection) -> tuple[int, int]:
    """Return how many conversations, and how many messages, wait for an answer."""
    row = (await connection.execute(_WAITING_COUNTS)).one()
    return int(row[0]), int(row[1])


_RECOUNT = text("""
with actual as (
    select conversation.id, count(incoming.id) as waiting, min(incoming.received_at) as oldest
    from conversation left join incoming
      on incoming.conversation_id = conversation.id and incoming.answered_at is null
    where conversation.last_message_at > :since
    group by conversation.id
)
update conversation set waiting = actual.waiting, oldest_waiting_at = actual.oldest
from actual
where conversation.id = actual.id and conversation.waiting <> actual.waiting and conversation.lease is null
returning conversation.id
""")


async def recount_waiting(connection: AsyncConnection, *, since: datetime) -> Sequence[int]:
    """Mend conversations whose `waiting` counter differs from their messages; return their ids.

    Nothing in this system lets the two differ; rows written by hand or restored from a partial backup may.
    """
    await connection.execute(text("lock table conversation in share row exclusive mode"))
    return (await connection.execute(_RECOUNT, {"since": since})).scalars().all()


_SET_LANGUAGE = text("update conversation set language = :language where id = :conversation_id")


async def set_language(connection: AsyncConnection, *, conversation_id: int, language: str) -> None:
    """Remember the language of a conversation."""
    await connection.execute(_SET_LANGUAGE, {"conversation_id": conversation_id, "language": language})
