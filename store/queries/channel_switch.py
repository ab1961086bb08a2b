"""Closing and opening channels; what waits on a closed one goes another way, or goes on waiting."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.delivery_states import DeliveryKind
from store.queries.deliveries import TO_SEND
from store.queries.people import REACHABLE

#: Rows moved and people told in one round, so that no statement holds many locks.
_AT_ONCE = 1000

#: SQL condition on a row of `delivery`: its channel is open, or it is the word that the channel is closed.
MAY_LEAVE = f"""(delivery.kind = '{DeliveryKind.CHANNEL_CLOSED}'
    or not exists (select from closed_channel where closed_channel.channel = delivery.channel))"""


@dataclass(frozen=True)
class Closure:
    """A channel that is closed."""

    channel: str
    since: datetime
    reason: str
    closed_by: int | None


_CLOSE = text(f"""
with closed as (
    insert into closed_channel (channel, since, reason, closed_by) values (:channel, :now, :reason, :actor)
    on conflict (channel) do nothing returning channel
)
select pg_notify('{TO_SEND}', '') from closed
""")


async def close_channel(
    connection: AsyncConnection, channel: str, *, reason: str, actor: int | None, now: datetime
) -> bool:
    """Close a channel; with the commit nothing more is claimed on it. False when it was closed already."""
    values = {"channel": channel, "reason": reason, "actor": actor, "now": now}
    return (await connection.execute(_CLOSE, values)).first() is not None


_OPEN = text(f"""
with opened as (delete from closed_channel where channel = :channel returning channel)
select pg_notify('{TO_SEND}', '') from opened
""")


async def open_channel(connection: AsyncConnection, channel: str) -> bool:
    """Open a channel; what waited leaves. False when it was open."""
    return (await connection.execute(_OPEN, {"channel": channel})).first() is not None


_CLOSED = text("select channel, since, reason, closed_by from closed_channel order by channel")


async def closed_channels(connection: AsyncConnection) -> list[Closure]:
    """Return the channels that are closed."""
    return [Closure(*row) for row in await connection.execute(_CLOSED)]


_WAITING = text("select count(*) from delivery where channel = :channel and state = 'queued'")


async def count_queued(connection: AsyncConnection, channel: str) -> int:
    """Return how many messages wait on a channel, single ones and recipients of campaigns."""
    return int((await connection.execute(_WAITING, {"channel": channel})).scalar_one())


# The chat of the same person on an open channel: the preferred one, then where they wrote last, the web chat last.
_REROUTE = text(f"""
with stuck as (
    select delivery.id, delivery.channel as closed, delivery.conversation_id as old, closed_channel.since, chat.*
    from closed_channel
    join delivery on delivery.channel = closed_channel.channel and delivery.state = 'queued'
        and delivery.kind <> '{DeliveryKind.CHANNEL_CLOSED}'
    join conversation as home on home.id = delivery.conversation_id
    join person on person.id = home.person_id
    cross join lateral (
        select conversation.id as new, conversation.channel, conversation.address, conversation.language
        from conversation
        where conversation.person_id = home.person_id and conversation.channel = any(cast(:channels as text[]))
          and not conversation.staff_test and {REACHABLE}
          and not exists (select from closed_channel as other where other.channel = conversation.channel)
          and not (conversation.channel = any(coalesce(delivery.tried_channels, array[]::text[])))
        order by conversation.channel = any(cast(:last as text[])),
            (conversation.channel = person.preferred_channel) desc nulls last, conversation.last_message_at desc
        limit 1
    ) as chat
    order by delivery.id limit {_AT_ONCE} for update of delivery skip locked
),
moved as (
    update delivery set channel = stuck.channel, address = stuck.address, conversation_id = stuck.new,
        tried_channels = array_append(delivery.tried_channels, cast(stuck.closed as text))
    from stuck where delivery.id = stuck.id
    returning stuck.closed, stuck.since, stuck.old, stuck.new, stuck.channel, stuck.address, stuck.language
),
told as (
    insert into closure_notice (channel, since, conversation_id) select distinct closed, since, old from moved
    on conflict do nothing returning channel, conversation_id
)
select distinct on (moved.old, moved.closed) moved.closed, moved.new, moved.channel, moved.address, moved.language,
    (select count(*) from moved) as number, told.conversation_id is not null as is_to_be_told
from moved left join told on told.channel = moved.closed and told.conversation_id = moved.old
order by moved.old, moved.closed
""")


@dataclass(frozen=True)
class ToTell:
    """Somebody who is to hear that the channel `closed` is closed, and the chat in which they hear it."""

    closed: str
    conversation_id: int
    channel: str
    address: str
    language: str


async def reroute_from_closed(
    connection: AsyncConnection, *, channels: Collection[str], last: Collection[str]
) -> tuple[int, Sequence[ToTell]]:
    """Send what waits on closed channels to other chats of the same people; return how many rows, and whom to tell.

    A recipient of a campaign keeps their one row: reports count them as before. Of `last` a chat is taken only where
    there is no other.
    """
    rows = (await connection.execute(_REROUTE, {"channels": sorted(channels), "last": sorted(last)})).all()
    people = [ToTell(row.closed, row.new, row.channel, row.address, row.language) for row in rows if row.is_to_be_told]
    return (int(rows[0].number) if rows else 0), people


_WROTE = text(f"""
with told as (
    insert into closure_notice (channel, since, conversation_id)
    select closed_channel.channel, closed_channel.since, conversation.id
    from closed_channel join conversation on conversation.channel = closed_channel.channel
    where conversation.last_message_at >= closed_channel.since and not conversation.staff_test
      and not exists (select from closure_notice
        where closure_notice.channel = closed_channel.channel and closure_notice.since = closed_channel.since
          and closure_notice.conversation_id = conversation.id)
    limit {_AT_ONCE}
    on conflict do nothing returning channel, conversation_id
)
select told.channel as closed, conversation.id, conversation.channel, conversation.address, conversation.language
from told join conversation on conversation.id = told.conversation_id order by conversation.id
""")


async def wrote_to_closed(connection: AsyncConnection) -> Sequence[ToTell]:
    """Return people who wrote on a closed channel and have not been told; they count as told from now on."""
    return [ToTell(*row) for row in await connection.execute(_WROTE)]
