"""`/so-quy`: what everybody may see, small enough for a cheap phone, and nothing that they may not."""

import csv
import hashlib
import io
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from console.public_fund.chart import Column, columns_chart, share_of
from console.public_fund.pages import public_fund_router
from fund.accounts import DEMO_ACCOUNT
from fund.books import Kind, entry_of
from fund.importing import import_feed
from fund.office import seal_days
from fund.statement_lines import StatementLine
from store.clock import SetClock
from store.database import Database
from store.queries.fund_accounts import add_account
from store.queries.fund_ledger import append_entries
from store.queries.fund_statements import rows_in_states
from tests.fund.books import ACCOUNT, came, facts_of, pledge, today, transfer
from tests.fund.people import TwoPeople

DAY = date(2026, 11, 23)
LARGEST_PAGE = 50 * 1024


@pytest_asyncio.fixture
async def web(database: Database, clock: SetClock) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(public_fund_router(database, clock))
    headers = {"accept-language": "vi"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers) as client:
        yield client


async def some_books(database: Database, clock: SetClock) -> dict[str, str]:
    """Gifts with names shown, masked and hidden, one without a pledge, one that went back; a use; return the codes."""
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        await two.decide_on("set_account", facts_of(ACCOUNT))
        codes = {}
        for shown in ("name", "masked", "hidden"):
            made = await pledge(
                connection,
                clock,
                donor_name=f"Nguyễn Mẫu {shown}",
                name_shown=shown,
                contact="0900000001",
                contact_consent_text="đồng ý (mẫu)",
            )
            await came(connection, clock, transfer(500_000, f"{made.code} NGUYEN THI BI MAT", counter_name="BI MAT"))
            codes[shown] = made.code
        gone = await pledge(connection, clock, 90_000, donor_name="Đã Hoàn Trả", name_shown="name")
        await came(connection, clock, transfer(90_000, gone.code), transfer(-90_000, "hoan tra"))
        rows = await rows_in_states(connection, ["matched", "unknown"])
        await two.decide("refund", row=rows[-1].id, gift_row=rows[-2].id)
        body = {"title": "Sửa nhà, đợt 1 (mẫu)", "programme": "nha-o", "amount": 600_000, "level": "province"}
        made_use = (await two.decide_on("allocate", body)).decided.made
        day = today(clock).isoformat()
        await two.decide("deliver", allocation=made_use, amount=600_000, day=day, document="BB 1 (mẫu)")
        await came(connection, clock, transfer(70_000, "TRAN VAN BI MAT ung ho"))
    return codes


async def test_the_overview_tells_the_totals_the_account_and_the_seal(
    database: Database, clock: SetClock, web: httpx.AsyncClient
) -> None:
    await some_books(database, clock)
    clock.advance(days=1)
    async with database.transaction() as connection:
        (seal,) = await seal_days(connection, now=clock.now())
    page = await web.get("/so-quy")
    assert page.status_code == 200 and len(page.content) < LARGEST_PAGE
    for said in ("1.500.000 đồng", "600.000 đồng", "11/2026", ACCOUNT.number, seal.hash, "<svg", "VietinBank"):
        assert said in page.text
    assert "<script" not in page.text and "script-src" not in page.headers["content-security-policy"]
    english = await web.get("/so-quy?lang=en")
    assert "VND 1,500,000" in english.text and english.headers["content-language"] == "en"


@pytest.mark.parametrize("path", ["", "/danh-sach", "/su-dung", "/niem-phong", "/tim", "/danh-sach.csv"])
async def test_no_page_shows_what_its_donors_hid(
    database: Database, clock: SetClock, web: httpx.AsyncClient, path: str
) -> None:
    codes = await some_books(database, clock)
    text = (await web.get(f"/so-quy{path}")).text
    for secret in ("Nguyễn Mẫu hidden", "Nguyễn Mẫu masked", "BI MAT", "0900000001", "Đã Hoàn Trả", *codes.values()):
        assert secret not in text
    if path in ("/danh-sach", "/danh-sach.csv"):
        assert "Nguyễn Mẫu name" in text and "Nguyễn M*** m***" in text


@pytest.mark.parametrize("typed", ["{}", "ma {}", "  {lower} ", "/{}"])
async def test_a_code_leads_to_the_story_of_the_gift(
    database: Database, clock: SetClock, web: httpx.AsyncClient, typed: str
) -> None:
    code = (await some_books(database, clock))["masked"]
    found = await web.get("/so-quy/tim", params={"ma": typed.format(code, lower=code.lower())})
    assert found.status_code == 200 and code in found.text and len(found.content) < LARGEST_PAGE
    assert "đã góp vào “Sửa nhà, đợt 1 (mẫu)”" in found.text and "Nguyễn M*** m***" in found.text
    for secret in ("0900000001", "BI MAT", "Nguyễn Mẫu masked"):
        assert secret not in found.text
    assert (await web.get(f"/so-quy/{code}")).text == found.text


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({"ma": "XNK7M2Q9XC"}, 404, "không có trong sổ"),
        ({"ma": "XNK7M2Q9XO"}, 404, "chưa phải mã"),
        ({"ma": "<script>"}, 404, "chưa phải mã"),
        ({"loi": "bi mat ung ho", "tien": "70.000", "ngay": "2026-11-23"}, 200, "Đã nhận 70.000 đồng ngày 23/11/2026"),
        ({"loi": "bí mật ủng hộ", "tien": "70000", "ngay": "25/11/2026"}, 200, "Đã nhận 70.000 đồng"),
        ({"loi": "bi mat ung ho", "tien": "70.001", "ngay": "2026-11-23"}, 404, "Không thấy"),
        ({"loi": "bi", "tien": "70.000", "ngay": "2026-11-23"}, 400, "đủ ba ô"),
        ({"loi": "bi mat ung ho", "tien": "", "ngay": "2026-11-23"}, 400, "đủ ba ô"),
        ({}, 200, "Cần cả ba"),
    ],
)
async def test_who_looks_for_something_hears_what_was_found_or_what_to_do(
    database: Database, clock: SetClock, web: httpx.AsyncClient, asked: dict[str, str], status: int, said: str
) -> None:
    await some_books(database, clock)
    page = await web.get("/so-quy/tim", params=asked)
    assert page.status_code == status and said in page.text
    assert "<script>" not in page.text


async def test_many_gifts_are_read_page_by_page_each_once(
    database: Database, clock: SetClock, web: httpx.AsyncClient
) -> None:
    async with database.transaction() as connection:
        drive = await pledge(connection, clock, None, kind="drive", donor_name="=CMD()", name_shown="name")
        lines = [
            transfer(1_000 + number, drive.code, day=DAY - timedelta(days=number % 7), reference=f"R{number}")
            for number in range(120)
        ]
        await came(connection, clock, *lines)
    seen: list[str] = []
    path: str | None = "/so-quy/danh-sach"
    pages = 0
    while path is not None:
        page = await web.get(path)
        assert len(page.content) < LARGEST_PAGE
        seen += re.findall(r'<b class="sum">([\d.]+) đồng', page.text)
        following = re.search(r'href="([^"]+)" rel="next"', page.text)
        path = following[1].replace("&amp;", "&") if following else None
        pages += 1
    assert pages == 3 and sorted(int(one.replace(".", "")) for one in seen) == [1_000 + n for n in range(120)]
    table = list(csv.reader(io.StringIO((await web.get("/so-quy/danh-sach.csv")).text.removeprefix("\ufeff"))))
    assert len(table) == 121 and {row[2] for row in table[1:]} == {"'=CMD()"}
    assert len((await web.get("/so-quy/danh-sach.csv?thang=2026-10")).text.splitlines()) == 1


@pytest.mark.parametrize("path", ["/danh-sach?truoc=x", "/danh-sach?thang=2026-13", "/danh-sach?truoc=2026-99-99.5"])
async def test_nonsense_in_an_address_shows_the_newest(web: httpx.AsyncClient, path: str) -> None:
    page = await web.get(f"/so-quy{path}")
    assert page.status_code == 200 and "Chưa có khoản nào" in page.text


async def test_everybody_can_compute_the_seals_again(
    database: Database, clock: SetClock, web: httpx.AsyncClient
) -> None:
    await some_books(database, clock)
    clock.advance(days=3)
    async with database.transaction() as connection:
        made = await seal_days(connection, now=clock.now())
    lines = (await web.get("/so-quy/niem-phong.txt")).text.splitlines()
    assert len(lines) == 3
    for line, seal in zip(lines, made, strict=True):
        said, _, written = line.partition(" ")
        assert hashlib.sha256(said.encode()).hexdigest() == written == seal.hash
    assert made[-1].hash in (await web.get("/so-quy/niem-phong")).text


async def test_made_up_books_say_so_and_never_stand_among_real_ones(
    database: Database, clock: SetClock, web: httpx.AsyncClient
) -> None:
    async with database.transaction() as connection:
        made = await pledge(connection, clock, demo=True)
        line = StatementLine(DEMO_ACCOUNT.number, DAY, 500_000, made.code)
        await import_feed(connection, [line], feed="demo", account=DEMO_ACCOUNT, now=clock.now())
    assert "500.000" not in (await web.get("/so-quy")).text
    assert "DỮ LIỆU MẪU" in (await web.get(f"/so-quy/{made.code}")).text
    async with database.transaction() as connection:
        entry = entry_of(
            Kind.ACCOUNT_SET, 0, happened_on=DAY, level="demo", recorded_by="machine", details=facts_of(DEMO_ACCOUNT)
        )
        (number,) = await append_entries(connection, [entry], now=clock.now())
        await add_account(connection, **facts_of(DEMO_ACCOUNT), demo=True, set_by=number, set_at=clock.now())
    shown = (await web.get("/so-quy")).text
    assert "DỮ LIỆU MẪU" in shown and "500.000" in shown


def test_the_chart_stands_on_nought_and_names_its_figures() -> None:
    drawn = columns_chart([Column("10/26", 100, -5), Column("11/26", 50, 25)], title="<Đã nhận>")
    assert drawn.count("<rect") == 4 and "&lt;Đã nhận&gt;" in drawn and 'height="0.0"' in drawn
    assert columns_chart([], title="x") == "" == columns_chart([Column("a", 0, 0)], title="x")
    assert (share_of(1, 3), share_of(5, 0), share_of(-1, 3), share_of(9, 3)) == (33, 0, 0, 100)


async def test_goods_stand_apart_from_money_and_hide_what_leads_to_a_person(
    database: Database, clock: SetClock, web: httpx.AsyncClient
) -> None:
    assert "Chưa có hiện vật nào" in (await web.get("/so-quy/hien-vat")).text
    day = today(clock).isoformat()
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        rice = await pledge(
            connection,
            clock,
            None,
            kind="in_kind",
            goods="20 bao gạo (mẫu), gọi 0900000001",
            donor_name="Trần Thị Mẫu",
            name_shown="hidden",
        )
        await two.decide("goods_in", code=rice.code, day=day, value=3_000_000)
        await two.decide("goods_out", what="12 bao gạo (mẫu)", day=day)
    overview, page = await web.get("/so-quy"), await web.get("/so-quy/hien-vat")
    assert "/so-quy/hien-vat" in overview.text
    for shown in (overview.text, page.text):
        assert "20 bao gạo (mẫu)" in shown and "12 bao gạo (mẫu)" in shown
        assert "trị giá 3.000.000" in shown and "đã trao 23/11/2026" in shown
        assert "Trần Thị Mẫu" not in shown and "0900000001" not in shown
    # What goods are worth is in no total of money.
    assert all(f">{name}<" not in overview.text for name in ("3.000.000", "3.000.000 đồng"))
    newest = re.search(r"truoc=(\d+)", page.text)
    assert newest is None and (await web.get("/so-quy/hien-vat?truoc=1")).status_code == 200
