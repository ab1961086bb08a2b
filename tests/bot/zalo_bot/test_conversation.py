"""Whole conversations on the Zalo Bot Platform, which has no buttons."""

import json

import httpx
import pytest

from server.runtime import Runtime
from tests.messengers import ZaloBotPerson, until_quiet
from tests.standins.zalo_bot import ZaloBotStandIn


@pytest.fixture
def person(system: Runtime, zalo_bot: ZaloBotStandIn) -> ZaloBotPerson:
    """Somebody who never wrote before."""
    return ZaloBotPerson(system, zalo_bot)


async def test_a_question_is_answered_with_its_source(person: ZaloBotPerson) -> None:
    await person.say("thu nhap bao nhieu thi duoc xet ho ngheo o nong thon")
    assert "1.500.000 đồng" in person.text() and "351/2025" in person.text()


async def test_menus_are_numbered_lines_and_a_number_chooses(person: ZaloBotPerson) -> None:
    await person.say("/menu")
    lines = [line for line in person.text().splitlines() if line[:2] in ("1.", "2.")]
    assert len(lines) == 2
    await person.say("1")
    assert person.last and person.text() != ""


async def test_the_guided_check_is_gone_through_by_numbers(person: ZaloBotPerson) -> None:
    await person.say("/kiemtra")
    assert "diện nào" in person.text()
    await person.choose("Hộ nghèo")
    await person.choose("Không có ai")
    await person.say("xem kết quả luôn")
    assert "Có thể được hưởng:" in person.text() and "Vay hộ nghèo" in person.text()


async def test_the_language_is_switched_and_kept(person: ZaloBotPerson) -> None:
    await person.say("/en")
    await person.say("how much can a poor household borrow")
    assert "household" in person.text()


@pytest.mark.parametrize("wrapped", [True, False])
async def test_documented_and_flat_bodies_are_read(system: Runtime, zalo_bot: ZaloBotStandIn, wrapped: bool) -> None:
    """B3."""
    zalo_bot.wrapped = wrapped
    person = ZaloBotPerson(system, zalo_bot)
    assert len(await person.say("vay vốn hộ nghèo lãi bao nhiêu")) == 1
    zalo_bot.wrapped = True


async def test_an_update_delivered_twice_is_answered_once(person: ZaloBotPerson) -> None:
    """D-05."""
    await person.do(do="write", text="học nghề ở đâu", message_id=f"zb-{person.id}")
    await person.do(do="write", text="học nghề ở đâu", message_id=f"zb-{person.id}")
    assert len(person.zalo_bot.said(person.id)) == 1


async def test_a_group_is_a_chat_of_its_own(system: Runtime, zalo_bot: ZaloBotStandIn) -> None:
    group = ZaloBotPerson(system, zalo_bot, group=True)
    assert len(await group.say("vay vốn hộ nghèo lãi bao nhiêu")) == 1


async def test_reactions_and_what_is_new_are_no_questions(person: ZaloBotPerson) -> None:
    """D-33."""
    await person.say("chào")
    assert await person.do(do="react", event="message.reaction.received") == []
    assert await person.do(do="odd", event="message.hologram.received") == []


async def test_without_the_secret_nothing_is_read(http: httpx.AsyncClient, zalo_bot: ZaloBotStandIn) -> None:
    """D-58."""
    for headers in ({}, {"X-Bot-Api-Secret-Token": "wrong"}):
        answer = await http.post("/webhooks/zalo-bot", content=b"{}", headers=headers)
        assert answer.status_code == 403


async def test_whatever_arrives_with_the_secret_is_acknowledged(
    http: httpx.AsyncClient, zalo_bot: ZaloBotStandIn, system: Runtime
) -> None:
    odd = [b"", b"[]", b"null", b"nope", b"{}", b'{"ok":true,"result":7}', b'{"message":[],"event_name":1}', b"\xff"]
    odd.append(json.dumps({"event_name": "message.text.received", "message": {"chat": {"id": 5}}}).encode())
    for body in odd:
        answer = await http.post(
            "/webhooks/zalo-bot", content=body, headers={"X-Bot-Api-Secret-Token": zalo_bot.secret}
        )
        assert answer.status_code == 200, body
    await until_quiet(system, "zalo_bot", "5")
