"""What became of the runs of a campaign: by state, version, language, commune; what people did after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from store.consent_purposes import ConsentPurpose
from store.run_states import Purpose

#: How long after a message something counts as following from it.
CLICKS_WITHIN = timedelta(days=7)
REPLIES_WITHIN = timedelta(hours=72)

#: A button that was typed.
_ONLY_A_NUMBER = r"^\s*[0-9]+\s*$"

# What followed is looked for among what the person wrote on any of their channels.
_ROWS = rf"""
select delivery.id, delivery.recipient, delivery.channel, coalesce(delivery.variant, '') as variant, delivery.state,
    coalesce(delivery.reason, '') as reason, delivery.settled_at, person.commune,
    exists (
        select from incoming join conversation as theirs on theirs.id = incoming.conversation_id
        where theirs.person_id = conversation.person_id and incoming.payload = any(:payloads)
          and incoming.received_at between delivery.settled_at and delivery.settled_at + cast(:clicks as interval)
    ) or exists (
        -- Whoever types the number of an answer pressed its button.
        select from poll_answer join conversation as theirs on theirs.id = poll_answer.conversation_id
        where poll_answer.campaign_id = :campaign_id and theirs.person_id = conversation.person_id
          and poll_answer.answered_at >= delivery.settled_at
    ) as clicked,
    exists (
        select from incoming join conversation as theirs on theirs.id = incoming.conversation_id
        where theirs.person_id = conversation.person_id and incoming.payload is null
          -- Words are erased after their time, and still count.
          and coalesce(incoming.text, '') !~ '{_ONLY_A_NUMBER}'
          and incoming.received_at between delivery.settled_at and delivery.settled_at + cast(:replies as interval)
    ) as replied,
    exists (
        select from consent
        where consent.person_id = conversation.person_id and purpose = '{ConsentPurpose.NEWS}' and not given
          and at between delivery.settled_at and delivery.settled_at + cast(:replies as interval)
    ) as opted_out
from delivery
join conversation on conversation.id = delivery.conversation_id
join person on person.id = conversation.person_id
where delivery.campaign_run_id = any(:runs)
"""


@dataclass(frozen=True)
class Outcomes:
    """So many recipients of one kind, and how many of them did something within its time."""

    variant: str
    commune: str | None
    state: str
    reason: str
    number: int
    clicked: int
    replied: int
    opted_out: int


# The same for a million recipients: each table is read once, where asking for each of them by itself takes minutes.
_COUNTED = text(rf"""
with reached as materialized (
    select delivery.id, coalesce(delivery.variant, '') as variant, delivery.state,
        coalesce(delivery.reason, '') as reason, delivery.settled_at, conversation.person_id, person.commune
    from delivery
    join conversation on conversation.id = delivery.conversation_id
    join person on person.id = conversation.person_id
    where delivery.campaign_run_id = any(:runs)
),
span as (
    select min(settled_at) as since,
        max(settled_at) + greatest(cast(:clicks as interval), cast(:replies as interval)) as until
    from reached
),
done as (
    select theirs.person_id, incoming.received_at as at, incoming.payload is not null as clicked,
        incoming.payload is null as replied, false as opted_out,
        case when incoming.payload is null then cast(:replies as interval) else cast(:clicks as interval) end as within
    from span join incoming on incoming.received_at between span.since and span.until
    join conversation as theirs on theirs.id = incoming.conversation_id
    where incoming.payload = any(:payloads)
        or (incoming.payload is null and coalesce(incoming.text, '') !~ '{_ONLY_A_NUMBER}')
    union all
    select theirs.person_id, poll_answer.answered_at, true, false, false, null
    from poll_answer join conversation as theirs on theirs.id = poll_answer.conversation_id
    where poll_answer.campaign_id = :campaign_id
    union all
    select consent.person_id, consent.at, false, false, true, cast(:replies as interval)
    from span join consent on consent.at between span.since and span.until
    where consent.purpose = '{ConsentPurpose.NEWS}' and not consent.given
),
followed as (
    select reached.id, bool_or(done.clicked) as clicked, bool_or(done.replied) as replied,
        bool_or(done.opted_out) as opted_out
    from reached join done on done.person_id = reached.person_id and done.at >= reached.settled_at
        and (done.within is null or done.at <= reached.settled_at + done.within)
    group by reached.id
)
select variant, commune, state, reason, count(*), count(*) filter (where clicked),
    count(*) filter (where replied), count(*) filter (where opted_out)
from reached left join followed using (id) group by variant, commune, state, reason
""")


async def count_outcomes(
    connection: AsyncConnection, campaign_id: int, runs: Sequence[int], *, payloads: Sequence[str]
) -> list[Outcomes]:
    """Count the recipients of runs of a campaign. `payloads`: what the campaign's buttons stand for."""
    return [Outcomes(*row) for row in await connection.execute(_COUNTED, _values(campaign_id, runs, payloads))]


def _values(campaign_id: int, runs: Sequence[int], payloads: Sequence[str]) -> dict[str, object]:
    return {
        "campaign_id": campaign_id,
        "runs": list(runs),
        "payloads": list(payloads),
        "clicks": CLICKS_WITHIN,
        "replies": REPLIES_WITHIN,
    }


_STATES = text("select state, count(*) from delivery where campaign_run_id = any(:runs) group by state order by state")


async def count_states(connection: AsyncConnection, runs: Sequence[int]) -> dict[str, int]:
    """Count the recipients of runs by state, for whoever watches a campaign leave."""
    rows = await connection.execute(_STATES, {"runs": list(runs)})
    return {state: int(number) for state, number in rows}


@dataclass(frozen=True)
class RecipientRow:
    """One recipient, for the list that staff download. Where somebody lives is not part of it."""

    id: int
    recipient: str
    channel: str
    variant: str
    state: str
    reason: str
    settled_at: datetime | None
    clicked: bool
    replied: bool
    opted_out: bool


_LISTED = text(f"""
select id, recipient, channel, variant, state, reason, settled_at, clicked, replied, opted_out
from ({_ROWS}) as one where id > :after and (cast(:state as text) is null or state = :state) order by id limit :limit
""")


async def list_recipients(
    connection: AsyncConnection,
    campaign_id: int,
    runs: Sequence[int],
    *,
    payloads: Sequence[str],
    state: str | None = None,
    after: int = 0,
    limit: int = 5000,
) -> list[RecipientRow]:
    """Return recipients of runs of a campaign with what became of each, a page at a time."""
    values = {**_values(campaign_id, runs, payloads), "state": state, "after": after, "limit": limit}
    return [RecipientRow(*row) for row in await connection.execute(_LISTED, values)]


_RUN_STATES = text("""
select id, state, state_reason, state_changed_at, send_before from campaign_run where id = any(:runs) order by id
""")


@dataclass(frozen=True)
class RunStanding:
    """Where a run stands."""

    id: int
    state: str
    reason: str | None
    changed_at: datetime
    send_before: datetime | None


async def run_standings(connection: AsyncConnection, runs: Sequence[int]) -> list[RunStanding]:
    """Return where runs stand, oldest first."""
    return [RunStanding(*row) for row in await connection.execute(_RUN_STATES, {"runs": list(runs)})]


_RULES = text("""
select id, purpose, rules from campaign_run where id = any(:runs) and state = 'running' and override_reason is null
""").columns(rules=JSONB)


async def rules_of_running(connection: AsyncConnection, runs: Sequence[int]) -> dict[int, tuple[Purpose, Any]]:
    """Return purpose and rules of those runs that are leaving and heed them."""
    rows = await connection.execute(_RULES, {"runs": list(runs)})
    return {row.id: (Purpose(row.purpose), row.rules) for row in rows}


_REPLIES = text("""
select incoming.id, incoming.text, incoming.received_at, theirs.language, coalesce(delivery.variant, '') as variant
from delivery
join conversation on conversation.id = delivery.conversation_id
join conversation as theirs on theirs.person_id = conversation.person_id and not theirs.staff_test
join incoming on incoming.conversation_id = theirs.id and incoming.payload is null
    and incoming.received_at between delivery.settled_at and delivery.settled_at + cast(:replies as interval)
where delivery.campaign_run_id = any(:runs) and delivery.state in ('sent', 'delivered', 'seen') and incoming.text <> ''
order by incoming.id desc limit :limit
""")


@dataclass(frozen=True)
class ReplyRow:
    """What somebody wrote after a message of a campaign; nothing says who."""

    id: int
    words: str
    received_at: datetime
    language: str
    variant: str


async def replies_to(connection: AsyncConnection, runs: Sequence[int], *, limit: int = 200) -> list[ReplyRow]:
    """Return what people wrote within `REPLIES_WITHIN` after runs reached them, newest first."""
    values = {"runs": list(runs), "replies": REPLIES_WITHIN, "limit": limit}
    return [ReplyRow(*row) for row in await connection.execute(_REPLIES, values)]
