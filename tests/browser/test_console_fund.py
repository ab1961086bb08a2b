"""A statement is brought in the console, and settled by two people in two browsers."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, expect

from fund.pledging import NewPledge, make_pledge
from server.logging import configure_logging
from server.runtime import Runtime
from server.settings import Settings
from store.clock import SetClock, local_date
from store.database import Database
from store.queries.audit import audit_entries
from store.queries.pledges import find_pledge
from store.queries.staff import Duty
from store.staff_roles import Role
from tests.browser.staff import note_faults, signed_in, staff_with
from tests.fund.bank_files import Movement, vietinbank, xlsx
from tests.fund.books import ACCOUNT, facts_of
from tests.fund.people import TwoPeople
from tests.patience import PATIENCE_MS


@pytest_asyncio.fixture
async def console(database: Database, tmp_path: Path) -> AsyncIterator[Runtime]:
    """Only pages: nobody asks the bot anything."""
    configure_logging("error", "console")
    runtime = Runtime(Settings(data_dir=tmp_path, port=0), ("web",), database.url, clock=SetClock())
    async with runtime.running():
        yield runtime


async def test_a_statement_is_brought_and_settled_by_two_people(
    console: Runtime, browser: Browser, tmp_path: Path
) -> None:
    clock = console.clock
    assert isinstance(clock, SetClock)
    async with console.database.transaction() as connection:
        await (await TwoPeople.at(connection, clock)).decide_on("set_account", facts_of(ACCOUNT))
        made = await make_pledge(connection, NewPledge(amount=500_000, donor_name="Nguyễn Thị Mẫu"), now=clock.now())
    day = local_date(clock.now())
    statement = tmp_path / "sao-ke.xlsx"
    movements = [Movement(day, 300_000, f"{made.code} ung ho", "FT1"), Movement(day, 4_000, "Lai tien gui", "FT2")]
    statement.write_bytes(xlsx(vietinbank(ACCOUNT.number, movements)))
    recorder = await staff_with(console, "Thủ quỹ (mẫu)", "mttq", Duty(Role.FUND_RECORDER))
    approver = await staff_with(console, "Trưởng ban (mẫu)", "mttq", Duty(Role.FUND_APPROVER))
    first = await signed_in(console, browser, recorder, width=1280, height=900)
    second = await signed_in(console, browser, approver, width=390, height=844)
    for context in (first, second):
        context.set_default_timeout(PATIENCE_MS)
    page = await first.new_page()
    faults = note_faults(page)

    await page.goto(f"{console.address}/console/fund/statements")
    await page.locator("input[type=file]").set_input_files(statement)
    await expect(page.get_by_text("Đã nhập 2 dòng, 2 dòng mới.")).to_be_visible()
    await expect(page.get_by_text("đúng mã, ít hơn số còn lại")).to_be_visible()

    await page.goto(f"{console.address}/console/fund/rows")
    await page.get_by_role("link", name=f"{made.code} ung ho").click()
    await page.get_by_role("button", name=f"Gán cả vào mã này {made.code}").click()
    await expect(page.get_by_role("link", name="Lai tien gui")).to_be_visible()
    await page.goto(f"{console.address}/console/fund/vouchers")
    await expect(page.get_by_text(f"{made.code} 300.000 đồng")).to_be_visible()
    assert await page.get_by_role("button", name=re.compile("Duyệt")).count() == 0

    other = await second.new_page()
    await other.goto(f"{console.address}/console/fund/vouchers")
    await other.get_by_role("button", name=re.compile("^Duyệt: ")).click()
    await expect(other.get_by_text("Không có phiếu nào chờ duyệt.")).to_be_visible()

    async with console.database.transaction() as connection:
        after = await find_pledge(connection, made.code)
        said = [one.action for one in await audit_entries(connection, kind="fund", limit=3)]
    assert after is not None and after.received == 300_000
    assert said == ["fund.approved", "fund.recorded_assign", "fund.imported"]
    await page.goto(f"{console.address}/console/fund/books")
    await page.get_by_role("button", name="Kiểm tra toàn bộ sổ").click()
    await expect(page.get_by_text("Sổ nguyên vẹn")).to_be_visible()
    assert faults == []
    await first.close()
    await second.close()
