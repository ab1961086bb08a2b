"""Static lists of people: making, filling, reading; and finding people by what a sheet says about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class StoredList:
    """A list with how many people are on it."""

    id: int
    organisation: str
    name: str
    kind: str
    created_at: datetime
    members: int


_GET_OR_ADD = text("""
insert into contact_list (organisation, name, kind, created_by, created_at)
values (:organisation, :name, :kind, :by, :now)
on conflict (organisation, name) do update set kind = excluded.kind returning id
""")


async def list_named(
    connection: AsyncConnection, *, organisation: str, name: str, kind: str, by: int, now: datetime
) -> int:
    """Return the id of an organisation's list, adding it where there is none."""
    values = {"organisation": organisation, "name": name, "kind": kind, "by": by, "now": now}
    return int((await connection.execute(_GET_OR_ADD, values)).scalar_one())


_LISTS = text("""
select list.id, organisation, name, kind, created_at, count(person_id) from contact_list as list
left join contact_list_member on list_id = list.id
where organisation = :organisation group by list.id order by name
""")


async def lists_of(connection: AsyncConnection, organisation: str) -> list[StoredList]:
    """Return the lists of an organisation by name."""
    return [StoredList(*row) for row in await connection.execute(_LISTS, {"organisation": organisation})]


_PUT = text("""
insert into contact_list_member (list_id, person_id, fields)
select :list_id, one.person_id, one.fields
from jsonb_to_recordset(:members) as one(person_id bigint, fields jsonb)
on conflict (list_id, person_id) do update set fields = excluded.fields
""").bindparams(bindparam("members", type_=JSONB))
_CLEAR = text("delete from contact_list_member where list_id = :list_id")


async def put_members(
    connection: AsyncConnection, list_id: int, members: Mapping[int, Mapping[str, Any]], *, replace: bool = False
) -> None:
    """Put people on a list with their fields. `replace`: nobody else stays on it."""
    if replace:
        await connection.execute(_CLEAR, {"list_id": list_id})
    if members:
        rows = [{"person_id": person, "fields": dict(fields)} for person, fields in members.items()]
        await connection.execute(_PUT, {"list_id": list_id, "members": rows})


_MEMBERS = text("""
select person_id from contact_list_member join contact_list as list on list.id = list_id
where organisation = :organisation and name = :name order by person_id
""")


async def members_of(connection: AsyncConnection, *, organisation: str, name: str) -> list[int]:
    """Return the people on a list."""
    rows = await connection.execute(_MEMBERS, {"organisation": organisation, "name": name})
    return [int(person) for person in rows.scalars()]


_REMOVE = text("delete from contact_list where organisation = :organisation and name = :name")


async def remove_list(connection: AsyncConnection, *, organisation: str, name: str) -> bool:
    """Delete a list; return False when there is none. The people stay."""
    return (await connection.execute(_REMOVE, {"organisation": organisation, "name": name})).rowcount == 1


_BY_ID = text("select id from person where id = any(:ids) and merged_into is null and erased_at is null")
_BY_PHONE = text("select phone, id from person where phone = any(:phones) and merged_into is null")
_BY_ADDRESS = text("""
select conversation.channel, conversation.address, person_id from conversation
join unnest(cast(:channels as text[]), cast(:addresses as text[])) as asked(channel, address)
    on asked.channel = conversation.channel and asked.address = conversation.address
""")


async def people_by_id(connection: AsyncConnection, ids: Sequence[int]) -> set[int]:
    """Return which of these people there are."""
    return set((await connection.execute(_BY_ID, {"ids": list(ids)})).scalars())


async def people_by_phone(connection: AsyncConnection, phones: Sequence[str]) -> dict[str, int]:
    """Return the people who let us remember one of these numbers (E.164), by number."""
    return {row[0]: row[1] for row in await connection.execute(_BY_PHONE, {"phones": list(phones)})}


async def people_by_address(
    connection: AsyncConnection, addresses: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """Return the people who wrote from one of these channels and addresses."""
    values = {"channels": [one[0] for one in addresses], "addresses": [one[1] for one in addresses]}
    return {(row[0], row[1]): row[2] for row in await connection.execute(_BY_ADDRESS, values)}


_FORGET_ERASED = text("""
delete from contact_list_member using person where person.id = person_id and erased_at is not null
""")


async def forget_erased_people(connection: AsyncConnection) -> int:
    """Take people who asked to be erased off every list, with what the lists said about them; return how many."""
    return (await connection.execute(_FORGET_ERASED)).rowcount


_SIMULATED = text("""
insert into conversation (channel, address, language, created_at, last_message_at)
values ('simulated', :address, :language, :now, cast(:now as timestamptz) - interval '1 day')
on conflict (channel, address) do update set language = excluded.language returning person_id
""")
_DEMO = text("update person set demo = true where id = :id")


async def simulated_person(connection: AsyncConnection, *, address: str, language: str, now: datetime) -> int:
    """Return the made-up person behind an address of the channel `simulated`, adding them where there is none."""
    values = {"address": address, "language": language, "now": now}
    person = int((await connection.execute(_SIMULATED, values)).scalar_one())
    await connection.execute(_DEMO, {"id": person})
    return person
