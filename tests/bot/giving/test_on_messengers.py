"""A donor's whole way on the messengers' stand-ins: by buttons on Telegram, by typed numbers and words on Zalo."""

import pytest

from server.runtime import Runtime
from tests.bot.giving.talk import ACCOUNT, code_in
from tests.bot.zalo.talk import Talk
from tests.messengers import TelegramPerson, until_quiet
from tests.standins.telegram import TelegramStandIn


@pytest.mark.usefixtures("account")
async def test_a_gift_is_promised_looked_up_and_cancelled_on_telegram(
    system: Runtime, telegram: TelegramStandIn
) -> None:
    donor = TelegramPerson(system, telegram)
    await donor.say("cho tôi đăng ký ủng hộ 500k")
    await donor.press("Một lần")
    await donor.press("Cá nhân")
    await donor.press("Không nêu tên")
    await donor.press("Không cần")
    assert "500.000 đồng" in donor.text()
    await donor.press("Đồng ý, đăng ký")
    code = code_in(donor.text())
    assert ACCOUNT["number"] in donor.text() and f"Nội dung: {code}" in donor.text()
    assert "/ung-ho/" not in donor.text(), "nobody said where people reach the public pages"
    await donor.say(f"tiền {code} đến chưa")
    assert "chưa ghi nhận" in donor.text()
    await donor.say("/khoangop")
    await donor.press("Hủy khoản này")
    await donor.press("Đồng ý hủy")
    assert "Đã hủy" in donor.text()


@pytest.mark.usefixtures("account")
async def test_a_gift_is_promised_on_zalo_by_words_and_numbers(system: Runtime, zalo_talk: Talk) -> None:
    donor = zalo_talk.zalo.person(41)

    async def says(words: str) -> str:
        before = len(zalo_talk.zalo.outbox)
        await zalo_talk.zalo.inbound({"user": donor, "do": "write", "text": words})
        await until_quiet(system, "zalo", donor)
        return "\n".join(one["text"] for one in zalo_talk.zalo.outbox[before:] if one.get("to") == donor)

    await says("đăng ký ủng hộ")
    assert "một lần" in await says("300 nghìn")
    assert "Ai góp" in await says("1")
    await says("cá nhân")
    await says("3")
    summary = await says("1")
    assert "300.000 đồng" in summary and "1. Đồng ý" in summary
    paid = await says("1")
    assert ACCOUNT["number"] in paid and f"Nội dung: {code_in(paid)}" in paid
