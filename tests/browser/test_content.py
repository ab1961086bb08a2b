"""A policy owner changes a rule from a future day on, a second one approves, and the bot says so at once."""

import os
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from sqlalchemy import text

from content.revisions import put_in_force
from server.runtime import Runtime
from store.queries.staff import Duty, Staff
from store.staff_roles import Role
from tests.browser.staff import note_faults, signed_in, staff_with
from tests.browser.test_web_chat import DESKTOP, PHONE
from tests.patience import PATIENCE_MS

PICTURES = os.environ.get("CHUNGTAY_PICTURES")


async def picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest_asyncio.fixture
async def owners(system: Runtime) -> AsyncIterator[tuple[Staff, Staff]]:
    """Two policy owners; what they approved is forgotten afterwards, because other tests read the shipped content."""
    duty = Duty(Role.POLICY_OWNER)
    yield (await staff_with(system, "Mai (thử)", "ubnd", duty), await staff_with(system, "Lan (thử)", "ubnd", duty))
    async with system.database.transaction() as connection:
        await connection.execute(text("delete from content_revision"))
    put_in_force(system.library, [])


async def say(page: Page, words: str) -> None:
    await page.get_by_role("textbox").fill(words)
    await page.get_by_role("textbox").press("Enter")


async def test_a_rule_is_changed_from_a_future_day_on_and_the_bot_says_so(
    system: Runtime, browser: Browser, owners: tuple[Staff, Staff]
) -> None:
    first = await signed_in(system, browser, owners[0], **DESKTOP)
    second = await signed_in(system, browser, owners[1], **DESKTOP)
    phone = await browser.new_context(viewport=PHONE, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    try:
        page = await first.new_page()
        faults = note_faults(page)
        await page.goto(f"{system.address}/console/content/parameters/credit.poor.max")
        await page.get_by_text("Giá trị mới từ một ngày").click()
        await page.get_by_label("Áp dụng từ ngày").fill("2027-03-01")
        await page.get_by_label("Giá trị (currency-VND)").fill("123000000")
        await page.get_by_label("Văn bản").fill("nd-351")
        await page.get_by_role("option").filter(has_text="nd-351-2025").first.click()
        await page.get_by_label("Mức chắc chắn").click()
        await page.get_by_role("option").nth(1).click()
        await page.get_by_label("Mã nguồn").fill("S05")
        await page.get_by_label("Lý do").first.fill("Mức thử <b>giả</b>, chỉ để kiểm tra")
        await page.get_by_role("button", name="Gửi đề xuất").first.click()
        await page.wait_for_url(re.compile("/content/proposals/"), timeout=PATIENCE_MS)
        await expect(page.get_by_text("Mức thử <b>giả</b>")).to_be_visible()
        await expect(page.get_by_text("123.000.000 đồng").first).to_be_visible()
        await expect(page.get_by_role("button", name="Duyệt, máy nói theo ngay")).to_have_count(0)
        await picture(page, "content-proposal-1280")

        other = await second.new_page()
        await other.goto(page.url)
        await other.get_by_role("button", name="Duyệt, máy nói theo ngay").click()
        await expect(other.get_by_text("đã duyệt").first).to_be_visible()

        await other.goto(f"{system.address}/console/content")
        async with other.expect_download() as download:
            await other.get_by_role("button", name="Tải các tệp đã sửa").click()
        with zipfile.ZipFile(await (await download.value).path()) as archive:
            assert [name for name in archive.namelist() if "123000000" in archive.read(name).decode()]

        resident = await phone.new_page()
        await resident.goto(system.address)
        chat = resident.get_by_role("log")
        await expect(chat).to_contain_text("máy trả lời tự động")
        await say(resident, "vay vốn hộ nghèo được bao nhiêu")
        await expect(chat).to_contain_text("Sắp thay đổi: Từ")
        await expect(chat).to_contain_text("123.000.000 đồng")
        await picture(resident, "content-told-390")

        await other.goto(f"{system.address}/console/content/parameters/credit.poor.max")
        async with second.expect_page() as opened:
            await other.get_by_role("button", name="Hỏi máy như ngày 01/03/2027").click()
        as_on = await opened.value
        await expect(as_on.get_by_role("log")).to_contain_text("máy trả lời tự động")
        await say(as_on, "vay vốn hộ nghèo được bao nhiêu")
        await expect(as_on.get_by_role("log")).to_contain_text("Vay nhiều nhất: 123.000.000 đồng")
        assert faults == []
    finally:
        for context in (first, second, phone):
            await context.close()
