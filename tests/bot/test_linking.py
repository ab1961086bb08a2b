"""One person, several channels: a code asked for on one channel and typed on the other."""

import re

import httpx
import pytest
from sqlalchemy import text

from bot.link_codes import is_link_code, new_link_code, typed_link_code
from server.runtime import Runtime
from tests.bot.test_dialogue import Talk
from tests.messengers import TelegramPerson, ZaloBotPerson
from tests.standins.telegram import TelegramStandIn
from tests.standins.zalo_bot import ZaloBotStandIn


async def people(system: Runtime, *addresses: str) -> list[tuple[int, str | None]]:
    async with system.database.single() as connection:
        rows = await connection.execute(
            text(
                "select person_id, preferred_channel from conversation join person on person.id = person_id "
                "where address = any(:addresses) order by conversation.id"
            ),
            {"addresses": list(addresses)},
        )
        return [tuple(row) for row in rows]  # type: ignore[misc]


def code_in(words: str) -> str:
    found = re.search(r"LK[0-9A-Z]{7}", words)
    assert found is not None, words
    return found[0]


async def test_a_code_asked_for_on_one_channel_and_typed_on_another_links_them(
    system: Runtime, telegram: TelegramStandIn, http: httpx.AsyncClient
) -> None:
    web, phone = Talk(http), TelegramPerson(system, telegram)
    (asked,) = await web.say("/lienket")
    code = code_in(asked["text"])
    await phone.say(code.lower()[:2] + "-" + code[2:])
    assert "Đã nối với web" in phone.text()
    (one, _), (other, _) = await people(system, web.id, f"{phone.id}")
    assert one == other
    await phone.press("Nhận tin qua Telegram")
    assert "Telegram" in phone.text()
    assert [preferred for _, preferred in await people(system, web.id, f"{phone.id}")] == ["telegram"] * 2
    await phone.say(code)
    assert "không đúng hoặc đã hết hạn" in phone.text(), "a code works once"
    await phone.say("/bolienket")
    assert "Đã tách" in phone.text()
    (one, preferred), (other, _) = await people(system, web.id, f"{phone.id}")
    assert one != other and preferred is None


async def test_where_there_are_no_buttons_linking_goes_by_numbers(
    system: Runtime, telegram: TelegramStandIn, zalo_bot: ZaloBotStandIn
) -> None:
    phone, zalo = TelegramPerson(system, telegram), ZaloBotPerson(system, zalo_bot)
    await zalo.say("/kenh")
    await zalo.choose("Lấy mã nối kênh")
    await phone.say(code_in(zalo.text()))
    assert "Đã nối với Zalo Bot" in phone.text()
    await zalo.say("/kenh")
    assert "Zalo Bot, Telegram" in zalo.text() or "Telegram, Zalo Bot" in zalo.text()


async def test_wrong_codes_are_few_and_ones_own_code_links_nothing(system: Runtime, telegram: TelegramStandIn) -> None:
    person = TelegramPerson(system, telegram)
    await person.say("/lienket")
    own = code_in(person.text())
    await person.say(own)
    assert "chính kênh này" in person.text()
    for _ in range(6):
        telegram.flood.enabled = False
        await person.say(new_link_code())
    telegram.flood.enabled = True
    assert "sai nhiều lần" in person.text()


async def test_in_a_group_nothing_is_linked(system: Runtime, telegram: TelegramStandIn) -> None:
    group = TelegramPerson(system, telegram, id=-4_000_077)
    await group.say("/lienket")
    assert "trò chuyện riêng" in group.text()


@pytest.mark.parametrize("typed", ["lkabc4d5t", "LK-ABC4D5T", "mã: LK abc 4d5t.", "/LKABC4D5T"])
def test_codes_are_read_as_people_type_them(typed: str) -> None:
    assert typed_link_code(typed) == "LKABC4D5T"


@pytest.mark.parametrize("typed", ["liên kết giúp tôi", "LKABC", "lk hai ba bốn năm sáu", "1900"])
def test_words_are_no_codes(typed: str) -> None:
    assert typed_link_code(typed) is None


def test_codes_that_are_made_are_codes() -> None:
    assert is_link_code(new_link_code()) and not is_link_code("HTABC4D5T")
