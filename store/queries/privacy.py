"""Erasing what people said."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.queries.kept_answers import forget_answers
from store.queries.reactions import forget_reactions, purge_reactions
from store.queries.ticket_history import forget_ticket_words

# Rows stay, so that counts hold and a redelivered message is still recognised; the words go.
_FORGET_SAID = text("""
update incoming set text = '', payload = null, wishes = '{}'::jsonb
where conversation_id = :conversation_id and answered_at is not null
""")
_FORGET_SHOWN = text("""
delete from delivery where conversation_id = :conversation_id and state not in ('queued', 'claimed')
""")

_FORGET_COURSES = text("delete from course_interest where conversation_id = :conversation_id")
_FORGET_TRADES = text("delete from trade_interest where conversation_id = :conversation_id")


async def forget_conversation(connection: AsyncConnection, *, conversation_id: int) -> None:
    """Erase the words and kept answers of a conversation; messages still under way are left to arrive."""
    await forget_answers(connection, conversation_id=conversation_id)
    await forget_ticket_words(connection, conversation_id=conversation_id)
    await forget_reactions(connection, conversation_id=conversation_id)
    await connection.execute(_FORGET_SAID, {"conversation_id": conversation_id})
    await connection.execute(_FORGET_SHOWN, {"conversation_id": conversation_id})
    # `forget_course_interests` did this before where seats had to be given to others.
    await connection.execute(_FORGET_COURSES, {"conversation_id": conversation_id})
    await connection.execute(_FORGET_TRADES, {"conversation_id": conversation_id})


_PURGE_SAID = text("""
update incoming set text = '', payload = null, wishes = '{}'::jsonb
where answered_at < :before and (text <> '' or payload is not null or wishes <> '{}'::jsonb)
""")
_PURGE_SHOWN = text("""
delete from delivery
where settled_at < :before and state not in ('queued', 'claimed')
  and kind in ('answer', 'notice', 'course', 'officer', 'channel_closed')
""")
_PURGE_TRACKERS = text("delete from rasa.tracker where updated_at < :before")
_TRACKERS_EXIST = text("select to_regclass('rasa.tracker') is not null")


async def purge_conversations(
    connection: AsyncConnection, *, said_before: datetime, trackers_before: datetime
) -> dict[str, int]:
    """Erase words and reactions from before `said_before`, and Rasa's trackers idle since `trackers_before`.

    Returns how many rows of each kind were touched.
    """
    said = await connection.execute(_PURGE_SAID, {"before": said_before})
    shown = await connection.execute(_PURGE_SHOWN, {"before": said_before})
    reactions = await purge_reactions(connection, before=said_before)
    trackers = 0
    if (await connection.execute(_TRACKERS_EXIST)).scalar_one():
        trackers = (await connection.execute(_PURGE_TRACKERS, {"before": trackers_before})).rowcount
    return {"said": said.rowcount, "shown": shown.rowcount, "reactions": reactions, "trackers": trackers}
