"""Answers of the guided check: kept after consent, forgotten on request, and dropped from idle dialogues."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

_KEEP = text("""
insert into kept_answers (conversation_id, answers, consent_text, consented_at)
values (:conversation_id, :answers, :consent_text, :now)
on conflict (conversation_id) do update set
    answers = excluded.answers, consent_text = excluded.consent_text, consented_at = excluded.consented_at
""").bindparams(bindparam("answers", type_=JSONB))


async def keep_answers(
    connection: AsyncConnection, *, conversation_id: int, answers: Mapping[str, Any], consent_text: str, now: datetime
) -> None:
    """Keep answers in the place of earlier ones. `consent_text`: the words that the person agreed to."""
    values = {"conversation_id": conversation_id, "answers": dict(answers), "consent_text": consent_text, "now": now}
    await connection.execute(_KEEP, values)


_KEPT = text("select answers from kept_answers where conversation_id = :conversation_id").columns(answers=JSONB)


async def kept_answers(connection: AsyncConnection, *, conversation_id: int) -> Mapping[str, Any] | None:
    """Return the answers that were kept, None where there are none."""
    found = (await connection.execute(_KEPT, {"conversation_id": conversation_id})).scalar_one_or_none()
    return None if found is None else dict(found)


_FORGET = text("delete from kept_answers where conversation_id = :conversation_id")


async def forget_answers(connection: AsyncConnection, *, conversation_id: int) -> None:
    """Delete what was kept of a conversation."""
    await connection.execute(_FORGET, {"conversation_id": conversation_id})


_PURGE = text("delete from kept_answers where consented_at < :before")


async def purge_kept_answers(connection: AsyncConnection, *, before: datetime) -> int:
    """Delete answers kept since before a moment; return how many households they were of."""
    return (await connection.execute(_PURGE, {"before": before})).rowcount


# Rasa writes a slot as `{"event": "slot", "timestamp": …, "name": "check", "value": {…}}`.
_DROP_IDLE = text("""
delete from rasa.tracker where updated_at < :before and exists (
    select from jsonb_array_elements(events::jsonb) as event
    where event ->> 'name' in ('check', 'pledge') and jsonb_typeof(event -> 'value') = 'object')
""")
_TRACKERS_EXIST = text("select to_regclass('rasa.tracker') is not null")


async def drop_idle_checks(connection: AsyncConnection, *, before: datetime) -> int:
    """Delete dialogues with answers of a check, or of a pledge in the making, idle since `before`; return how many.

    Rasa would begin a new session without these answers anyway; until somebody writes again they would lie there.
    """
    if not (await connection.execute(_TRACKERS_EXIST)).scalar_one():
        return 0
    return (await connection.execute(_DROP_IDLE, {"before": before})).rowcount
