"""Requests to Zalo: written before they are made, matched with answers, echoes and receipts in any order."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.delivery_states import DeliveryState
from store.queries.deliveries import SETTLED, TO_SEND

#: An echo whose id nobody knows is our own when it says the same within so long (channels.md A13).
ECHO_WITHIN = timedelta(seconds=60)
#: How long a receipt of an id that nobody knows is kept (channels.md D-14).
EARLY_RECEIPTS_KEPT = timedelta(hours=24)
#: Receipts come within days; after that nobody asks which request it was.
REQUESTS_KEPT = timedelta(days=8)

_ASKED = text("""
insert into zalo_request (key, position, is_last, address, digest, asked_at)
values (:key, :position, :is_last, :address, :digest, :now)
on conflict (key, position) do update set asked_at = excluded.asked_at, digest = excluded.digest
""")


async def note_request(
    connection: AsyncConnection, *, key: str, position: int, is_last: bool, address: str, digest: str, now: datetime
) -> None:
    """Note that a part of a message is about to be handed to Zalo."""
    values = {
        "key": key, "position": position, "is_last": is_last, "address": address, "digest": digest, "now": now,
    }  # fmt: skip
    await connection.execute(_ASKED, values)


_TAKEN = text("update zalo_request set message_id = :message_id where key = :key and position = :position")


async def note_taken(connection: AsyncConnection, *, key: str, position: int, message_id: str) -> None:
    """Note that Zalo took a part, under this id."""
    await connection.execute(_TAKEN, {"key": key, "position": position, "message_id": message_id})


_REFUSED = text("update zalo_request set refused_by_person = true where key = :key and position = 0")
_REFUSALS = text("""
select count(*) as asked, count(*) filter (where refused_by_person) as refused from zalo_request
where digest = :digest and asked_at >= :since
""")


async def note_refused_by_person(
    connection: AsyncConnection, *, key: str, digest: str, since: datetime
) -> tuple[int, int]:
    """Note that somebody wants no such message; return how many with this digest were asked for since, and refused."""
    await connection.execute(_REFUSED, {"key": key})
    row = (await connection.execute(_REFUSALS, {"digest": digest, "since": since})).one()
    return row.asked, row.refused


_PARTS = text("select position, message_id from zalo_request where key = :key and message_id is not null")


async def parts_taken(connection: AsyncConnection, key: str) -> dict[int, str]:
    """Return position -> Zalo's id of the parts of a message that left in an earlier try."""
    return {row.position: row.message_id for row in await connection.execute(_PARTS, {"key": key})}


_BY_ID = text("select key, position, is_last from zalo_request where message_id = :message_id")
# The oldest that fits: two equal messages within a minute have their echoes in order.
_BY_WORDS = text("""
update zalo_request set message_id = :message_id
where (key, position) = (
    select key, position from zalo_request
    where address = :address and digest = :digest and message_id is null and asked_at between :from and :to
    order by asked_at limit 1 for update skip locked)
returning key, position, is_last
""")
#: The answer may have come with another id than the echo has: whether they are equal is not documented.
_KNOWN_WORDS = text("""
select key, position, is_last from zalo_request
where address = :address and digest = :digest and asked_at between :from and :to limit 1
""")


@dataclass(frozen=True)
class OwnRequest:
    """A part of a message of ours."""

    key: str
    position: int
    is_last: bool


async def own_request(
    connection: AsyncConnection, *, message_id: str, address: str, digest: str, at: datetime
) -> OwnRequest | None:
    """Return the request that an echo is of; None: it was not this system that wrote."""
    row = (await connection.execute(_BY_ID, {"message_id": message_id})).first()
    if row is None:
        values = {
            "message_id": message_id,
            "address": address,
            "digest": digest,
            "from": at - ECHO_WITHIN,
            "to": at + ECHO_WITHIN,
        }
        row = (await connection.execute(_BY_WORDS, values)).first()
        if row is None:
            row = (await connection.execute(_KNOWN_WORDS, values)).first()
    return None if row is None else OwnRequest(*row)


# An echo proves that a part left. With the last part the message has; with an earlier one the rest may follow.
_ECHOED = text(f"""
with known as (
    update delivery set
        state = case when :is_last then 'sent' else 'queued' end, reason = null,
        provider_message_id = case when :is_last then cast(:message_id as text) end,
        not_before = case when :is_last then not_before else cast(:now as timestamptz) end,
        settled_at = case when :is_last then settled_at end, claimed_by = case when :is_last then claimed_by end
    where id = :id and state = 'unknown'
    returning conversation_id
)
select pg_notify(case when :is_last then '{SETTLED}' else '{TO_SEND}' end,
                 case when :is_last then conversation_id::text else '' end) from known
""")


async def echo_arrived(connection: AsyncConnection, own: OwnRequest, *, message_id: str, now: datetime) -> bool:
    """Settle a message of unknown fate by its echo; return True if it was one."""
    if not own.key.isdecimal():
        return False
    values = {"id": int(own.key), "is_last": own.is_last, "message_id": message_id, "now": now}
    return (await connection.execute(_ECHOED, values)).first() is not None


# An id may stand here before it stands in the ledger; those of earlier parts never stand there.
_KNOWN = text("""
select request.message_id from zalo_request as request
left join delivery on delivery.id = case when request.key ~ '^[0-9]{1,18}$' then cast(request.key as bigint) end
where request.message_id = any(cast(:ids as text[]))
  and (not request.is_last or delivery.id is null or delivery.provider_message_id is not null)
""")


async def known_message_ids(connection: AsyncConnection, message_ids: list[str]) -> set[str]:
    """Return those that are ids of messages of ours and that the ledger knows, or never will."""
    return set((await connection.execute(_KNOWN, {"ids": message_ids})).scalars())


_EARLY = text("""
insert into zalo_early_receipt (message_id, state, came_at)
select id, :state, cast(:now as timestamptz) from unnest(cast(:ids as text[])) as one(id)
on conflict (message_id) do update set state = excluded.state where excluded.state = 'seen'
""")


async def keep_early_receipts(
    connection: AsyncConnection, message_ids: list[str], *, state: DeliveryState, now: datetime
) -> None:
    """Keep receipts of messages whose ids the ledger does not know yet."""
    await connection.execute(_EARLY, {"ids": message_ids, "state": state.value, "now": now})


_MATCH = text(f"""
with moved as (
    update delivery set state = early.state, reason = null
    from zalo_early_receipt as early
    where delivery.channel = any(cast(:channels as text[])) and delivery.provider_message_id = early.message_id
      and (delivery.state in ('sent', 'unknown') or (delivery.state = 'delivered' and early.state = 'seen'))
    returning early.message_id, delivery.conversation_id
),
matched as (delete from zalo_early_receipt where message_id in (select message_id from moved))
select count(*), (select pg_notify('{SETTLED}', string_agg(distinct conversation_id::text, ' ')) from moved) from moved
""")
_ANY_EARLY = text("select exists (select from zalo_early_receipt)")


async def match_early_receipts(connection: AsyncConnection, *, channels: list[str]) -> int:
    """Move messages forward whose receipts came before their ids were known; return how many."""
    if not (await connection.execute(_ANY_EARLY)).scalar_one():
        return 0
    return int((await connection.execute(_MATCH, {"channels": channels})).one()[0])


_FORGET = (
    (text("delete from zalo_early_receipt where came_at < :before"), EARLY_RECEIPTS_KEPT),
    (text("delete from zalo_request where asked_at < :before"), REQUESTS_KEPT),
)


async def forget_old_requests(connection: AsyncConnection, *, now: datetime) -> None:
    """Delete receipts that belong to nothing of ours, and requests of which no receipt will come any more."""
    for statement, kept in _FORGET:
        await connection.execute(statement, {"before": now - kept})
