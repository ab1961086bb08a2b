"""What residents ask and the bot cannot answer: a campaign, a request to the policy owners, a report of obstacles."""

import io
import re
from pathlib import Path

from openpyxl import load_workbook
from playwright.async_api import Browser, expect
from sqlalchemy import text

from console.demo.making import make_demo
from console.demo.staff import demo_staff_by_role
from server.runtime import Runtime
from store.staff_roles import Role
from tests.browser.staff import note_faults, signed_in
from tests.browser.test_console_campaigns import console
from tests.browser.test_web_chat import DESKTOP, PHONE
from tests.patience import PATIENCE_MS

__all__ = ["console"]


async def test_from_what_was_asked_come_a_request_and_a_campaign(browser: Browser, console: Runtime) -> None:
    await make_demo(console.database, console.desk())
    staff = await demo_staff_by_role(console.database)
    writing = await signed_in(console, browser, staff[Role.CAMPAIGN_AUTHOR], **DESKTOP)
    owning = await signed_in(console, browser, staff[Role.POLICY_OWNER], **PHONE)
    for context in (writing, owning):
        context.set_default_timeout(PATIENCE_MS)
    page = await writing.new_page()
    faults = note_faults(page)
    await page.goto(f"{console.address}/console/understanding")
    group = page.locator("article").filter(has_text="nhà mới tách hộ")
    await group.get_by_role("button", name="Nhờ viết câu trả lời").click()
    await expect(page.get_by_text("Đã gửi người phụ trách chính sách.")).to_be_visible()

    owner = await owning.new_page()
    await owner.goto(f"{console.address}/console/")
    await owner.get_by_text("câu hỏi chờ viết câu trả lời").click()
    await owner.wait_for_url("**/console/understanding")
    await owner.get_by_role("button", name="Đã xong").click()
    await expect(owner.get_by_role("button", name="Đã xong")).to_have_count(0)

    await group.get_by_role("button", name="Soạn chiến dịch").click()
    await page.wait_for_url(re.compile(r"/campaigns/\d+$"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Giải đáp bà con hay hỏi: Vay vốn chính sách")
    async with console.database.single() as connection:
        newest = (await connection.execute(text("select demo, state from campaign order by id desc limit 1"))).one()
    assert tuple(newest) == (True, "draft"), "what a made-up author writes reaches made-up people only"
    assert faults == []
    for context in (writing, owning):
        await context.close()


async def test_obstacles_by_commune_and_topic_are_fetched_as_a_sheet_and_a_page(
    browser: Browser, console: Runtime
) -> None:
    await make_demo(console.database, console.desk())
    staff = await demo_staff_by_role(console.database)
    context = await signed_in(console, browser, staff[Role.HELP_DESK_OFFICER], **DESKTOP)
    page = await context.new_page()
    await page.goto(f"{console.address}/console/desk")
    fetched: dict[str, bytes] = {}
    for name in ("XLSX", "PDF"):
        async with page.expect_download(timeout=PATIENCE_MS) as download:
            await page.get_by_role("button", name=name).click()
        fetched[name] = Path(await (await download.value).path()).read_bytes()
    sheet = load_workbook(io.BytesIO(fetched["XLSX"])).worksheets[0]
    words = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert {"Vay vốn chính sách", "Khó khăn, vướng mắc bà con gặp, theo xã và chủ đề (mẫu)"} <= words
    assert fetched["PDF"].startswith(b"%PDF")
    await context.close()
