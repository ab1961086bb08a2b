"""A campaign as it would leave: words, audience, cost, and some messages exactly as people would see them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from content.campaign_schedule import Once
from content.campaigns import CampaignContent
from scheduler.audience import Breakdown, audience_rule, build_audience
from scheduler.campaigns import content_of
from scheduler.desk import Desk
from scheduler.occurrences import leaves_at, next_due
from scheduler.rendering import ANY_CHANNEL, Rendering, filled_message, render_campaign
from store.campaign_states import ApprovalScope
from store.clock import local_date
from store.queries.campaigns import StoredCampaign, tested_at

#: Messages shown as samples: one of each variant and channel, up to so many.
MOST_SAMPLES = 12


@dataclass(frozen=True)
class Sample:
    """One message as somebody would see it; nothing says who."""

    variant: str
    channel: str
    route: str
    message: dict[str, Any]


@dataclass(frozen=True)
class Preview:
    """Everything that a second person has to see before they approve."""

    due_at: datetime
    scope: ApprovalScope
    rendering: Rendering
    breakdown: Breakdown
    audience_rule: str
    samples: tuple[Sample, ...]
    complaints: tuple[str, ...]
    tested_at: datetime | None


def due_of(content: CampaignContent, now: datetime) -> datetime | None:
    """When a campaign would leave next if it were approved now; None when its schedule is over."""
    if isinstance(content.schedule, Once):
        moment = leaves_at(content.schedule)
        return now if moment is None else moment
    return next_due(content.schedule, now)


async def preview_campaign(connection: AsyncConnection, desk: Desk, campaign: StoredCampaign) -> Preview:
    """Render a campaign and choose its audience for the next time that it would leave. Changes nothing."""
    content = content_of(campaign)
    now = desk.clock.now()
    due = due_of(content, now)
    complaints: list[str] = []
    if due is None:
        complaints.append("schedule: no day is left on which it would leave.")
    elif due < now - timedelta(minutes=content.late_after_minutes):
        complaints.append("schedule: its time has passed.")
    if content.use_until is not None and local_date(due or now) > content.use_until:
        complaints.append("use_until: it would leave after the last day on which it may be used.")
    at = max(due or now, now)
    rendering = render_campaign(content, desk.stamp(campaign), on=local_date(at), library=desk.library)
    breakdown = await build_audience(
        connection,
        content,
        rendering,
        code=campaign.code,
        organisation=campaign.organisation,
        channels=desk.channels,
        at=at,
        prices=desk.prices,
        demo=campaign.demo,
    )
    return Preview(
        due_at=at,
        scope=ApprovalScope.ONCE if isinstance(content.schedule, Once) else ApprovalScope.STANDING,
        rendering=rendering,
        breakdown=breakdown,
        audience_rule=audience_rule(content),
        samples=tuple(_samples(content, rendering, breakdown)),
        complaints=(*rendering.complaints, *complaints),
        tested_at=await tested_at(connection, campaign.id, rendering.fingerprint),
    )


def _samples(content: CampaignContent, rendering: Rendering, breakdown: Breakdown) -> list[Sample]:
    samples: dict[tuple[str, str], Sample] = {}
    for member in breakdown.members:
        assert member.way.reach is not None
        channel = member.way.reach.channel
        template = rendering.messages.get((member.variant, channel)) or rendering.messages.get(
            (member.variant, ANY_CHANNEL)
        )
        if template is not None and (member.variant, channel) not in samples:
            samples[member.variant, channel] = Sample(
                member.variant, channel, member.way.route.value, filled_message(template, member.filled)
            )
    if not samples:
        # Nobody to show it for: the words as they stand, with their placeholders.
        for version in content.texts:
            variant = f"{version}.vi"
            if (variant, ANY_CHANNEL) in rendering.messages:
                samples[variant, ""] = Sample(variant, "", "", dict(rendering.messages[variant, ANY_CHANNEL]))
    return list(samples.values())[:MOST_SAMPLES]
