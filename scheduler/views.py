"""Campaigns as plain data, the same on the command line and in the API."""

from dataclasses import asdict
from typing import Any

from content.translations import Catalogue
from scheduler.preview import Preview
from store.queries.approvals import Approval
from store.queries.campaigns import StoredCampaign


def campaign_json(campaign: StoredCampaign) -> dict[str, Any]:
    """A campaign without its content."""
    return {
        "id": campaign.id,
        "code": campaign.code,
        "organisation": campaign.organisation,
        "title": campaign.title,
        "state": campaign.state.value,
        "version": campaign.version,
        "paused": campaign.paused_at is not None,
        "starter": campaign.starter,
        "demo": campaign.demo,
        "created_at": campaign.created_at.isoformat(),
        "updated_at": campaign.updated_at.isoformat(),
    }


def approval_json(approval: Approval) -> dict[str, Any]:
    """A request for approval, with the fingerprints that a second person repeats."""
    data = asdict(approval)
    for name in ("requested_at", "decided_at"):
        data[name] = data[name].isoformat() if data[name] else None
    return {**data, "scope": approval.scope.value, "state": approval.state.value, "summary": dict(approval.summary)}


def preview_json(seen: Preview, catalogue: Catalogue) -> dict[str, Any]:
    """What a second person has to see, with faults in their language."""
    return {
        **seen.breakdown.summary(),
        "due_at": seen.due_at.isoformat(),
        "scope": seen.scope.value,
        "rendering": seen.rendering.fingerprint,
        "audience": seen.breakdown.fingerprint,
        "complaints": [one.text(catalogue) for one in seen.complaints],
        "tested_at": seen.tested_at.isoformat() if seen.tested_at else None,
        "samples": [asdict(sample) for sample in seen.samples],
    }
