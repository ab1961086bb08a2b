"""The web chat as a resident meets it: a real browser on the real system."""

import os
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from bot.as_on import AsOn, make_token
from content.recordings import Recordings, read_sound
from content.units import message_units
from server.runtime import Runtime
from server.secret_file import link_secret
from store.clock import local_date
from tests.patience import PATIENCE_MS
from tests.sounds import silent_mp3

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}

#: Set to a folder to keep pictures of what the tests see.
PICTURES = os.environ.get("CHUNGTAY_PICTURES")


@pytest_asyncio.fixture
async def phone(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport=PHONE, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    yield context
    await context.close()


@pytest_asyncio.fixture
async def page(phone: BrowserContext, system: Runtime) -> AsyncIterator[Page]:
    opened = await phone.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: complaints.append(message.text) if is_fault(message) else None)
    await opened.goto(system.address)
    await expect(opened.get_by_role("log")).to_contain_text("máy trả lời tự động")
    yield opened
    assert complaints == []


def is_fault(message: ConsoleMessage) -> bool:
    # The browser itself reports requests that fail while a test has cut the network.
    return message.type == "error" and "net::ERR_INTERNET_DISCONNECTED" not in message.text


async def ask(page: Page, question: str) -> None:
    await page.get_by_role("textbox").fill(question)
    await page.keyboard.press("Enter")


async def picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))


async def test_a_resident_asks_by_keyboard_and_unfolds_the_sources(page: Page) -> None:
    await ask(page, "thu nhap bao nhieu thi la ho ngheo")
    await expect(page.get_by_role("log")).to_contain_text("1.500.000 đồng")
    sources = page.locator("details").last
    await expect(sources).to_contain_text("Căn cứ pháp lý")
    await sources.locator("summary").click()
    await expect(sources).to_contain_text("351/2025/NĐ-CP")
    await picture(page, "phone-sources")


async def test_a_quick_reply_is_pressed_instead_of_typing(page: Page) -> None:
    await page.get_by_role("button", name="Bảo hiểm y tế").click()
    await page.get_by_role("button", name="Mức bao nhiêu").click(timeout=PATIENCE_MS)
    await expect(page.locator("details").last).to_contain_text("Căn cứ pháp lý")


async def test_what_was_said_is_there_after_a_reload_and_once(page: Page) -> None:
    await ask(page, "vay vốn hộ cận nghèo lãi suất bao nhiêu")
    await expect(page.get_by_role("log")).to_contain_text("7,92%")
    await page.reload()
    await expect(page.get_by_role("log")).to_contain_text("7,92%")
    await expect(page.get_by_text("vay vốn hộ cận nghèo lãi suất bao nhiêu")).to_have_count(1)
    await expect(page.get_by_text("7,92%")).to_have_count(1)


async def test_a_message_written_without_network_is_sent_once_when_it_is_back(
    page: Page, phone: BrowserContext
) -> None:
    await phone.set_offline(True)
    await ask(page, "vay vốn hộ nghèo được bao nhiêu")
    await expect(page.get_by_text("Mất kết nối")).to_be_visible()
    await phone.set_offline(False)
    await expect(page.locator("details").last).to_contain_text("Căn cứ pháp lý")
    await expect(page.get_by_text("vay vốn hộ nghèo được bao nhiêu")).to_have_count(1)


async def test_markup_is_shown_as_text(page: Page) -> None:
    await ask(page, "<img src=x onerror=alert(1)><b>đậm</b>")
    await expect(page.get_by_text("<img src=x onerror=alert(1)><b>đậm</b>")).to_be_visible()
    assert await page.locator("#log img[src=x], #log b").count() == 0


async def test_the_language_is_switched_in_the_header(page: Page) -> None:
    await page.get_by_role("button", name="EN – English").click()
    await expect(page.get_by_role("log")).to_contain_text("I will answer in English")


async def test_a_wide_screen_shows_one_calm_column(browser: Browser, system: Runtime) -> None:
    context = await browser.new_context(viewport=DESKTOP, locale="vi-VN")
    opened = await context.new_page()
    await opened.goto(system.address)
    await expect(opened.get_by_role("log")).to_contain_text("máy trả lời tự động")
    await ask(opened, "hộ cận nghèo đi khám bệnh được bảo hiểm trả bao nhiêu")
    await expect(opened.locator("details").last).to_contain_text("Căn cứ pháp lý")
    box = await opened.get_by_role("log").bounding_box()
    assert box is not None and box["width"] <= 760
    assert await opened.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await picture(opened, "desktop")
    await context.close()


async def test_the_code_under_an_answer_opens_its_receipt(page: Page, phone: BrowserContext) -> None:
    await ask(page, "vay vốn hộ nghèo lãi suất bao nhiêu")
    link = page.locator(".receipt a").last
    await expect(link).to_be_visible()
    code = (await link.inner_text()).split()[0]
    async with phone.expect_page() as opening:
        await link.click()
    receipt = await opening.value
    await expect(receipt.get_by_role("heading", level=1)).to_contain_text(code)
    await expect(receipt.get_by_role("status")).to_contain_text("vẫn còn áp dụng")
    assert await receipt.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    # The style is allowed by its hash: without it the page would be bare.
    assert await receipt.evaluate("getComputedStyle(document.querySelector('.standing')).borderRadius") == "10px"
    await picture(receipt, "phone-receipt")
    await receipt.close()


async def test_an_answer_is_rated_once_with_the_keyboard(page: Page) -> None:
    await ask(page, "hộ nghèo đi khám bệnh được bảo hiểm trả bao nhiêu")
    thumb = page.get_by_role("button", name="Chưa đúng").last
    await expect(thumb).to_be_visible()
    box = await thumb.bounding_box()
    assert box is not None and min(box["width"], box["height"]) >= 44
    await thumb.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("Cảm ơn bác đã báo")
    await expect(page.get_by_role("group", name="Câu trả lời này thế nào?")).to_have_count(0)
    await page.reload()
    await expect(page.get_by_role("log")).to_contain_text("Cảm ơn bác đã báo")
    await expect(page.get_by_role("group", name="Câu trả lời này thế nào?")).to_have_count(0)


async def test_a_link_for_another_day_shows_a_banner_and_leaves_the_own_chat_alone(
    page: Page, phone: BrowserContext, system: Runtime
) -> None:
    until = system.clock.now() + timedelta(hours=1)
    token = make_token(link_secret(system.settings), AsOn(date(2018, 5, 1), until))
    trial = await phone.new_page()
    await trial.goto(f"{system.address}/#as-on={token}")
    await expect(trial.get_by_text("Đang xem như ngày 01/05/2018")).to_be_visible()
    await expect(trial.get_by_role("log")).to_contain_text("máy trả lời tự động")
    await ask(trial, "chuẩn nghèo nông thôn là bao nhiêu")
    await expect(trial.get_by_role("log")).to_contain_text("700.000 đồng")
    await picture(trial, "phone-as-on")
    await page.reload()
    await expect(page.get_by_role("log")).to_contain_text("máy trả lời tự động")
    await expect(page.get_by_text("700.000 đồng")).to_have_count(0)
    await expect(page.get_by_text("Đang xem như ngày")).to_be_hidden()


async def test_a_link_for_another_day_that_has_expired_says_so(phone: BrowserContext, system: Runtime) -> None:
    token = make_token(link_secret(system.settings), AsOn(date(2018, 5, 1), system.clock.now()))
    trial = await phone.new_page()
    await trial.goto(f"{system.address}/#as-on={token}")
    await ask(trial, "chuẩn nghèo là gì")
    await expect(trial.get_by_text("đã hết hạn")).to_be_visible()


async def test_without_script_the_page_says_what_to_do(browser: Browser, system: Runtime) -> None:
    context = await browser.new_context(viewport=PHONE, java_script_enabled=False)
    opened = await context.new_page()
    await opened.goto(system.address)
    # Playwright's text selectors pass over <noscript>, so it is found by its class.
    await expect(opened.locator("noscript .noscript")).to_be_visible()
    await expect(opened.locator("#composer")).to_be_hidden()
    await context.close()


async def test_a_recorded_answer_has_a_player_that_loads_nothing_until_it_is_pressed(
    page: Page, system: Runtime, tmp_path: Path
) -> None:
    today = local_date(system.clock.now())
    unit = next(u for u in message_units() if u.id == "bot.menu")
    file = tmp_path / "recording.mp3"
    file.write_bytes(silent_mp3(2))
    kept = Recordings(system.settings.recordings_dir).add(
        "vi", read_sound(file), identifier=unit.id, fingerprint=unit.fingerprint, speaker="Người đọc thử", on=today
    )
    asked_for: list[str] = []
    page.on("request", lambda request: asked_for.append(request.url) if "/audio/" in request.url else None)
    await ask(page, "/menu")
    player = page.locator("audio").last
    await expect(player).to_have_attribute("src", re.compile(f"/audio/{kept.file}$"))
    await expect(player).to_have_attribute("aria-label", "Nghe tin nhắn")
    assert asked_for == []
    # Played without a sound card: what counts is that the browser could read it.
    seconds = await player.evaluate(
        "audio => new Promise((done, failed) => { audio.onloadedmetadata = () => done(audio.duration);"
        " audio.onerror = () => failed(new Error('cannot be played')); audio.preload = 'metadata'; audio.load(); })"
    )
    assert 1.5 < seconds < 2.5 and asked_for
    (system.settings.recordings_dir / "vi" / f"{unit.id}.{unit.fingerprint}.json").unlink()
