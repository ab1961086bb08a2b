"""Campaigns on their way to approval, for tests."""

from typing import Any

from content.campaigns import CampaignContent
from scheduler.actors import Actor
from scheduler.approval import approve_campaign, submit_campaign
from scheduler.campaigns import create_campaign, create_from_starter
from scheduler.contact_lists import add_simulated
from scheduler.desk import Desk
from scheduler.trials import send_test
from store.database import Database
from store.queries.approvals import Approval
from store.queries.campaigns import StoredCampaign

STARTER = "chung-tay-vi-nguoi-ngheo"


def content(**changes: Any) -> CampaignContent:
    """A small campaign of policy news."""
    data: dict[str, Any] = {
        "purpose": "policy_news",
        "topic": "benefits_overview",
        "texts": {"A": {"words": {"vi": "Bà con xem nhà mình có thể được hưởng gì."}}},
        "buttons": [{"title": {"vi": "Xem"}, "payload": "/check_eligibility"}],
    }
    return CampaignContent.model_validate({**data, **changes})


async def seen_by_guests(
    database: Database, desk: Desk, author: Actor, what: str | CampaignContent = STARTER
) -> StoredCampaign:
    """A draft that was sent to simulated guests."""
    async with database.transaction() as connection:
        if isinstance(what, str):
            campaign = await create_from_starter(connection, desk, author, what)
        else:
            campaign = await create_campaign(connection, desk, author, title="Chiến dịch giả định", content=what)
        await add_simulated(connection, author, name="khách mời", now=desk.clock.now())
        await send_test(connection, desk, author, campaign.id, guests="khách mời")
    return campaign


async def submitted(
    database: Database, desk: Desk, author: Actor, what: str | CampaignContent = STARTER
) -> tuple[StoredCampaign, Approval]:
    """A campaign that waits for a second person."""
    campaign = await seen_by_guests(database, desk, author, what)
    async with database.transaction() as connection:
        return campaign, await submit_campaign(connection, desk, author, campaign.id)


async def approve(database: Database, desk: Desk, actor: Actor, request: Approval) -> None:
    """The second person says yes to what was frozen."""
    async with database.transaction() as connection:
        await approve_campaign(
            connection, desk, actor, request.id, rendering=request.rendering, audience=request.audience
        )
