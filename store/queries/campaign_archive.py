"""What anybody may see of campaigns: those that were sent, in the words that were frozen for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class SentCampaign:
    """A campaign as anybody may see it; `sent` newest first, empty while nothing has left."""

    code: str
    title: str
    organisation_name: str
    organisation_name_en: str
    content: Mapping[str, Any]
    sent: tuple[datetime, ...]


# Rehearsals are nobody's news. A cancelled campaign that had left was sent all the same.
_ONE = text("""
select campaign.code, title, coalesce(organisation.name, campaign.organisation),
    coalesce(organisation.name_in_english, campaign.organisation),
    coalesce((
        select version.content from campaign_occurrence as sent
        join campaign_version as version on version.campaign_id = campaign.id and version.version = sent.version
        where sent.campaign_id = campaign.id and sent.state = 'started' order by sent.due_at desc limit 1
    ), '{}'::jsonb) as content,
    array(
        select settled_at from campaign_occurrence
        where campaign_id = campaign.id and state = 'started' order by settled_at desc limit 20
    ) as sent
from campaign left join organisation on organisation.code = campaign.organisation
where campaign.code = :code and not campaign.demo
""").columns(content=JSONB)


async def sent_campaign(connection: AsyncConnection, code: str) -> SentCampaign | None:
    """Return the campaign with a code, None when there is none."""
    row = (await connection.execute(_ONE, {"code": code})).one_or_none()
    return None if row is None else SentCampaign(row[0], row[1], row[2], row[3], row[4], tuple(row[5]))


_WORDS = text("""
select run_message.variant, run_message.message from run_message
where campaign_run_id = (
    select run_id from campaign_occurrence as occurrence join campaign on campaign.id = occurrence.campaign_id
    where campaign.code = :code and occurrence.state = 'started' order by occurrence.settled_at desc limit 1
) and channel = '' order by variant
""").columns(message=JSONB)


async def sent_words(connection: AsyncConnection, code: str) -> dict[str, Mapping[str, Any]]:
    """Return the messages that left last, by variant, with placeholders where people got words of their own."""
    return {row[0]: row[1] for row in await connection.execute(_WORDS, {"code": code})}


@dataclass(frozen=True)
class ArchiveEntry:
    """One line of the archive."""

    code: str
    title: str
    organisation_name: str
    organisation_name_en: str
    last_sent: datetime


_ARCHIVE = text("""
select campaign.code, title, coalesce(organisation.name, campaign.organisation),
    coalesce(organisation.name_in_english, campaign.organisation), max(occurrence.settled_at) as last_sent
from campaign join campaign_occurrence as occurrence on occurrence.campaign_id = campaign.id
left join organisation on organisation.code = campaign.organisation
where occurrence.state = 'started' and not campaign.demo
group by campaign.id, organisation.code order by last_sent desc limit :limit
""")


async def archive(connection: AsyncConnection, *, limit: int = 100) -> list[ArchiveEntry]:
    """Return the campaigns that were sent, the latest first."""
    return [ArchiveEntry(*row) for row in await connection.execute(_ARCHIVE, {"limit": limit})]
