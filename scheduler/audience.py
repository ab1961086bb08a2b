"""The audience of a campaign: who gets it by which way with which words, and who does not and why."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.simulated import SIMULATED
from content.campaign_audience import Audience
from content.campaign_schedule import Anchor, Relative
from content.campaigns import CampaignContent, fingerprint
from content.place_units import load_places
from content.translations import catalogue_for
from scheduler.changes import changes_for, changes_in_words, household_of, may_get
from scheduler.fields import FieldValues, PersonFacts, needed_sources
from scheduler.rendering import Rendering
from scheduler.routes import Prices, Route, Way, way_to
from store.clock import local_date
from store.queries.audiences import AT_A_TIME, Candidate, Selection, select_people
from store.run_states import Purpose

#: Whoever wrote this recently may be in the middle of something.
IN_FLOW = timedelta(minutes=30)


@dataclass(frozen=True)
class Member:
    """One recipient: the way, the variant of the text, and what fills its placeholders."""

    person_id: int
    way: Way
    variant: str
    filled: Mapping[str, str]

    @property
    def recipient(self) -> str:
        """Name in the ledger."""
        return f"person:{self.person_id}"

    def as_row(self) -> dict[str, Any]:
        """Plain data to be frozen, in the shape of `store.queries.campaign_runs.Recipient`."""
        assert self.way.reach is not None
        return {
            "recipient": self.recipient,
            "conversation_id": self.way.reach.conversation_id,
            "channel": self.way.reach.channel,
            "address": self.way.reach.address,
            "variant": self.variant,
            "filled": dict(self.filled),
        }


@dataclass(frozen=True)
class Breakdown:
    """What staff see of an audience before they ask for approval."""

    members: tuple[Member, ...]
    #: Reason -> how many meet the conditions and are left out.
    left_out: Mapping[str, int]
    at: datetime
    by_route: Mapping[str, int] = field(default_factory=dict)

    @property
    def cost(self) -> int | None:
        """Whole đồng, None where a price is not known."""
        costs = [member.way.cost for member in self.members]
        return None if any(cost is None for cost in costs) else sum(cost or 0 for cost in costs)

    @property
    def fingerprint(self) -> str:
        """Fingerprint of who gets which words. The way is not part of it: it is decided anew when sending."""
        return fingerprint([[one.recipient, one.variant, dict(one.filled)] for one in self.members])

    def summary(self) -> dict[str, Any]:
        """Counts and cost as plain data; nothing that points to a person."""
        return {
            "recipients": len(self.members),
            "by_route": dict(self.by_route),
            "by_variant": dict(Counter(member.variant for member in self.members)),
            "left_out": dict(self.left_out),
            "cost": self.cost,
            "at": self.at.isoformat(),
        }


def audience_rule(content: CampaignContent) -> str:
    """Fingerprint of the rule by which recipients are chosen."""
    return fingerprint([content.audience.model_dump(mode="json"), content.schedule.model_dump(mode="json")])


async def build_audience(
    connection: AsyncConnection,
    content: CampaignContent,
    rendering: Rendering,
    *,
    code: str,
    organisation: str,
    channels: Sequence[str],
    at: datetime,
    prices: Prices,
    demo: bool = False,
) -> Breakdown:
    """Choose the recipients of a campaign that leaves at a moment.

    Args:
        code: code of the campaign; decides which version of the words somebody gets.
        channels: those on which anything is sent.
        demo: a campaign for rehearsals; people who are made up get nothing else, and nobody else gets it.
    """
    candidates = await select_people(connection, _selection(content, organisation, at), channels=[*channels, SIMULATED])
    facts = await needed_sources(
        connection,
        content,
        rendering,
        [one.person_id for one in candidates],
        anchor_day=_anchor_day(content, at),
        at=at,
    )
    left_out: Counter[str] = Counter()
    members = []
    for position, candidate in enumerate(candidates):
        if position % AT_A_TIME == 0:
            # The same process answers people meanwhile.
            await asyncio.sleep(0)
        if candidate.demo is not demo:
            left_out["demo" if candidate.demo else "not_demo"] += 1
            continue
        found = _member(candidate, content, rendering, facts, code=code, at=at, prices=prices)
        if isinstance(found, str):
            if found:
                left_out[found] += 1
        else:
            members.append(found)
    routes = Counter(member.way.route.value for member in members)
    if left_out["unreachable"]:
        routes[Route.UNREACHABLE.value] = left_out["unreachable"]
    return Breakdown(tuple(members), dict(left_out), at, dict(routes))


def _selection(content: CampaignContent, organisation: str, at: datetime) -> Selection:
    audience = content.audience
    exclude = audience.exclude
    return Selection(
        organisation=organisation,
        topic=content.topic.value,
        lists=audience.lists,
        communes=audience.communes,
        household_groups=[group.value for group in audience.household_groups],
        topics=[topic.value for topic in audience.topics],
        course_code=audience.course.code if audience.course else None,
        course_trade=audience.course.trade if audience.course else None,
        course_standing=[standing.value for standing in audience.course.standing] if audience.course else (),
        pledge_states=audience.pledge.states if audience.pledge else (),
        with_answers=audience.eligible is not None or audience.changed is not None,
        anchor=content.schedule.anchor.value if isinstance(content.schedule, Relative) else None,
        anchor_day=_anchor_day(content, at),
        excluded_lists=exclude.lists,
        had_campaigns=exclude.had_campaigns,
        messaged_since=at - timedelta(days=exclude.messaged_within_days) if exclude.messaged_within_days else None,
    )


def _anchor_day(content: CampaignContent, at: datetime) -> date | None:
    schedule = content.schedule
    return local_date(at) - timedelta(days=schedule.days) if isinstance(schedule, Relative) else None


def _member(
    candidate: Candidate,
    content: CampaignContent,
    rendering: Rendering,
    facts: PersonFacts,
    *,
    code: str,
    at: datetime,
    prices: Prices,
) -> Member | str:
    """The recipient, or the reason why somebody is left out; an empty one for somebody who does not belong to it."""
    audience = content.audience
    reason = _kept_out(candidate, audience, Purpose(content.purpose), at)
    if reason is not None:
        return reason
    # Only what the campaign has a template for can go by one.
    prices = replace(prices, templates=prices.templates and content.template is not None)
    way = way_to([reach for reach in candidate.reaches if _fits(reach.channel, audience.channels)], at, prices)
    if way.reach is None:
        return "unreachable"
    language = candidate.language or way.reach.language
    if audience.languages and language not in audience.languages:
        return ""
    changes = _by_the_rules(candidate, audience, at)
    if changes is None:
        return ""
    shown = language if language in content.languages else "vi"
    variant = f"{version_for(candidate.person_id, code, content)}.{shown}"
    if way.route is Route.ZALO_BILLED and way.cost is not None:
        way = replace(way, cost=way.cost * rendering.zalo_messages.get(variant, 1))
    needed = rendering.fields.get(variant, frozenset())
    values = FieldValues(content.fields, catalogue_for(shown), load_places())
    filled = values.fill(needed, candidate, facts, changes=changes(shown) if "changes" in needed else None)
    return "field_missing" if filled is None else Member(candidate.person_id, way, variant, filled)


def _kept_out(candidate: Candidate, audience: Audience, purpose: Purpose, at: datetime) -> str | None:
    if candidate.consent is False:
        return "opted_out"
    # Silence is no consent. A service was asked for by registering; that is where its own consent was given.
    if candidate.consent is None and purpose is not Purpose.SERVICE:
        return "no_consent"
    if candidate.on_excluded_list:
        return "excluded_list"
    if candidate.had_campaign:
        return "had_campaign"
    if candidate.messaged_lately:
        return "messaged_lately"
    wrote = max((reach.last_message_at for reach in candidate.reaches), default=None)
    if wrote is None:
        return "unreachable"
    if audience.exclude.in_flow and at - wrote < IN_FLOW:
        return "in_flow"
    if audience.exclude.inactive_days is not None and at - wrote > timedelta(days=audience.exclude.inactive_days):
        return "inactive"
    if audience.active_within_days is not None and at - wrote > timedelta(days=audience.active_within_days):
        return "inactive"
    return None


def _fits(channel: str, wanted: Sequence[str]) -> bool:
    return not wanted or channel in wanted or channel == SIMULATED


def _by_the_rules(candidate: Candidate, audience: Audience, at: datetime) -> Callable[[str], str] | None:
    """None for a household that the rules do not choose; else the words for what changed, by language."""
    if audience.eligible is None and audience.changed is None:
        return lambda language: ""
    household = household_of(candidate.answers or {})
    if household is None:
        return None
    if audience.eligible is not None:
        on = audience.eligible.on or local_date(at)
        if not may_get(household, audience.eligible.programme, on):
            return None
    if audience.changed is None:
        return lambda language: ""
    changes = changes_for(household, audience.changed.from_day, audience.changed.to_day)
    return (lambda language: changes_in_words(changes, catalogue_for(language))) if changes else None


def version_for(person_id: int, code: str, content: CampaignContent) -> str:
    """Which version of the words a person gets: half of people each, and always the same one of a campaign."""
    if len(content.texts) == 1:
        return "A"
    return "AB"[hashlib.sha256(f"{code}:{person_id}".encode()).digest()[0] & 1]


__all__ = ["Anchor", "Breakdown", "Member", "audience_rule", "build_audience", "version_for"]
