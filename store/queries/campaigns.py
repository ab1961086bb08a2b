"""Campaigns and their versions: writing, reading, pausing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from store.campaign_states import CampaignState


@dataclass(frozen=True)
class StoredCampaign:
    """A campaign with the content of its newest version, in the shape of `content.campaigns.CampaignContent`."""

    id: int
    code: str
    organisation: str
    title: str
    state: CampaignState
    version: int
    starter: str | None
    demo: bool
    paused_at: datetime | None
    created_by: int
    created_at: datetime
    updated_at: datetime
    content: Mapping[str, Any]
    #: Name of the organisation, and the same in English.
    organisation_name: str
    organisation_name_en: str


class CodeTaken(Exception):
    """Somebody drew this code before; draw another."""


_INSERT = text("""
insert into campaign (code, organisation, title, version, starter, demo, created_by, created_at, updated_at)
values (:code, :organisation, :title, 1, :starter, :demo, :by, :now, :now) returning id
""")
_INSERT_VERSION = text("""
insert into campaign_version (campaign_id, version, content, written_by, written_at)
values (:id, :version, :content, :by, :now)
""").bindparams(bindparam("content", type_=JSONB))


async def insert_campaign(
    connection: AsyncConnection,
    *,
    code: str,
    organisation: str,
    title: str,
    content: Mapping[str, Any],
    by: int,
    now: datetime,
    starter: str | None = None,
    demo: bool = False,
) -> int:
    """Add a campaign with its first version; return its id.

    Raises:
        CodeTaken: draw another code.
    """
    values = {
        "code": code,
        "organisation": organisation,
        "title": title,
        "starter": starter,
        "demo": demo,
        "by": by,
        "now": now,
    }
    try:
        async with connection.begin_nested():
            campaign_id = int((await connection.execute(_INSERT, values)).scalar_one())
    except IntegrityError as error:
        raise CodeTaken(code) from error
    await _put_version(connection, campaign_id, 1, content, by, now)
    return campaign_id


async def _put_version(
    connection: AsyncConnection, campaign_id: int, version: int, content: Mapping[str, Any], by: int, now: datetime
) -> None:
    values = {"id": campaign_id, "version": version, "content": dict(content), "by": by, "now": now}
    await connection.execute(_INSERT_VERSION, values)


_COLUMNS = """campaign.id, campaign.code, campaign.organisation, title, state, campaign.version, starter, demo,
    paused_at, created_by, created_at, updated_at, content, coalesce(organisation.name, campaign.organisation),
    coalesce(organisation.name_in_english, campaign.organisation)"""
_JOINED = """campaign
    join campaign_version on campaign_id = campaign.id and campaign_version.version = campaign.version
    left join organisation on organisation.code = campaign.organisation"""
_BY_ID = text(f"select {_COLUMNS} from {_JOINED} where campaign.id = :id").columns(content=JSONB)
_BY_CODE = text(f"select {_COLUMNS} from {_JOINED} where campaign.code = :code").columns(content=JSONB)
_LOCK = text("select id from campaign where id = :id for update")


def _campaign(row: Any) -> StoredCampaign:
    values = list(row)
    values[4] = CampaignState(values[4])
    return StoredCampaign(*values)


async def get_campaign(connection: AsyncConnection, campaign_id: int, *, lock: bool = False) -> StoredCampaign | None:
    """Return a campaign, None when there is none. `lock`: nobody else changes it until the transaction ends."""
    if lock:
        await connection.execute(_LOCK, {"id": campaign_id})
    row = (await connection.execute(_BY_ID, {"id": campaign_id})).one_or_none()
    return None if row is None else _campaign(row)


async def find_campaign(connection: AsyncConnection, code: str) -> StoredCampaign | None:
    """Return the campaign with a code, None when there is none."""
    row = (await connection.execute(_BY_CODE, {"code": code})).one_or_none()
    return None if row is None else _campaign(row)


_LIST = text(f"""
select {_COLUMNS} from {_JOINED}
where (cast(:organisation as text) is null or campaign.organisation = :organisation)
  and (cast(:states as text[]) is null or state = any(:states))
order by campaign.id desc limit :limit
""").columns(content=JSONB)


async def list_campaigns(
    connection: AsyncConnection,
    *,
    organisation: str | None = None,
    states: Sequence[CampaignState] | None = None,
    limit: int = 200,
) -> list[StoredCampaign]:
    """Return campaigns, newest first."""
    values = {
        "organisation": organisation,
        "states": None if states is None else [state.value for state in states],
        "limit": limit,
    }
    return [_campaign(row) for row in await connection.execute(_LIST, values)]


_NEW_VERSION = text("""
update campaign set version = version + 1, title = :title, state = 'draft', paused_at = null, updated_at = :now
where id = :id returning version
""")


async def write_version(
    connection: AsyncConnection, campaign_id: int, *, title: str, content: Mapping[str, Any], by: int, now: datetime
) -> int:
    """Add a version to a campaign, which is a draft again with it; return its number."""
    values = {"id": campaign_id, "title": title, "now": now}
    version = int((await connection.execute(_NEW_VERSION, values)).scalar_one())
    await _put_version(connection, campaign_id, version, content, by, now)
    return version


_SET_STATE = text("update campaign set state = :state, updated_at = :now where id = :id")


async def set_campaign_state(
    connection: AsyncConnection, campaign_id: int, state: CampaignState, *, now: datetime
) -> None:
    """Put a campaign into another state."""
    await connection.execute(_SET_STATE, {"id": campaign_id, "state": state.value, "now": now})


_PAUSE = text("""
update campaign set paused_at = case when :paused then coalesce(paused_at, :now) end,
    paused_by = case when :paused then cast(:by as bigint) end, updated_at = :now
where id = :id and (paused_at is not null) <> :paused
""")


async def set_paused(
    connection: AsyncConnection, campaign_id: int, *, paused: bool, by: int | None, now: datetime
) -> bool:
    """Pause a campaign's planned leavings or let them go on; return False when they were so already."""
    values = {"id": campaign_id, "paused": paused, "by": by, "now": now}
    return (await connection.execute(_PAUSE, values)).rowcount == 1


_VERSIONS = text("""
select version, content, written_by, written_at from campaign_version where campaign_id = :id order by version
""").columns(content=JSONB)


@dataclass(frozen=True)
class StoredVersion:
    """One version of a campaign."""

    version: int
    content: Mapping[str, Any]
    written_by: int
    written_at: datetime


async def versions_of(connection: AsyncConnection, campaign_id: int) -> list[StoredVersion]:
    """Return all versions, oldest first."""
    return [StoredVersion(*row) for row in await connection.execute(_VERSIONS, {"id": campaign_id})]


_TEST = text("""
insert into campaign_test (campaign_id, version, rendering, run_id, sent_by, sent_at)
values (:id, :version, :rendering, :run_id, :by, :now)
""")


async def record_test(
    connection: AsyncConnection, campaign: StoredCampaign, *, rendering: str, run_id: int, by: int, now: datetime
) -> None:
    """Note that a rendering was sent to the guest list."""
    values = {
        "id": campaign.id,
        "version": campaign.version,
        "rendering": rendering,
        "run_id": run_id,
        "by": by,
        "now": now,
    }
    await connection.execute(_TEST, values)


_TESTED = text("select max(sent_at) from campaign_test where campaign_id = :id and rendering = :rendering")


async def tested_at(connection: AsyncConnection, campaign_id: int, rendering: str) -> datetime | None:
    """Return when exactly this rendering was last sent to guests, None when never."""
    values = {"id": campaign_id, "rendering": rendering}
    moment: datetime | None = (await connection.execute(_TESTED, values)).scalar_one()
    return moment


# A leaving that is planned or held may still take place. One that was let go, or whose run is over, will not.
_CLOSE = text("""
update campaign set state = 'closed', updated_at = :now
where state = 'approved'
  and exists (select from campaign_occurrence where campaign_id = campaign.id and version = campaign.version)
  and not exists (
    select from campaign_occurrence as occurrence left join campaign_run as run on run.id = occurrence.run_id
    where occurrence.campaign_id = campaign.id
      and (occurrence.state in ('planned', 'held')
        or (occurrence.state = 'started' and run.state not in ('finished', 'cancelled'))))
returning id
""")


async def close_finished_campaigns(connection: AsyncConnection, *, now: datetime) -> Sequence[int]:
    """Close approved campaigns of which nothing will leave any more; return their ids."""
    return (await connection.execute(_CLOSE, {"now": now})).scalars().all()
