"""Messages that people edited after sending them."""

from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


class Corrected(StrEnum):
    """What an edit met."""

    #: The message waited; its answer will be to the new words.
    IN_TIME = "in_time"
    #: It had been answered; the record was changed.
    ANSWERED = "answered"
    #: The words are the same.
    UNCHANGED = "unchanged"
    #: No such message is here (any more).
    UNKNOWN = "unknown"


_FIND = text("""
select id, text = :text as same, answered_at is not null as answered from incoming
where channel = :channel and provider_message_id = :provider_message_id for update
""")
_CHANGE = text("update incoming set text = :text where id = :id")
_HELD = text("""
select lease is not null from conversation
where id = (select conversation_id from incoming where id = :id)
""")


async def correct_incoming(
    connection: AsyncConnection, *, channel: str, provider_message_id: str, text: str
) -> Corrected:
    """Put the new words of an edited message into the record, and say whether they come in time for its answer.

    Must run in a transaction. A message whose conversation a worker holds counts as answered: the worker may have read
    the old words already.
    """
    row = (
        await connection.execute(_FIND, {"channel": channel, "provider_message_id": provider_message_id, "text": text})
    ).one_or_none()
    if row is None:
        return Corrected.UNKNOWN
    if row.same:
        return Corrected.UNCHANGED
    await connection.execute(_CHANGE, {"id": row.id, "text": text})
    held = (await connection.execute(_HELD, {"id": row.id})).scalar_one()
    return Corrected.ANSWERED if row.answered or held else Corrected.IN_TIME
