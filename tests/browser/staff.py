"""Signed-in staff in a real browser."""

import uuid

from playwright.async_api import Browser, BrowserContext, Page

from console.access.cookies import SESSION_COOKIE
from server.runtime import Runtime
from store.queries.staff import Duty, Staff, add_staff, staff_member
from store.queries.staff_sessions import begin_session


async def staff_with(system: Runtime, name: str, organisation: str, *duties: Duty) -> Staff:
    """Add a member of staff."""
    async with system.database.transaction() as connection:
        number = await add_staff(
            connection,
            login=f"staff-{uuid.uuid4().hex[:12]}",
            name=name,
            organisation=organisation,
            duties=duties,
            now=system.clock.now(),
        )
        found = await staff_member(connection, staff_id=number)
    assert found is not None
    return found


async def signed_in(system: Runtime, browser: Browser, staff: Staff, *, width: int, height: int) -> BrowserContext:
    """Return a browser in which somebody is signed in."""
    async with system.database.transaction() as connection:
        cookie = await begin_session(
            connection, staff_id=staff.id, browser="Test", complete=True, now=system.clock.now()
        )
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh"
    )
    await context.add_cookies([{"name": SESSION_COOKIE, "value": cookie, "url": system.address}])
    return context


def note_faults(page: Page) -> list[str]:
    """Return a list into which faults of the page are written."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    return faults
