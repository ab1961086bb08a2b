"""The public pages on campaigns: genuine, unknown, not sent yet, out of date; and "we spread the word"."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest_asyncio
from fastapi import FastAPI

from bot.receipt_codes import new_receipt_code
from console.campaign_pages import campaign_pages_router
from content.library import load_library
from scheduler.calendar import fire
from scheduler.relay_pack import make_relays
from store.clock import SetClock
from store.database import Database
from store.queries.campaigns import StoredCampaign
from store.queries.occurrences import occurrences_of
from store.queries.relays import relays_of
from tests.scheduler.drafts import approve, content, submitted
from tests.scheduler.people import desk_at, person, staff

#: Opened on a cheap phone over a slow line.
LARGEST_PAGE = 50 * 1024


@pytest_asyncio.fixture
async def pages(database: Database, clock: SetClock) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(campaign_pages_router(database, load_library(), clock))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def campaign(database: Database, clock: SetClock, *, sent: bool = True, **changes: object) -> StoredCampaign:
    desk, author, second = desk_at(clock), await staff(database, clock, "mai"), await staff(database, clock, "lan")
    await person(database, clock.now(), "p", commune="23284")
    made, request = await submitted(database, desk, author, content(**changes))
    await approve(database, desk, second, request)
    if sent:
        async with database.transaction() as connection:
            (due,) = await occurrences_of(connection, made.id)
        await fire(database, desk, due.id, due.version)
    return made


async def test_a_message_that_was_sent_is_shown_word_for_word(
    database: Database, clock: SetClock, pages: httpx.AsyncClient
) -> None:
    made = await campaign(database, clock)
    page = await pages.get(f"/kiem-chung/{made.code.lower()}", headers={"accept-language": "vi"})
    assert page.status_code == 200 and len(page.content) < LARGEST_PAGE
    assert "đã gửi tin này" in page.text and "Bà con xem nhà mình có thể được hưởng gì." in page.text
    assert "<script" not in page.text and "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    english = await pages.get(f"/kiem-chung/{made.code}?lang=en")
    assert "sent this message" in english.text


async def test_a_code_that_nobody_gave_out_warns(pages: httpx.AsyncClient) -> None:
    page = await pages.get(f"/kiem-chung/{new_receipt_code()}")
    assert page.status_code == 404 and "đừng chuyển tiền" in page.text
    mistyped = await pages.get("/kiem-chung", params={"ma": "ABC"})
    assert mistyped.status_code == 404 and "bảy chữ và số" in mistyped.text


async def test_a_campaign_that_has_not_left_is_not_called_sent(
    database: Database, clock: SetClock, pages: httpx.AsyncClient
) -> None:
    made = await campaign(database, clock, sent=False)
    page = await pages.get(f"/kiem-chung/{made.code}")
    assert "chưa được gửi" in page.text and "Bà con xem" not in page.text
    assert made.title not in (await pages.get("/chien-dich")).text


async def test_an_old_message_says_that_it_is_out_of_date(
    database: Database, clock: SetClock, pages: httpx.AsyncClient
) -> None:
    made = await campaign(database, clock, use_until="2026-11-30")
    clock.at += timedelta(days=10)
    page = await pages.get(f"/kiem-chung/{made.code}")
    assert "đã hết hạn dùng ngày 30/11/2026" in page.text


async def test_the_archive_lists_what_was_sent(database: Database, clock: SetClock, pages: httpx.AsyncClient) -> None:
    made = await campaign(database, clock)
    page = await pages.get("/chien-dich")
    assert made.title in page.text and f"/kiem-chung/{made.code}" in page.text


async def test_a_relay_confirms_once_with_one_press(
    database: Database, clock: SetClock, pages: httpx.AsyncClient
) -> None:
    made = await campaign(database, clock)
    author = await staff(database, clock, "hoa")
    async with database.transaction() as connection:
        await make_relays(
            connection, desk_at(clock), author, made.id, places=[("23284", "Thôn giả định")], media=("loudspeaker",)
        )
        (relay,) = await relays_of(connection, made.id)
    asked = await pages.get(f"/da-phat/{relay.code}")
    assert "Thôn giả định" in asked.text and "<button>Đã phát</button>" in asked.text
    first = await pages.post(f"/da-phat/{relay.code}")
    at = clock.now()
    clock.advance(hours=3)
    again = await pages.post(f"/da-phat/{relay.code}")
    assert "đã phát lúc 09:00" in first.text and "đã phát lúc 09:00" in again.text
    async with database.transaction() as connection:
        assert (await relays_of(connection, made.id))[0].confirmed_at == at
    assert (await pages.get("/da-phat/NOTACODE")).status_code == 404
