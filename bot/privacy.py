"""A person's right to see and to have erased what is held about them, over all their chats."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.courses.notices import queue_course_news
from store.clock import local_date
from store.queries.consents import withdraw_all
from store.queries.course_privacy import forget_course_interests
from store.queries.people import conversations_of
from store.queries.personal_data import erase_person


async def erase(
    connection: AsyncConnection, *, person_id: int, channel: str, now: datetime, keep: int | None = None
) -> Mapping[str, int]:
    """Withdraw every consent, give seats in courses to those who wait, and erase the rest.

    Args:
        channel: where the person asked for it, or `console`; it stands beside the withdrawn consents.
        keep: the conversation in which they wait for the answer, as in `erase_person`.

    Returns:
        How many rows of each table were touched.
    """
    await withdraw_all(connection, person_id=person_id, channel=channel, now=now)
    for conversation in await conversations_of(connection, person_id=person_id):
        moved_up = await forget_course_interests(
            connection, conversation_id=conversation.id, today=local_date(now), now=now
        )
        await queue_course_news(connection, "seat", moved_up, now=now)
    return await erase_person(connection, person_id=person_id, now=now, keep=keep)
