"""Two-person approval of exactly one rendering and one audience.

Whoever asks freezes both; a second person of the organisation, who wrote nothing of this version, says yes to the two
fingerprints that they saw. Any edit makes a new version, and with it everything said about the older one void.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.actors import Actor, NotReady, Refused, require_area
from scheduler.campaigns import campaign_communes, content_of, own_campaign
from scheduler.desk import Desk
from scheduler.jobs import tell_calendar
from scheduler.journal import note
from scheduler.preview import due_of, preview_campaign
from scheduler.rendering import render_campaign
from scheduler.runs import freeze_approved, make_run
from store.campaign_states import ApprovalScope, ApprovalState, CampaignState
from store.clock import local_date
from store.queries.approvals import (
    Approval,
    decide,
    freeze_for_approval,
    lock_approval,
    request_approval,
    void_approvals,
)
from store.queries.campaign_runs import override_rules
from store.queries.campaigns import StoredCampaign, set_campaign_state, versions_of
from store.queries.occurrences import plan_occurrence


async def submit_campaign(
    connection: AsyncConnection,
    desk: Desk,
    actor: Actor,
    campaign_id: int,
    *,
    emergency_reason: str | None = None,
) -> Approval:
    """Freeze a campaign as it would leave and ask for approval of that.

    Args:
        emergency_reason: it may leave at any hour and to people who had their message of the day; why.

    Raises:
        NotReady: with each fault.
        Refused: not tested with guests yet, nobody to send it to.
    """
    campaign = await own_campaign(connection, actor, campaign_id, lock=True)
    require_area(actor, campaign_communes(campaign))
    if campaign.state not in (CampaignState.DRAFT, CampaignState.SUBMITTED):
        raise Refused("not_a_draft", state=campaign.state.value)
    seen = await preview_campaign(connection, desk, campaign)
    if seen.complaints:
        raise NotReady(seen.complaints)
    if seen.tested_at is None:
        raise Refused("not_tested")
    if seen.scope is ApprovalScope.ONCE and not seen.breakdown.members:
        raise Refused("nobody")
    if emergency_reason is not None and not emergency_reason.strip():
        raise Refused("no_reason")
    now = desk.clock.now()
    await void_approvals(connection, campaign_id, reason="submitted_anew")
    approval_id = await request_approval(
        connection,
        campaign_id=campaign_id,
        version=campaign.version,
        scope=seen.scope,
        rendering=seen.rendering.fingerprint,
        audience=seen.breakdown.fingerprint,
        audience_rule=seen.audience_rule,
        number=len(seen.breakdown.members),
        summary={**seen.breakdown.summary(), "due_at": seen.due_at.isoformat()},
        by=actor.id,
        now=now,
        emergency_reason=emergency_reason.strip() if emergency_reason else None,
    )
    if seen.scope is ApprovalScope.ONCE:
        await freeze_for_approval(connection, approval_id, [member.as_row() for member in seen.breakdown.members])
    await set_campaign_state(connection, campaign_id, CampaignState.SUBMITTED, now=now)
    await note(
        connection,
        by=actor.id,
        action="submitted",
        campaign=campaign_id,
        now=now,
        recipients=len(seen.breakdown.members),
        emergency=emergency_reason or "",
    )
    approval = await lock_approval(connection, approval_id)
    assert approval is not None
    return approval


async def approve_campaign(
    connection: AsyncConnection, desk: Desk, actor: Actor, approval_id: int, *, rendering: str, audience: str
) -> datetime:
    """Approve a request; return when the campaign leaves.

    Args:
        rendering: the fingerprint of the words that the actor saw.
        audience: the fingerprint of the recipients that the actor saw.

    Raises:
        Refused: the actor is not a second person of the organisation, or saw something else than was frozen.
    """
    approval, campaign = await _open_request(connection, actor, approval_id)
    await _require_second_person(connection, actor, approval, campaign)
    if (rendering, audience) != (approval.rendering, approval.audience):
        raise Refused("saw_something_else")
    content = content_of(campaign)
    now = desk.clock.now()
    due = due_of(content, now)
    if due is None or (content.use_until is not None and local_date(max(due, now)) > content.use_until):
        raise Refused("too_late")
    frozen = render_campaign(content, desk.stamp(campaign), on=local_date(max(due, now)), library=desk.library)
    if frozen.fingerprint != approval.rendering:
        # A number of the law has another value on the day on which it would leave now.
        raise Refused("rendering_changed")
    await decide(connection, approval_id, ApprovalState.APPROVED, by=actor.id, now=now)
    run_id = None
    if approval.scope is ApprovalScope.ONCE:
        run_id = await make_run(connection, campaign, content, frozen, due_at=due, now=now)
        await freeze_approved(connection, run_id, approval_id, now=now)
        if approval.emergency_reason is not None:
            await override_rules(
                connection, run_id, reason=approval.emergency_reason, first=approval.requested_by, second=actor.id
            )
    await plan_occurrence(
        connection,
        campaign_id=campaign.id,
        version=campaign.version,
        due_at=due,
        approval_id=approval_id,
        run_id=run_id,
    )
    await set_campaign_state(connection, campaign.id, CampaignState.APPROVED, now=now)
    await note(
        connection,
        by=actor.id,
        action="approved",
        campaign=campaign.id,
        now=now,
        recipients=approval.number,
        emergency=approval.emergency_reason or "",
    )
    await tell_calendar(connection)
    return due


async def refuse_campaign(
    connection: AsyncConnection, desk: Desk, actor: Actor, approval_id: int, *, reason: str
) -> None:
    """Refuse a request, with the reason for whoever asked. The campaign is a draft again."""
    approval, campaign = await _open_request(connection, actor, approval_id)
    if actor.id == approval.requested_by:
        raise Refused("second_person")
    if not reason.strip():
        raise Refused("no_reason")
    now = desk.clock.now()
    await decide(connection, approval_id, ApprovalState.REFUSED, by=actor.id, now=now, reason=reason.strip())
    await set_campaign_state(connection, campaign.id, CampaignState.DRAFT, now=now)
    await note(connection, by=actor.id, action="refused", campaign=campaign.id, now=now, reason=reason.strip())


async def _open_request(connection: AsyncConnection, actor: Actor, approval_id: int) -> tuple[Approval, StoredCampaign]:
    approval = await lock_approval(connection, approval_id)
    if approval is None:
        raise Refused("not_there")
    campaign = await own_campaign(connection, actor, approval.campaign_id, lock=True)
    if approval.state is not ApprovalState.OPEN or approval.version != campaign.version:
        raise Refused("request_over")
    require_area(actor, campaign_communes(campaign))
    return approval, campaign


async def _require_second_person(
    connection: AsyncConnection, actor: Actor, approval: Approval, campaign: StoredCampaign
) -> None:
    # An administrator sees every campaign, but signs for none but those of their own organisation.
    if actor.organisation != campaign.organisation:
        raise Refused("other_organisation")
    writers = {one.written_by for one in await versions_of(connection, campaign.id) if one.version == approval.version}
    if actor.id in writers | {approval.requested_by}:
        raise Refused("second_person")
