"""A campaign from the first word to its results, by two people in two browsers on the running system."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from console.access.cookies import SESSION_COOKIE
from server.logging import configure_logging
from server.runtime import Runtime
from server.settings import Role as ProcessRole
from server.settings import Settings
from store.clock import SystemClock
from store.database import Database
from store.queries.audit import audit_entries
from store.queries.staff import Duty, Staff, add_staff, set_duties, staff_member
from store.queries.staff_sessions import begin_session
from store.staff_roles import Role
from tests.patience import PATIENCE_MS

#: A Tuesday morning in Vietnam: campaigns may leave.
MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@dataclass
class Morning:
    """The system's clock, set to a morning: it goes on from there."""

    ahead: timedelta = field(default_factory=lambda: MORNING - SystemClock().now())

    def now(self) -> datetime:
        return SystemClock().now() + self.ahead


@pytest_asyncio.fixture
async def console(database: Database, tmp_path: Path) -> AsyncIterator[Runtime]:
    """Everything that a campaign needs; nobody asks the bot anything, so no Rasa."""
    async with running(database, tmp_path, "web", "delivery", "scheduler") as runtime:
        yield runtime


@pytest_asyncio.fixture
async def slow_console(database: Database, tmp_path: Path) -> AsyncIterator[Runtime]:
    """The same while the process that delivers is away: a campaign is being sent for as long as a test needs."""
    async with running(database, tmp_path, "web", "scheduler") as runtime:
        yield runtime


@asynccontextmanager
async def running(database: Database, folder: Path, *roles: ProcessRole) -> AsyncIterator[Runtime]:
    configure_logging("error", "console")
    runtime = Runtime(Settings(data_dir=folder, port=0), roles, database.url, clock=Morning())
    async with runtime.running():
        yield runtime


async def colleague(runtime: Runtime, login: str, role: Role) -> Staff:
    """Somebody made up, whose campaigns reach made-up people only."""
    async with runtime.database.transaction() as connection:
        number = await add_staff(
            connection,
            login=login,
            name=f"{login} (mẫu)",
            organisation="phu_nu",
            duties=[Duty(role)],
            now=runtime.clock.now(),
            demo=True,
        )
        found = await staff_member(connection, staff_id=number)
    assert found is not None
    return found


async def page_of(browser: Browser, runtime: Runtime, staff: Staff) -> tuple[BrowserContext, Page]:
    """A browser in which somebody is signed in."""
    async with runtime.database.transaction() as connection:
        cookie = await begin_session(
            connection, staff_id=staff.id, browser="Test", complete=True, now=runtime.clock.now()
        )
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN")
    await context.add_cookies([{"name": SESSION_COOKIE, "value": cookie, "url": f"{runtime.address}/console"}])
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    return context, page


async def draft(page: Page, runtime: Runtime, title: str) -> str:
    """Begin from the first starter, give it a title, save; return the address of the campaign."""
    await page.goto(f"{runtime.address}/console/campaigns/new")
    await page.get_by_role("button", name="Dùng mẫu này").nth(2).click()
    await page.wait_for_url("**/edit")
    await page.get_by_label("Tên chiến dịch").fill(title)
    await expect(page.get_by_text("Lời nhắn đủ điều kiện gửi")).to_be_visible()
    await page.get_by_role("button", name="Lưu", exact=True).click()
    await page.wait_for_url(re.compile(r"/campaigns/\d+$"))
    await expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return page.url


async def try_and_submit(page: Page) -> None:
    await page.get_by_role("button", name="Tạo khách mời giả lập").click()
    await page.get_by_role("button", name="Gửi thử").click()
    submit = page.get_by_role("button", name="Trình duyệt", exact=True)
    await expect(submit).to_be_enabled()
    await submit.click()
    await expect(page.get_by_text("Đang chờ người thứ hai")).to_be_visible()


async def test_a_campaign_is_written_approved_by_a_second_person_sent_and_its_results_seen(
    browser: Browser, console: Runtime
) -> None:
    author = await colleague(console, "soan", Role.CAMPAIGN_AUTHOR)
    approver = await colleague(console, "duyet", Role.CAMPAIGN_APPROVER)
    writing, page = await page_of(browser, console, author)
    approving, second = await page_of(browser, console, approver)
    address = await draft(page, console, "Giả lập: <b>xem quyền lợi</b>")
    await try_and_submit(page)

    await second.goto(address)
    await expect(second.get_by_role("heading", level=1)).to_have_text("Giả lập: <b>xem quyền lợi</b>")
    await expect(second.get_by_text("Dấu của lời nhắn")).to_be_visible()
    await second.get_by_role("button", name=re.compile("Duyệt gửi cho")).click()
    await expect(second.get_by_text("Đã duyệt. Chiến dịch tự gửi")).to_be_visible()

    await page.goto(address)
    await expect(page.locator('[data-run="finished"]')).to_be_visible()
    await expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", re.compile(r"[1-9]"))
    await expect(page.get_by_role("heading", name="Kết quả")).to_be_visible()
    await page.get_by_role("button", name="Tải bộ tài liệu").click()
    async with console.database.transaction() as connection:
        done = {(entry.actor_name, entry.action) for entry in await audit_entries(connection)}
    assert {("soan (mẫu)", "campaign.submitted"), ("duyet (mẫu)", "campaign.approved")} <= done
    for context in (writing, approving):
        await context.close()


async def test_the_later_of_two_officers_who_edit_is_told_and_loses_nothing(browser: Browser, console: Runtime) -> None:
    first = await colleague(console, "mot", Role.CAMPAIGN_AUTHOR)
    second = await colleague(console, "hai", Role.CAMPAIGN_AUTHOR)
    ours, page = await page_of(browser, console, first)
    theirs, other = await page_of(browser, console, second)
    address = await draft(page, console, "Giả lập: hai người sửa")
    for one in (page, other):
        await one.goto(f"{address}/edit")
        await expect(one.get_by_label("Tên chiến dịch")).to_have_value("Giả lập: hai người sửa")
    await page.get_by_label("Tên chiến dịch").fill("Giả lập: bản của người thứ nhất")
    await page.get_by_role("button", name="Lưu", exact=True).click()
    await page.wait_for_url(re.compile(r"/campaigns/\d+$"))

    await other.get_by_label("Tên chiến dịch").fill("Giả lập: bản của người thứ hai")
    await other.get_by_role("button", name="Lưu", exact=True).click()
    await expect(other.get_by_text("Người khác đã lưu bản 3")).to_be_visible()
    await expect(other.get_by_label("Tên chiến dịch")).to_have_value("Giả lập: bản của người thứ hai")
    await other.get_by_role("button", name="Lưu đè bản của tôi").click()
    await other.wait_for_url(re.compile(r"/campaigns/\d+$"))
    await expect(other.get_by_role("heading", level=1)).to_have_text("Giả lập: bản của người thứ hai")
    for context in (ours, theirs):
        await context.close()


async def test_approving_what_was_edited_meanwhile_is_refused_with_the_reason(
    browser: Browser, console: Runtime
) -> None:
    author = await colleague(console, "soan", Role.CAMPAIGN_AUTHOR)
    approver = await colleague(console, "duyet", Role.CAMPAIGN_APPROVER)
    writing, page = await page_of(browser, console, author)
    approving, second = await page_of(browser, console, approver)
    address = await draft(page, console, "Giả lập: sửa khi đang duyệt")
    await try_and_submit(page)
    await second.goto(address)
    approve = second.get_by_role("button", name=re.compile("Duyệt gửi cho"))
    await expect(approve).to_be_visible()

    await page.goto(f"{address}/edit")
    await page.get_by_label("Tên chiến dịch").fill("Giả lập: đã sửa")
    await page.get_by_role("button", name="Lưu", exact=True).click()
    await page.wait_for_url(re.compile(r"/campaigns/\d+$"))
    await approve.click()
    await expect(second.get_by_text("Yêu cầu này không còn giá trị")).to_be_visible()
    for context in (writing, approving):
        await context.close()


async def test_nobody_approves_what_they_wrote(browser: Browser, console: Runtime) -> None:
    author = await colleague(console, "soan", Role.CAMPAIGN_AUTHOR)
    async with console.database.transaction() as connection:
        both = [Duty(Role.CAMPAIGN_AUTHOR), Duty(Role.CAMPAIGN_APPROVER)]
        await set_duties(connection, staff_id=author.id, duties=both)
    context, page = await page_of(browser, console, author)
    await draft(page, console, "Giả lập: tự duyệt")
    await try_and_submit(page)
    await page.get_by_role("button", name=re.compile("Duyệt gửi cho")).click()
    await expect(page.get_by_text("Cần người thứ hai trong tổ chức")).to_be_visible()
    await context.close()


async def test_a_campaign_is_paused_while_it_is_sent_and_goes_on_later(browser: Browser, slow_console: Runtime) -> None:
    console = slow_console
    author = await colleague(console, "soan", Role.CAMPAIGN_AUTHOR)
    approver = await colleague(console, "duyet", Role.CAMPAIGN_APPROVER)
    writing, page = await page_of(browser, console, author)
    approving, second = await page_of(browser, console, approver)
    address = await draft(page, console, "Giả lập: tạm dừng")
    await try_and_submit(page)
    await second.goto(address)
    await second.get_by_role("button", name=re.compile("Duyệt gửi cho")).click()
    await expect(second.get_by_text("Đã duyệt. Chiến dịch tự gửi")).to_be_visible()
    await second.get_by_role("button", name="Tạm dừng").click()
    await expect(second.get_by_text("đang tạm dừng")).to_be_visible()
    await page.goto(address)
    # Whatever had left by then has left; the mark says that the rest waits for a person.
    await expect(page.get_by_text("đang tạm dừng")).to_be_visible()
    await page.get_by_role("button", name="Tiếp tục").click()
    await expect(page.get_by_text("đang tạm dừng")).to_have_count(0)
    for context in (writing, approving):
        await context.close()
