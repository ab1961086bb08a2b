"""Campaign runs: making one, freezing its recipients into the ledger, steering it, and counting where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from store.delivery_states import DeliveryKind, DeliveryState, Priority
from store.run_states import Purpose, RunState

#: Notified with the id of a run whose row changed: senders look at it at once.
RUN_CHANGED = "run_changed"
#: Recipients frozen in one statement.
_FREEZE_TOGETHER = 5000


@dataclass(frozen=True)
class NewRun:
    """What a run is made of; see `store.models.campaign_run.CampaignRun`."""

    organisation: str
    title: str
    purpose: Purpose
    topic: str | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)
    send_from: datetime | None = None
    send_before: datetime | None = None
    per_hour: int | None = None
    canary_size: int = 50
    error_budget: float = 0.05


_CREATE = text("""
insert into campaign_run (organisation, title, purpose, topic, rules, send_from, send_before, per_hour, canary_size,
    canary_left, error_budget, created_at, state_changed_at)
values (:organisation, :title, :purpose, :topic, :rules, :send_from, :send_before, :per_hour, :canary_size,
    :canary_size, :error_budget, :now, :now)
returning id
""").bindparams(bindparam("rules", type_=JSONB))


async def create_run(connection: AsyncConnection, run: NewRun, *, now: datetime) -> int:
    """Make a run that waits for its time; return its id."""
    values = {
        "organisation": run.organisation,
        "title": run.title,
        "purpose": run.purpose.value,
        "topic": run.topic,
        "rules": dict(run.rules),
        "send_from": run.send_from,
        "send_before": run.send_before,
        "per_hour": run.per_hour,
        "canary_size": run.canary_size,
        "error_budget": run.error_budget,
        "now": now,
    }
    return int((await connection.execute(_CREATE, values)).scalar_one())


_PUT_MESSAGE = text("""
insert into run_message (campaign_run_id, variant, channel, message)
values (:run_id, :variant, :channel, :message)
""").bindparams(bindparam("message", type_=JSONB))


async def put_run_message(
    connection: AsyncConnection, run_id: int, *, variant: str, message: Mapping[str, Any], channel: str = ""
) -> None:
    """Freeze one text of a run; `channel` empty: for any channel that has none of its own.

    Its strings may hold `{placeholders}` in the way of `str.format_map`, filled by `Recipient.filled`.
    """
    values = {"run_id": run_id, "variant": variant, "channel": channel, "message": dict(message)}
    await connection.execute(_PUT_MESSAGE, values)


@dataclass(frozen=True)
class Recipient:
    """One recipient of a run, with the channel to try first and either a text of the run or a message of its own.

    Attributes:
        recipient: `person:<id>`, or `conversation:<id>` of somebody without a contact record.
        conversation_id: the chat on `channel` at `address`.
        skip_reason: not sent to, and why; counted nevertheless, so that reports stay whole.
    """

    recipient: str
    conversation_id: int
    channel: str
    address: str
    person_id: int | None = None
    variant: str | None = None
    filled: Mapping[str, Any] | None = None
    message: Mapping[str, Any] | None = None
    skip_reason: str | None = None


_FREEZE = text(f"""
insert into delivery (campaign_run_id, kind, priority, created_at, not_before, recipient, conversation_id, channel,
    address, person_id, variant, filled, message, state, reason, settled_at)
select :run_id, '{DeliveryKind.CAMPAIGN}', {Priority.BULK.value}, :now, :not_before, one.recipient,
    one.conversation_id, one.channel, one.address, one.person_id, one.variant, one.filled, one.message,
    case when one.skip_reason is null then '{DeliveryState.QUEUED}' else '{DeliveryState.SKIPPED}' end,
    one.skip_reason, case when one.skip_reason is not null then cast(:now as timestamptz) end
from jsonb_to_recordset(:recipients) as one(recipient text, conversation_id bigint, channel text, address text,
    person_id bigint, variant text, filled jsonb, message jsonb, skip_reason text)
on conflict (campaign_run_id, recipient) where campaign_run_id is not null do nothing
""").bindparams(bindparam("recipients", type_=JSONB))


async def freeze_recipients(
    connection: AsyncConnection,
    run_id: int,
    recipients: Sequence[Recipient],
    *,
    now: datetime,
    not_before: datetime | None = None,
) -> int:
    """Put recipients of a run into the ledger; return how many were new. Somebody who is in it already stays once."""
    frozen = 0
    for start in range(0, len(recipients), _FREEZE_TOGETHER):
        rows = [
            {
                "recipient": one.recipient,
                "conversation_id": one.conversation_id,
                "channel": one.channel,
                "address": one.address,
                "person_id": one.person_id,
                "variant": one.variant,
                "filled": None if one.filled is None else dict(one.filled),
                "message": None if one.message is None else dict(one.message),
                "skip_reason": one.skip_reason,
            }
            for one in recipients[start : start + _FREEZE_TOGETHER]
        ]
        values = {"run_id": run_id, "now": now, "not_before": not_before or now, "recipients": rows}
        frozen += (await connection.execute(_FREEZE, values)).rowcount
    return frozen


#: What a run may become, from what it is.
_MAY_BECOME: dict[RunState, tuple[RunState, ...]] = {
    RunState.RUNNING: (RunState.WAITING, RunState.PAUSED, RunState.STOPPED),
    RunState.PAUSED: (RunState.WAITING, RunState.RUNNING, RunState.STOPPED),
    RunState.STOPPED: (RunState.RUNNING,),
    RunState.CANCELLED: (RunState.WAITING, RunState.RUNNING, RunState.PAUSED, RunState.STOPPED),
    RunState.FINISHED: (RunState.RUNNING,),
}

# Who lets a run go on that its canary stopped has looked at it: judged again it would only be stopped again.
_CHANGE = text(f"""
with changed as (
    update campaign_run set state = cast(:state as text), state_reason = :reason, state_changed_by = :by,
        state_changed_at = :now,
        canary_passed_at = case when cast(:state as text) = '{RunState.RUNNING}' and state = '{RunState.STOPPED}'
            then coalesce(canary_passed_at, cast(:now as timestamptz)) else canary_passed_at end
    where id = :run_id and state = any(:from_states)
    returning id
)
select pg_notify('{RUN_CHANGED}', id::text) from changed
""")


async def change_run(
    connection: AsyncConnection,
    run_id: int,
    state: RunState,
    *,
    now: datetime,
    by: int | None = None,
    reason: str | None = None,
) -> bool:
    """Start, pause, resume, stop or cancel a run; return False when it cannot become that from what it is.

    Senders look at the row before each batch and are told at once: nothing leaves 2 s after a pause or cancel was
    committed. `by`: account of the person; None for the system itself.
    """
    values = {
        "run_id": run_id,
        "state": state.value,
        "reason": reason,
        "by": by,
        "now": now,
        "from_states": [one.value for one in _MAY_BECOME.get(state, ())],
    }
    return (await connection.execute(_CHANGE, values)).first() is not None


_OVERRIDE = text("""
update campaign_run set override_reason = :reason, override_by = array[cast(:first as bigint), cast(:second as bigint)]
where id = :run_id and state in ('waiting', 'paused')
""")


async def override_rules(connection: AsyncConnection, run_id: int, *, reason: str, first: int, second: int) -> bool:
    """Let an emergency run leave at any hour, to everybody who did not opt out of it; return False if it is too late.

    Raises:
        ValueError: without a reason, or when both signatures are of one account.
    """
    if not reason.strip():
        raise ValueError("An emergency needs a reason in words: what happens, and why it cannot wait for the morning.")
    if first == second:
        raise ValueError("An emergency needs the signatures of two different people.")
    values = {"run_id": run_id, "reason": reason.strip(), "first": first, "second": second}
    return (await connection.execute(_OVERRIDE, values)).rowcount == 1


_PROGRESS = text("""
select state, coalesce(reason, '') as reason, count(*) as number from delivery
where campaign_run_id = :run_id group by 1, 2
""")


@dataclass(frozen=True)
class RunProgress:
    """Recipients of a run by state, and by the reason within a state."""

    by_state: Mapping[str, int]
    by_reason: Mapping[tuple[str, str], int]

    @property
    def total(self) -> int:
        """All recipients."""
        return sum(self.by_state.values())

    @property
    def open(self) -> int:
        """Recipients about whom nothing is settled yet."""
        return self.by_state.get("queued", 0) + self.by_state.get("claimed", 0)


async def run_progress(connection: AsyncConnection, run_id: int) -> RunProgress:
    """Count the recipients of a run. The ledger is the only record of progress: there is no counter to go wrong."""
    by_state: dict[str, int] = {}
    by_reason: dict[tuple[str, str], int] = {}
    for row in await connection.execute(_PROGRESS, {"run_id": run_id}):
        by_state[row.state] = by_state.get(row.state, 0) + int(row.number)
        if row.reason:
            by_reason[row.state, row.reason] = int(row.number)
    return RunProgress(by_state, by_reason)
