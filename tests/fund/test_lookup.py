"""A gift is found again by its code or by what its donor remembers, and by nothing less."""

from datetime import date, timedelta

import pytest

from fund.lookup import look_up_code, look_up_transfer
from fund.names import masked_name, public_name
from fund.vouchers import approve_voucher, record_voucher
from store.clock import SetClock
from store.database import Database
from store.queries.fund_ledger import totals
from store.queries.fund_thanks import gifts_to_thank, mark_thanked
from tests.fund.books import came, pledge, transfer

DAY = date(2026, 11, 23)


async def test_a_code_tells_what_came_and_what_it_became(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        made = await pledge(connection, clock)
        await came(connection, clock, transfer(500_000, f"{made.code} ung ho"))
        body = {"title": "Sửa nhà (mẫu)", "programme": "nhà ở", "amount": 300_000, "level": "province"}
        voucher = await record_voucher(connection, "allocate", body, note="", by="staff:1", now=clock.now())
        await approve_voucher(connection, voucher, by="staff:2", now=clock.now())
        story = await look_up_code(connection, f"tiền mã {made.code[:5].lower()} {made.code[5:]} đến chưa?")
        assert story is not None and story.pledge.received == 500_000
        assert (story.allocated, story.refunded, [use.title for use in story.uses]) == (300_000, 0, ["Sửa nhà (mẫu)"])
        assert await look_up_code(connection, "XNK7M2Q9XC") is None
        assert await look_up_code(connection, "500000 hôm qua") is None


async def test_a_transfer_is_found_by_memo_amount_and_day_together(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        await came(connection, clock, transfer(200_000, "Nguyễn Thị Mẫu ủng hộ quỹ Đăk Hà"))

        async def found(words: str, amount: int = 200_000, day: date = DAY) -> int:
            return len(await look_up_transfer(connection, words=words, amount=amount, day=day))

        assert await found("nguyen thi mau ung ho") == 1
        assert await found("quỹ đăk hà", day=DAY + timedelta(days=3)) == 1
        assert await found("quỹ đăk hà", day=DAY + timedelta(days=4)) == 0
        assert await found("quỹ đăk hà", amount=200_001) == 0
        assert await found("mau") == 0 and await found("....") == 0 and await found("tran van") == 0


async def test_made_up_money_is_in_no_real_total(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        await pledge(connection, clock, demo=True)
        await pledge(connection, clock, 30_000)
        found = {(one.level, one.account): one.amount for one in await totals(connection)}
    assert found["demo", "pledged"] == -500_000 and found["province", "pledged"] == -30_000


async def test_each_gift_for_a_pledge_is_thanked_for_once(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        made = await pledge(connection, clock)
        await came(connection, clock, transfer(500_000, made.code), transfer(9_000, "khong ma"))
        (gift,) = await gifts_to_thank(connection)
        assert (gift.code, gift.amount, gift.received_on) == (made.code, 500_000, DAY)
        await mark_thanked(connection, [gift.gift_id], now=clock.now())
        assert await gifts_to_thank(connection) == []


@pytest.mark.parametrize(
    ("name", "shown", "public"),
    [
        ("Nguyễn Thị Mẫu", "name", "Nguyễn Thị Mẫu"),
        ("Nguyễn Thị Mẫu", "masked", "Nguyễn T*** M***"),
        ("Mẫu", "masked", "M***"),
        ("Nguyễn Thị Mẫu (tổ 5, xã Giả Định)", "masked", "Nguyễn T*** M***"),
        ("(mẫu", "masked", "***"),
        ("Nguyễn Thị Mẫu", "hidden", None),
        ("Nguyễn Thị Mẫu", "anything", None),
        (None, "name", None),
    ],
)
def test_names_are_shown_as_their_owners_chose(name: str | None, shown: str, public: str | None) -> None:
    assert public_name(name, shown) == public
    assert masked_name("  Y  Mẫu ") == "Y M***"
