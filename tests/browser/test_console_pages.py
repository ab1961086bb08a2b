"""Every page of the console in a browser: axe-core finds no serious fault, nothing is wider than a phone."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Page, expect

from console.access.cookies import SESSION_COOKIE
from console.demo.making import make_demo
from console.demo.staff import demo_staff_by_role
from console.shell.registry import PAGES, import_pages
from server.runtime import Runtime
from store.queries.staff import Staff
from store.queries.staff_sessions import begin_session
from store.staff_roles import Role
from tests.browser.test_console_campaigns import console
from tests.browser.test_web_chat import DESKTOP, PHONE

__all__ = ["console"]


#: Set to a folder to keep pictures of every page at both widths.
PICTURES = os.environ.get("CHUNGTAY_PICTURES")
#: What the demo data holds.
EXAMPLES: dict[str, str | int] = {"campaign_id": 2, "person_id": 1, "staff_id": 1}
#: WCAG 2 A and AA, as the law of many countries asks for; best practices of the tool's own are left to judgement.
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}

import_pages()


@pytest_asyncio.fixture
async def staff(console: Runtime) -> dict[Role, Staff]:
    """Made-up accounts with made-up data, as a trial has them."""
    await make_demo(console.database, console.desk())
    return await demo_staff_by_role(console.database)


@pytest_asyncio.fixture
async def faults() -> AsyncIterator[list[str]]:
    """What the browser's console complains of; a test that leaves any fails."""
    found: list[str] = []
    yield found
    assert found == []


async def sign_in(browser: Browser, console: Runtime, who: Staff, size: dict[str, int], faults: list[str]) -> Page:
    async with console.database.transaction() as connection:
        cookie = await begin_session(
            connection, staff_id=who.id, browser="Test", complete=True, now=console.clock.now()
        )
    context = await browser.new_context(viewport=size, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    await context.add_cookies([{"name": SESSION_COOKIE, "value": cookie, "url": f"{console.address}/console"}])
    page = await context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if is_fault(message) else None)
    return page


def is_fault(message: ConsoleMessage) -> bool:
    # An example that is not there answers 404, which the browser reports itself.
    return message.type == "error" and "404" not in message.text


def whose(roles: frozenset[Role], staff: dict[Role, Staff]) -> Role:
    """A duty that opens a page, one that does much there before one that only reads."""
    order = [*(role for role in staff if role not in (Role.ADMINISTRATOR, Role.AUDITOR)), *staff]
    return next(role for role in order if role in roles)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_pages_have_no_serious_fault_and_fit_the_screen(
    browser: Browser, console: Runtime, staff: dict[Role, Staff], faults: list[str], size: dict[str, int]
) -> None:
    axe, complaints, wide = Axe(), [], []
    open_pages: dict[Role, Page] = {}
    for name, registered in sorted(PAGES.items()):
        role = whose(registered.roles, staff)
        if role not in open_pages:
            open_pages[role] = await sign_in(browser, console, staff[role], size, faults)
        page = open_pages[role]
        address = registered.address(**{**registered.example, **EXAMPLES})
        answer = await page.goto(f"{console.address}/console{address}")
        assert answer is not None and answer.status in (200, 404), name
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await page.wait_for_load_state("networkidle")
        found = await axe.run(page, options=RULES)
        complaints += [
            f"{name}: {one['id']} {one['nodes'][0]['html'][:160]}"
            for one in found.response["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        if await page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
            wide.append(name)
        if PICTURES:
            await page.screenshot(path=str(Path(PICTURES) / f"console-{name}-{size['width']}.png"), full_page=True)
    for page in open_pages.values():
        await page.context.close()
    assert complaints == []
    assert wide == []


async def test_the_console_works_by_keyboard(
    browser: Browser, console: Runtime, staff: dict[Role, Staff], faults: list[str]
) -> None:
    page = await sign_in(browser, console, staff[Role.CAMPAIGN_AUTHOR], DESKTOP, faults)
    await page.goto(f"{console.address}/console/")
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Đến nội dung chính")
    await expect(skip).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#content")).to_be_focused()
    campaigns = page.get_by_role("link", name="Chiến dịch", exact=True)
    await campaigns.focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/campaigns")
    await page.context.close()


async def test_the_language_is_changed_and_remembered(
    browser: Browser, console: Runtime, staff: dict[Role, Staff], faults: list[str]
) -> None:
    page = await sign_in(browser, console, staff[Role.CAMPAIGN_AUTHOR], PHONE, faults)
    await page.goto(f"{console.address}/console/tour")
    await page.get_by_role("button", name="EN", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Guided tour")
    assert (await page.evaluate("document.documentElement.lang")).startswith("en")
    await page.goto(f"{console.address}/console/account")
    await expect(page.get_by_role("heading", level=1)).to_have_text("My account")
    await page.context.close()
