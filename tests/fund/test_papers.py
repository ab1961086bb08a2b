"""Papers for donors say what came, carry a code that anybody verifies, and no name where it was erased."""

from datetime import date

import pytest

from content.translations import catalogue_for
from fund.matching import RowState
from fund.money_words import money_in_words
from fund.paper_pdf import paper_pdf
from fund.papers import NoPaper, PaperKind, find_issued, issue_paper, new_paper_code, still_holds, typed_paper_code
from fund.pledge_codes import is_pledge_code
from store.clock import SetClock
from store.database import Database
from store.queries.audit import audit_entries
from store.queries.fund_statements import rows_in_states
from tests.fund.books import came, pledge, transfer
from tests.fund.people import TwoPeople


async def test_a_receipt_says_what_came_and_stops_holding_once_it_went_back(
    database: Database, clock: SetClock
) -> None:
    async with database.transaction() as connection:
        two = await TwoPeople.at(connection, clock)
        made = await pledge(connection, clock, donor_name="Nguyễn Thị Mẫu")
        with pytest.raises(NoPaper, match="nothing_came"):
            await issue_paper(connection, made.code, "receipt", staff_id=two.recorder, now=clock.now())
        await came(connection, clock, transfer(500_000, made.code))
        paper = await issue_paper(connection, made.code, "receipt", staff_id=two.recorder, now=clock.now())
        assert (paper.amount, paper.name, [gift.amount for gift in paper.gifts]) == (
            500_000,
            "Nguyễn Thị Mẫu",
            [500_000],
        )
        assert await find_issued(connection, paper.code) == paper and await still_holds(connection, paper)
        assert (await audit_entries(connection, kind="fund"))[0].details["code"] == paper.code
        await came(connection, clock, transfer(-500_000, "HOAN TRA"))
        gift, out = await rows_in_states(connection, list(RowState))
        await two.decide("refund", row=out.id, gift_row=gift.id)
        assert not await still_holds(connection, paper)


async def test_a_summary_has_the_gifts_of_one_year_and_a_receipt_all(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        drive = await pledge(connection, clock, None, kind="drive")
        await came(
            connection,
            clock,
            transfer(1_000, drive.code, day=date(2025, 12, 31)),
            transfer(20_000, drive.code, day=date(2026, 1, 1)),
            transfer(300_000, drive.code),
        )
        summary = await issue_paper(connection, drive.code, "summary", year=2026, staff_id=None, now=clock.now())
        assert summary.amount == 320_000
        receipt = await issue_paper(connection, drive.code, "receipt", staff_id=None, now=clock.now())
        assert receipt.amount == 321_000
        wrong: list[tuple[PaperKind, int | None, str]] = [("summary", None, "year"), ("receipt", 2026, "year")]
        for kind, year, cause in [*wrong, ("summary", 2024, "nothing_came")]:
            with pytest.raises(NoPaper, match=cause):
                await issue_paper(connection, drive.code, kind, year=year, staff_id=None, now=clock.now())
        with pytest.raises(NoPaper, match="unknown"):
            await issue_paper(connection, "XNK7M2Q9XC", "receipt", staff_id=None, now=clock.now())


@pytest.mark.parametrize("kind", ["receipt", "letter", "summary"])
@pytest.mark.parametrize("language", ["vi", "en"])
async def test_every_paper_is_drawn_on_one_page_in_both_languages(
    database: Database, clock: SetClock, kind: PaperKind, language: str
) -> None:
    async with database.transaction() as connection:
        drive = await pledge(connection, clock, None, kind="drive", donor_name="Đoàn thể Ủng Hộ Mẫu", demo=False)
        await came(connection, clock, *(transfer(50_000, drive.code, reference=f"D{n}") for n in range(40)))
        year = 2026 if kind == "summary" else None
        paper = await issue_paper(connection, drive.code, kind, year=year, staff_id=None, now=clock.now())
    for address in ("https://hoidap.example", ""):
        content = paper_pdf(
            paper, issuer="QUỸ VÌ NGƯỜI NGHÈO (MẪU)", public_address=address, catalogue=catalogue_for(language)
        )
        assert content.startswith(b"%PDF") and content.count(b"/Type /Page\n") == 1
        assert (b"/Subtype /Image" in content) == bool(address)


def test_the_code_of_a_paper_is_no_code_of_a_gift_and_is_read_however_it_is_written() -> None:
    for _ in range(200):
        code = new_paper_code()
        assert typed_paper_code(f" {code[:2].lower()} {code[2:6]}-{code[6:]}") == code and not is_pledge_code(code)
        swapped = code[:5] + ("A" if code[5] != "A" else "B") + code[6:]
        assert typed_paper_code(swapped) is None
    assert typed_paper_code("") is None and typed_paper_code("XNK7M2Q9XC") is None


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (15, "Mười lăm đồng"),
        (21_000, "Hai mươi mốt nghìn đồng"),
        (104_000, "Một trăm linh bốn nghìn đồng"),
        (1_205_015, "Một triệu hai trăm linh năm nghìn không trăm mười lăm đồng"),
        (500_000_000, "Năm trăm triệu đồng"),
        (2_000_050_000, "Hai tỷ không trăm năm mươi nghìn đồng"),
        (24_744_110_011, "Hai mươi tư tỷ bảy trăm bốn mươi tư triệu một trăm mười nghìn không trăm mười một đồng"),
    ],
)
def test_amounts_are_written_in_words_as_papers_about_money_have_them(amount: int, words: str) -> None:
    assert money_in_words(amount) == words
