"""Writing campaigns: making, editing, pausing, cancelling. Every edit is a new version and voids what was approved."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.receipt_codes import new_receipt_code
from content.campaigns import CampaignContent, load_starters
from scheduler.actors import Actor, NotThere, Refused, require_area, require_own
from scheduler.desk import Desk
from scheduler.jobs import tell_calendar
from scheduler.journal import note
from store.campaign_states import CampaignState
from store.queries.approvals import void_approvals
from store.queries.campaign_runs import change_run
from store.queries.campaigns import (
    CodeTaken,
    StoredCampaign,
    get_campaign,
    insert_campaign,
    set_campaign_state,
    set_paused,
    write_version,
)
from store.queries.occurrences import disarm_occurrences, runs_of
from store.run_states import RunState


def parse_content(data: Mapping[str, Any]) -> CampaignContent:
    """Read a campaign's content from plain data.

    Raises:
        Refused: names the first faulty key and what is wrong with it.
    """
    try:
        return CampaignContent.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "content"
        raise Refused("malformed", where=where, what=first["msg"].removeprefix("Value error, ")) from error


def content_of(campaign: StoredCampaign) -> CampaignContent:
    """The newest version of a campaign as a model."""
    return CampaignContent.model_validate(campaign.content)


async def create_campaign(
    connection: AsyncConnection,
    desk: Desk,
    actor: Actor,
    *,
    title: str,
    content: CampaignContent,
    starter: str | None = None,
    demo: bool = False,
) -> StoredCampaign:
    """Add a draft of the actor's organisation."""
    if not title.strip():
        raise Refused("no_title")
    require_area(actor, content.audience.communes)
    now = desk.clock.now()
    while True:
        try:
            campaign_id = await insert_campaign(
                connection,
                code=new_receipt_code(),
                organisation=actor.organisation,
                title=title.strip(),
                content=content.model_dump(mode="json"),
                by=actor.id,
                now=now,
                starter=starter,
                demo=demo,
            )
            break
        except CodeTaken:
            continue
    await note(connection, by=actor.id, action="created", campaign=campaign_id, now=now, title=title.strip())
    return await own_campaign(connection, actor, campaign_id)


async def create_from_starter(
    connection: AsyncConnection, desk: Desk, actor: Actor, name: str, *, demo: bool = False
) -> StoredCampaign:
    """Add a draft made from a starter campaign."""
    starter = load_starters().get(name)
    if starter is None:
        raise Refused("no_starter", name=name, known=", ".join(load_starters()))
    return await create_campaign(
        connection, desk, actor, title=starter.title, content=starter.content, starter=name, demo=demo
    )


async def own_campaign(
    connection: AsyncConnection, actor: Actor, campaign_id: int, *, lock: bool = False
) -> StoredCampaign:
    """Return a campaign that the actor may see.

    Raises:
        NotThere: there is none, or it is another organisation's.
    """
    campaign = await get_campaign(connection, campaign_id, lock=lock)
    if campaign is None:
        raise NotThere("not_there")
    require_own(actor, campaign.organisation)
    return campaign


async def edit_campaign(
    connection: AsyncConnection,
    desk: Desk,
    actor: Actor,
    campaign_id: int,
    *,
    title: str,
    content: CampaignContent,
    seen_version: int | None = None,
) -> StoredCampaign:
    """Write a new version. What was approved, planned or frozen for an older one is void; what was sent stays sent.

    Args:
        seen_version: the version that the actor had before them; None: whichever is the newest.

    Raises:
        Refused: somebody else wrote a newer version meanwhile, which this one would bury; or see there.
    """
    campaign = await own_campaign(connection, actor, campaign_id, lock=True)
    _require_open(campaign)
    if not title.strip():
        raise Refused("no_title")
    require_area(actor, campaign_communes(campaign))
    require_area(actor, content.audience.communes)
    if seen_version is not None and seen_version != campaign.version:
        raise Refused("changed_meanwhile", version=campaign.version, seen=seen_version)
    if campaign.title == title.strip() and content == content_of(campaign):
        return campaign
    now = desk.clock.now()
    voided = await _take_back(connection, campaign, reason="edited", actor=actor, desk=desk)
    await write_version(
        connection, campaign_id, title=title.strip(), content=content.model_dump(mode="json"), by=actor.id, now=now
    )
    changed = await own_campaign(connection, actor, campaign_id)
    await note(
        connection, by=actor.id, action="edited", campaign=campaign_id, now=now, version=changed.version, voided=voided
    )
    return changed


def campaign_communes(campaign: StoredCampaign) -> tuple[str, ...]:
    """Communes that a campaign is for; none: the whole province."""
    return content_of(campaign).audience.communes


def _require_open(campaign: StoredCampaign) -> None:
    if campaign.state in (CampaignState.CANCELLED, CampaignState.CLOSED):
        raise Refused("closed", state=campaign.state.value)


async def _take_back(
    connection: AsyncConnection, campaign: StoredCampaign, *, reason: str, actor: Actor, desk: Desk
) -> int:
    """Void approvals, disarm what is planned, cancel what is under way; return how many approvals there were."""
    now = desk.clock.now()
    voided = await void_approvals(connection, campaign.id, reason=reason)
    runs = set(await disarm_occurrences(connection, campaign.id, reason=reason, now=now, by=actor.id))
    for run in {*runs, *(await runs_of(connection, campaign.id))}:
        await change_run(connection, run, RunState.CANCELLED, now=now, by=actor.id, reason=reason)
    await tell_calendar(connection)
    return voided


async def cancel_campaign(
    connection: AsyncConnection, desk: Desk, actor: Actor, campaign_id: int, *, reason: str
) -> StoredCampaign:
    """Let nothing of a campaign leave any more. Cannot be undone."""
    campaign = await own_campaign(connection, actor, campaign_id, lock=True)
    _require_open(campaign)
    require_area(actor, campaign_communes(campaign))
    if not reason.strip():
        raise Refused("no_reason")
    await _take_back(connection, campaign, reason="cancelled", actor=actor, desk=desk)
    now = desk.clock.now()
    await set_campaign_state(connection, campaign_id, CampaignState.CANCELLED, now=now)
    await note(connection, by=actor.id, action="cancelled", campaign=campaign_id, now=now, reason=reason.strip())
    return await own_campaign(connection, actor, campaign_id)


async def pause_campaign(
    connection: AsyncConnection, desk: Desk, actor: Actor, campaign_id: int, *, reason: str = ""
) -> StoredCampaign:
    """Hold back what is leaving and what is planned, until it is resumed."""
    campaign = await own_campaign(connection, actor, campaign_id, lock=True)
    _require_open(campaign)
    require_area(actor, campaign_communes(campaign))
    now = desk.clock.now()
    # A run whose time has not come stays as it is: the calendar lets it go, and not while the campaign is paused.
    for run in await runs_of(connection, campaign_id, started=True):
        await change_run(connection, run, RunState.PAUSED, now=now, by=actor.id, reason=reason or None)
    if await set_paused(connection, campaign_id, paused=True, by=actor.id, now=now):
        await note(connection, by=actor.id, action="paused", campaign=campaign_id, now=now, reason=reason)
    return await own_campaign(connection, actor, campaign_id)


async def resume_campaign(connection: AsyncConnection, desk: Desk, actor: Actor, campaign_id: int) -> StoredCampaign:
    """Let a paused or stopped campaign go on. What was due meanwhile is held for a person; it is not made up for."""
    campaign = await own_campaign(connection, actor, campaign_id, lock=True)
    _require_open(campaign)
    require_area(actor, campaign_communes(campaign))
    now = desk.clock.now()
    resumed = await set_paused(connection, campaign_id, paused=False, by=actor.id, now=now)
    for run in await runs_of(connection, campaign_id, started=True):
        resumed |= await change_run(connection, run, RunState.RUNNING, now=now, by=actor.id)
    if resumed:
        await note(connection, by=actor.id, action="resumed", campaign=campaign_id, now=now)
        await tell_calendar(connection)
    return await own_campaign(connection, actor, campaign_id)
