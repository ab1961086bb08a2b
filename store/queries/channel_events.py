"""Events of providers: stored once before they are acknowledged, read in order by one reader at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

#: Notified with the channel's name when an event was stored.
CHANNEL_EVENT = "channel_event"


@dataclass(frozen=True)
class StoredEvent:
    """One event that was not read yet; see `store.models.channel_event.ChannelEvent`."""

    id: int
    key: str
    address: str
    rank: int
    body: bytes
    received_at: datetime
    attempts: int
    not_before: datetime | None


@dataclass(frozen=True)
class NewEvent:
    """One event as a provider delivered it.

    Attributes:
        key: the provider's id of the event, the same in each redelivery.
        address: whose events keep their order; empty where it is about nobody.
        rank: their order, as the provider counts.
    """

    key: str
    body: bytes
    address: str = ""
    rank: int = 0


_STORE = text("""
with given as (
    select * from unnest(
        cast(:keys as text[]), cast(:addresses as text[]), cast(:ranks as bigint[]), cast(:bodies as bytea[])
    ) with ordinality as one(key, address, rank, body, place)
), stored as (
    insert into channel_event (channel, key, address, rank, body, received_at)
    select :channel, key, address, rank, body, :now from given order by place
    on conflict (channel, key) do nothing returning key
)
select key, pg_notify('channel_event', cast(:channel as text)) from stored
""")


async def store_events(
    connection: AsyncConnection, *, channel: str, events: Sequence[NewEvent], now: datetime
) -> set[str]:
    """Store events in one statement and wake their reader; return the keys of those that were not here yet."""
    rows = await connection.execute(
        _STORE,
        {
            "channel": channel,
            "keys": [one.key for one in events],
            "addresses": [one.address for one in events],
            "ranks": [one.rank for one in events],
            "bodies": [one.body for one in events],
            "now": now,
        },
    )
    return {row.key for row in rows}


# Everybody's first before anybody's second: of nobody's events a later one without all earlier ones, which may have
# arrived long after it; and one who writes thousands keeps no others waiting.
_UNREAD = text("""
with unread as (
    select id, row_number() over (
        partition by case when address = '' then cast(id as text) else 'of ' || address end order by rank, id
    ) as place
    from channel_event where channel = :channel and read_at is null
), chosen as (
    select id from unread order by place, id limit :most
)
select id, key, address, rank, body, received_at, attempts, not_before
from channel_event join chosen using (id) order by id
""")


async def unread_events(connection: AsyncConnection, *, channel: str, most: int) -> list[StoredEvent]:
    """Return events that were not read yet, in the order of arrival.

    With an event come all of the same person that the provider counts before it.
    """
    return [StoredEvent(*row) for row in await connection.execute(_UNREAD, {"channel": channel, "most": most})]


_READ = text("""
update channel_event set read_at = :now, outcome = one.outcome, body = case when one.keeps then body end
from jsonb_to_recordset(:events) as one(id bigint, outcome text, keeps boolean)
where channel_event.id = one.id
""").bindparams(bindparam("events", type_=JSONB))


@dataclass(frozen=True)
class ReadEvent:
    """What an event was read as. `keeps_body`: nobody understood it, so it stays for whoever looks."""

    id: int
    outcome: str
    keeps_body: bool = False


async def mark_read(connection: AsyncConnection, events: Sequence[ReadEvent], *, now: datetime) -> None:
    """Note what events were read as, and erase the bodies of those that were understood."""
    rows: list[dict[str, Any]] = [{"id": one.id, "outcome": one.outcome, "keeps": one.keeps_body} for one in events]
    await connection.execute(_READ, {"events": rows, "now": now})


_AGAIN = text("update channel_event set attempts = attempts + :tries, not_before = :not_before where id = :id")


async def read_again(connection: AsyncConnection, event_id: int, *, not_before: datetime, counts: bool) -> None:
    """Have an event read again later. `counts`: it failed, which it may only a few times."""
    await connection.execute(_AGAIN, {"id": event_id, "not_before": not_before, "tries": 1 if counts else 0})


_FORGET_EVENTS = text("delete from channel_event where read_at is not null and received_at < :before")
_FORGET_FILES = text("delete from telegram_file where kept_at < :before")
_FORGET_PARTS = text("delete from sent_part where sent_at < :before")


async def purge_channel_events(connection: AsyncConnection, *, before: datetime) -> int:
    """Delete what was read and received before a moment, and the notes on parts that left before; return how many."""
    await connection.execute(_FORGET_PARTS, {"before": before})
    # They are uploaded again: ids of files that nobody sends any more are of no use.
    await connection.execute(_FORGET_FILES, {"before": before})
    return (await connection.execute(_FORGET_EVENTS, {"before": before})).rowcount


_LAST = text("""
select max(received_at) as last, count(*) filter (where read_at is null) as unread,
       count(*) filter (where outcome = 'dead') as dead
from channel_event where channel = :channel
""")


@dataclass(frozen=True)
class EventFigures:
    """When a channel's provider delivered last, what was not read yet, and what could not be read."""

    last: datetime | None
    unread: int
    dead: int


async def event_figures(connection: AsyncConnection, channel: str) -> EventFigures:
    """Return the figures of one channel, of the events that are still kept."""
    return EventFigures(*(await connection.execute(_LAST, {"channel": channel})).one())


_LAST_FROM_OUTSIDE = text("""
select max(received_at) from channel_event
where channel = :channel and outcome is distinct from cast(:but as text)
""")


async def last_event_at(connection: AsyncConnection, channel: str, *, but: str) -> datetime | None:
    """Return when a channel's provider delivered last, leaving out events that were read as `but`."""
    found: datetime | None = (
        await connection.execute(_LAST_FROM_OUTSIDE, {"channel": channel, "but": but})
    ).scalar_one()
    return found
