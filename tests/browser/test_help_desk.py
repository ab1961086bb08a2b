"""An officer takes a chat over and hands it back: two real browsers on the real system."""

import os
import re
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from server.runtime import Runtime
from store.queries.staff import Duty, disable_staff
from store.staff_roles import Role
from tests.browser.staff import note_faults, signed_in, staff_with
from tests.browser.test_web_chat import DESKTOP, PHONE

PICTURES = os.environ.get("CHUNGTAY_PICTURES")


async def picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


async def say(page: Page, text: str) -> None:
    await page.get_by_role("textbox").fill(text)
    await page.get_by_role("textbox").press("Enter")


async def test_a_chat_is_taken_over_and_handed_back(system: Runtime, browser: Browser) -> None:
    mai = await staff_with(system, "H’ Mẫu (thử)", "mttq", Duty(Role.HELP_DESK_OFFICER))
    context = await signed_in(system, browser, mai, **DESKTOP)
    phone = await browser.new_context(viewport=PHONE, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    try:
        resident = await phone.new_page()
        await resident.goto(system.address)
        chat = resident.get_by_role("log")
        await expect(chat).to_contain_text("máy trả lời tự động")
        await say(resident, "vay vốn hộ nghèo được bao nhiêu")
        await expect(chat).to_contain_text("Căn cứ")
        await say(resident, "tôi muốn gặp cán bộ")
        await expect(chat).to_contain_text("Mã yêu cầu: HT")
        await picture(resident, "desk-resident-opened-390")

        officer = await context.new_page()
        faults = note_faults(officer)
        await officer.goto(f"{system.address}/console/tickets")
        await expect(officer.get_by_role("heading", name="Bàn hỗ trợ")).to_be_visible()
        await picture(officer, "desk-inbox-1280")
        await officer.get_by_role("link", name="xin gặp cán bộ").first.click()
        await expect(officer.get_by_text("tôi muốn gặp cán bộ").first).to_be_visible()
        await officer.get_by_role("button", name="Nhận trả lời").click()
        await expect(officer.get_by_text("Máy đang im đến")).to_be_visible()
        await expect(chat).to_contain_text("Máy tạm im.")

        await say(resident, "nhà tôi có <b>5</b> khẩu <script>alert(1)</script>")
        await expect(officer.get_by_text("<script>alert(1)</script>")).to_be_visible()
        await officer.get_by_label("Viết cho người dân").fill("Bác mang sổ hộ nghèo lên <i>xã</i> nhé")
        await officer.get_by_role("button", name="Gửi", exact=True).click()
        await expect(chat).to_contain_text("Bác mang sổ hộ nghèo lên <i>xã</i> nhé")
        await officer.get_by_role("button", name="Câu soạn sẵn").click()
        # Without the mouse: a notification may lie over the menu for some seconds.
        await officer.get_by_text("Kết thúc", exact=True).dispatch_event("click")
        await expect(officer.get_by_label("Viết cho người dân")).to_have_value(
            re.compile("^Tôi xin kết thúc yêu cầu HT")
        )
        await officer.get_by_label("Viết cho người dân").fill("Nhớ gọi trưởng thôn")
        await officer.get_by_role("button", name="Ghi chú nội bộ").click()
        await expect(officer.locator(".ct-note")).to_contain_text("Nhớ gọi trưởng thôn")
        await picture(officer, "desk-ticket-1280")
        await officer.set_viewport_size(PHONE)
        await picture(officer, "desk-ticket-390")
        await officer.set_viewport_size(DESKTOP)

        await officer.get_by_role("button", name="Trả lại cho máy").click()
        await expect(chat).to_contain_text("Cán bộ tạm dừng trao đổi ở đây.")
        await expect(chat).not_to_contain_text("Nhớ gọi trưởng thôn")
        await say(resident, "thẻ bảo hiểm y tế hộ nghèo thế nào")
        await expect(chat).to_contain_text("bảo hiểm y tế")
        await officer.get_by_role("button", name="Xong").click()
        await expect(chat).to_contain_text("đã xong")
        await expect(officer.get_by_role("button", name="Mở lại")).to_be_visible()
        await picture(resident, "desk-resident-390")
        await officer.set_viewport_size(PHONE)
        await officer.goto(f"{system.address}/console/tickets?state=resolved")
        await expect(officer.get_by_role("heading", name="Bàn hỗ trợ")).to_be_visible()
        await picture(officer, "desk-inbox-390")
        assert faults == []
    finally:
        await context.close()
        await phone.close()
        async with system.database.transaction() as connection:
            await disable_staff(connection, staff_id=mai.id, now=system.clock.now())
