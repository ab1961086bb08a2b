"""Pledges and books over the API with real tokens; banks' webhooks; who records may not approve."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from console.access.tokens import TokenAccess
from console.api.ledger import ledger_router
from console.api.pledges import pledges_router
from console.bank_webhooks import bank_webhooks_router
from fund.accounts import FundAccount
from fund.feeds import Feed
from fund.vietqr import read_payload
from store.api_scopes import Scope
from store.clock import SetClock
from store.database import Database
from store.queries.api_tokens import add_api_token
from store.queries.fund_ledger import seal_day
from store.queries.fund_statements import lock_intake
from store.staff_roles import Role
from tests.fund.bank_files import Movement, csv_file, vietcombank
from tests.fund.books import ACCOUNT, came, facts_of, pledge, today, transfer
from tests.fund.people import TwoPeople, fund_staff
from tests.fund.test_feeds import SEPAY_AT, SEPAY_BODY, SEPAY_HEADERS

READ_AND_RECORD = (Scope.FUND_READ, Scope.FUND_RECORD)
READ_AND_APPROVE = (Scope.FUND_READ, Scope.FUND_APPROVE)


@pytest_asyncio.fixture
async def api(database: Database, clock: SetClock) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    may = TokenAccess(database, clock)
    app.include_router(pledges_router(database, clock, may))
    app.include_router(ledger_router(database, clock, may))
    app.include_router(bank_webhooks_router(database, clock, {Feed.SEPAY: "sepay-test-secret"}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def token(
    database: Database, clock: SetClock, login: str, scopes: tuple[Scope, ...], *roles: Role
) -> dict[str, str]:
    async with database.transaction() as connection:
        made = await add_api_token(
            connection,
            staff_id=await fund_staff(connection, clock, login, *roles),
            purpose="thử",
            scopes=list(scopes),
            now=clock.now(),
            expires_at=clock.now() + timedelta(days=30),
        )
    return {"authorization": f"Bearer {made}", "accept-language": "vi"}


async def with_account(database: Database, clock: SetClock, account: FundAccount = ACCOUNT) -> None:
    async with database.transaction() as connection:
        await (await TwoPeople.at(connection, clock)).decide_on("set_account", facts_of(account))


async def test_a_gift_goes_from_pledge_by_statement_to_delivery_over_the_api(
    database: Database, clock: SetClock, api: httpx.AsyncClient
) -> None:
    await with_account(database, clock)
    recorder = await token(database, clock, "mai", READ_AND_RECORD)
    approver = await token(database, clock, "lan", READ_AND_APPROVE)

    async def decided(kind: str, **body: Any) -> Any:
        made = await api.post("/api/v1/ledger/vouchers", json={"kind": kind, "body": body}, headers=recorder)
        assert made.status_code == 201, made.text
        done = await api.post(f"/api/v1/ledger/vouchers/{made.json()['voucher']}/approve", headers=approver)
        assert done.status_code == 200, done.text
        return done.json()["made"]

    made = await api.post("/api/v1/pledges", json={"amount": 500_000, "donor_name": "Lê Mẫu"}, headers=recorder)
    assert made.status_code == 201
    pledged = made.json()
    asked = read_payload(pledged["vietqr"])
    assert (asked.account, asked.amount, asked.memo) == (ACCOUNT.number, 500_000, pledged["code"])
    day = today(clock)
    movements = [Movement(day, 500_000, f"{pledged['code']} ung ho", "1"), Movement(day, 70_000, "NGUYEN MAU", "2")]
    content = csv_file(vietcombank(ACCOUNT.number, movements))
    url = "/api/v1/ledger/statements?file_name=sao-ke.csv"
    first = await api.post(url, content=content, headers=recorder)
    assert first.status_code == 201 and first.json()["new_rows"] == 2
    assert (await api.post(url, content=content, headers=recorder)).json()["already_imported"]
    (waiting,) = (await api.get("/api/v1/ledger/rows", headers=recorder)).json()["rows"]
    assert (waiting["amount"], waiting["reason"]) == (70_000, "no_code")
    shown = (await api.get(f"/api/v1/ledger/rows/{waiting['row']}", headers=recorder)).json()
    assert shown["suggestions"] == [] and shown["came"] == []
    await decided("assign", row=waiting["row"], parts=[[None, 70_000]])
    allocation = await decided("allocate", title="Sửa nhà (mẫu)", programme="nha-o", amount=400_000)
    await decided("deliver", allocation=allocation, amount=400_000, day=day.isoformat(), document="BB 1 (mẫu)")
    story = (await api.get(f"/api/v1/pledges/{pledged['code'].lower()}", headers=recorder)).json()
    assert (story["standing"], story["received"], story["name"]) == ("received", 500_000, "Lê M***")
    assert [(use["title"], use["amount"]) for use in story["uses"]] == [("Sửa nhà (mẫu)", 400_000)]
    (totals,) = (await api.get("/api/v1/ledger/totals", headers=recorder)).json()["totals"]
    assert totals == {
        "month": "2026-11",
        "level": "province",
        "pledged": 500_000,
        "received": 570_000,
        "allocated": 400_000,
        "delivered": 400_000,
    }
    entries = (await api.get("/api/v1/ledger/entries?limit=3", headers=recorder)).json()
    assert len(entries["entries"]) == 3 and entries["next"] == 3
    assert (await api.get("/api/v1/ledger/verification", headers=recorder)).json()["faults"] == []
    clock.advance(days=1)
    async with database.transaction() as connection:
        await seal_day(connection, day, now=clock.now())
    (seal,) = (await api.get("/api/v1/ledger/seals", headers=recorder)).json()["seals"]
    assert seal["day"] == day.isoformat() and len(seal["hash"]) == 64


async def test_who_recorded_may_not_approve_not_even_with_both_duties_and_scopes(
    database: Database, clock: SetClock, api: httpx.AsyncClient
) -> None:
    both = await token(database, clock, "mai", (*READ_AND_RECORD, Scope.FUND_APPROVE))
    body = {"kind": "cash_in", "body": {"amount": 5_000, "day": today(clock).isoformat()}}
    number = (await api.post("/api/v1/ledger/vouchers", json=body, headers=both)).json()["voucher"]
    refused = await api.post(f"/api/v1/ledger/vouchers/{number}/approve", headers=both)
    assert refused.status_code == 403 and "người thứ hai" in refused.json()["detail"]
    refused = await api.post(f"/api/v1/ledger/vouchers/{number}/reject", json={"reason": "x"}, headers=both)
    assert refused.status_code == 403
    other = await token(database, clock, "lan", READ_AND_APPROVE)
    assert (
        await api.post(f"/api/v1/ledger/vouchers/{number}/reject", json={"reason": "sai ngày"}, headers=other)
    ).json()["state"] == "rejected"


@pytest.mark.parametrize(
    ("method", "path", "scopes"),
    [
        ("POST", "/api/v1/ledger/vouchers", (Scope.FUND_READ, Scope.FUND_APPROVE)),
        ("POST", "/api/v1/ledger/statements?file_name=a", (Scope.FUND_READ, Scope.FUND_APPROVE)),
        ("POST", "/api/v1/ledger/vouchers/1/approve", READ_AND_RECORD),
        ("POST", "/api/v1/pledges", READ_AND_APPROVE),
        ("GET", "/api/v1/ledger/rows", (Scope.FUND_RECORD,)),
        ("GET", "/api/v1/pledges/XNK7M2Q9XC", (Scope.TICKETS_READ,)),
    ],
)
async def test_a_token_does_what_its_scopes_say_and_no_more(
    database: Database, clock: SetClock, api: httpx.AsyncClient, method: str, path: str, scopes: tuple[Scope, ...]
) -> None:
    weak = await token(database, clock, "mai", scopes)
    body = {"kind": "discard", "body": {"row": 1}, "amount": 5_000}
    assert (await api.request(method, path, json=body, headers=weak)).status_code == 403
    assert (await api.request(method, path, json=body)).status_code == 401


async def test_refusals_are_sentences_in_the_caller_s_language(
    database: Database, clock: SetClock, api: httpx.AsyncClient
) -> None:
    recorder = await token(database, clock, "mai", READ_AND_RECORD)
    english = {**recorder, "accept-language": "en"}
    body = {"kind": "discard", "body": {"row": 99}}
    gone = await api.post("/api/v1/ledger/vouchers", json=body, headers=recorder)
    assert gone.status_code == 404 and gone.json()["detail"] == "Không có dòng sao kê này."
    assert (await api.get("/api/v1/ledger/rows/99", headers=english)).json()[
        "detail"
    ] == "There is no such statement row."
    unknown = await api.get("/api/v1/pledges/XNK7M2Q9XC", headers=english)
    assert unknown.status_code == 404 and unknown.json()["detail"] == "There is no pledge with this code."
    broken = await api.post("/api/v1/ledger/statements?file_name=a", content=b"x", headers=recorder)
    assert broken.status_code == 422 and "tài khoản" not in broken.json()["detail"]


async def test_a_pledge_is_changed_and_cancelled_over_the_api(
    database: Database, clock: SetClock, api: httpx.AsyncClient
) -> None:
    recorder = await token(database, clock, "mai", READ_AND_RECORD)
    code = (await api.post("/api/v1/pledges", json={"amount": 500_000}, headers=recorder)).json()["code"]
    changed = await api.patch(f"/api/v1/pledges/{code}", json={"amount": 300_000}, headers=recorder)
    assert changed.json()["promised"] == 300_000
    assert (await api.post(f"/api/v1/pledges/{code}/cancel", headers=recorder)).json()["state"] == "cancelled"
    again = await api.post(f"/api/v1/pledges/{code}/cancel", headers=recorder)
    assert again.status_code == 409
    listed = (await api.get("/api/v1/pledges", headers=recorder)).json()
    assert [one["code"] for one in listed["pledges"]] == [code] and listed["next"] is None


async def test_a_signed_webhook_is_booked_once_and_a_wrong_one_not_at_all(
    database: Database, clock: SetClock, api: httpx.AsyncClient
) -> None:
    await with_account(database, clock)
    clock.at = SEPAY_AT
    url = "/webhooks/bank/sepay"
    wrong = {**SEPAY_HEADERS, "x-sepay-signature": "sha256=" + "0" * 64}
    assert (await api.post(url, content=SEPAY_BODY, headers=wrong)).status_code == 401
    for _ in range(2):
        told = await api.post(url, content=SEPAY_BODY, headers=SEPAY_HEADERS)
        assert told.status_code == 200 and told.json() == {"success": True}
    assert (await api.post("/webhooks/bank/casso", content=b"{}")).status_code == 404
    reader = await token(database, clock, "mai", READ_AND_RECORD)
    (row,) = (await api.get("/api/v1/ledger/rows", headers=reader)).json()["rows"]
    assert (row["amount"], row["source"], row["reason"]) == (50_000, "sepay", "code_unknown")


async def test_a_webhook_during_a_long_import_is_asked_to_come_again(
    database: Database, clock: SetClock, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_account(database, clock)
    clock.at = SEPAY_AT
    monkeypatch.setattr("fund.importing.FEED_PATIENCE_SECONDS", 1)
    async with database.transaction() as importing:
        await lock_intake(importing)
        refused = await api.post("/webhooks/bank/sepay", content=SEPAY_BODY, headers=SEPAY_HEADERS)
        assert refused.status_code == 503
    assert (await api.post("/webhooks/bank/sepay", content=SEPAY_BODY, headers=SEPAY_HEADERS)).status_code == 200
    reader = await token(database, clock, "mai", READ_AND_RECORD)
    assert len((await api.get("/api/v1/ledger/rows", headers=reader)).json()["rows"]) == 1


async def test_money_of_an_account_that_is_not_the_fund_s_is_left_alone(
    database: Database, clock: SetClock, api: httpx.AsyncClient
) -> None:
    await with_account(database, clock, FundAccount(bank="970415", number="200000000002", holder="QUY MAU"))
    clock.at = SEPAY_AT
    assert (await api.post("/webhooks/bank/sepay", content=SEPAY_BODY, headers=SEPAY_HEADERS)).status_code == 200
    reader = await token(database, clock, "mai", READ_AND_RECORD)
    assert (await api.get("/api/v1/ledger/rows", headers=reader)).json()["rows"] == []


async def test_names_and_memos_of_banks_are_for_those_who_match_and_approve(
    database: Database, clock: SetClock, api: httpx.AsyncClient
) -> None:
    async with database.transaction() as connection:
        made = await pledge(connection, clock, donor_name="Lê Thị Mẫu")
        memo = f"LE THI MAU chuyen {made.code}"
        await came(connection, clock, transfer(1_000, memo, counter_name="LE THI MAU", counter_account="0011000123"))
    seen = {}
    for login, role in (("mai", Role.FUND_RECORDER), ("thanh-tra", Role.AUDITOR)):
        reader = await token(database, clock, login, (Scope.FUND_READ,), role)
        (row,) = (await api.get("/api/v1/ledger/rows", headers=reader)).json()["rows"]
        shown = (await api.get(f"/api/v1/ledger/rows/{row['row']}", headers=reader)).json()
        assert shown["memo"] == row["memo"]
        seen[login] = (row["memo"], row["counter_name"], row["counter_account"], shown["suggestions"][0]["name"])
    assert seen["mai"] == (memo, "LE THI MAU", "0011000123", "Lê Thị Mẫu")
    assert seen["thanh-tra"] == (made.code, "LE T*** M***", "***123", "Lê T*** M***")
