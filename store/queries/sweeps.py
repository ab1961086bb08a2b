"""Nothing of the ledger stays stuck: each statement here ends one state in which a row or a run could hang."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.delivery_states import DeliveryState
from store.queries.campaign_runs import RUN_CHANGED
from store.queries.deliveries import SETTLED

#: Rows that one sweep changes at most, so that it never holds many locks; the next one goes on.
_AT_ONCE = 5000

# What is queued of one run, in the order of its index: a look each second must not read a table of millions.
_QUEUED_OF_RUN = f"""lateral (
    select id from delivery where campaign_run_id = campaign_run.id and state = 'queued'
    order by channel, not_before, id limit {_AT_ONCE} for update skip locked) as queued"""

_CANCELLED = text(f"""
update delivery set state = 'cancelled', reason = 'run_cancelled', settled_at = :now
where id in (
    select queued.id from campaign_run cross join {_QUEUED_OF_RUN}
    where campaign_run.state = 'cancelled' limit {_AT_ONCE})
""")


async def cancel_leftovers(connection: AsyncConnection, *, now: datetime) -> int:
    """Settle recipients of cancelled runs that had not left; return how many."""
    return (await connection.execute(_CANCELLED, {"now": now})).rowcount


_EXPIRED_RUNS = text(f"""
update delivery set state = 'expired', reason = 'too_old_to_send', settled_at = :now
where id in (
    select queued.id from campaign_run cross join {_QUEUED_OF_RUN}
    where campaign_run.state in ('waiting', 'running', 'paused', 'stopped') and campaign_run.send_before <= :now
    limit {_AT_ONCE})
""")
_EXPIRED = text(f"""
update delivery set state = 'expired', reason = 'too_old_to_send', settled_at = :now
where id in (
    select id from delivery where campaign_run_id is null and state = 'queued' and send_before <= :now
    limit {_AT_ONCE} for update skip locked)
""")


async def expire_overdue(connection: AsyncConnection, *, now: datetime) -> int:
    """Settle queued messages whose "no use after" has passed, also of paused and stopped runs; return how many."""
    done = 0
    for statement in (_EXPIRED, _EXPIRED_RUNS):
        done += (await connection.execute(statement, {"now": now})).rowcount
    return done


_FINISHED = text(f"""
with finished as (
    update campaign_run set state = 'finished', state_reason = null, state_changed_by = null, state_changed_at = :now
    where (state = 'running' or (state in ('waiting', 'paused', 'stopped') and send_before <= :now))
      and exists (select from (
        select id from delivery where campaign_run_id = campaign_run.id order by recipient limit 1) as one)
      and not exists (select from (
        select id from delivery where campaign_run_id = campaign_run.id and state = 'queued'
        order by channel, not_before, id limit 1) as one)
      and not exists (select from (
        select id from delivery where campaign_run_id = campaign_run.id and state = 'claimed'
        order by claimed_until limit 1) as one)
    returning id
)
select id, pg_notify('{RUN_CHANGED}', id::text) from finished
""")


async def finish_runs(connection: AsyncConnection, *, now: datetime) -> Sequence[int]:
    """Mark runs as finished of which nothing is left to send; return their ids.

    An `unknown` recipient does not keep a run open: it waits for a receipt or a person, not for a sender.
    """
    return (await connection.execute(_FINISHED, {"now": now})).scalars().all()


_FORGET = (
    text("delete from chat_pace where arrives_at < cast(:now as timestamptz) - interval '1 hour'"),
    text("delete from sending_grant where free_at < cast(:now as timestamptz) - interval '1 minute'"),
    text("""
delete from bulk_reach where not exists (
    select from unnest(reached_at) as moment where moment > cast(:now as timestamptz) - interval '7 days')
"""),
)


async def forget_old_limits(connection: AsyncConnection, *, now: datetime) -> None:
    """Delete what limits remember and no longer need; grants of senders that died are among it."""
    for statement in _FORGET:
        await connection.execute(statement, {"now": now})


@dataclass(frozen=True)
class UnknownDelivery:
    """A message of which nobody knows whether it arrived, for a person to decide about."""

    id: int
    channel: str
    conversation_id: int
    campaign_run_id: int | None
    reason: str | None
    asked_at: datetime


#: So long a receipt or an echo may still tell what became of a message (channels.md D-07).
RECEIPT_MAY_COME = timedelta(seconds=90)

_UNKNOWN = text("""
select id, channel, conversation_id, campaign_run_id, reason, settled_at from delivery
where state = 'unknown' and settled_at <= :before order by settled_at limit :limit
""")


async def unknown_deliveries(connection: AsyncConnection, *, now: datetime, limit: int = 500) -> list[UnknownDelivery]:
    """List messages that stay unknown although a receipt would have come by now. Nothing sends them again by itself."""
    rows = await connection.execute(_UNKNOWN, {"before": now - RECEIPT_MAY_COME, "limit": limit})
    return [UnknownDelivery(*row) for row in rows]


_DECIDE = text("""
update delivery set state = :state, reason = :reason where id = :id and state = 'unknown'
""")


async def decide_unknown(connection: AsyncConnection, delivery_id: int, *, arrived: bool, reason: str) -> bool:
    """Settle an unknown message by what a person found out; return False if it is not unknown any more."""
    state = DeliveryState.SENT if arrived else DeliveryState.FAILED
    values = {"id": delivery_id, "state": state.value, "reason": reason}
    return (await connection.execute(_DECIDE, values)).rowcount == 1


# States only move forward; a receipt is also the proof that an unknown message has left.
_RECEIPT = text(f"""
with moved as (
    update delivery set state = :state, reason = null
    where channel = :channel and provider_message_id = any(cast(:ids as text[]))
      and state in ('sent', 'delivered', 'unknown') and state <> :state
    returning conversation_id
)
select count(*), (select pg_notify('{SETTLED}', string_agg(distinct conversation_id::text, ' ')) from moved) from moved
""")


async def receipts_arrived(
    connection: AsyncConnection, *, channel: str, provider_message_ids: Sequence[str], state: DeliveryState
) -> int:
    """Move messages forward by a provider's receipt (`delivered`, `seen`, or `sent` for an echo); return how many.

    Receipts come in any order: a state never goes back.
    """
    if state not in (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.SEEN):
        raise ValueError(f"A receipt cannot say {state}.")
    values = {"channel": channel, "ids": list(provider_message_ids), "state": state.value}
    if state is DeliveryState.SENT:
        return (await connection.execute(_ECHO, values)).rowcount
    row = (await connection.execute(_RECEIPT, values)).one()
    return int(row[0])


_ECHO = text("""
update delivery set state = :state, reason = null
where channel = :channel and provider_message_id = any(cast(:ids as text[])) and state = 'unknown'
""")
