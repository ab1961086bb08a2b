"""Counts of tickets for reports; never whose they were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.queries.tickets import TicketScope, scope_values


@dataclass(frozen=True)
class ObstacleCount:
    """How many people of one commune met an obstacle with one topic, and to how many of them somebody answered."""

    area: str
    topic: str
    people: int
    answered: int


# A person counts once for a commune and topic, however often they asked.
_OBSTACLES = text("""
select ticket.area, coalesce(ticket.topic, '') as topic,
    count(distinct coalesce(conversation.person_id, -ticket.id)) as people,
    count(distinct coalesce(conversation.person_id, -ticket.id))
        filter (where first_answered_at is not null) as answered
from ticket left join conversation on conversation.id = ticket.conversation_id
where ticket.opened_at >= :since and ticket.opened_at < :until and ticket.reason = any(:reasons)
  and ticket.demo = cast(:demo as boolean)
  and (cast(:seer_organisation as text) is null or ticket.organisation = :seer_organisation)
  and (cast(:seer_areas as text[]) is null or ticket.area = any(:seer_areas))
group by 1, 2 order by 1, 2
""")


async def count_obstacles(
    connection: AsyncConnection,
    scope: TicketScope,
    *,
    reasons: Sequence[str],
    since: datetime,
    until: datetime,
    demo: bool = False,
) -> list[ObstacleCount]:
    """Return the counts of a period that `scope` may see; confidential tickets are counted with the others."""
    seen = {name: value for name, value in scope_values(scope).items() if name in ("seer_organisation", "seer_areas")}
    values = {**seen, "reasons": list(reasons), "since": since, "until": until, "demo": demo}
    return [ObstacleCount(*row) for row in await connection.execute(_OBSTACLES, values)]
