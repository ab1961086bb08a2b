"""Webhooks: addresses of organisations that are told of results, and the calls to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from store.campaign_states import HookState


@dataclass(frozen=True)
class StoredWebhook:
    """See `store.models.campaign_results.Webhook`; without its secret."""

    id: int
    organisation: str
    url: str
    events: tuple[str, ...]
    active: bool
    created_at: datetime


_ADD = text("""
insert into webhook (organisation, url, secret, events, active, created_by, created_at)
values (:organisation, :url, :secret, :events, true, :by, :now) returning id
""")


async def add_webhook(
    connection: AsyncConnection,
    *,
    organisation: str,
    url: str,
    secret: str,
    events: Sequence[str],
    by: int,
    now: datetime,
) -> int:
    """Add an address that is told of `events`; return its id."""
    values = {
        "organisation": organisation,
        "url": url,
        "secret": secret,
        "events": list(events),
        "by": by,
        "now": now,
    }
    return int((await connection.execute(_ADD, values)).scalar_one())


_LIST = text("""
select id, organisation, url, events, active, created_at from webhook where organisation = :organisation order by id
""")


async def webhooks_of(connection: AsyncConnection, organisation: str) -> list[StoredWebhook]:
    """Return the addresses of an organisation."""
    rows = await connection.execute(_LIST, {"organisation": organisation})
    return [StoredWebhook(row[0], row[1], row[2], tuple(row[3]), row[4], row[5]) for row in rows]


_REMOVE = text("delete from webhook where id = :id and organisation = :organisation")


async def remove_webhook(connection: AsyncConnection, webhook_id: int, *, organisation: str) -> bool:
    """Tell an address nothing any more; return False when there is none."""
    return (await connection.execute(_REMOVE, {"id": webhook_id, "organisation": organisation})).rowcount == 1


_TELL = text("""
insert into webhook_call (webhook_id, event, subject, payload, created_at, state, attempts, next_try_at)
select id, cast(:event as text), :subject, :payload, cast(:now as timestamptz), 'queued', 0, cast(:now as timestamptz)
from webhook where organisation = :organisation and active and cast(:event as text) = any(events)
on conflict (webhook_id, event, subject) do nothing
""").bindparams(bindparam("payload", type_=JSONB))


async def tell_webhooks(
    connection: AsyncConnection,
    *,
    organisation: str,
    event: str,
    subject: str,
    payload: Mapping[str, Any],
    now: datetime,
) -> int:
    """Queue an event for whoever wants to be told; return for how many. The same event of a subject is told once."""
    values = {
        "organisation": organisation,
        "event": event,
        "subject": subject,
        "payload": dict(payload),
        "now": now,
    }
    return (await connection.execute(_TELL, values)).rowcount


@dataclass(frozen=True)
class DueCall:
    """A call to make now."""

    id: int
    url: str
    secret: str
    event: str
    payload: Mapping[str, Any]
    created_at: datetime
    attempts: int


# Whoever makes the call holds it until `next_try_at`: a process that dies meanwhile is followed by another try.
_CLAIM = text("""
with due as (
    select webhook_call.id from webhook_call join webhook on webhook.id = webhook_id
    where state = 'queued' and next_try_at <= :now and webhook.active
    order by next_try_at limit :limit for update of webhook_call skip locked
)
update webhook_call set attempts = attempts + 1, next_try_at = :hold_until
from due, webhook where webhook_call.id = due.id and webhook.id = webhook_call.webhook_id
returning webhook_call.id, url, secret, event, payload, webhook_call.created_at, attempts
""").columns(payload=JSONB)


async def claim_calls(
    connection: AsyncConnection, *, now: datetime, holding: timedelta, limit: int = 20
) -> list[DueCall]:
    """Take calls that are due; `attempts` counts the one that is about to be made."""
    rows = await connection.execute(_CLAIM, {"now": now, "hold_until": now + holding, "limit": limit})
    return [DueCall(*row) for row in rows]


_SETTLE = text("""
update webhook_call set state = cast(:state as text), last_result = :result,
    next_try_at = coalesce(:next_try_at, next_try_at),
    settled_at = case when cast(:state as text) <> 'queued' then cast(:now as timestamptz) end
where id = :id
""")


async def settle_call(
    connection: AsyncConnection,
    call_id: int,
    state: HookState,
    *,
    result: str,
    now: datetime,
    next_try_at: datetime | None = None,
) -> None:
    """Write down how a call went, and when it is tried again."""
    values = {"id": call_id, "state": state.value, "result": result, "now": now, "next_try_at": next_try_at}
    await connection.execute(_SETTLE, values)


_CALLS = text("""
select event, subject, state, attempts, created_at, settled_at, last_result from webhook_call
where webhook_id = :id order by id desc limit :limit
""")


@dataclass(frozen=True)
class CallRecord:
    """One call, for staff to see."""

    event: str
    subject: str
    state: HookState
    attempts: int
    created_at: datetime
    settled_at: datetime | None
    last_result: str | None


async def calls_of(connection: AsyncConnection, webhook_id: int, *, limit: int = 50) -> list[CallRecord]:
    """Return the newest calls to an address."""
    rows = await connection.execute(_CALLS, {"id": webhook_id, "limit": limit})
    return [CallRecord(row[0], row[1], HookState(row[2]), *row[3:]) for row in rows]


_PURGE = text("delete from webhook_call where settled_at < :before")


async def purge_calls(connection: AsyncConnection, *, before: datetime) -> int:
    """Delete calls that were settled before a moment; return how many."""
    return (await connection.execute(_PURGE, {"before": before})).rowcount
