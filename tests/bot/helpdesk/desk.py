"""Officers, residents and tickets for the tests of the help desk."""

import itertools

from store.clock import Clock
from store.database import Database
from store.queries.inbox import store_incoming
from store.queries.staff import Duty, Staff, add_staff, note_presence, staff_member
from store.queries.tickets import TicketRow, get_ticket
from store.staff_roles import Role

#: Communes of the former Kon Tum.
DAK_CAM, KON_TUM = "23284", "23293"

_numbers = itertools.count(1)


async def officer(
    database: Database,
    clock: Clock,
    *,
    organisation: str = "ubnd",
    area: str = "",
    present: bool = False,
    role: Role = Role.HELP_DESK_OFFICER,
) -> Staff:
    """Somebody who sees to tickets of one commune, or of the province."""
    number = next(_numbers)
    async with database.transaction() as connection:
        staff_id = await add_staff(
            connection,
            login=f"officer{number}",
            name=f"Y Mẫu {number}",
            organisation=organisation,
            duties=[Duty(role, area)],
            now=clock.now(),
        )
        if present:
            await note_presence(connection, staff_id=staff_id, now=clock.now())
        found = await staff_member(connection, staff_id=staff_id)
    assert found is not None
    return found


async def resident(database: Database, clock: Clock, text: str = "xin gặp cán bộ", name: str | None = None) -> int:
    """A chat in which somebody has written; returns its id."""
    name = name or f"resident-{next(_numbers)}"
    async with database.single() as connection:
        stored = await store_incoming(
            connection,
            channel="web",
            address=name,
            provider_message_id=f"{name}:{next(_numbers)}",
            text=text,
            payload=None,
            wishes={},
            language="vi",
            now=clock.now(),
        )
    return stored.conversation_id


async def ticket(database: Database, number: int) -> TicketRow:
    """The ticket as it is now."""
    async with database.single() as connection:
        found = await get_ticket(connection, number)
    assert found is not None
    return found
