"""A donor's whole way in the web chat on a phone: promise, pay, look up, change, cancel, and a doubtful account."""

import pytest
from playwright.async_api import Page, expect

from server.runtime import Runtime
from tests.bot.giving.talk import account_of_the_fund, code_in
from tests.browser.test_web_chat import ask, page, phone, picture

__all__ = ["page", "phone"]


async def answered(page: Page, words: str) -> None:
    await expect(page.get_by_role("log")).to_contain_text(words)


async def pressed(page: Page, title: str, then: str) -> None:
    await page.get_by_role("button", name=title).last.click()
    await answered(page, then)


@pytest.mark.usefixtures("system")
async def test_a_donor_promises_pays_and_sees_the_gift_on_a_phone(page: Page, system: Runtime) -> None:
    async with account_of_the_fund(system):
        await ask(page, "cho tôi đăng ký ủng hộ 500k")
        await answered(page, "một lần, hằng tháng")
        await picture(page, "giving-1-how-often")
        await pressed(page, "Một lần", "Ai góp")
        await pressed(page, "Cá nhân", "ghi thế nào")
        await pressed(page, "Ghi tên, che bớt chữ", "gõ tên")
        await ask(page, "Nguyễn Thị Mẫu")
        await answered(page, "đồng ý không")
        await picture(page, "giving-2-contact")
        await pressed(page, "Nhắn trong cuộc chat này", "Bác xem lại giúp")
        await picture(page, "giving-3-summary")
        await pressed(page, "Đồng ý, đăng ký", "Mã khoản góp")
        shown = page.get_by_role("img", name="Hình kèm theo tin nhắn").last
        await expect(shown).to_be_visible()
        assert await shown.evaluate("image => image.complete && image.naturalWidth") >= 200
        box = await shown.bounding_box()
        assert box is not None and box["width"] >= 200 and box["x"] + box["width"] <= 390
        await picture(page, "giving-4-payment")
        code = code_in(await page.get_by_role("log").inner_text())
        await ask(page, f"tiền {code.lower()} đến chưa")
        await answered(page, "chưa ghi nhận")
        await picture(page, "giving-5-status")
        await ask(page, "stk 0987001234 MB có phải của quỹ không")
        await answered(page, "Đừng chuyển tiền")
        await picture(page, "giving-6-doubtful-account")
        await ask(page, f"hủy {code}")
        await answered(page, "Hủy khoản")
        await pressed(page, "Đồng ý hủy", "Đã hủy khoản góp")
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
