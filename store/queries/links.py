"""One person, several channels: codes that link conversations, merging and parting of people."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.queries.consents import copy_refusals, move_consents
from store.queries.people import forget_what_is_not_agreed_to, person_of

#: A code is typed within minutes; a longer life only helps whoever finds it.
CODE_LASTS = timedelta(minutes=15)
#: Wrong codes that a conversation may try within `ATTEMPTS_WITHIN`: nobody mistypes more often.
MOST_ATTEMPTS = 5
ATTEMPTS_WITHIN = timedelta(hours=1)


class LinkRefused(Exception):
    """The code was not taken. `reason`: `unknown`, `too_many`, `same_conversation` or `linked_already`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


_NEW_CODE = text("""
insert into link_code (digest, conversation_id, expires_at) values (:digest, :conversation_id, :expires_at)
on conflict (conversation_id) do update set digest = excluded.digest, expires_at = excluded.expires_at
""")
_DROP_OLD = text("delete from link_code where expires_at <= :now")


async def put_link_code(connection: AsyncConnection, *, conversation_id: int, code: str, now: datetime) -> None:
    """Let `code` stand for a conversation for `CODE_LASTS`; an earlier code of the conversation is void."""
    await connection.execute(_DROP_OLD, {"now": now})
    await connection.execute(
        _NEW_CODE, {"digest": _digest(code), "conversation_id": conversation_id, "expires_at": now + CODE_LASTS}
    )


_FIND = text("""
select link_code.conversation_id, conversation.channel from link_code
join conversation on conversation.id = link_code.conversation_id
where digest = :digest and expires_at > :now for update of link_code
""")
_USED = text("delete from link_code where digest = :digest")
_ATTEMPTS = text("select count(*) from link_attempt where conversation_id = :conversation_id and at > :since")
_ADD_ATTEMPT = text("insert into link_attempt (conversation_id, at) values (:conversation_id, :now)")
_DROP_ATTEMPTS = text("delete from link_attempt where at <= :since")


@dataclass(frozen=True)
class Linked:
    """Two conversations are one person's now. `channel`: where the code had been asked for."""

    person_id: int
    channel: str
    conversation_id: int


async def use_link_code(connection: AsyncConnection, *, conversation_id: int, code: str, now: datetime) -> Linked:
    """Make the conversation in which `code` was typed, and the one that asked for it, one person's.

    Wrong codes are counted in the same transaction: commit it also when this raises.

    Raises:
        LinkRefused: unknown or used or old code, too many wrong ones, or nothing to link.
    """
    since = now - ATTEMPTS_WITHIN
    await connection.execute(_DROP_ATTEMPTS, {"since": since})
    attempts = (await connection.execute(_ATTEMPTS, {"conversation_id": conversation_id, "since": since})).scalar_one()
    if attempts >= MOST_ATTEMPTS:
        raise LinkRefused("too_many")
    found = (await connection.execute(_FIND, {"digest": _digest(code), "now": now})).one_or_none()
    if found is None:
        await connection.execute(_ADD_ATTEMPT, {"conversation_id": conversation_id, "now": now})
        raise LinkRefused("unknown")
    if found.conversation_id == conversation_id:
        raise LinkRefused("same_conversation")
    await connection.execute(_USED, {"digest": _digest(code)})
    one = await person_of(connection, conversation_id=found.conversation_id)
    other = await person_of(connection, conversation_id=conversation_id)
    if one == other:
        raise LinkRefused("linked_already")
    kept = await merge_people(connection, one, other, now=now)
    return Linked(kept, found.channel, found.conversation_id)


_LOCK = text("select id from person where id in (:one, :other) order by id for update")
# What was said last holds: the fields of whoever changed theirs later, filled up from the other.
_MERGE_FIELDS = text("""
update person as kept set
    commune = coalesce(case when gone.changed_at > kept.changed_at then gone.commune end, kept.commune, gone.commune),
    household_group = coalesce(
        case when gone.changed_at > kept.changed_at then gone.household_group end,
        kept.household_group, gone.household_group),
    phone = coalesce(case when gone.changed_at > kept.changed_at then gone.phone end, kept.phone, gone.phone),
    language = coalesce(
        case when gone.changed_at > kept.changed_at then gone.language end, kept.language, gone.language),
    preferred_channel = coalesce(
        case when gone.changed_at > kept.changed_at then gone.preferred_channel end,
        kept.preferred_channel, gone.preferred_channel),
    changed_at = greatest(kept.changed_at, gone.changed_at)
from person as gone where kept.id = :kept and gone.id = :gone
""")
_MOVE_CONVERSATIONS = text("update conversation set person_id = :kept where person_id = :gone")
_GONE = text("""
update person set merged_into = :kept, commune = null, household_group = null, phone = null, language = null,
    preferred_channel = null, changed_at = :now
where id = :gone
""")


async def merge_people(connection: AsyncConnection, one: int, other: int, *, now: datetime) -> int:
    """Make two people one, and return the one that stays: the older row.

    Conversations and the whole history of consents go over to it. A field whose consent does not hold when both
    histories are read together is cleared.
    """
    kept, gone = sorted((one, other))
    people = {"kept": kept, "gone": gone, "now": now}
    await connection.execute(_LOCK, {"one": kept, "other": gone})
    await connection.execute(_MERGE_FIELDS, {"kept": kept, "gone": gone})
    await connection.execute(_MOVE_CONVERSATIONS, {"kept": kept, "gone": gone})
    await move_consents(connection, whose=gone, to=kept)
    await connection.execute(_GONE, people)
    await forget_what_is_not_agreed_to(connection, person_id=kept, now=now)
    return kept


_OTHERS = text("select count(*) from conversation where person_id = :person_id and id <> :conversation_id")
_NEW_PERSON = text("insert into person (created_at) values (:now) returning id")
_PART = text("update conversation set person_id = :person_id where id = :conversation_id")
_PREFERS_WHAT_LEFT = text("""
update person set preferred_channel = null, changed_at = :now
where id = :person_id and preferred_channel is not null and not exists (
    select from conversation where person_id = :person_id and channel = person.preferred_channel)
""")


async def unlink(connection: AsyncConnection, *, conversation_id: int, now: datetime) -> bool:
    """Part a conversation from the others of its person; False when it was alone.

    It gets a person of its own who is known by nothing, and has agreed to nothing, but keeps every "no" that was said.
    """
    person_id = await person_of(connection, conversation_id=conversation_id)
    others = (
        await connection.execute(_OTHERS, {"person_id": person_id, "conversation_id": conversation_id})
    ).scalar_one()
    if not others:
        return False
    own = int((await connection.execute(_NEW_PERSON, {"now": now})).scalar_one())
    await connection.execute(_PART, {"person_id": own, "conversation_id": conversation_id})
    await copy_refusals(connection, whose=person_id, to=own)
    await connection.execute(_PREFERS_WHAT_LEFT, {"person_id": person_id, "now": now})
    return True
