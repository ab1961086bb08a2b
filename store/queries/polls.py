"""Polls of campaigns: storing answers and counting them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

# The version that the person was sent, else the newest; only who was written to is asked. Guests of a test are too:
# their answers are stored and never counted.
_POLL = text("""
select campaign.id, version.content, campaign.state
from campaign
join campaign_version as version on version.campaign_id = campaign.id and version.version = coalesce(
    (select max(occurrence.version) from campaign_occurrence as occurrence
     join delivery on delivery.campaign_run_id = occurrence.run_id
     where occurrence.campaign_id = campaign.id and delivery.conversation_id = :conversation_id),
    campaign.version)
where campaign.code = :code
""").columns(content=JSONB)


@dataclass(frozen=True)
class Poll:
    """A campaign's poll, with its content in the shape of `content.campaigns.CampaignContent`."""

    campaign_id: int
    content: Mapping[str, Any]
    state: str


async def poll_of(connection: AsyncConnection, code: str, *, conversation_id: int) -> Poll | None:
    """Return the poll of a campaign as a chat was asked it, None when there is no such campaign."""
    values = {"code": code, "conversation_id": conversation_id}
    row = (await connection.execute(_POLL, values)).one_or_none()
    return None if row is None else Poll(row.id, row.content, row.state)


_ANSWER = text("""
insert into poll_answer (campaign_id, conversation_id, question, option, answered_at)
values (:campaign_id, :conversation_id, :question, :option, :now)
on conflict (campaign_id, conversation_id, question)
    do update set option = excluded.option, answered_at = excluded.answered_at
""")


async def store_answer(
    connection: AsyncConnection, *, campaign_id: int, conversation_id: int, question: int, option: int, now: datetime
) -> None:
    """Store what a chat answered to one question; an earlier answer to it is replaced."""
    values = {
        "campaign_id": campaign_id,
        "conversation_id": conversation_id,
        "question": question,
        "option": option,
        "now": now,
    }
    await connection.execute(_ANSWER, values)


# One person, one vote: whoever answers on two linked channels is counted with the newer answer.
_COUNT = text("""
select question, option, count(*) from (
    select distinct on (conversation.person_id, question) question, option
    from poll_answer join conversation on conversation.id = poll_answer.conversation_id
    where campaign_id = :campaign_id and exists (
        select from delivery
        join conversation as reached on reached.id = delivery.conversation_id
        where delivery.campaign_run_id = any(:runs) and reached.person_id = conversation.person_id
          and delivery.state in ('sent', 'delivered', 'seen', 'unknown'))
    order by conversation.person_id, question, answered_at desc
) as newest group by question, option
""")


async def count_answers(connection: AsyncConnection, campaign_id: int, runs: list[int]) -> dict[tuple[int, int], int]:
    """Return how many recipients of the runs chose an option: (question, option), both from 1, to number."""
    rows = await connection.execute(_COUNT, {"campaign_id": campaign_id, "runs": runs})
    return {(row[0], row[1]): int(row[2]) for row in rows}
