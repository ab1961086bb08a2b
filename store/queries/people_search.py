"""Finding people for staff: by commune, channel, telephone number, within the communes that somebody may see."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class FoundPerson:
    """One person in a list; `channels` are those on which they write."""

    id: int
    commune: str | None
    household_group: str | None
    channels: tuple[str, ...]
    created_at: datetime
    last_message_at: datetime | None
    demo: bool


# The page first, then what is shown of it: chats are counted for fifty people, not for all.
_FIND = text("""
with page as (
    select id, commune, household_group, created_at, demo from person
    where merged_into is null and erased_at is null
      and (cast(:areas as text[]) is null or commune = any(:areas))
      and (cast(:commune as text) is null or commune = :commune)
      and (cast(:phone as text) is null or phone = :phone)
      and (cast(:before as bigint) is null or id < :before)
      and (cast(:channel as text) is null or exists (
          select from conversation where person_id = person.id and channel = :channel))
    order by id desc limit :limit
)
select page.id, page.commune, page.household_group,
    coalesce(array_agg(distinct conversation.channel) filter (where conversation.id is not null), '{}'),
    page.created_at, max(last_message_at), page.demo
from page left join conversation on conversation.person_id = page.id
group by page.id, page.commune, page.household_group, page.created_at, page.demo order by page.id desc
""")


async def find_people(
    connection: AsyncConnection,
    *,
    areas: Collection[str] | None,
    commune: str | None = None,
    phone: str | None = None,
    channel: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[FoundPerson]:
    """Return people, the newest first.

    Args:
        areas: only those of whom it is known that they live there; None: everybody.
        phone: the whole number, as it is stored.
        before: only those with a smaller id, for the next page.
    """
    values = {
        "areas": None if areas is None else sorted(areas),
        "commune": commune,
        "phone": phone,
        "channel": channel,
        "before": before,
        "limit": limit,
    }
    rows = await connection.execute(_FIND, values)
    return [FoundPerson(row[0], row[1], row[2], tuple(row[3]), *row[4:]) for row in rows]
