"""Made-up campaigns: a draft, one that waits for approval, one that leaves at once, one on the calendar."""

from sqlalchemy.ext.asyncio import AsyncConnection

from console.demo.people import GUESTS
from console.demo.registry import Demo, demo_maker
from console.shell.visit import actor_of
from content.campaigns import load_starters
from scheduler.approval import approve_campaign, submit_campaign
from scheduler.campaigns import create_campaign
from scheduler.trials import send_test
from store.queries.campaigns import StoredCampaign, list_campaigns
from store.staff_roles import Role

#: What stands before every title.
MARK = "(mẫu)"


@demo_maker("campaigns", position=20)
async def campaigns(connection: AsyncConnection, demo: Demo) -> None:
    """Make them once; what people did with them since stays."""
    author = actor_of(demo.staff[Role.CAMPAIGN_AUTHOR])
    if any(one.demo for one in await list_campaigns(connection, organisation=author.organisation)):
        return
    await _draft(connection, demo, "hoi-y-kien-hoc-nghe")
    await _submitted(connection, demo, "nep-nghi-cach-lam")
    for starter in ("chung-tay-vi-nguoi-ngheo", "chuc-tet-nhac-chinh-sach"):
        await _approved(connection, demo, starter)


async def _draft(connection: AsyncConnection, demo: Demo, starter: str) -> StoredCampaign:
    author = actor_of(demo.staff[Role.CAMPAIGN_AUTHOR])
    found = load_starters()[starter]
    return await create_campaign(
        connection, demo.desk, author, title=f"{MARK} {found.title}", content=found.content, starter=starter, demo=True
    )


async def _submitted(connection: AsyncConnection, demo: Demo, starter: str) -> int:
    author = actor_of(demo.staff[Role.CAMPAIGN_AUTHOR])
    made = await _draft(connection, demo, starter)
    await send_test(connection, demo.desk, author, made.id, guests=GUESTS)
    return (await submit_campaign(connection, demo.desk, author, made.id)).id


async def _approved(connection: AsyncConnection, demo: Demo, starter: str) -> None:
    author, second = (actor_of(demo.staff[role]) for role in (Role.CAMPAIGN_AUTHOR, Role.CAMPAIGN_APPROVER))
    made = await _draft(connection, demo, starter)
    await send_test(connection, demo.desk, author, made.id, guests=GUESTS)
    request = await submit_campaign(connection, demo.desk, author, made.id)
    await approve_campaign(
        connection, demo.desk, second, request.id, rendering=request.rendering, audience=request.audience
    )
