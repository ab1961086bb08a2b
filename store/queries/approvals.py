"""Requests for approval, and the recipients that were frozen with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from store.campaign_states import ApprovalScope, ApprovalState

_TOGETHER = 5000


@dataclass(frozen=True)
class Approval:
    """See `store.models.campaign.CampaignApproval`."""

    id: int
    campaign_id: int
    version: int
    scope: ApprovalScope
    rendering: str
    audience: str
    audience_rule: str
    number: int
    summary: Mapping[str, Any]
    requested_by: int
    requested_at: datetime
    state: ApprovalState
    decided_by: int | None
    decided_at: datetime | None
    reason: str | None
    emergency_reason: str | None


_COLUMNS = """id, campaign_id, version, scope, rendering, audience, audience_rule, number, summary, requested_by,
    requested_at, state, decided_by, decided_at, reason, emergency_reason"""
_REQUEST = text("""
insert into campaign_approval (campaign_id, version, scope, rendering, audience, audience_rule, number, summary,
    requested_by, requested_at, emergency_reason)
values (:campaign_id, :version, :scope, :rendering, :audience, :audience_rule, :number, :summary, :by, :now,
    :emergency_reason)
returning id
""").bindparams(bindparam("summary", type_=JSONB))


async def request_approval(
    connection: AsyncConnection,
    *,
    campaign_id: int,
    version: int,
    scope: ApprovalScope,
    rendering: str,
    audience: str,
    audience_rule: str,
    number: int,
    summary: Mapping[str, Any],
    by: int,
    now: datetime,
    emergency_reason: str | None = None,
) -> int:
    """Add a request; return its id. An open one of the same campaign must be void before."""
    values = {
        "campaign_id": campaign_id,
        "version": version,
        "scope": scope.value,
        "rendering": rendering,
        "audience": audience,
        "audience_rule": audience_rule,
        "number": number,
        "summary": dict(summary),
        "by": by,
        "now": now,
        "emergency_reason": emergency_reason,
    }
    return int((await connection.execute(_REQUEST, values)).scalar_one())


def _approval(row: Any) -> Approval:
    values = list(row)
    values[3], values[11] = ApprovalScope(values[3]), ApprovalState(values[11])
    return Approval(*values)


_OF_CAMPAIGN = text(f"select {_COLUMNS} from campaign_approval where campaign_id = :id order by id desc").columns(
    summary=JSONB
)


async def approvals_of(connection: AsyncConnection, campaign_id: int) -> list[Approval]:
    """Return all requests of a campaign, newest first."""
    return [_approval(row) for row in await connection.execute(_OF_CAMPAIGN, {"id": campaign_id})]


_ONE = text(f"select {_COLUMNS} from campaign_approval where id = :id for update").columns(summary=JSONB)


async def lock_approval(connection: AsyncConnection, approval_id: int) -> Approval | None:
    """Return a request, locked until the transaction ends; None when there is none."""
    row = (await connection.execute(_ONE, {"id": approval_id})).one_or_none()
    return None if row is None else _approval(row)


_HOLDING = text(f"""
select {_COLUMNS} from campaign_approval
where campaign_id = :id and version = :version and state = 'approved' order by id desc limit 1
""").columns(summary=JSONB)


async def holding_approval(connection: AsyncConnection, campaign_id: int, version: int) -> Approval | None:
    """Return the approval that holds for a version of a campaign, None when there is none."""
    row = (await connection.execute(_HOLDING, {"id": campaign_id, "version": version})).one_or_none()
    return None if row is None else _approval(row)


_DECIDE = text("""
update campaign_approval set state = :state, decided_by = :by, decided_at = :now, reason = :reason
where id = :id and state = 'open'
""")


async def decide(
    connection: AsyncConnection,
    approval_id: int,
    state: ApprovalState,
    *,
    by: int,
    now: datetime,
    reason: str | None = None,
) -> bool:
    """Approve or refuse an open request; return False when it is not open any more.

    Raises:
        sqlalchemy.exc.IntegrityError: whoever requested it may not decide it.
    """
    values = {"id": approval_id, "state": state.value, "by": by, "now": now, "reason": reason}
    return (await connection.execute(_DECIDE, values)).rowcount == 1


_VOID = text("""
update campaign_approval set state = 'void', reason = :reason
where campaign_id = :id and state in ('open', 'approved')
""")
_DROP_FROZEN = text("""
delete from campaign_recipient using campaign_approval
where approval_id = campaign_approval.id and campaign_id = :id and state in ('void', 'refused')
""")


async def void_approvals(connection: AsyncConnection, campaign_id: int, *, reason: str) -> int:
    """Take back every request and approval of a campaign; return how many there were."""
    voided = (await connection.execute(_VOID, {"id": campaign_id, "reason": reason})).rowcount
    await connection.execute(_DROP_FROZEN, {"id": campaign_id})
    return voided


_FREEZE = text("""
insert into campaign_recipient (approval_id, recipient, frozen)
select :approval_id, one ->> 'recipient', one from jsonb_array_elements(:rows) as one
""").bindparams(bindparam("rows", type_=JSONB))


async def freeze_for_approval(connection: AsyncConnection, approval_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep the recipients of a request; `rows` in the shape of `scheduler.audience.Member.as_row`."""
    for start in range(0, len(rows), _TOGETHER):
        part = [dict(row) for row in rows[start : start + _TOGETHER]]
        await connection.execute(_FREEZE, {"approval_id": approval_id, "rows": part})


_FROZEN = text("""
select frozen from campaign_recipient where approval_id = :id and recipient > :after order by recipient limit :limit
""").columns(frozen=JSONB)


async def frozen_recipients(
    connection: AsyncConnection, approval_id: int, *, after: str = "", limit: int = _TOGETHER
) -> list[Mapping[str, Any]]:
    """Return the next frozen recipients of a request, by name."""
    values = {"id": approval_id, "after": after, "limit": limit}
    return list((await connection.execute(_FROZEN, values)).scalars())


_DROP = text("delete from campaign_recipient where approval_id = :id")


async def drop_frozen(connection: AsyncConnection, approval_id: int) -> None:
    """Forget the frozen recipients of a request: the ledger has them now."""
    await connection.execute(_DROP, {"id": approval_id})
