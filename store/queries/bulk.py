"""Sending to the recipients of campaign runs: which runs are ready, claiming fairly, and watching over a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from store.consent_purposes import ConsentPurpose
from store.queries.sending import BulkRow, ClaimedDelivery
from store.run_states import Purpose


@dataclass(frozen=True)
class ReadyRun:
    """A run of which recipients may be claimed on one channel, as far as time and rules let it."""

    id: int
    organisation: str
    purpose: Purpose
    topic: str | None
    rules: Mapping[str, Any]
    send_from: datetime | None
    send_before: datetime | None
    per_hour: int | None
    #: How many may be claimed before it is known what became of them; None: the canary is past.
    canary_left: int | None
    overridden: bool
    error_budget: float


# Asked in the order of the index: PostgreSQL would else read all of a large campaign to see whether anything is left.
_READY = text("""
select id, organisation, purpose, topic, rules, send_from, send_before, per_hour,
    case when canary_size > 0 and canary_passed_at is null then canary_left end as canary_left,
    override_reason is not null as overridden, error_budget
from campaign_run
where state = 'running' and exists (select from (
    select id from delivery where campaign_run_id = campaign_run.id and channel = :channel and state = 'queued'
        and not_before <= :now order by not_before, id limit 1) as one)
  and not exists (select from closed_channel where channel = :channel)
order by id
""").columns(rules=JSONB)


async def ready_runs(connection: AsyncConnection, channel: str, *, now: datetime) -> list[ReadyRun]:
    """Return the running runs that have a recipient on `channel` whose time has come."""
    rows = await connection.execute(_READY, {"channel": channel, "now": now})
    return [ReadyRun(**{**row, "purpose": Purpose(row["purpose"])}) for row in rows.mappings()]


@dataclass(frozen=True)
class ReachCap:
    """How many bulk messages of all organisations together a person gets: in a day of Vietnam, and in seven days."""

    per_day: int = 1
    per_week: int = 3


@dataclass(frozen=True)
class ClaimedRecipient:
    """A recipient that was claimed, and whether it may be sent to.

    Attributes:
        consent: what the person said last about news of the run's topic; None: never asked.
        reachable: False while the provider says that nothing arrives there.
        capped: other messages of these days have used up what the person gets.
    """

    delivery: ClaimedDelivery
    run_id: int
    variant: str | None
    filled: Mapping[str, Any] | None
    consent: bool | None
    reachable: bool
    capped: bool


# The run's own row decides at the moment of the claim whether it sends. While the canary is out, that row is locked:
# then senders that claim at once share what is left of it. A person who is reached by two runs at once gets one row of
# `bulk_reach`, and its lock lets one of them count the other.
_CLAIM = text(f"""
with share as (
    select run_id, quota from unnest(cast(:runs as bigint[]), cast(:quotas as bigint[])) as one(run_id, quota)
),
canary as materialized (
    select id, canary_left from campaign_run
    where id = any(cast(:runs as bigint[])) and canary_size > 0 and canary_passed_at is null
    order by id for no key update
),
picked as materialized (
    select row.*, run.topic, run.override_reason is not null as overridden,
           run.purpose <> '{Purpose.SERVICE}' and run.override_reason is null as counts
    from share
    join campaign_run as run on run.id = share.run_id and run.state = 'running'
    left join canary on canary.id = run.id
    cross join lateral (
        select id, campaign_run_id, conversation_id, counted_at from delivery
        where campaign_run_id = share.run_id and channel = :channel and state = 'queued' and not_before <= :now
        order by not_before, id
        limit least(share.quota, canary.canary_left)
        for update skip locked
    ) as row
    -- The sum of the quotas anyway: said once more as one number, for PostgreSQL takes a limit that it cannot see for a
    -- tenth of the table, and would read whole tables for fifty rows.
    limit :most
),
known as (
    select distinct on (conversation.person_id) picked.*, conversation.person_id as whose,
        -- What is known of the chat says nothing about the telephone number.
        conversation.unreachable_since is null or conversation.last_message_at > conversation.unreachable_since
            or conversation.channel <> :channel as reachable,
        (select given from consent
         where consent.person_id = conversation.person_id and purpose = '{ConsentPurpose.NEWS}'
           and subject in ('', coalesce(picked.topic, '')) order by consent.id desc limit 1) as consent
    from picked join conversation on conversation.id = picked.conversation_id
    order by conversation.person_id, picked.id
),
reached as (
    insert into bulk_reach as earlier (person_id, reached_at)
    select whose, array[cast(:now as timestamptz)] from known
    where counts and counted_at is null and reachable and consent is not false
    order by whose
    on conflict (person_id) do update set reached_at = array(
        select moment from unnest(earlier.reached_at) as moment where moment > :week_ago order by moment
    ) || cast(:now as timestamptz)
    where (select count(*) filter (where moment >= :today) < :per_day and count(*) < :per_week
           from unnest(earlier.reached_at) as moment where moment > :week_ago)
    returning person_id
),
spent as (
    update campaign_run set canary_left = greatest(0, campaign_run.canary_left - taken.number)
    from (select campaign_run_id, count(*) as number from known group by 1) as taken
    where campaign_run.id = taken.campaign_run_id and campaign_run.id in (select id from canary)
)
update delivery set state = 'claimed', claimed_by = :sender, claimed_until = :until,
    counted_at = case when reached.person_id is not null then cast(:now as timestamptz) else delivery.counted_at end
from known left join reached on reached.person_id = known.whose
where delivery.id = known.id
returning delivery.id, delivery.conversation_id, channel, address, message, send_before, priority, attempts,
    delivery.campaign_run_id, recipient, known.whose, tried_channels, variant, filled, known.consent, known.reachable,
    known.counts and delivery.counted_at is null as capped
""").columns(message=JSONB, filled=JSONB)


async def claim_recipients(
    connection: AsyncConnection,
    shares: Mapping[int, int],
    *,
    sender: str,
    channel: str,
    cap: ReachCap,
    now: datetime,
    today: datetime,
    lasting: timedelta,
) -> list[ClaimedRecipient]:
    """Claim recipients on one channel, up to so many of each run, and count them against the cap of each person.

    `today`: the moment at which the present day began in Vietnam. A claimed recipient that is not sent to must be
    settled with the reason; what was counted against the cap is given back by `give_back_reach`.
    """
    values = {
        "runs": list(shares),
        "quotas": list(shares.values()),
        "most": sum(shares.values()),
        "channel": channel,
        "sender": sender,
        "now": now,
        "until": now + lasting,
        "today": today,
        "week_ago": now - timedelta(days=7),
        "per_day": cap.per_day,
        "per_week": cap.per_week,
    }
    claimed = []
    for row in await connection.execute(_CLAIM, values):
        bulk = BulkRow(row.campaign_run_id, row.recipient, row.whose, tuple(row.tried_channels or ()))
        delivery = ClaimedDelivery(
            row.id,
            row.conversation_id,
            row.channel,
            row.address,
            row.message or {},
            row.send_before,
            row.priority,
            row.attempts,
            bulk,
        )
        claimed.append(
            ClaimedRecipient(
                delivery, row.campaign_run_id, row.variant, row.filled, row.consent, row.reachable, row.capped
            )
        )
    return claimed


_GIVE_BACK = text("""
with given_back as (
    update delivery set counted_at = null from (
        select id, counted_at from delivery where id = any(cast(:ids as bigint[])) and counted_at is not null
        order by id for update
    ) as counted where delivery.id = counted.id
    returning delivery.conversation_id, counted.counted_at
)
update bulk_reach set reached_at = array_remove(bulk_reach.reached_at, given_back.counted_at)
from given_back join conversation on conversation.id = given_back.conversation_id
where bulk_reach.person_id = conversation.person_id
""")


async def give_back_reach(connection: AsyncConnection, delivery_ids: Sequence[int]) -> None:
    """Take messages that did not reach their person off what counts against the person's cap."""
    if delivery_ids:
        await connection.execute(_GIVE_BACK, {"ids": sorted(delivery_ids)})


_CANARY_BACK = text("""
update campaign_run set canary_left = least(canary_size, canary_left + :number)
where id = :run_id and canary_passed_at is null
""")


async def give_back_canary(connection: AsyncConnection, run_id: int, number: int) -> None:
    """Let others take the place of canaries that were not sent."""
    await connection.execute(_CANARY_BACK, {"run_id": run_id, "number": number})


_PACE_RUN = text("""
update campaign_run set paced_until = greatest(paced_until, :now) + cast(:spacing as interval) * :number
where id = :run_id
""")
_PACED = text("select paced_until from campaign_run where id = :run_id for no key update")


async def pace_run(connection: AsyncConnection, run: ReadyRun, want: int, *, now: datetime) -> int:
    """Return how many of `want` messages a run's own pace allows now, and count them. For runs with `per_hour`."""
    assert run.per_hour is not None
    spacing = timedelta(hours=1) / run.per_hour
    paced_until = (await connection.execute(_PACED, {"run_id": run.id})).scalar_one() or now
    # A little is let through together, so that a slow run does not need a claim for each message.
    allowed = min(want, int((now + max(spacing, timedelta(seconds=1)) - paced_until) / spacing))
    if allowed <= 0:
        return 0
    await connection.execute(_PACE_RUN, {"run_id": run.id, "now": now, "spacing": spacing, "number": allowed})
    return allowed


_MESSAGES = text("select variant, channel, message from run_message where campaign_run_id = :run_id").columns(
    message=JSONB
)


async def run_messages(connection: AsyncConnection, run_id: int) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Return the frozen texts of a run by variant and channel (empty: any channel)."""
    rows = await connection.execute(_MESSAGES, {"run_id": run_id})
    return {(row.variant, row.channel): row.message for row in rows}


_CANARIES_OUT = text("""
select id, error_budget from campaign_run
where state = 'running' and canary_size > 0 and canary_passed_at is null and canary_left = 0
  and not exists (
    select from delivery where campaign_run_id = campaign_run.id and state = 'claimed')
""")
_CANARY_RESULT = text("""
select count(*) as tried,
    count(*) filter (where state = 'unknown' or (state = 'failed' and error_class in ('payload', 'retryable'))) as bad
from delivery
where campaign_run_id = :run_id and state in ('sent', 'delivered', 'seen', 'failed', 'unknown')
""")


@dataclass(frozen=True)
class CanaryResult:
    """What became of the first messages of a run: so many were tried, so many of them went wrong."""

    run_id: int
    error_budget: float
    tried: int
    bad: int


async def canary_results(connection: AsyncConnection) -> list[CanaryResult]:
    """Return the running runs whose canary is out completely and settled, with what became of it."""
    results = []
    for run in (await connection.execute(_CANARIES_OUT)).all():
        row = (await connection.execute(_CANARY_RESULT, {"run_id": run.id})).one()
        results.append(CanaryResult(run.id, run.error_budget, int(row.tried), int(row.bad)))
    return results


_PASS_CANARY = text("""
update campaign_run set canary_passed_at = :now where id = :run_id and canary_passed_at is null
""")


async def pass_canary(connection: AsyncConnection, run_id: int, *, now: datetime) -> None:
    """Let the rest of a run leave."""
    await connection.execute(_PASS_CANARY, {"run_id": run_id, "now": now})
