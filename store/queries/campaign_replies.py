"""Which campaign somebody writes back to, and how many such replies went to a person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.delivery_states import DeliveryKind
from store.queries.campaign_reports import REPLIES_WITHIN
from store.ticket_states import TicketReason

# The last thing that was said in the chat before the words came; "please wait" is no such thing. The version is the one
# that was sent: a later edit does not change what people were told about replies.
_LAST_SAID = text(f"""
select campaign.id, campaign.title, campaign.organisation, version.content ->> 'topic' as topic,
    version.content ->> 'replies' as replies
from (
    select campaign_run_id from delivery
    where conversation_id = :conversation_id and kind <> '{DeliveryKind.NOTICE}' and settled_at <= :at
      and state in ('sent', 'delivered', 'seen', 'unknown')
      and settled_at > cast(:at as timestamptz) - cast(:within as interval)
    order by settled_at desc, id desc limit 1
) as last
join campaign_occurrence as occurrence on occurrence.run_id = last.campaign_run_id
join campaign on campaign.id = occurrence.campaign_id
join campaign_version as version on version.campaign_id = campaign.id and version.version = occurrence.version
""")


@dataclass(frozen=True)
class CampaignWrittenTo:
    """A campaign whose message somebody answers in words. `to_staff`: all such words are for a person."""

    id: int
    title: str
    organisation: str
    topic: str
    to_staff: bool


async def campaign_written_to(
    connection: AsyncConnection, conversation_id: int, *, at: datetime
) -> CampaignWrittenTo | None:
    """Return the campaign that words of a chat answer: its message came last, at most `REPLIES_WITHIN` before them."""
    values = {"conversation_id": conversation_id, "at": at, "within": REPLIES_WITHIN}
    row = (await connection.execute(_LAST_SAID, values)).one_or_none()
    if row is None:
        return None
    return CampaignWrittenTo(row.id, row.title, row.organisation, row.topic, row.replies == "staff")


def about_campaign(campaign_id: int) -> str:
    """What a ticket is about that was opened by a reply to a campaign."""
    return f"campaign:{campaign_id}"


_HANDED_OVER = text(f"""
select count(*), count(*) filter (where state <> 'resolved') from ticket
where reason = '{TicketReason.CAMPAIGN_REPLY}' and about = :about
""")


async def handed_over(connection: AsyncConnection, campaign_id: int) -> tuple[int, int]:
    """Return how many tickets replies to a campaign have opened, and how many of them are not resolved."""
    row = (await connection.execute(_HANDED_OVER, {"about": about_campaign(campaign_id)})).one()
    return int(row[0]), int(row[1])
