"""Who may see and answer tickets, and what keeps somebody from it: errors as keys of the catalogues."""

from sqlalchemy.ext.asyncio import AsyncConnection

from content.translations import Catalogue
from store.queries.staff import Staff
from store.queries.tickets import TicketRow, TicketScope, get_ticket, get_ticket_with_chat
from store.staff_roles import Role
from store.ticket_states import TicketState


class DeskRefused(Exception):
    """Something that cannot be done now. `key` is `desk.error.<key>` of the catalogues."""

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(f"{key} {values}" if values else key)

    def text(self, catalogue: Catalogue) -> str:
        """What happened, why, and what to do next."""
        return catalogue.text(f"desk.error.{self.key}", **self.values)


class NoSuchTicket(DeskRefused):
    """There is none, or it may not be seen: both look the same from outside."""

    def __init__(self) -> None:
        super().__init__("not_there")


def scope_of(staff: Staff) -> TicketScope | None:
    """Return which tickets somebody may see; None: none at all.

    Officers see their organisation's in the communes of their duty. Confidential tickets, and those of which no commune
    is known, need the duty for the whole province. Administrators see all; auditors all that is not confidential.
    """
    if staff.disabled:
        return None
    if staff.has(Role.ADMINISTRATOR):
        return TicketScope(staff.id, None, None, confidential=True)
    if staff.has(Role.HELP_DESK_OFFICER):
        areas = staff.areas_of(Role.HELP_DESK_OFFICER)
        return TicketScope(staff.id, staff.organisation, areas, confidential=areas is None)
    if staff.has(Role.AUDITOR):
        return TicketScope(staff.id, None, staff.areas_of(Role.AUDITOR), confidential=False)
    return None


def may_read_words(staff: Staff) -> bool:
    """True for those who may read what residents wrote; auditors see only what was done."""
    return staff.has(Role.HELP_DESK_OFFICER, Role.ADMINISTRATOR)


async def own_ticket(connection: AsyncConnection, staff: Staff, ticket_id: int, *, lock: bool = False) -> TicketRow:
    """Return a ticket that somebody may see.

    Raises:
        NoSuchTicket: there is none such for them.
    """
    scope = scope_of(staff)
    get = get_ticket_with_chat if lock else get_ticket
    found = None if scope is None else await get(connection, ticket_id, scope)
    if found is None:
        raise NoSuchTicket
    return found


async def ticket_to_work_on(connection: AsyncConnection, staff: Staff, ticket_id: int) -> TicketRow:
    """Return an unresolved ticket, locked, for an officer who is about to act on it.

    Raises:
        NoSuchTicket: there is none such for them.
        DeskRefused: they only look on, or it is resolved.
    """
    found = await own_ticket(connection, staff, ticket_id, lock=True)
    if not may_read_words(staff):
        raise DeskRefused("only_looking")
    if found.state is TicketState.RESOLVED:
        raise DeskRefused("resolved", code=found.code)
    return found
