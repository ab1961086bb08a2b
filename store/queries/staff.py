"""Staff accounts, their duties and organisations."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.staff_roles import WHOLE_PROVINCE, Role


@dataclass(frozen=True)
class Duty:
    """A role, and the commune or ward in which it is held; `WHOLE_PROVINCE` for everywhere."""

    role: Role
    area: str = WHOLE_PROVINCE


@dataclass(frozen=True)
class Staff:
    """A member of staff: who they are and what they may do."""

    id: int
    login: str
    name: str
    organisation: str
    language: str
    demo: bool
    disabled: bool
    #: When a page of theirs was last open.
    present_at: datetime | None = None
    duties: frozenset[Duty] = field(default_factory=frozenset)

    def has(self, *roles: Role) -> bool:
        """True if they hold one of `roles` anywhere."""
        return any(duty.role in roles for duty in self.duties)

    def areas_of(self, *roles: Role) -> frozenset[str] | None:
        """Return where they hold one of `roles`: None everywhere, an empty set nowhere."""
        areas = frozenset(duty.area for duty in self.duties if duty.role in roles)
        return None if WHOLE_PROVINCE in areas else areas

    def may(self, role: Role, area: str = WHOLE_PROVINCE) -> bool:
        """True if they hold `role` in `area`. What concerns no single commune needs the role for the province."""
        areas = self.areas_of(role)
        return areas is None or area in areas


@dataclass(frozen=True)
class OrganisationRow:
    """See `store.models.staff.Organisation`."""

    code: str
    name: str
    name_in_english: str


_ORGANISATIONS = text("select code, name, name_in_english from organisation order by code")


async def organisations(connection: AsyncConnection) -> list[OrganisationRow]:
    """Return all organisations."""
    return [OrganisationRow(*row) for row in await connection.execute(_ORGANISATIONS)]


class LoginTaken(Exception):
    """Somebody has this login already."""


_ADD = text("""
insert into staff_account (login, name, organisation, language, created_at, demo)
values (:login, :name, :organisation, :language, :now, :demo)
on conflict (login) do nothing returning id
""")


async def add_staff(
    connection: AsyncConnection,
    *,
    login: str,
    name: str,
    organisation: str,
    duties: Iterable[Duty],
    now: datetime,
    language: str = "vi",
    demo: bool = False,
) -> int:
    """Add an account that has no password yet; return its id. An invitation lets its owner choose one.

    Raises:
        LoginTaken: choose another login.
        sqlalchemy.exc.IntegrityError: no such organisation.
    """
    values = {
        "login": login.strip().lower(),
        "name": name,
        "organisation": organisation,
        "language": language,
        "now": now,
        "demo": demo,
    }
    number = (await connection.execute(_ADD, values)).scalar_one_or_none()
    if number is None:
        raise LoginTaken(login)
    await set_duties(connection, staff_id=number, duties=duties)
    return int(number)


_NO_DUTIES = text("delete from staff_duty where staff_id = :staff_id")
_DUTY = text("insert into staff_duty (staff_id, role, area) values (:staff_id, :role, :area) on conflict do nothing")


async def set_duties(connection: AsyncConnection, *, staff_id: int, duties: Iterable[Duty]) -> None:
    """Replace what somebody may do. It holds from their next click on."""
    await connection.execute(_NO_DUTIES, {"staff_id": staff_id})
    for duty in duties:
        await connection.execute(_DUTY, {"staff_id": staff_id, "role": duty.role.value, "area": duty.area})


_STAFF = """
select id, login, name, organisation, language, demo, disabled_at is not null as disabled, present_at,
    coalesce((select array_agg(role || '@' || area) from staff_duty where staff_id = staff_account.id), '{}') as duties
from staff_account
"""
_ONE = text(f"{_STAFF} where id = :staff_id")
_ALL = text(f"{_STAFF} order by name, id")


def _staff(row: Any) -> Staff:
    held = (duty.split("@", 1) for duty in row.duties)
    return Staff(
        id=row.id,
        login=row.login,
        name=row.name,
        organisation=row.organisation,
        language=row.language,
        demo=row.demo,
        disabled=row.disabled,
        present_at=row.present_at,
        duties=frozenset(Duty(Role(role), area) for role, area in held),
    )


async def staff_member(connection: AsyncConnection, *, staff_id: int) -> Staff | None:
    """Return one account with its duties, None when there is none."""
    row = (await connection.execute(_ONE, {"staff_id": staff_id})).one_or_none()
    return None if row is None else _staff(row)


async def all_staff(connection: AsyncConnection) -> list[Staff]:
    """Return all accounts, disabled ones too, by name."""
    return [_staff(row) for row in await connection.execute(_ALL)]


_BY_LOGIN = text("select id from staff_account where login = :login")


async def staff_of_login(connection: AsyncConnection, *, login: str) -> int | None:
    """Return the id of an account, None when there is none."""
    found = (await connection.execute(_BY_LOGIN, {"login": login.strip().lower()})).scalar_one_or_none()
    return None if found is None else int(found)


_DISABLE = text("""
with disabled as (
    update staff_account set disabled_at = :now where id = :staff_id and disabled_at is null returning id
), sessions as (
    update staff_session set ended_at = :now where staff_id = :staff_id and ended_at is null
), tokens as (
    update api_token set revoked_at = :now where staff_id = :staff_id and revoked_at is null
)
select count(*) from disabled
""")
_ENABLE = text("update staff_account set disabled_at = null where id = :staff_id and disabled_at is not null")


async def disable_staff(connection: AsyncConnection, *, staff_id: int, now: datetime) -> bool:
    """Shut an account, sign it out everywhere and revoke its tokens; return False if it was shut already."""
    return bool((await connection.execute(_DISABLE, {"staff_id": staff_id, "now": now})).scalar_one())


async def enable_staff(connection: AsyncConnection, *, staff_id: int) -> bool:
    """Open a shut account again; its sessions and tokens stay ended. Returns False if it was open."""
    return (await connection.execute(_ENABLE, {"staff_id": staff_id})).rowcount == 1


_SET_LANGUAGE = text("update staff_account set language = :language where id = :staff_id")


async def set_staff_language(connection: AsyncConnection, *, staff_id: int, language: str) -> None:
    """Remember in which language somebody works."""
    await connection.execute(_SET_LANGUAGE, {"staff_id": staff_id, "language": language})


_PRESENT = text("update staff_account set present_at = :now where id = :staff_id")


async def note_presence(connection: AsyncConnection, *, staff_id: int, now: datetime | None) -> None:
    """Note that a page of theirs is open; None: they went away."""
    await connection.execute(_PRESENT, {"staff_id": staff_id, "now": now})
