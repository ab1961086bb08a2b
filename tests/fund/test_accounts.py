"""Which account donors are told is decided by two people, and a swapped one shows."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from fund.accounts import Accounts, FundAccount, kept_accounts
from fund.booking import VoucherRefused
from fund.paid_to import hide_demo_account, show_demo_account
from fund.verifying import verify_books
from fund.vouchers import approve_voucher, record_voucher
from store.clock import SetClock
from store.database import Database

PROVINCE = {"bank": "970415", "number": "1000 0000 0001", "holder": "QUY MAU TINH", "level": "province"}
COMMUNE = {"bank": "970405", "number": "1500201234567", "holder": "QUY MAU XA", "level": "commune", "commune": "23284"}


async def decided(connection: AsyncConnection, clock: SetClock, kind: str, body: dict[str, Any]) -> None:
    voucher = await record_voucher(connection, kind, body, note="", by="staff:1", now=clock.now())
    await approve_voucher(connection, voucher, by="staff:2", now=clock.now())


async def test_an_account_is_told_once_two_people_set_it_and_not_after_they_retired_it(
    database: Database, clock: SetClock
) -> None:
    async with database.transaction() as connection:
        voucher = await record_voucher(connection, "set_account", PROVINCE, note="", by="staff:1", now=clock.now())
        assert not await kept_accounts(connection)
        with pytest.raises(VoucherRefused, match="same_person"):
            await approve_voucher(connection, voucher, by="staff:1", now=clock.now())
        await approve_voucher(connection, voucher, by="staff:2", now=clock.now())
        await decided(connection, clock, "set_account", COMMUNE)
        accounts = await kept_accounts(connection)
        assert [one.number for one in accounts.all] == ["100000000001", "1500201234567"]
        await decided(connection, clock, "retire_account", {"number": "100000000001"})
        assert (await kept_accounts(connection)).by_number("100000000001") is None
        late = (await kept_accounts(connection, retired=True)).by_number("100000000001")
        assert late is not None and late.holder == "QUY MAU TINH"
        assert (await verify_books(connection)).faults == ()


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ({**PROVINCE, "number": "12"}, "wrong_account"),
        ({**PROVINCE, "commune": "23284"}, "wrong_account"),
        ({**COMMUNE, "commune": None}, "wrong_account"),
        ({**PROVINCE, "level": "ward"}, "wrong_account"),
        (PROVINCE, "account_in_use"),
    ],
)
async def test_what_is_no_account_is_refused(
    database: Database, clock: SetClock, body: dict[str, Any], cause: str
) -> None:
    async with database.transaction() as connection:
        await decided(connection, clock, "set_account", PROVINCE)
    with pytest.raises(VoucherRefused, match=cause):
        async with database.transaction() as connection:
            await decided(connection, clock, "set_account", body)


@pytest.mark.parametrize(
    "change",
    [
        "update fund_account set number = '999999999999'",
        "update fund_account set holder = 'KE GIAN'",
        "delete from fund_account",
        "insert into fund_account (bank, number, holder, level, set_by, set_at) "
        "values ('970415', '666666', 'KE GIAN', 'province', 1, now())",
    ],
)
async def test_an_account_that_was_swapped_in_the_database_is_named(
    database: Database, clock: SetClock, change: str
) -> None:
    async with database.transaction() as connection:
        await decided(connection, clock, "set_account", PROVINCE)
        await connection.execute(text(change))
        faults = (await verify_books(connection)).faults
    assert faults and all(fault.what.startswith("account ") for fault in faults)


def test_a_pledge_for_a_commune_without_an_account_is_paid_to_the_province_never_to_another_commune() -> None:
    province = FundAccount(bank="970415", number="100000000001", holder="MAU")
    commune = FundAccount(bank="970405", number="1500201234567", holder="MAU", level="commune", commune="23284")
    assert Accounts([commune, province]).for_commune("23341") == province
    assert Accounts([commune]).for_commune("23341") is None and Accounts([commune]).for_commune(None) is None


async def test_the_account_of_a_trial_is_made_up_goes_with_it_and_hides_no_real_one(
    database: Database, clock: SetClock
) -> None:
    async with database.transaction() as connection:
        assert await show_demo_account(connection, now=clock.now())
        assert not await show_demo_account(connection, now=clock.now())
        (shown,) = (await kept_accounts(connection)).all
        assert shown.demo and "MẪU" in shown.bank
        assert (await verify_books(connection)).faults == ()
        assert await hide_demo_account(connection, now=clock.now())
        assert not await hide_demo_account(connection, now=clock.now())
        await decided(connection, clock, "set_account", PROVINCE)
        assert not await show_demo_account(connection, now=clock.now())
        assert not (await kept_accounts(connection)).all[0].demo
        assert (await verify_books(connection)).faults == ()
