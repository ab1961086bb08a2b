"""A campaign as it would leave: words, audience, cost, and some messages exactly as people would see them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from content.campaign_complaints import Complaint
from content.campaign_schedule import Once
from content.campaigns import CampaignContent
from scheduler.audience import Breakdown, audience_rule, build_audience
from scheduler.campaigns import content_of
from scheduler.desk import Desk
from scheduler.occurrences import leaves_at, next_due
from scheduler.rendering import ANY_CHANNEL, Rendering, filled_message, render_campaign
from scheduler.runs import rules_of
from store.campaign_states import ApprovalScope
from store.clock import local_date
from store.queries.approvals import Approval, frozen_recipients
from store.queries.campaigns import StoredCampaign, tested_at
from store.run_states import Purpose

#: Messages shown as samples: one of each variant and channel, up to so many.
MOST_SAMPLES = 12
#: Frozen recipients among which samples are looked for.
FROZEN_LOOKED_AT = 500


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
    complaints: tuple[Complaint, ...]
    tested_at: datetime | None


def due_of(content: CampaignContent, now: datetime) -> datetime | None:
    """When a campaign would leave next if it were approved now; None when its schedule is over."""
    if isinstance(content.schedule, Once):
        moment = leaves_at(content.schedule)
        return now if moment is None else moment
    return next_due(content.schedule, now)


@dataclass(frozen=True)
class Words:
    """What a campaign would say the next time that it leaves, whoever gets it."""

    due_at: datetime
    #: Later than `due_at` where that lies outside sending hours; None: no day to come is open.
    opens_at: datetime | None
    scope: ApprovalScope
    rendering: Rendering
    complaints: tuple[Complaint, ...]
    tested_at: datetime | None


async def preview_words(connection: AsyncConnection, desk: Desk, campaign: StoredCampaign) -> Words:
    """Render a campaign for the next time that it would leave, without looking for recipients. Changes nothing."""
    content = content_of(campaign)
    now = desk.clock.now()
    due = due_of(content, now)
    complaints: list[Complaint] = []
    if due is None:
        complaints.append(Complaint.of("schedule", "no_day_left"))
    elif due < now - timedelta(minutes=content.late_after_minutes):
        complaints.append(Complaint.of("schedule", "too_late"))
    if content.use_until is not None and local_date(due or now) > content.use_until:
        complaints.append(Complaint.of("use_until", "after_use"))
    at = max(due or now, now)
    rendering = render_campaign(content, desk.stamp(campaign), on=local_date(at), library=desk.library)
    return Words(
        due_at=at,
        opens_at=rules_of(content).opens_at(at, Purpose(content.purpose)),
        scope=ApprovalScope.ONCE if isinstance(content.schedule, Once) else ApprovalScope.STANDING,
        rendering=rendering,
        complaints=(*rendering.complaints, *complaints),
        tested_at=await tested_at(connection, campaign.id, rendering.fingerprint),
    )


async def preview_campaign(connection: AsyncConnection, desk: Desk, campaign: StoredCampaign) -> Preview:
    """Render a campaign and choose its audience for the next time that it would leave. Changes nothing."""
    content = content_of(campaign)
    words = await preview_words(connection, desk, campaign)
    breakdown = await build_audience(
        connection,
        content,
        words.rendering,
        code=campaign.code,
        organisation=campaign.organisation,
        channels=desk.channels,
        at=words.due_at,
        prices=desk.prices,
        demo=campaign.demo,
    )
    return Preview(
        due_at=words.due_at,
        scope=words.scope,
        rendering=words.rendering,
        breakdown=breakdown,
        audience_rule=audience_rule(content),
        samples=tuple(_samples(content, words.rendering, breakdown)),
        complaints=words.complaints,
        tested_at=words.tested_at,
    )


async def frozen_samples(
    connection: AsyncConnection, approval: Approval, content: CampaignContent, rendering: Rendering
) -> tuple[Sample, ...]:
    """Return messages exactly as some of the people who were frozen with a request would see them.

    A standing request freezes nobody: then the words as they stand, with their placeholders.
    """
    samples: dict[tuple[str, str], Sample] = {}
    for row in await frozen_recipients(connection, approval.id, limit=FROZEN_LOOKED_AT):
        variant, channel = str(row["variant"]), str(row["channel"])
        template = rendering.messages.get((variant, channel)) or rendering.messages.get((variant, ANY_CHANNEL))
        if template is not None and (variant, channel) not in samples:
            samples[variant, channel] = Sample(variant, channel, "", filled_message(template, row["filled"]))
    found = list(samples.values())[:MOST_SAMPLES]
    return tuple(found or _plain(content, rendering))


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
    return list(samples.values())[:MOST_SAMPLES] or _plain(content, rendering)


def _plain(content: CampaignContent, rendering: Rendering) -> list[Sample]:
    """Nobody to show it for: the words as they stand, with their placeholders."""
    variants = [f"{version}.vi" for version in content.texts]
    return [
        Sample(variant, "", "", dict(rendering.messages[variant, ANY_CHANNEL]))
        for variant in variants
        if (variant, ANY_CHANNEL) in rendering.messages
    ]
