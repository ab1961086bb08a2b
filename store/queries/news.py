"""Whose chat it is, and whether the last message in it was a campaign's: for "no more of these"."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_NEWS = text("""
select conversation.person_id, conversation.channel, last.kind = 'campaign' as after_campaign, last.topic
from conversation left join lateral (
    select kind, campaign_run.topic from delivery
    left join campaign_run on campaign_run.id = delivery.campaign_run_id
    where delivery.conversation_id = conversation.id and delivery.state in ('sent', 'delivered', 'seen', 'unknown')
    order by delivery.settled_at desc nulls last, delivery.id desc limit 1
) as last on true
where conversation.id = :conversation_id
""")


@dataclass(frozen=True)
class NewsContext:
    """Attributes: after_campaign: the last message shown was a campaign's, about `topic`."""

    person_id: int
    channel: str
    after_campaign: bool
    topic: str | None


async def news_context(connection: AsyncConnection, conversation_id: int) -> NewsContext:
    """Return what "stop" would mean in a chat.

    Raises:
        sqlalchemy.exc.NoResultFound: no such conversation.
    """
    row = (await connection.execute(_NEWS, {"conversation_id": conversation_id})).one()
    return NewsContext(row[0], row[1], bool(row[2]), row[3])
