"""People: the contact record, the conversations that belong to it, and where a person is reached."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.consent_purposes import ConsentPurpose
from store.queries.consents import consent_of


@dataclass(frozen=True)
class Contact:
    """The contact record of one person; what is None is not known, or the person took it back."""

    person_id: int
    created_at: datetime
    commune: str | None
    household_group: str | None
    phone: str | None
    language: str | None
    preferred_channel: str | None
    demo: bool


@dataclass(frozen=True)
class ConversationOfPerson:
    """One chat of a person. `reachable` is False while the provider says that nothing arrives there."""

    id: int
    channel: str
    address: str
    language: str
    last_message_at: datetime
    reachable: bool


_PERSON_OF = text("select person_id from conversation where id = :conversation_id")


async def person_of(connection: AsyncConnection, *, conversation_id: int) -> int:
    """Return the person whose conversation it is. Every conversation has one.

    Raises:
        sqlalchemy.exc.NoResultFound: no such conversation.
    """
    return int((await connection.execute(_PERSON_OF, {"conversation_id": conversation_id})).scalar_one())


_AT = text("select id from conversation where channel = :channel and address = :address")


async def conversation_at(connection: AsyncConnection, *, channel: str, address: str) -> int | None:
    """Return the conversation of an address, None when nobody wrote from there."""
    return (await connection.execute(_AT, {"channel": channel, "address": address})).scalar_one_or_none()


_SAME = text("""
select count(distinct person_id) = 1 from conversation where id = any(:conversations)
""")


async def is_same_person(connection: AsyncConnection, one: int, other: int) -> bool:
    """True when two conversations are of one person."""
    return bool((await connection.execute(_SAME, {"conversations": [one, other]})).scalar_one())


_CHANNEL = text("select channel from conversation where id = :conversation_id")


async def channel_of(connection: AsyncConnection, *, conversation_id: int) -> str:
    """Return the channel of a conversation.

    Raises:
        sqlalchemy.exc.NoResultFound: no such conversation.
    """
    return str((await connection.execute(_CHANNEL, {"conversation_id": conversation_id})).scalar_one())


_CONTACT = text("""
select id, created_at, commune, household_group, phone, language, preferred_channel, demo
from person where id = :person_id
""")


async def contact_of(connection: AsyncConnection, *, person_id: int) -> Contact | None:
    """Return the contact record, None when there is no such person."""
    row = (await connection.execute(_CONTACT, {"person_id": person_id})).one_or_none()
    return None if row is None else Contact(*row)


#: SQL condition on a row of `conversation`: what is sent there arrives, as far as the provider has told.
REACHABLE = "(conversation.unreachable_since is null or conversation.last_message_at > conversation.unreachable_since)"

_CONVERSATIONS = text(f"""
select id, channel, address, language, last_message_at, {REACHABLE} as reachable
from conversation where person_id = :person_id and not staff_test order by id
""")


async def conversations_of(connection: AsyncConnection, *, person_id: int) -> list[ConversationOfPerson]:
    """Return all chats of a person, oldest first."""
    return [ConversationOfPerson(*row) for row in await connection.execute(_CONVERSATIONS, {"person_id": person_id})]


#: SQL for `join lateral (…) on true`: the one conversation on which `person` is to be written to, among the channels
#: `:channels`. The preferred channel comes first, then where they wrote last. No row when nobody is reached.
WHERE_REACHED = f"""(
    select conversation.id as conversation_id, conversation.channel, conversation.address,
           coalesce(person.language, conversation.language) as language
    from conversation
    where conversation.person_id = person.id and conversation.channel = any(:channels) and not conversation.staff_test
      and {REACHABLE}
    order by (conversation.channel = person.preferred_channel) desc nulls last, conversation.last_message_at desc
    limit 1
)"""


class NoConsent(Exception):
    """The person did not agree to have this remembered; nothing was written."""


_FIELDS = {
    "commune": ConsentPurpose.COMMUNE,
    "household_group": ConsentPurpose.HOUSEHOLD_GROUP,
    "phone": ConsentPurpose.PHONE,
}
_SET = {
    name: text(f"update person set {name} = :value, changed_at = :now where id = :person_id")
    for name in (*_FIELDS, "language", "preferred_channel")
}


async def remember(
    connection: AsyncConnection, *, person_id: int, field: str, value: str | None, now: datetime
) -> None:
    """Set one field of the contact record, or clear it with None.

    Args:
        field: `commune`, `household_group` or `phone`, for which consent must hold; `language`, `preferred_channel`.

    Raises:
        NoConsent: record the consent first.
        KeyError: no such field.
    """
    statement = _SET[field]
    purpose = _FIELDS.get(field) if value is not None else None
    if purpose is not None and not await consent_of(connection, person_id=person_id, purpose=purpose):
        raise NoConsent(f"{field} of person {person_id}")
    await connection.execute(statement, {"person_id": person_id, "value": value, "now": now})


_FORGET_WITHOUT_CONSENT = {
    name: text(f"update person set {name} = null, changed_at = :now where id = :person_id and {name} is not null")
    for name in _FIELDS
}


async def forget_what_is_not_agreed_to(connection: AsyncConnection, *, person_id: int, now: datetime) -> None:
    """Clear the fields whose consent was withdrawn."""
    for name, purpose in _FIELDS.items():
        if not await consent_of(connection, person_id=person_id, purpose=purpose):
            await connection.execute(_FORGET_WITHOUT_CONSENT[name], {"person_id": person_id, "now": now})


_UNREACHABLE = text("""
update conversation set unreachable_since = :at, unreachable_reason = :reason
where channel = :channel and address = :address
  and (unreachable_since is null or unreachable_since <= :at)
""")


async def set_unreachable(
    connection: AsyncConnection, *, channel: str, address: str, reason: str | None, at: datetime
) -> None:
    """Note that a provider says conclusively that nothing reaches somebody; `reason` None: they are reached again."""
    await connection.execute(
        _UNREACHABLE if reason is not None else _REACHABLE_AGAIN,
        {"channel": channel, "address": address, "reason": reason, "at": at},
    )


_REACHABLE_AGAIN = text("""
update conversation set unreachable_since = null, unreachable_reason = null
where channel = :channel and address = :address and unreachable_since <= :at
""")

_MOVE_ADDRESS = text("""
update conversation set address = :new where channel = :channel and address = :old
  and not exists (select from conversation where channel = :channel and address = :new)
""")
_MOVE_QUEUED = text("""
update delivery set address = :new where channel = :channel and address = :old and state in ('queued', 'claimed')
""")


async def move_address(connection: AsyncConnection, *, channel: str, old: str, new: str) -> None:
    """Note that a chat has another address now, as when a Telegram group becomes a supergroup."""
    await connection.execute(_MOVE_ADDRESS, {"channel": channel, "old": old, "new": new})
    await connection.execute(_MOVE_QUEUED, {"channel": channel, "old": old, "new": new})
