"""Limits of sending that all processes share: of an account, of a chat, and what providers said about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class AccountLimit:
    """What an account may send: `per_window` messages in any `window_seconds`, of which bulk leaves `reserve`.

    None: no limit. `quota_reserve`: share of the quotas that bulk leaves for replies.
    """

    per_window: int | None = None
    window_seconds: float = 1.0
    reserve: int = 0
    daily_quota: int | None = None
    monthly_quota: int | None = None
    quota_reserve: float = 0.1


_SET = text("""
insert into sending_account (channel, per_window, window_seconds, reserve, daily_quota, monthly_quota, quota_reserve)
values (:channel, :per_window, :window_seconds, :reserve, :daily_quota, :monthly_quota, :quota_reserve)
on conflict (channel) do update set per_window = excluded.per_window, window_seconds = excluded.window_seconds,
    reserve = excluded.reserve, daily_quota = excluded.daily_quota, monthly_quota = excluded.monthly_quota,
    quota_reserve = excluded.quota_reserve
where (sending_account.per_window, sending_account.window_seconds, sending_account.reserve,
       sending_account.daily_quota, sending_account.monthly_quota, sending_account.quota_reserve)
    is distinct from (excluded.per_window, excluded.window_seconds, excluded.reserve, excluded.daily_quota,
       excluded.monthly_quota, excluded.quota_reserve)
""")


async def set_limit(connection: AsyncConnection, channel: str, limit: AccountLimit) -> None:
    """Set the limit of a channel's account for all processes; what was used of it stays counted."""
    await connection.execute(_SET, {"channel": channel, **vars(limit)})


_SET_RATE = text("""
update sending_account set per_window = cast(:per_window as bigint), window_seconds = 60,
    reserve = least(cast(:per_window as bigint) - 1, greatest(1, round(:per_window * cast(:share as double precision))))
where channel = :channel and (per_window is distinct from cast(:per_window as bigint) or window_seconds <> 60)
""")


async def set_rate(connection: AsyncConnection, channel: str, *, per_window: int, share: float) -> None:
    """Take over the requests a minute that a provider itself names. `share`: what bulk leaves of them to replies."""
    await connection.execute(_SET_RATE, {"channel": channel, "per_window": per_window, "share": share})


_SET_DAILY_QUOTA = text("""
insert into sending_account as known (channel, daily_quota, day, used_today)
values (:channel, :quota, cast(:day as date), :used)
on conflict (channel) do update set daily_quota = excluded.daily_quota, day = excluded.day,
    used_today = case when known.day = excluded.day then greatest(known.used_today, excluded.used_today)
        else excluded.used_today end
""")


async def set_daily_quota(connection: AsyncConnection, channel: str, *, quota: int, used: int, day: date) -> None:
    """Take over the quota of a day that a provider itself names, and how much of it was used elsewhere too."""
    await connection.execute(_SET_DAILY_QUOTA, {"channel": channel, "quota": quota, "used": used, "day": day})


@dataclass(frozen=True)
class Grant:
    """Leave to send `number` messages now; 0: not before `retry_at`. `id` is None where nothing is counted."""

    number: int
    id: int | None
    retry_at: datetime | None


_GRANT = text("""
select granted, grant_id, retry_at from grant_sending(cast(:channel as text), cast(:want as bigint),
    cast(:bulk as boolean), cast(:now as timestamptz), cast(:free_at as timestamptz), cast(:day as date),
    cast(:batch_seconds as double precision))
""")


async def grant_sending(
    connection: AsyncConnection,
    channel: str,
    want: int,
    *,
    bulk: bool,
    now: datetime,
    free_at: datetime,
    day: date,
    batch_seconds: float = 0.025,
) -> Grant:
    """Ask to send up to `want` messages on a channel. Must be given back with `release_grants`.

    Args:
        free_at: when the grant ends if its holder dies: the end of its claims and a window more.
        day: today in Vietnam, by which daily and monthly quotas are counted.
        batch_seconds: bulk is granted in batches of so much time.
    """
    values = {
        "channel": channel,
        "want": want,
        "bulk": bulk,
        "now": now,
        "free_at": free_at,
        "day": day,
        "batch_seconds": batch_seconds,
    }
    row = (await connection.execute(_GRANT, values)).one()
    return Grant(int(row.granted), row.grant_id, row.retry_at)


@dataclass(frozen=True)
class GrantUse:
    """What became of a grant, or of a part of it: so many were sent, the last answer came at `answered_at`."""

    grant_id: int | None
    channel: str
    granted: int
    sent: int
    answered_at: datetime
    is_part: bool = False


_RELEASE_PART = text("""
with part as (
    select * from unnest(cast(:ids as bigint[]), cast(:sent as bigint[]), cast(:answered_at as timestamptz[]))
        as one(id, number, answered_at)
),
less as (
    update sending_grant set number = sending_grant.number - taken.number
    from (select id, sum(number)::bigint as number from part group by id) as taken
    where sending_grant.id = taken.id
)
insert into sending_grant (channel, number, bulk, free_at)
select whole.channel, part.number, whole.bulk, part.answered_at + make_interval(secs => account.window_seconds)
from part join sending_grant as whole on whole.id = part.id
join sending_account as account on account.channel = whole.channel
""")
_RELEASE = text("""
update sending_grant set number = used.sent,
    free_at = cast(used.answered_at as timestamptz) + make_interval(secs => account.window_seconds)
from unnest(cast(:ids as bigint[]), cast(:sent as bigint[]), cast(:answered_at as timestamptz[]))
    as used(id, sent, answered_at), sending_account as account
where sending_grant.id = used.id and account.channel = sending_grant.channel
""")
_GIVE_BACK = text("""
update sending_account set used_today = greatest(0, used_today - :unused),
    used_this_month = greatest(0, used_this_month - :unused)
where channel = :channel
""")


async def release_grants(connection: AsyncConnection, uses: Sequence[GrantUse]) -> None:
    """Say what grants were used for: each part counts for one more window after the last answer under it.

    Parts of a grant are to be released before what is left of it.
    """
    for statement, is_part in ((_RELEASE_PART, True), (_RELEASE, False)):
        counted = [use for use in uses if use.grant_id is not None and use.is_part is is_part]
        if not counted:
            continue
        values = {
            "ids": [use.grant_id for use in counted],
            "sent": [use.sent for use in counted],
            "answered_at": [use.answered_at for use in counted],
        }
        await connection.execute(statement, values)
    unused: dict[str, int] = {}
    for use in uses:
        unused[use.channel] = unused.get(use.channel, 0) + use.granted - use.sent
    for channel, number in sorted(unused.items()):
        if number:
            await connection.execute(_GIVE_BACK, {"channel": channel, "unused": number})


_BLOCK = text("""
update sending_account set
    pace = greatest(0.1, 0.5 * least(1, pace + coalesce(
        extract(epoch from cast(:now as timestamptz) - blocked_until) * 0.01, 1))),
    blocked_until = :until
where channel = :channel and (blocked_until is null or blocked_until < :until)
""")


async def block_bulk(connection: AsyncConnection, channel: str, *, until: datetime, now: datetime) -> None:
    """Note that a provider said to slow down: bulk waits `until` then, and begins again at half of its pace.

    Of several such answers the longest holds. Replies go on, slower.
    """
    await connection.execute(_BLOCK, {"channel": channel, "until": until, "now": now})


_PAUSE = text("""
update sending_account set paused_reason = :reason, paused_at = :now where channel = :channel
""")
_RESUME = text("""
update sending_account set paused_reason = null, paused_at = null
where channel = :channel and paused_reason is not null
""")


async def pause_account(connection: AsyncConnection, channel: str, *, reason: str, now: datetime) -> None:
    """Note that nothing can leave from an account until somebody mends it. One message a minute tries it."""
    await connection.execute(_PAUSE, {"channel": channel, "reason": reason, "now": now})


async def resume_account(connection: AsyncConnection, channel: str) -> bool:
    """Note that an account works again; return False if it did before."""
    return (await connection.execute(_RESUME, {"channel": channel})).rowcount == 1


_PACE_CHATS = text("""
insert into chat_pace as known (channel, address, arrives_at)
select :channel, address, cast(:now as timestamptz) + cast(:spacing as interval)
from unnest(cast(:addresses as text[])) as one(address) order by address
on conflict (channel, address) do update
set arrives_at = greatest(known.arrives_at, :now) + cast(:spacing as interval)
where known.arrives_at <= cast(:now as timestamptz) + cast(:ahead as interval)
returning address
""")


@dataclass(frozen=True)
class ChatLimit:
    """One message to a chat every `spacing`, but for `burst` at once."""

    spacing: timedelta
    burst: int


async def pace_chats(
    connection: AsyncConnection, channel: str, addresses: Sequence[str], limit: ChatLimit, *, now: datetime
) -> set[str]:
    """Count one message to each of different `addresses`; return those to which it may leave now."""
    if not addresses:
        return set()
    values = {
        "channel": channel,
        "addresses": list(addresses),
        "spacing": limit.spacing,
        "ahead": limit.spacing * (limit.burst - 1),
        "now": now,
    }
    return set((await connection.execute(_PACE_CHATS, values)).scalars())


_ACCOUNTS = text("select * from sending_account order by channel")


@dataclass(frozen=True)
class AccountStatus:
    """How an account stands, for staff."""

    channel: str
    per_window: int | None
    window_seconds: float
    reserve: int
    daily_quota: int | None
    monthly_quota: int | None
    used_today: int
    used_this_month: int
    blocked_until: datetime | None
    paused_reason: str | None
    paused_at: datetime | None


async def account_statuses(connection: AsyncConnection) -> list[AccountStatus]:
    """Return how each account stands."""
    names = list(AccountStatus.__dataclass_fields__)
    rows = (await connection.execute(_ACCOUNTS)).mappings()
    return [AccountStatus(**{name: row[name] for name in names}) for row in rows]
