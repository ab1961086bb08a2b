"""What stands still until somebody looks: runs that were stopped, leavings that were held, accounts at rest."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class StandsStill:
    """A campaign of which something does not go on by itself."""

    campaign_id: int
    title: str


_STOPPED = text("""
select distinct campaign.id, campaign.title from campaign_run as run
join campaign_occurrence as occurrence on occurrence.run_id = run.id
join campaign on campaign.id = occurrence.campaign_id
where run.state = 'stopped' and (cast(:organisation as text) is null or campaign.organisation = :organisation)
order by campaign.id
""")
_HELD = text("""
select distinct campaign.id, campaign.title from campaign_occurrence as occurrence
join campaign on campaign.id = occurrence.campaign_id
where occurrence.state = 'held' and campaign.state = 'approved'
  and (cast(:organisation as text) is null or campaign.organisation = :organisation)
order by campaign.id
""")
_PAUSED = text("select channel from sending_account where paused_at is not null order by channel")


async def stopped_runs(connection: AsyncConnection, *, organisation: str | None) -> list[StandsStill]:
    """Return campaigns with a run that the system stopped; None: of all organisations."""
    return [StandsStill(*row) for row in await connection.execute(_STOPPED, {"organisation": organisation})]


async def held_leavings(connection: AsyncConnection, *, organisation: str | None) -> list[StandsStill]:
    """Return campaigns with a leaving that a person has to let go; None: of all organisations."""
    return [StandsStill(*row) for row in await connection.execute(_HELD, {"organisation": organisation})]


async def paused_accounts(connection: AsyncConnection) -> list[str]:
    """Return channels on which nothing leaves until somebody mends the account."""
    return list((await connection.execute(_PAUSED)).scalars())
