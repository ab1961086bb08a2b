"""Sending from the ledger: claiming messages, and settling what became of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from store.delivery_errors import ErrorClass
from store.delivery_states import DeliveryKind, DeliveryState, Priority
from store.queries.channel_switch import MAY_LEAVE
from store.queries.deliveries import SETTLED, TO_SEND

#: PostgreSQL carries at most 8000 bytes in one notification; this many ids always fit.
_IDS_PER_NOTIFICATION = 400


@dataclass(frozen=True)
class ClaimedDelivery:
    """A message that one sender may send until its claim ends."""

    id: int
    conversation_id: int
    channel: str
    address: str
    message: Mapping[str, Any]
    send_before: datetime | None
    priority: int = Priority.REPLY.value
    attempts: int = 0
    #: Set in the row of a recipient of a campaign run only.
    bulk: "BulkRow | None" = None


@dataclass(frozen=True)
class BulkRow:
    """What only a recipient of a campaign run has."""

    run_id: int
    recipient: str
    person_id: int | None
    tried_channels: tuple[str, ...]


@dataclass(frozen=True)
class Route:
    """A channel on which a person is reached, and their chat there."""

    channel: str
    address: str
    conversation_id: int


@dataclass(frozen=True)
class Outcome:
    """What became of a claimed message.

    Attributes:
        state: QUEUED when it did not leave and is tried again.
        reason: short key for reports; with an error, the provider's number or words.
        error_class: what the refusal means; None with a success.
        not_before: with QUEUED, when it is tried again.
        moved_to: the chat has another address now (Telegram group that became a supergroup).
        route: with QUEUED, where it is tried instead.
        counts: the try counts as one that failed.
        words: what is kept as the message, where people read the ledger or answer with the number of a button.
    """

    delivery_id: int
    conversation_id: int
    state: DeliveryState
    reason: str | None = None
    provider_message_id: str | None = None
    error_class: ErrorClass | None = None
    not_before: datetime | None = None
    moved_to: str | None = None
    route: Route | None = None
    counts: bool = False
    words: Mapping[str, Any] | None = None


# A message is claimed only when nothing older to the same person is still open: people read answers in order. What
# waits for its turn in a campaign is older than any answer and holds up none.
_CLAIM = text(f"""
with next as (
    select id from delivery
    where state = 'queued' and campaign_run_id is null and channel = any(:channels) and priority = any(:priorities)
      and (not_before is null or not_before <= :now) and {MAY_LEAVE}
      and not exists (
        select 1 from delivery as older
        where older.conversation_id = delivery.conversation_id and older.id < delivery.id
          and older.state in ('queued', 'claimed') and older.campaign_run_id is null
          and older.priority <= delivery.priority and delivery.kind <> '{DeliveryKind.CHANNEL_CLOSED}')
    order by priority, id
    limit :limit
    for update skip locked
)
update delivery set state = 'claimed', claimed_by = :sender, claimed_until = :until
from next where delivery.id = next.id
returning delivery.id, conversation_id, channel, address, message, send_before, priority, attempts
""").columns(message=JSONB)


async def claim_deliveries(
    connection: AsyncConnection,
    *,
    sender: str,
    channels: Sequence[str],
    limit: int,
    now: datetime,
    lasting: timedelta,
    priorities: Sequence[Priority] = tuple(Priority),
) -> list[ClaimedDelivery]:
    """Claim up to `limit` queued messages that belong to no campaign run, replies first.

    A message waits for older ones to the same person of the same or higher urgency: a reply passes a reminder.
    """
    values = {
        "sender": sender,
        "channels": list(channels),
        "priorities": [priority.value for priority in priorities],
        "limit": limit,
        "now": now,
        "until": now + lasting,
    }
    rows = sorted((await connection.execute(_CLAIM, values)).all(), key=lambda row: (row.priority, row.id))
    return [ClaimedDelivery(*row) for row in rows]


_WAITING = text(f"""
select channel, count(*) as number from (
    select channel from delivery
    where state = 'queued' and campaign_run_id is null and channel = any(:channels) and priority = any(:priorities)
      and (not_before is null or not_before <= :now) and {MAY_LEAVE}
    order by priority, id limit 500
) as waiting group by channel
""")


async def waiting_by_channel(
    connection: AsyncConnection, *, channels: Sequence[str], priorities: Sequence[Priority], now: datetime
) -> dict[str, int]:
    """Return how many of the first messages that wait, and belong to no campaign run, are for each channel."""
    values = {"channels": list(channels), "priorities": [one.value for one in priorities], "now": now}
    return {row.channel: int(row.number) for row in await connection.execute(_WAITING, values)}


_SETTLE = text("""
update delivery set state = outcome.state, reason = outcome.reason, error_class = outcome.error_class,
    provider_message_id = outcome.provider_message_id, claimed_until = null,
    settled_at = case when outcome.state <> 'queued' then cast(:now as timestamptz) end,
    not_before = case when outcome.state = 'queued' then coalesce(outcome.not_before, delivery.not_before)
        else delivery.not_before end,
    attempts = delivery.attempts + case when outcome.counts then 1 else 0 end,
    tried_channels = case when outcome.channel is not null
        then array_append(delivery.tried_channels, cast(delivery.channel as text)) else delivery.tried_channels end,
    channel = coalesce(outcome.channel, delivery.channel),
    address = coalesce(outcome.address, delivery.address),
    conversation_id = coalesce(outcome.conversation_id, delivery.conversation_id),
    message = coalesce(outcome.words, delivery.message)
from unnest(cast(:ids as bigint[]), cast(:states as text[]), cast(:reasons as text[]), cast(:provider_ids as text[]),
    cast(:error_classes as text[]), cast(:not_before as timestamptz[]), cast(:counts as boolean[]),
    cast(:channels as text[]), cast(:addresses as text[]), cast(:conversations as bigint[]), cast(:words as jsonb[]))
    as outcome(id, state, reason, provider_message_id, error_class, not_before, counts, channel, address,
        conversation_id, words)
where delivery.id = outcome.id and delivery.state in ('claimed', 'unknown') and delivery.claimed_by = :sender
""")
_NOTIFY_SETTLED = text(f"select pg_notify('{SETTLED}', :ids)")


async def settle_deliveries(
    connection: AsyncConnection,
    outcomes: Sequence[Outcome],
    *,
    sender: str,
    now: datetime,
    tell: Collection[int] | None = None,
) -> None:
    """Write what became of claimed messages and tell whoever waits for them.

    A later message to the same person could not be claimed before: the sender that settles looks again at once. One
    that is late and finds its message `unknown` may still say what became of it.
    `tell`: only these conversations have somebody who may wait (None: all).
    """
    routes = [outcome.route for outcome in outcomes]
    values = {
        "ids": [outcome.delivery_id for outcome in outcomes],
        "states": [outcome.state.value for outcome in outcomes],
        "reasons": [outcome.reason for outcome in outcomes],
        "provider_ids": [outcome.provider_message_id for outcome in outcomes],
        "error_classes": [outcome.error_class and outcome.error_class.value for outcome in outcomes],
        "not_before": [outcome.not_before for outcome in outcomes],
        "counts": [outcome.counts for outcome in outcomes],
        "channels": [route and route.channel for route in routes],
        "addresses": [route.address if route else one.moved_to for route, one in zip(routes, outcomes, strict=True)],
        "conversations": [route and route.conversation_id for route in routes],
        "words": [None if one.words is None else orjson.dumps(one.words).decode() for one in outcomes],
        "sender": sender,
        "now": now,
    }
    await connection.execute(_SETTLE, values)
    people = sorted({one.conversation_id for one in outcomes if tell is None or one.conversation_id in tell})
    for start in range(0, len(people), _IDS_PER_NOTIFICATION):
        ids = " ".join(map(str, people[start : start + _IDS_PER_NOTIFICATION]))
        await connection.execute(_NOTIFY_SETTLED, {"ids": ids})


_RELEASE = text("""
update delivery set state = 'queued', claimed_by = null, claimed_until = null
where id = any(cast(:ids as bigint[])) and state = 'claimed' and claimed_by = :sender
""")


async def put_back_claims(connection: AsyncConnection, delivery_ids: Sequence[int], *, sender: str) -> None:
    """Queue claimed messages again of which the provider was certainly not asked."""
    if delivery_ids:
        await connection.execute(_RELEASE, {"ids": list(delivery_ids), "sender": sender})


_LAPSED = text("""
with lapsed as (
    update delivery set
        state = case when channel = any(:repeatable) then 'queued' else 'unknown' end,
        reason = case when channel = any(:repeatable) then null else 'sender_died' end,
        settled_at = case when channel = any(:repeatable) then null else cast(:now as timestamptz) end,
        claimed_by = case when channel = any(:repeatable) then null else claimed_by end, claimed_until = null
    where state = 'claimed' and claimed_until <= :now
    returning 1
)
select count(*), pg_notify(:notify, '') from lapsed having count(*) > 0
""")


async def sweep_lapsed_claims(connection: AsyncConnection, *, repeatable_channels: Sequence[str], now: datetime) -> int:
    """Settle messages whose sender died after claiming them; return how many.

    On a repeatable channel (sending means making the row visible) the message is queued again. Elsewhere it may have
    left already: it becomes `unknown` and is not sent again by itself.
    """
    row = (
        await connection.execute(_LAPSED, {"repeatable": list(repeatable_channels), "now": now, "notify": TO_SEND})
    ).one_or_none()
    return 0 if row is None else int(row[0])
