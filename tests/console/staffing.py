"""Staff for tests of the console: accounts, browsers in which they are signed in, and the application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
from fastapi import FastAPI

from bot.channels.zalo.consent import ZaloConsent
from console.access.cookies import SESSION_COOKIE
from console.shell.door import ConsoleDoor
from console.shell.parts import ConsoleParts
from console.sign_in.pages import sign_in_router
from console.zalo_consent import zalo_consent_router
from content.library import load_library
from store.clock import SetClock
from store.database import Database
from store.queries.staff import Duty, Staff, add_staff, staff_member
from store.queries.staff_sessions import begin_session
from store.sealing import Sealer
from store.staff_roles import Role
from tests.scheduler.people import desk_at

COMMUNE, OTHER_COMMUNE = "23284", "23500"
#: What a browser says with every form and script of our own pages.
SEALING_SECRET = b"a secret of the tests"
OURS = {"origin": "http://console.test"}


async def member(
    database: Database, clock: SetClock, login: str, *duties: Duty | Role, organisation: str = "phu_nu"
) -> Staff:
    """Add somebody with duties; a bare role is held for the whole province."""
    async with database.transaction() as connection:
        number = await add_staff(
            connection,
            login=login,
            name=f"Cán bộ {login}",
            organisation=organisation,
            duties=[one if isinstance(one, Duty) else Duty(one) for one in duties],
            now=clock.now(),
        )
        found = await staff_member(connection, staff_id=number)
    assert found is not None
    return found


async def cookie_of(database: Database, clock: SetClock, staff: Staff) -> str:
    """Sign somebody in and return the cookie."""
    async with database.transaction() as connection:
        return await begin_session(connection, staff_id=staff.id, browser="Test", complete=True, now=clock.now())


def parts_of(database: Database, clock: SetClock) -> ConsoleParts:
    """What the console works with."""
    return ConsoleParts(database, clock, load_library(), desk_at(clock), Sealer(SEALING_SECRET))


@asynccontextmanager
async def browser(
    database: Database, clock: SetClock, staff: Staff | None = None, *, zalo: ZaloConsent | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the sign-in pages and the console, signed in as somebody or nobody."""
    parts = replace(parts_of(database, clock), zalo_consent=zalo)
    app, door = FastAPI(), ConsoleDoor(parts)
    app.include_router(sign_in_router(parts.sign_in, door.warm_up, list))
    if zalo is not None:
        app.include_router(zalo_consent_router(database, clock, parts.sign_in, zalo))
    app.mount("/console", door)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://console.test", headers={"accept-language": "vi"}
    ) as client:
        if staff is not None:
            client.cookies.set(SESSION_COOKIE, await cookie_of(database, clock, staff))
        yield client
