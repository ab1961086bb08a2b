"""Draws the papers of donors: one page of A4, Vietnamese letters, a code and a QR that lead to its verification."""

import io
from typing import TYPE_CHECKING

import font_roboto

from content.translations import Catalogue
from fund.money_words import money_in_words
from fund.papers import Paper
from fund.qr_picture import qr_png
from store.clock import local_date

if TYPE_CHECKING:
    from fpdf import FPDF


_MARGIN = 20
_WIDTH = 210 - 2 * _MARGIN
_DARK = (11, 61, 46)
#: Gifts that one page lists; more are added up in a line.
_MOST_LINES = 18


def paper_pdf(paper: Paper, *, issuer: str, public_address: str, catalogue: Catalogue) -> bytes:
    """Return a paper as a PDF.

    Args:
        issuer: who issues it: the holder of the fund's account.
        public_address: where anybody verifies it; empty leaves the QR out.
    """
    # Half a second to load, which only those who make one take.
    from fpdf import FPDF

    page = FPDF(format="A4")
    page.set_auto_page_break(auto=False)
    page.set_margins(_MARGIN, 18, _MARGIN)
    page.set_title(f"{catalogue.text(f'fund.paper.{paper.kind}')} {paper.code}")
    page.set_lang("vi" if catalogue.language.code == "vi" else "en")
    page.set_creation_date(paper.issued_at)
    page.add_font("Roboto", "", font_roboto.font_files["Roboto"])
    page.add_font("Roboto", "B", font_roboto.font_files["RobotoBold"])
    page.add_page()
    if paper.pledge.demo:
        _line(page, catalogue.text("fund.paper.made_up"), size=12, bold=True, color=(160, 0, 0), align="C")
    _line(page, issuer, size=12, bold=True, align="C")
    page.ln(6)
    _line(page, catalogue.text(f"fund.paper.{paper.kind}").upper(), size=20, bold=True, color=_DARK, align="C")
    day = catalogue.date(local_date(paper.issued_at))
    _line(page, catalogue.text("fund.paper.number", code=paper.code, day=day), size=11, align="C")
    page.ln(6)
    name = paper.name or catalogue.text("fund.paper.no_name")
    key = f"fund.paper.{paper.kind}_body"
    _line(page, catalogue.text(key, name=name, year=paper.year or "", code=paper.pledge.code), size=12)
    page.ln(3)
    _gifts(page, paper, catalogue)
    page.ln(2)
    _line(page, catalogue.text("fund.paper.total", amount=catalogue.money(paper.amount)), size=13, bold=True)
    if catalogue.language.code == "vi":
        _line(page, catalogue.text("fund.paper.in_words", words=money_in_words(paper.amount)), size=11)
    page.ln(4)
    _line(page, catalogue.text("fund.paper.thanks"), size=12)
    _verification(page, paper, public_address, catalogue)
    return bytes(page.output())


def _line(
    page: "FPDF",
    words: str,
    *,
    size: int,
    bold: bool = False,
    color: tuple[int, int, int] = (20, 20, 20),
    align: str = "L",
) -> None:
    page.set_font("Roboto", "B" if bold else "", size)
    page.set_text_color(*color)
    page.multi_cell(_WIDTH, size * 0.55, words, align=align, new_x="LMARGIN", new_y="NEXT")


def _gifts(page: "FPDF", paper: Paper, catalogue: Catalogue) -> None:
    page.set_font("Roboto", "", 11)
    page.set_text_color(20, 20, 20)
    for gift in paper.gifts[:_MOST_LINES]:
        page.cell(40, 7, catalogue.date(gift.received_on), border="B")
        page.cell(60, 7, gift.code, border="B")
        page.cell(_WIDTH - 100, 7, catalogue.money(gift.amount), border="B", align="R", new_x="LMARGIN", new_y="NEXT")
    if rest := paper.gifts[_MOST_LINES:]:
        more = catalogue.text(
            "fund.paper.more", number=len(rest), amount=catalogue.money(sum(gift.amount for gift in rest))
        )
        page.cell(_WIDTH, 7, more, border="B", align="R", new_x="LMARGIN", new_y="NEXT")


def _verification(page: "FPDF", paper: Paper, public_address: str, catalogue: Catalogue) -> None:
    where = f"{public_address}/so-quy/giay/{paper.code}"
    page.set_y(225)
    if public_address:
        page.image(io.BytesIO(qr_png(where)), x=_MARGIN - 4, y=222, w=48)
        page.set_xy(_MARGIN + 48, 230)
    page.set_font("Roboto", "B", 12)
    page.set_text_color(20, 20, 20)
    page.multi_cell(_WIDTH - 48, 7, catalogue.text("fund.paper.verify", code=paper.code), new_x="LEFT", new_y="NEXT")
    page.set_font("Roboto", "", 10)
    words = catalogue.text("fund.paper.verify_where", where=where if public_address else "/so-quy")
    page.multi_cell(_WIDTH - 48, 5.5, words)
