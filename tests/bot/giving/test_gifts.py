"""A gift is looked at, changed and cancelled by its code, in the chat in which it was promised."""

import httpx
import pytest

from fund.vouchers import approve_voucher, record_voucher
from server.runtime import Runtime
from store.clock import local_date
from tests.bot.giving.talk import Donor, code_in

WORDS = ("đăng ký ủng hộ", "500k", "một lần", "cá nhân", "không nêu tên", "không cần")


async def promised(donor: Donor) -> str:
    await donor.says(*WORDS)
    return code_in(await donor.say("đồng ý"))


async def handed_over(system: Runtime, code: str, amount: int) -> None:
    """The money comes in cash, recorded and approved."""
    async with system.database.transaction() as connection:
        now = system.clock.now()
        body = {"code": code, "amount": amount, "day": local_date(now).isoformat()}
        voucher = await record_voucher(connection, "cash_in", body, note="", by="staff:1", now=now)
        await approve_voucher(connection, voucher, by="staff:2", now=now)


async def test_a_code_typed_anyhow_tells_where_the_gift_stands_and_where_it_went(donor: Donor, system: Runtime) -> None:
    code = await promised(donor)
    assert "chưa ghi nhận" in await donor.say(code)
    await handed_over(system, code, 500_000)
    async with system.database.transaction() as connection:
        now = system.clock.now()
        body = {"title": "Sửa nhà, đợt thử", "programme": "houses", "amount": 500_000}
        voucher = await record_voucher(connection, "allocate", body, note="", by="staff:1", now=now)
        await approve_voucher(connection, voucher, by="staff:2", now=now)
    spaced = f"{code[:2].lower()} {code[2:6].lower()}-{code[6:].lower()}"
    said = await donor.say(f"tiền mã {spaced} của tôi đến chưa ạ?")
    assert "đã nhận 500.000 đồng" in said and "Đã góp" in said and "Sửa nhà, đợt thử" in said


@pytest.mark.parametrize(("code", "said"), [("XN2AAAAAAA", "chưa đúng"), ("XNK7M2Q9XC", "Không có khoản góp nào")])
async def test_a_code_that_is_not_known_is_said_honestly(donor: Donor, code: str, said: str) -> None:
    assert said in await donor.say(code)


async def test_money_without_a_code_is_asked_about_honestly(donor: Donor) -> None:
    assert "chưa có khoản góp nào" in await donor.say("tiền tôi chuyển đến chưa?")
    code = await promised(donor)
    assert code in await donor.say("tiền tôi chuyển đến chưa?")


async def test_the_amount_is_changed_only_after_a_yes(donor: Donor) -> None:
    code = await promised(donor)
    assert "thành tổng cộng bao nhiêu" in await donor.say(f"đổi số tiền khoản {code}")
    assert "một số tiền" in await donor.say("2 đến 3 triệu")
    assert "từ 500.000 đồng thành 2.000.000 đồng" in await donor.say("2 triệu")
    assert (await donor.pledges())[0].amount == 500_000
    await donor.press("Đồng ý đổi")
    assert (await donor.pledges())[0].amount == 2_000_000


async def test_who_asks_something_else_instead_of_an_amount_is_answered(donor: Donor) -> None:
    code = await promised(donor)
    await donor.say(f"sửa khoản {code}")
    assert "100.000.000" in await donor.say("hộ nghèo được vay vốn bao nhiêu tiền?")
    assert "Quỹ" in await donor.say("Quỹ vì người nghèo là gì?")


async def test_a_gift_is_cancelled_after_a_yes(donor: Donor) -> None:
    code = await promised(donor)
    assert f"Hủy khoản {code}" in await donor.say(f"tôi muốn hủy khoản {code}")
    assert (await donor.pledges())[0].state == "open"
    await donor.press("Đồng ý hủy")
    assert (await donor.pledges())[0].state == "cancelled"
    assert "đã hủy" in await donor.say(code)
    await donor.say(f"sửa khoản {code}")
    assert "đã hủy rồi" in donor.last[-1]["text"]


async def test_what_came_stays_when_the_rest_is_cancelled(donor: Donor, system: Runtime) -> None:
    code = await promised(donor)
    await handed_over(system, code, 200_000)
    assert "200.000 đồng" in await donor.say(f"hủy {code}")
    await donor.press("Đồng ý hủy")
    (pledge,) = await donor.pledges()
    assert (pledge.state, pledge.received, pledge.promised) == ("cancelled", 200_000, 200_000)


async def test_somebody_else_with_the_code_sees_no_name_and_changes_nothing(
    donor: Donor, http: httpx.AsyncClient, system: Runtime
) -> None:
    await donor.says(*WORDS[:4], "ghi tên đầy đủ", "Nguyễn Thị Mẫu Riêng", "không cần")
    code = code_in(await donor.say("đồng ý"))
    other = Donor(http, system)
    seen = await other.say(code)
    assert code in seen and "Riêng" not in seen
    assert not any("Hủy" in title for title in other.buttons)
    assert "chỉ đổi hoặc hủy được trong cuộc chat" in await other.say(f"hủy khoản {code}")
    assert (await donor.pledges())[0].state == "open"


async def test_several_gifts_are_listed_and_one_is_chosen(donor: Donor) -> None:
    first, second = await promised(donor), await promised(donor)
    listed = await donor.say("/khoangop")
    assert first in listed and second in listed
    assert first in await donor.press(first)
