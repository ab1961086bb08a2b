"""Who acts when a command on campaigns is given: a member of staff, by login, with the duty that it takes."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from content.library import load_library
from content.translations import catalogue_for
from scheduler.actors import Actor, Refused
from scheduler.desk import Desk
from server.campaign_desk import campaign_desk
from server.commands.common import fail, read_settings
from server.commands.on_database import with_database
from server.commands.staff_actor import staff_with_duty
from store.clock import SystemClock
from store.database import Database
from store.queries.staff import Staff
from store.staff_roles import Role

As = Annotated[str, typer.Option("--as", metavar="LOGIN", help="Login of the member of staff who does this.")]
DataDir = Annotated[Path | None, typer.Option(help="Where the embedded database lives.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

READERS = (Role.CAMPAIGN_AUTHOR, Role.CAMPAIGN_APPROVER, Role.ADMINISTRATOR, Role.AUDITOR)
AUTHORS = (Role.CAMPAIGN_AUTHOR,)
APPROVERS = (Role.CAMPAIGN_APPROVER,)


def actor_of(staff: Staff) -> Actor:
    """A member of staff as an actor; administrators and auditors see all organisations."""
    return Actor(staff.id, staff.organisation, everywhere=staff.has(Role.ADMINISTRATOR, Role.AUDITOR))


def as_staff[Result](
    login: str,
    roles: tuple[Role, ...],
    work: Callable[[AsyncConnection, Desk, Actor], Awaitable[Result]],
    *,
    data_dir: Path | None = None,
) -> Result:
    """Do `work` in one transaction as a member of staff; end the command with one line when it is refused."""
    settings = read_settings(data_dir=data_dir)
    desk = campaign_desk(settings, load_library(), SystemClock())

    async def run(database: Database) -> Result:
        async with database.transaction() as connection:
            staff = await staff_with_duty(connection, login, roles)
            return await work(connection, desk, actor_of(staff))

    try:
        return with_database(settings, run)
    except Refused as refused:
        fail(refused.text(catalogue_for("vi")), code=1)
