"""What one Zalo account knows of people beside their messages: when they did something last, whether they follow."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class Contact:
    """See `store.models.zalo.ZaloContact`."""

    last_interaction_at: datetime | None
    follows: bool | None
    follows_since: datetime | None


_READ = text("""
select last_interaction_at, follows, follows_since from zalo_contact
where oa_id = :oa_id and user_id = :user_id
""")


async def read_contact(connection: AsyncConnection, *, oa_id: str, user_id: str) -> Contact | None:
    """Return what is known of a person, None when they never did anything."""
    row = (await connection.execute(_READ, {"oa_id": oa_id, "user_id": user_id})).one_or_none()
    return None if row is None else Contact(*row)


# The window counts from whatever the person does; the planner of campaigns reads it from the conversation.
_INTERACTED = text("""
with contact as (
    insert into zalo_contact (oa_id, user_id, user_id_by_app, last_interaction_at)
    values (:oa_id, :user_id, :user_id_by_app, :at)
    on conflict (oa_id, user_id) do update set
        last_interaction_at = greatest(zalo_contact.last_interaction_at, excluded.last_interaction_at),
        user_id_by_app = coalesce(excluded.user_id_by_app, zalo_contact.user_id_by_app)
)
update conversation set last_message_at = :at
where channel = :channel and address = :user_id and last_message_at < :at
""")


async def note_interaction(
    connection: AsyncConnection, *, oa_id: str, channel: str, user_id: str, user_id_by_app: str | None, at: datetime
) -> None:
    """Note that somebody did something that opens their window. Events come in any order: the latest counts."""
    values = {
        "oa_id": oa_id, "channel": channel, "user_id": user_id, "user_id_by_app": user_id_by_app, "at": at,
    }  # fmt: skip
    await connection.execute(_INTERACTED, values)


_FOLLOWS = text("""
insert into zalo_contact (oa_id, user_id, follows, follows_since) values (:oa_id, :user_id, :follows, :at)
on conflict (oa_id, user_id) do update set follows = excluded.follows, follows_since = excluded.follows_since
where zalo_contact.follows_since is null or zalo_contact.follows_since <= excluded.follows_since
""")


async def note_follow(connection: AsyncConnection, *, oa_id: str, user_id: str, follows: bool, at: datetime) -> None:
    """Note that somebody began or ended to follow. An older event that comes late changes nothing."""
    await connection.execute(_FOLLOWS, {"oa_id": oa_id, "user_id": user_id, "follows": follows, "at": at})


# Whoever never wrote has no window; a chat that begins with an officer's words must not look as if they had.
_SILENCE = text("""
insert into conversation as known (channel, address, created_at, last_message_at, silent_until)
values (:channel, :address, :now, cast(:now as timestamptz) - interval '30 days', :until)
on conflict (channel, address) do update set silent_until = greatest(known.silent_until, excluded.silent_until)
""")


async def silence_chat(
    connection: AsyncConnection, *, channel: str, address: str, until: datetime, now: datetime
) -> None:
    """Keep the bot quiet in a chat in which an officer writes from Zalo's own application, also where it is new."""
    await connection.execute(_SILENCE, {"channel": channel, "address": address, "until": until, "now": now})
