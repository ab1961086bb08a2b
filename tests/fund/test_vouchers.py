"""Two people decide about money: assigning, refunding, undoing, setting aside, handing over; the books balance."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from content.translations import catalogue_for
from fund.booking import VoucherRefused
from fund.lookup import look_up_code
from fund.matching import RowState
from fund.office import approve, record, reject
from fund.pledging import cancel_pledge
from fund.standing import Standing
from fund.verifying import verify_books
from fund.vouchers import VOUCHER_KINDS
from store.clock import SetClock
from store.database import Database
from store.queries.audit import audit_entries
from store.queries.fund_ledger import entries_after
from store.queries.fund_statements import StatementRow, get_row, rows_in_states
from store.queries.fund_uses import allocations
from store.queries.fund_vouchers import vouchers
from store.queries.pledges import PledgeRow, get_pledge
from tests.fund.books import balances, came, pledge, today, transfer
from tests.fund.people import TwoPeople, fund_staff

SOURCES = {"title": "Sửa nhà cho hộ nghèo (mẫu)", "programme": "nha-o", "level": "province"}


async def rows(connection: AsyncConnection) -> list[StatementRow]:
    return await rows_in_states(connection, list(RowState))


async def sound(connection: AsyncConnection) -> dict[str, int]:
    """The balances, after a check that nothing is wrong and all adds up to nought."""
    assert (await verify_books(connection)).faults == ()
    found = await balances(connection)
    assert sum(found.values()) == 0
    return found


async def test_who_recorded_a_voucher_neither_approves_nor_refuses_it(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        body = {"amount": 5_000, "day": today(clock).isoformat()}
        number = await record(connection, "cash_in", body, staff_id=two.recorder, now=clock.now())
        for decide in (
            approve(connection, number, staff_id=two.recorder, now=clock.now()),
            reject(connection, number, reason="x", staff_id=two.recorder, now=clock.now()),
        ):
            with pytest.raises(VoucherRefused, match="same_person"):
                await decide
        assert await balances(connection) == {}
        await approve(connection, number, staff_id=two.approver, now=clock.now())
        with pytest.raises(VoucherRefused, match="decided"):
            await approve(connection, number, staff_id=two.approver, now=clock.now())
        assert await sound(connection) == {"cash": 5_000, "received": -5_000}


async def test_every_decision_is_a_sentence_of_the_audit_log_in_both_languages(
    database: Database, clock: SetClock
) -> None:
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        body = {"amount": 5_000, "day": today(clock).isoformat()}
        number = await record(connection, "cash_in", body, staff_id=two.recorder, now=clock.now())
        await reject(connection, number, reason="chưa có phiếu thu", staff_id=two.approver, now=clock.now())
        said = await audit_entries(connection, kind="fund")
    assert [one.actor_id for one in said] == [two.approver, two.recorder]
    for language in ("vi", "en"):
        catalogue = catalogue_for(language)
        sentences = [catalogue.text(f"audit.{one.action}", **one.details) for one in said]
        assert "chưa có phiếu thu" in sentences[0] and "5000" in sentences[1].replace(".", "").replace(",", "")
        for kind in VOUCHER_KINDS:
            assert catalogue.text(f"audit.fund.recorded_{kind}", voucher=1, kind=kind, amount=5)
            assert catalogue.text(f"fund.voucher.{kind}")


async def test_what_could_not_be_booked_is_refused_while_it_is_recorded_and_leaves_nothing(
    database: Database, clock: SetClock
) -> None:
    async with database.transaction() as connection:
        staff = await fund_staff(connection, clock, "thu-quy")
        refusals: list[tuple[str, dict[str, Any], str]] = [
            ("assign", {"row": 99, "parts": [[None, 5]]}, "unknown_row"),
            ("allocate", {**SOURCES, "amount": 1}, "not_enough_free"),
            ("deliver", {"allocation": 1, "amount": 1, "day": "2026-11-23", "document": "x"}, "unknown_allocation"),
            ("cash_in", {"amount": 5}, "malformed"),
            ("cash_in", {"amount": 5, "day": "2026-11-24"}, "no_gift"),
            ("goods_in", {"code": "XNK7M2Q9XC", "day": "2026-11-23"}, "unknown_pledge"),
            ("burn", {}, "unknown_kind"),
        ]
        for kind, body, cause in refusals:
            with pytest.raises(VoucherRefused) as refused:
                await record(connection, kind, body, staff_id=staff, now=clock.now())
            assert refused.value.cause == cause
            assert catalogue_for("vi").text(f"fund.refused.{cause}")
        assert await vouchers(connection, state=None) == []
        assert await entries_after(connection, 0, limit=10) == []


async def test_one_transfer_pays_several_pledges_and_leaves_a_gift(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        one, other = await pledge(connection, clock), await pledge(connection, clock, 200_000)
        await came(connection, clock, transfer(800_000, f"{one.code} {other.code}"))
        (row,) = await rows(connection)
        with pytest.raises(VoucherRefused, match="parts_differ"):
            await two.decide("assign", row=row.id, parts=[[one.code, 500_000]])
        parts = [[one.code, 500_000], [other.code, 200_000], [None, 100_000]]
        done = await two.decide("assign", row=row.id, parts=parts)
        assert [(got.code, got.amount) for got in done.decided.received] == [
            (one.code, 500_000),
            (other.code, 200_000),
        ]
        with pytest.raises(VoucherRefused, match="row_decided"):
            await two.decide("assign", row=row.id, parts=[[None, 800_000]])
        found = await sound(connection)
    assert (found["received"], found["bank"], found.get("suspense", 0)) == (-800_000, 800_000, 0)


async def test_a_part_payment_stays_what_it_was_and_the_rest_is_matched(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        made = await pledge(connection, clock)
        await came(connection, clock, transfer(200_000, made.code))
        await two.decide("assign", row=(await rows(connection))[0].id, parts=[[made.code, 200_000]])
        await came(connection, clock, transfer(300_000, made.code))
        after = await get_pledge(connection, made.id)
        assert (after.received, after.state) == (500_000, "fulfilled")
        assert (await sound(connection))["received"] == -500_000


async def paid(connection: AsyncConnection, clock: SetClock, amount: int = 500_000, **more: Any) -> PledgeRow:
    made = await pledge(connection, clock, amount, **more)
    await came(connection, clock, transfer(amount, made.code))
    return made


@pytest.mark.parametrize(("reopen", "promised", "state"), [(True, 500_000, "open"), (False, 0, "cancelled")])
async def test_a_refund_lowers_every_total(
    database: Database, clock: SetClock, reopen: bool, promised: int, state: str
) -> None:
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        made = await paid(connection, clock)
        await came(connection, clock, transfer(-500_000, "HOAN TRA"))
        gift, out = await rows(connection)
        await two.decide("refund", row=out.id, gift_row=gift.id, reopen=reopen)
        after = await get_pledge(connection, made.id)
        assert (after.received, after.promised, after.state) == (0, promised, state)
        assert [row.state for row in await rows(connection)] == ["refunded", "refunded"]
        found = await sound(connection)
        assert (found.get("received", 0), found.get("bank", 0), found.get("pledged", 0)) == (0, 0, -promised)
        story = await look_up_code(connection, made.code)
        assert story is not None and story.refunded == 500_000


@pytest.mark.parametrize("reopen", [True, False])
async def test_a_refund_that_was_noted_wrongly_is_taken_back_and_can_be_noted_again(
    database: Database, clock: SetClock, reopen: bool
) -> None:
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        made = await paid(connection, clock)
        await came(connection, clock, transfer(-200_000, "chi khac"), transfer(-300_000, "HOAN TRA"))
        before, standing = await sound(connection), await get_pledge(connection, made.id)
        gift, wrong, right = await rows(connection)
        await two.decide("refund", row=wrong.id, gift_row=gift.id, reopen=reopen)
        await two.decide("refund", row=right.id, gift_row=gift.id, reopen=reopen)
        assert [row.state for row in await rows(connection)] == ["refunded"] * 3
        both = await get_pledge(connection, made.id)
        await two.decide("undo", row=wrong.id)
        assert [row.state for row in await rows(connection)] == ["matched", "unknown", "refunded"]
        story = await look_up_code(connection, made.code)
        assert story is not None and (story.refunded, story.pledge.received) == (300_000, 200_000)
        assert (await sound(connection))["received"] == -200_000
        with pytest.raises(VoucherRefused, match="row_waits"):
            await two.decide("undo", row=wrong.id)
        await two.decide("undo", row=right.id)
        now = await get_pledge(connection, made.id)
        assert (now.received, now.promised, now.amount, now.state) == (
            standing.received,
            standing.promised,
            standing.amount,
            "fulfilled",
        )
        assert await sound(connection) == before
        for row in (wrong, right):
            await two.decide("refund", row=row.id, gift_row=gift.id, reopen=reopen)
        again = await get_pledge(connection, made.id)
        assert (again.received, again.promised, again.state) == (both.received, both.promised, both.state)


async def test_a_gift_of_which_a_part_went_back_is_taken_back_after_its_refund(
    database: Database, clock: SetClock
) -> None:
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        made = await paid(connection, clock)
        await came(connection, clock, transfer(-200_000, "HOAN TRA"))
        gift, out = await rows(connection)
        await two.decide("refund", row=out.id, gift_row=gift.id)
        before = await sound(connection)
        with pytest.raises(VoucherRefused, match="gift_went_back"):
            async with connection.begin_nested():
                await two.decide("undo", row=gift.id)
        assert await sound(connection) == before
        await two.decide("undo", row=out.id)
        await two.decide("undo", row=gift.id)
        assert "received" not in {name for name, amount in (await sound(connection)).items() if amount}
        assert (await get_pledge(connection, made.id)).received == 0


async def test_what_was_paid_too_much_goes_back_and_the_pledge_stays_paid(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        made = await pledge(connection, clock)
        await came(connection, clock, transfer(600_000, made.code), transfer(-100_000, "tra lai phan thua"))
        gift, out = await rows(connection)
        await two.decide("assign", row=gift.id, parts=[[made.code, 600_000]])
        await two.decide("refund", row=out.id, gift_row=gift.id)
        after = await get_pledge(connection, made.id)
        assert (after.received, after.promised, after.state) == (500_000, 500_000, "fulfilled")
        assert (await sound(connection))["received"] == -500_000


async def test_a_transfer_that_nobody_knew_is_sent_back_without_ever_being_a_gift(
    database: Database, clock: SetClock
) -> None:
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        await came(connection, clock, transfer(70_000, "nham tai khoan"), transfer(-70_000, "tra lai"))
        lost, out = await rows(connection)
        await two.decide("refund", row=out.id, gift_row=lost.id)
        assert await sound(connection) == {}
        await two.decide("undo", row=out.id)
        assert [row.state for row in await rows(connection)] == ["unknown", "unknown"]
        assert await sound(connection) == {}


async def test_a_refund_of_a_cancelled_pledge_waits_for_nothing_again(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        made = await paid(connection, clock)
        await cancel_pledge(connection, made.code, now=clock.now())
        await came(connection, clock, transfer(-500_000, "HOAN TRA"))
        gift, out = await rows(connection)
        await two.decide("refund", row=out.id, gift_row=gift.id, reopen=True)
        after = await get_pledge(connection, made.id)
        assert (after.promised, after.state) == (0, "cancelled")
        assert await sound(connection) == {}


@pytest.mark.parametrize("by_machine", [True, False])
async def test_a_wrong_decision_is_taken_back_by_new_entries(
    database: Database, clock: SetClock, by_machine: bool
) -> None:
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        made = await pledge(connection, clock)
        await came(connection, clock, transfer(500_000, made.code if by_machine else "khong ma"))
        (row,) = await rows(connection)
        if not by_machine:
            await two.decide("assign", row=row.id, parts=[[made.code, 500_000]])
        await two.decide("undo", row=row.id)
        again = await get_row(connection, row.id)
        assert again is not None and (again.state, again.reason) == ("unknown", "taken_back")
        assert (await get_pledge(connection, made.id)).received == 0
        story = await look_up_code(connection, made.code)
        assert story is not None and (story.standing, story.gifts) == (Standing.WAITING, ())
        assert (await sound(connection))["suspense"] == -500_000
        await two.decide("discard", row=row.id)
        assert (await sound(connection))["not_ours"] == -500_000
        await two.decide("undo", row=row.id)
        await two.decide("assign", row=row.id, parts=[[made.code, 500_000]])
        assert (await sound(connection))["received"] == -500_000


async def test_money_is_set_aside_and_handed_over_and_the_donor_sees_where_it_went(
    database: Database, clock: SetClock
) -> None:
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        first, second = await paid(connection, clock), await paid(connection, clock, 300_000)
        made = (await two.decide("allocate", **SOURCES, amount=600_000)).decided.made
        await came(connection, clock, transfer(-400_000, "Chi sua nha dot 1"))
        out = (await rows(connection))[-1]
        with pytest.raises(VoucherRefused, match="row_does_not_pay_it"):
            body = {"allocation": made, "amount": 1, "day": "2026-11-23", "document": "BB 1 (mẫu)", "row": out.id}
            await two.decide_on("deliver", body)
        await two.decide_on("deliver", {**body, "amount": 400_000})
        with pytest.raises(VoucherRefused, match="more_than_set_aside"):
            await two.decide_on("deliver", {**body, "amount": 200_001, "row": None})
        await two.decide_on("deliver", {**body, "amount": 200_000, "row": None})
        found = await sound(connection)
        stories = [await look_up_code(connection, one.code) for one in (first, second)]
    assert (found["allocated"], found["delivered"], found["payable"]) == (-600_000, 600_000, -200_000)
    assert [[(use.amount, use.all_delivered) for use in story.uses] for story in stories if story] == [
        [(500_000, True)],
        [(100_000, True)],
    ]


@pytest.mark.parametrize(
    "change",
    [
        "update fund_allocation set title = 'Việc khác'",
        "update fund_allocation set amount = amount + 1",
        "update fund_allocation set delivered = 0",
        "update fund_delivery set document = 'BB khác'",
        "update fund_delivery set delivered_on = delivered_on - 1",
        "delete from fund_delivery",
    ],
)
async def test_a_use_that_somebody_changed_in_the_database_is_named(
    database: Database, clock: SetClock, change: str
) -> None:
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        await paid(connection, clock)
        made = (await two.decide("allocate", **SOURCES, amount=400_000)).decided.made
        await two.decide("deliver", allocation=made, amount=300_000, day="2026-11-23", document="BB 1 (mẫu)")
        await sound(connection)
        await connection.execute(text(change))
        faults = (await verify_books(connection)).faults
    assert f"allocation {made}" in [fault.what for fault in faults]


async def test_an_allocation_is_taken_back_until_something_was_handed_over(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        await paid(connection, clock)
        made = (await two.decide("allocate", **SOURCES, amount=400_000)).decided.made
        with pytest.raises(VoucherRefused, match="not_enough_free"):
            await two.decide("allocate", **SOURCES, amount=100_001)
        (gift, *_) = await rows(connection)
        with pytest.raises(VoucherRefused, match="gift_is_used"):
            await two.decide("undo", row=gift.id)
        await two.decide("cancel_allocation", allocation=made)
        assert await allocations(connection) == [] and (await sound(connection)).get("allocated", 0) == 0
        again = (await two.decide("allocate", **SOURCES, amount=500_000)).decided.made
        await two.decide("deliver", allocation=again, amount=1, day="2026-11-23", document="BB 2 (mẫu)")
        with pytest.raises(VoucherRefused, match="already_delivered"):
            await two.decide("cancel_allocation", allocation=again)


async def test_what_was_given_for_one_thing_is_set_aside_for_nothing_else(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        houses = await paid(connection, clock, 100_000, purpose="nha-o")
        await paid(connection, clock, 200_000, purpose="hoc-bong")
        place = await paid(connection, clock, 400_000, commune="23284")
        free = await paid(connection, clock, 800_000)
        with pytest.raises(VoucherRefused, match="not_enough_free"):
            await two.decide("allocate", **SOURCES, amount=900_001)
        await two.decide("allocate", **SOURCES, amount=150_000)
        assert await used(connection, houses) == 100_000 and await used(connection, free) == 50_000
        await two.decide("allocate", **SOURCES, amount=450_000, commune="23284")
        assert await used(connection, place) == 400_000 and await used(connection, free) == 100_000
        await sound(connection)


async def used(connection: AsyncConnection, made: PledgeRow) -> int:
    story = await look_up_code(connection, made.code)
    assert story is not None
    return story.allocated


async def test_money_out_of_ten_thousand_small_gifts(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        drive = await pledge(connection, clock, None, kind="drive", people=10_000)
        await came(connection, clock, *(transfer(50_000, drive.code, reference=f"D{n}") for n in range(3_000)))
        await two.decide("allocate", **SOURCES, amount=149_990_000)
        assert await used(connection, drive) == 149_990_000


async def test_a_household_is_named_only_masked_and_with_its_consent(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        await paid(connection, clock)
        body = {**SOURCES, "amount": 5_000, "household": "A* N***"}
        with pytest.raises(VoucherRefused, match="household_without_consent"):
            await two.decide_on("allocate", body)
        consent = {"household_consent_text": "Tôi đồng ý nêu tên đã che (mẫu)"}
        with pytest.raises(VoucherRefused, match="household_not_masked"):
            await two.decide_on("allocate", {**body, **consent, "household": "A Nhàn"})
        await two.decide_on("allocate", {**body, **consent})
        assert [one.household for one in await allocations(connection)] == ["A* N***"]


async def test_goods_stand_apart_from_money_with_a_value_only_where_somebody_set_one(
    database: Database, clock: SetClock
) -> None:
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        rice = await pledge(connection, clock, None, kind="in_kind", goods="Gạo 100 kg (mẫu)")
        quilts = await pledge(connection, clock, None, kind="in_kind", goods="Chăn 20 cái (mẫu)")
        await two.decide("goods_in", code=rice.code, day="2026-11-23", value=1_500_000)
        await two.decide("goods_in", code=quilts.code, day="2026-11-23")
        with pytest.raises(VoucherRefused, match="malformed"):
            await two.decide("goods_in", code=rice.code, day="2026-11-23")
        await two.decide("goods_out", what="Gạo 100 kg (mẫu)", day="2026-11-23", value=1_500_000, commune="23284")
        found = await sound(connection)
    assert found == {"goods_received": -1_500_000, "goods_delivered": 1_500_000}
