"""Reactions under messages: the last that the provider tells of one message, and which answer it is about."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Delivered twice or late: what happened later by the provider's own time stands.
_KEEP = text("""
insert into reaction (conversation_id, message_id, icons, at_ms, rank, kept_at)
values (:conversation_id, :message_id, :icons, :at_ms, :rank, :now)
on conflict (conversation_id, message_id) do update set
    icons = excluded.icons, at_ms = excluded.at_ms, rank = excluded.rank, kept_at = excluded.kept_at
where (excluded.at_ms, excluded.rank) > (reaction.at_ms, reaction.rank)
returning 1
""")


@dataclass(frozen=True)
class Reacted:
    """What now stands under a message.

    Attributes:
        message_id: the provider's, as in `delivery.provider_message_id`.
        icons: as the provider writes them, spaces between them; empty: taken back.
        at_ms: when, by the provider's clock.
        rank: order among those of one moment.
    """

    message_id: str
    icons: str
    at_ms: int
    rank: int


async def keep_reaction(connection: AsyncConnection, reacted: Reacted, *, conversation_id: int, now: datetime) -> bool:
    """Keep what stands under a message; False where something later is known already."""
    values = {**vars(reacted), "conversation_id": conversation_id, "now": now}
    return (await connection.execute(_KEEP, values)).first() is not None


# A long answer leaves in parts with an id each, and only the last one stands in the ledger.
_ANSWER = text("""
select id from delivery
where conversation_id = :conversation_id and kind = 'answer' and (
    provider_message_id = :message_id
    or exists (
        select from sent_part where sent_part.channel = delivery.channel and key = cast(delivery.id as text)
        and sent_part.provider_message_id = :message_id)
    or exists (
        select from zalo_request where key = cast(delivery.id as text) and zalo_request.message_id = :message_id))
order by id desc limit 1
""")


async def answer_sent_as(connection: AsyncConnection, *, conversation_id: int, message_id: str) -> int | None:
    """Return which answer in the ledger a message of the provider is, or is a part of; None: it is no answer."""
    found = (
        await connection.execute(_ANSWER, {"conversation_id": conversation_id, "message_id": message_id})
    ).scalar_one_or_none()
    return None if found is None else int(found)


_PURGE = text("delete from reaction where kept_at < :before")


async def purge_reactions(connection: AsyncConnection, *, before: datetime) -> int:
    """Delete reactions older than a moment; return how many."""
    return (await connection.execute(_PURGE, {"before": before})).rowcount


_FORGET = text("delete from reaction where conversation_id = :conversation_id")


async def forget_reactions(connection: AsyncConnection, *, conversation_id: int) -> None:
    """Delete the reactions of a chat."""
    await connection.execute(_FORGET, {"conversation_id": conversation_id})
