"""On which of their chats, or by which number, a person can be reached."""

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.queries.people import REACHABLE
from store.queries.sending import ClaimedDelivery, Route

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


_PHONE = text("""
select person.phone from person join delivery on delivery.id = :id
where person.id = :person_id and person.phone is not null and (delivery.message ->> 'template' is not null or exists (
    select from run_message
    where run_message.campaign_run_id = delivery.campaign_run_id and run_message.variant = delivery.variant
      and run_message.channel = :channel and run_message.message ->> 'template' is not null))
""")


async def by_phone(connection: AsyncConnection, delivery: ClaimedDelivery, *, channel: str) -> Route | None:
    """Return the route to a person's telephone number, if they gave one and the message has an approved template.

    A number is kept only while its owner agrees (`store.queries.people.remember`).
    """
    if delivery.bulk is None or delivery.bulk.person_id is None:
        return None
    values = {"id": delivery.id, "person_id": delivery.bulk.person_id, "channel": channel}
    phone = (await connection.execute(_PHONE, values)).scalar_one_or_none()
    return None if phone is None else Route(channel, phone, delivery.conversation_id)


_TRIED = text("select coalesce(tried_channels, array[]::varchar[]) from delivery where id = :id")


async def tried_channels(connection: AsyncConnection, delivery_id: int) -> list[str]:
    """Return the channels that did not take a message to its person."""
    return list((await connection.execute(_TRIED, {"id": delivery_id})).scalar_one_or_none() or ())
