"""`staff`: accounts of the people who work in the console, and tokens of programs that act for them."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import IntegrityError

from content.place_units import load_places
from server.commands.common import fail, out, print_json, read_settings
from server.commands.on_database import with_database
from server.settings import Settings
from store.api_scopes import Scope
from store.clock import SystemClock
from store.database import Database
from store.queries.api_tokens import add_api_token
from store.queries.audit import record_audit
from store.queries.staff import (
    Duty,
    LoginTaken,
    add_staff,
    all_staff,
    disable_staff,
    organisations,
    staff_of_login,
)
from store.queries.staff_invitations import invite
from store.staff_roles import Role

staff = typer.Typer(help="Accounts of the people who work in the console.", no_args_is_help=True)

_DataDir = Annotated[Path | None, typer.Option(help="Where the embedded database lives.")]
_AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def parse_duty(text: str) -> Duty:
    """Read `role` or `role@commune`, or end the command with a line that says what is wrong."""
    role, _, area = text.partition("@")
    if role not in set(Role):
        fail(f"“{role}” is no role. Roles are {', '.join(Role)}; `role@commune` holds it in one commune only.")
    if area and area not in load_places().units:
        fail(f"“{area}” is no code of a commune or ward of today, such as 23284. See docs/places.md.")
    return Duty(Role(role), area)


def _invitation(settings: Settings, code: str) -> str:
    address = (settings.public_address or f"http://{settings.host}:{settings.port}").rstrip("/")
    return f"{address}/console/invitation/{code}"


@staff.command("add")
def add(
    login: Annotated[str, typer.Argument(help="What the person types to sign in.")],
    name: Annotated[str, typer.Option(help="Name as colleagues know it.")],
    role: Annotated[list[str], typer.Option(help="A role, or role@commune; may be given several times.")],
    organisation: Annotated[str, typer.Option(help="Code of the organisation, such as mttq.")] = "mttq",
    data_dir: _DataDir = None,
    as_json: _AsJson = False,
) -> None:
    """Add an account and print the link with which its owner chooses a password."""
    settings = read_settings(data_dir=data_dir)
    duties = [parse_duty(one) for one in role]

    async def work(database: Database) -> str:
        now = SystemClock().now()
        async with database.transaction() as connection:
            known = [one.code for one in await organisations(connection)]
            if organisation not in known:
                fail(f"“{organisation}” is no organisation. Known are {', '.join(known)}.")
            number = await add_staff(
                connection, login=login, name=name, organisation=organisation, duties=duties, now=now
            )
            await record_audit(
                connection,
                actor=None,
                action="staff.added",
                subject=f"staff:{number}",
                now=now,
                details={"name": name, "roles": [f"{duty.role}@{duty.area}" for duty in duties]},
            )
            return await invite(connection, staff_id=number, now=now)

    try:
        link = _invitation(settings, with_database(settings, work))
    except LoginTaken:
        fail(f"somebody has the login “{login}” already. Choose another, or see `chungtay staff list`.", code=1)
    except IntegrityError:
        fail("the login must not be empty.")
    if as_json:
        print_json({"login": login.strip().lower(), "invitation": link})
    else:
        out.print(f"{name} chooses a password here, within 7 days, once:\n{link}", markup=False)


@staff.command("invite")
def invite_again(login: Annotated[str, typer.Argument()], data_dir: _DataDir = None, as_json: _AsJson = False) -> None:
    """Print a new link with which somebody chooses a password, as after forgetting the old one."""
    settings = read_settings(data_dir=data_dir)

    async def work(database: Database) -> str:
        now = SystemClock().now()
        async with database.transaction() as connection:
            number = await staff_of_login(connection, login=login)
            if number is None:
                fail(f"nobody has the login “{login}”. See `chungtay staff list`.", code=1)
            await record_audit(connection, actor=None, action="staff.invited", subject=f"staff:{number}", now=now)
            return await invite(connection, staff_id=number, now=now)

    link = _invitation(settings, with_database(settings, work))
    if as_json:
        print_json({"login": login, "invitation": link})
    else:
        out.print(link, markup=False)


@staff.command("list")
def list_staff(data_dir: _DataDir = None, as_json: _AsJson = False) -> None:
    """Print all accounts with their duties."""
    settings = read_settings(data_dir=data_dir)

    async def work(database: Database) -> list[dict[str, object]]:
        async with database.transaction() as connection:
            return [
                {
                    "login": one.login,
                    "name": one.name,
                    "organisation": one.organisation,
                    "roles": sorted(f"{duty.role}@{duty.area}".rstrip("@") for duty in one.duties),
                    "disabled": one.disabled,
                    "demo": one.demo,
                }
                for one in await all_staff(connection)
            ]

    rows = with_database(settings, work)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        roles = row["roles"]
        assert isinstance(roles, list)
        shut = " (disabled)" if row["disabled"] else ""
        out.print(f"{row['login']}{shut}  {row['name']}  {row['organisation']}  {', '.join(roles)}", markup=False)
    if not rows:
        out.print("Nobody yet. Add somebody with `chungtay staff add`.")


@staff.command("disable")
def disable(login: Annotated[str, typer.Argument()], data_dir: _DataDir = None) -> None:
    """Shut an account, sign it out everywhere and revoke its tokens."""
    settings = read_settings(data_dir=data_dir)

    async def work(database: Database) -> None:
        now = SystemClock().now()
        async with database.transaction() as connection:
            number = await staff_of_login(connection, login=login)
            if number is None:
                fail(f"nobody has the login “{login}”. See `chungtay staff list`.", code=1)
            if await disable_staff(connection, staff_id=number, now=now):
                await record_audit(connection, actor=None, action="staff.disabled", subject=f"staff:{number}", now=now)

    with_database(settings, work)
    out.print(f"{login} is shut.", markup=False)


@staff.command("token")
def token(
    login: Annotated[str, typer.Argument(help="For whom the program acts.")],
    purpose: Annotated[str, typer.Option(help="What the program does.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do; may be given several times.")],
    days: Annotated[int, typer.Option(help="Days for which it works.", min=1, max=366)] = 90,
    data_dir: _DataDir = None,
    as_json: _AsJson = False,
) -> None:
    """Make an API token and print it; it cannot be shown again."""
    settings = read_settings(data_dir=data_dir)

    async def work(database: Database) -> str:
        now = SystemClock().now()
        async with database.transaction() as connection:
            number = await staff_of_login(connection, login=login)
            if number is None:
                fail(f"nobody has the login “{login}”. See `chungtay staff list`.", code=1)
            await record_audit(
                connection,
                actor=None,
                action="token.made",
                subject=f"staff:{number}",
                now=now,
                details={"purpose": purpose, "scopes": [one.value for one in scope]},
            )
            return await add_api_token(
                connection,
                staff_id=number,
                purpose=purpose,
                scopes=scope,
                now=now,
                expires_at=now + timedelta(days=days),
            )

    made = with_database(settings, work)
    if as_json:
        print_json({"token": made, "scopes": [one.value for one in scope]})
    else:
        out.print(made, markup=False)
