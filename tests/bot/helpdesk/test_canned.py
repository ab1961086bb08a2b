"""Replies that officers use again."""

import re

import pytest

from bot.helpdesk.canned import complaints_about, replies_for, shipped_replies, write_own_reply
from bot.helpdesk.officers import DeskRefused
from content.library import load_library
from store.clock import SetClock
from store.database import Database
from tests.bot.helpdesk.desk import KON_TUM, officer, ticket
from tests.bot.helpdesk.test_tickets import opened


def test_shipped_replies_hold_no_number_and_only_known_placeholders_in_both_languages() -> None:
    library = load_library()
    for name, one in shipped_replies().items():
        for language in ("vi", "en"):
            assert complaints_about(one.text.in_language(language), library) == [], name


async def test_every_placeholder_is_filled_for_a_ticket(database: Database, clock: SetClock) -> None:
    made = await opened(database, clock, area=KON_TUM)
    mai = await officer(database, clock)
    async with database.transaction() as connection:
        found = await ticket(database, made.id)
        replies = await replies_for(
            connection, load_library(), mai, found, organisation="Ủy ban nhân dân", now=clock.now()
        )
    assert len(replies) == len(shipped_replies())
    assert not any(re.search(r"[{}]", one.text) for one in replies)
    texts = {one.title: one.text for one in replies}
    assert texts["Chào và nhận việc"].startswith(f"Chào bác, tôi là {mai.name} (Ủy ban nhân dân).")
    assert "UBND phường Kon Tum" in texts["Mời đến xã"] and made.code in texts["Mời đến xã"]


async def test_an_organisations_own_reply_is_checked_like_shipped_ones(database: Database, clock: SetClock) -> None:
    made = await opened(database, clock)
    mai, library = await officer(database, clock), load_library()
    async with database.transaction() as connection:
        for wrong in ("Bác được vay 100 triệu", "Chào {ten}", "Hạn {no.such.parameter}"):
            with pytest.raises(DeskRefused, match="placeholder"):
                await write_own_reply(connection, library, mai, title="Thử", text=wrong, now=clock.now())
        for words in ("Lần đầu", "Mã của bác: {code}"):
            await write_own_reply(connection, library, mai, title="Thử", text=words, now=clock.now())
        found = await ticket(database, made.id)
        replies = await replies_for(connection, library, mai, found, organisation="UBND", now=clock.now())
    assert [one.text for one in replies if one.title == "Thử"] == [f"Mã của bác: {made.code}"]
