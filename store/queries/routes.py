"""On which of their chats a person can be reached."""

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.queries.people import REACHABLE
from store.queries.sending import Route

_OTHER_CHAT = text(f"""
select conversation.channel, conversation.address, conversation.id
from conversation join person on person.id = conversation.person_id
where conversation.person_id = :person_id and conversation.channel = any(cast(:channels as text[]))
  and not conversation.staff_test and {REACHABLE}
order by conversation.channel = any(cast(:last as text[])),
    (conversation.channel = person.preferred_channel) desc nulls last, conversation.last_message_at desc
limit 1
""")


async def best_chat(
    connection: AsyncConnection, *, person_id: int, channels: Collection[str], last: Collection[str] = ()
) -> Route | None:
    """Return the chat on one of `channels` on which a person is best reached, None when there is none.

    The preferred channel comes first, then where they wrote last; those of `last` come after all others.
    """
    values = {"person_id": person_id, "channels": sorted(channels), "last": sorted(last)}
    row = (await connection.execute(_OTHER_CHAT, values)).one_or_none()
    return None if row is None else Route(*row)
