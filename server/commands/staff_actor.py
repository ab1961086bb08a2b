"""Which member of staff gives a command, and that they hold the duty that it takes."""

from sqlalchemy.ext.asyncio import AsyncConnection

from server.commands.common import fail
from store.queries.staff import Staff, staff_member, staff_of_login
from store.staff_roles import Role


async def staff_with_duty(connection: AsyncConnection, login: str, roles: tuple[Role, ...]) -> Staff:
    """Return who signs in as `login`, or end the command with one line: nobody does, or holds none of `roles`."""
    number = await staff_of_login(connection, login=login)
    staff = None if number is None else await staff_member(connection, staff_id=number)
    if staff is None or staff.disabled:
        fail(f"nobody signs in as “{login}”. chungtay staff list shows who does.")
    if not staff.has(*roles):
        fail(f"{login} holds none of the duties that this takes: {', '.join(roles)}.")
    return staff
