"""Storing what people send, and settling it with its answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from store.delivery_states import DeliveryKind, Priority
from store.queries.deliveries import QUEUED_COLUMNS, WAY_OUT
from store.queries.leases import LeasedConversation, WaitingMessage
from store.queries.receipts import RECEIPTED, StoredReceipt, as_parameter

#: Notified when there is something to answer.
TO_ANSWER = "to_answer"


@dataclass(frozen=True)
class Stored:
    """Where a message was stored.

    `new` is False for a redelivery of a message that is here already; `waiting` counts the unanswered messages of the
    conversation, this one included (0 for a redelivery). `leased` is the conversation when it was leased with it.
    """

    incoming_id: int
    conversation_id: int
    new: bool
    waiting: int
    leased: LeasedConversation | None = None


class TooManyWaiting(Exception):
    """The conversation has too many unanswered messages; this one was not stored."""


# One round trip; the function (migration 0017) locks the conversation before the message gets its number, so numbers
# follow the order of arrival within a conversation.
_STORE = text("""
select * from take_message(
    cast(:channel as text), cast(:address as text), cast(:provider_message_id as text), cast(:text as text),
    cast(:payload as text), cast(:wishes as jsonb), cast(:language as text), cast(:now as timestamptz),
    cast(:most_waiting as bigint), cast(:lease as text), cast(:until as timestamptz))
""").bindparams(bindparam("wishes", type_=JSONB))


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
    most_waiting: int = 1_000_000,
    lease: str | None = None,
    lasting: timedelta = timedelta(0),
) -> Stored:
    """Store one message once, mark its conversation as waiting and wake the workers.

    `language` is taken only by a conversation that is new. With `lease`, a conversation of which nothing else waits and
    which nobody holds is leased under this name for `lasting`, and nobody is woken.

    Raises:
        TooManyWaiting: `most_waiting` messages of the conversation have no answer yet; this one was not stored.
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
                "most_waiting": most_waiting,
                "lease": lease,
                "until": now + lasting,
            },
        )
    ).one()
    if row.incoming_id is None:
        raise TooManyWaiting
    leased = None
    if row.leased and lease is not None:
        leased = LeasedConversation(
            id=row.conversation_id,
            channel=channel,
            address=address,
            language=row.language,
            lease=lease,
            taken_over=False,
            introduced=row.introduced,
            first=WaitingMessage(row.incoming_id, text, payload, wishes, now, 0),
            silent_until=row.silent_until,
        )
    return Stored(row.incoming_id, row.conversation_id, new=row.is_new, waiting=int(row.waiting), leased=leased)


# One statement, so that the answer is queued if and only if the message is settled under our lease. The counter
# decides, on the row as it is now, whether the lease goes on: a message stored meanwhile is never missed.
_SETTLED = text(f"""
with settled as (
    update conversation set
        waiting = waiting - 1,
        introduced_at = coalesce(introduced_at, :now),
        notice_given_for = case when waiting > 1 then notice_given_for end,
        answer_not_before = null,
        oldest_waiting_at = case when waiting > 1 then oldest_waiting_at end,
        lease = case when waiting > 1 then lease end,
        leased_until = case when waiting > 1 then cast(:until as timestamptz) end
    from incoming
    where conversation.id = :conversation_id and conversation.lease = :lease
      and incoming.id = :incoming_id and incoming.answered_at is null
    returning conversation.id, conversation.waiting, conversation.channel, conversation.address,
        -- A person has begun to talk since the bot was asked: it keeps its answer to itself.
        not cast(:spoken_to as boolean)
            and coalesce(conversation.silent_until > cast(:now as timestamptz), false) as silent
),
answered as (
    update incoming set answered_at = :now where id = :incoming_id and exists (select from settled)
),
{WAY_OUT},
queued as (
    insert into delivery ({QUEUED_COLUMNS})
    select settled.id, :incoming_id, :kind, number - 1, :priority, settled.channel, settled.address, message,
           cast(:now as timestamptz), null, way_out.state, way_out.settled_at
    from settled, way_out, jsonb_array_elements(cast(:messages as jsonb)) with ordinality as one(message, number)
    where not settled.silent
    order by number
    on conflict (incoming_id, kind, position) do nothing
    returning id, position, state
),
{RECEIPTED}
select settled.waiting, pg_notify(way_out.wakes, way_out.whom),
       (select array_agg(id order by position) from queued where state = 'sent') as shown
from settled, way_out
""").bindparams(bindparam("messages", type_=JSONB), bindparam("receipts", type_=JSONB))


class LeaseLost(Exception):
    """Another worker took the conversation over; what this one was about to write must not be written."""


@dataclass(frozen=True)
class Settled:
    """`waiting`: messages of the conversation without an answer; `shown`: ids of the rows that were shown at once."""

    waiting: int
    shown: tuple[int, ...]


async def settle_answered(
    connection: AsyncConnection,
    messages: Sequence[Mapping[str, Any]],
    receipts: Sequence[StoredReceipt] = (),
    *,
    conversation_id: int,
    incoming_id: int,
    lease: str,
    shows_at_once: bool,
    now: datetime,
    lasting: timedelta,
    origin: str = "",
    spoken_to: bool = False,
) -> Settled:
    """Mark a message as answered, queue `messages` as its answer and write their `receipts`.

    The lease ends when no more messages wait, else it is prolonged. `shows_at_once`: the person's channel shows the
    ledger itself. `origin`: the process that needs no notification of it, see `WAY_OUT`. While a person talks
    (`conversation.silent_until`) nothing is queued, unless the bot was `spoken_to` with a button or command.

    Raises:
        LeaseLost: the lease is not ours any more, or the message was answered already; nothing was written.
    """
    row = (
        await connection.execute(
            _SETTLED,
            {
                "conversation_id": conversation_id,
                "incoming_id": incoming_id,
                "lease": lease,
                "messages": [dict(message) for message in messages],
                "receipts": as_parameter(receipts),
                "kind": DeliveryKind.ANSWER.value,
                "priority": Priority.REPLY.value,
                "shows_at_once": shows_at_once,
                "origin": origin,
                "spoken_to": spoken_to,
                "now": now,
                "until": now + lasting,
            },
        )
    ).one_or_none()
    if row is None:
        raise LeaseLost(f"message {incoming_id} of conversation {conversation_id}")
    return Settled(int(row.waiting), tuple(row.shown or ()))


_NOTICE = text("""
update conversation set notice_given_for = :incoming_id
where id = :conversation_id and lease = :lease
  and (notice_given_for is null or cast(:urgent as boolean) and notice_given_for <> :incoming_id)
""")


async def mark_notice_given(
    connection: AsyncConnection, *, conversation_id: int, incoming_id: int, lease: str, urgent: bool = False
) -> bool:
    """Return True if the person is to be told now that an answer is coming.

    They are told once for all that waits, however many messages are answered until nothing waits; of what is `urgent`
    once for each message.
    """
    done = await connection.execute(
        _NOTICE,
        {"conversation_id": conversation_id, "incoming_id": incoming_id, "lease": lease, "urgent": urgent},
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
