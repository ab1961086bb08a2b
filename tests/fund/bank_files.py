"""A bank that writes statements: the same movements in the layout of each bank. Names and numbers are made up."""

import csv
import html
import io
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from openpyxl import Workbook


@dataclass(frozen=True)
class Movement:
    """One movement as the bank knows it; `amount` below nought is money out."""

    day: date
    amount: int
    memo: str
    reference: str = ""
    name: str = ""


Table = list[list[object]]
OPENING = 10_000_000


def _balances(movements: Sequence[Movement]) -> list[int]:
    balance, found = OPENING, []
    for one in movements:
        balance += one.amount
        found.append(balance)
    return found


def _sides(amount: int) -> tuple[str, str]:
    return (f"{-amount:,}", "") if amount < 0 else ("", f"{amount:,}")


def vietinbank(account: str, movements: Sequence[Movement]) -> Table:
    """The day is written once, and left empty where it repeats."""
    rows: Table = [
        ["LỊCH SỬ GIAO DỊCH - TRANSACTION HISTORY"],
        ["Số tài khoản/Account number", account],
        [],
        [
            "Ngày phát sinh/\nTransaction date",
            "Mô tả giao dịch/\nTransaction description",
            "Nợ/\nDebit",
            "Có/\nCredit",
            "Số dư TK/\nAccount balance",
            "Số giao dịch/\nTransaction number",
        ],
    ]
    before = None
    for one, balance in zip(movements, _balances(movements), strict=True):
        day = "" if one.day == before else f"{one.day:%d/%m/%Y}"
        rows.append([day, one.memo, *_sides(one.amount), f"{balance:,}", one.reference])
        before = one.day
    return rows


def vietcombank(account: str, movements: Sequence[Movement]) -> Table:
    """The simple form."""
    rows: Table = [
        ["SAO KÊ TÀI KHOẢN", account],
        ["Ngày giao dịch", "Số tham chiếu", "Số tiền ghi nợ", "Số tiền ghi có", "Mô tả"],
    ]
    rows += [[f"{one.day:%d/%m/%Y}", one.reference, *_sides(one.amount), one.memo] for one in movements]
    return rows


def vietcombank_bilingual(account: str, movements: Sequence[Movement]) -> Table:
    """Day and number stand in one cell; long memos go on in the next row; totals at the end."""
    rows: Table = [
        ["NGÂN HÀNG TMCP NGOẠI THƯƠNG VIỆT NAM"],
        [f"Tài khoản/Account: {account}"],
        [
            "STT/\nNo.",
            "Ngày GD/\nTNX Date\nSố CT/\nDoc No",
            "Ngày hiệu lực/\nEffective date",
            "Số tiền ghi nợ/\nDebit",
            "Số tiền ghi có/\nCredit",
            "Số dư/\nBalance",
            "Nội dung chi tiết/\nTransactions in detail",
        ],
    ]
    for number, (one, balance) in enumerate(zip(movements, _balances(movements), strict=True), 1):
        day = f"{one.day:%d/%m/%Y}"
        head, tail = one.memo[:40], one.memo[40:]
        rows.append([number, f"{day}\n{one.reference}", day, *_sides(one.amount), f"{balance:,}", head])
        if tail:
            rows.append(["", "", "", "", "", "", tail])
    rows.append(["Tổng số/\nTotal", "", "", "9,999", "9,999", "", ""])
    return rows


def bidv(account: str, movements: Sequence[Movement]) -> Table:
    """The head stands far down."""
    rows: Table = [["BÁO CÁO CHI TIẾT SỐ DƯ TÀI KHOẢN"], *[[""] for _ in range(8)], [f"Số TK: {account}"]]
    rows.append(["NGÀY HIỆU LỰC", "GHI NỢ", "GHI CÓ", "SỐ DƯ", "MÔ TẢ"])
    for one, balance in zip(movements, _balances(movements), strict=True):
        rows.append([f"{one.day:%d/%m/%Y} 09:00:00", *_sides(one.amount), f"{balance:,}", one.memo])
    return rows


def mb(account: str, movements: Sequence[Movement]) -> Table:
    """Newest first; the row of totals has no day."""
    rows: Table = [
        ["SAO KÊ CHI TIẾT TÀI KHOẢN"],
        ["STK", account],
        [
            "NGÀY HẠCH TOÁN\nPOSTING DATE",
            "NGÀY GIAO DỊCH\nTRANSACTION DATE",
            "PHÁT SINH NỢ",
            "PHÁT SINH CÓ",
            "SỐ DƯ",
            "DIỄN GIẢI\nDESCRIPTION",
        ],
    ]
    lines = [
        [f"{one.day:%d/%m/%Y}", f"{one.day:%d/%m/%Y}", *_sides(one.amount), f"{balance:,}", one.memo]
        for one, balance in zip(movements, _balances(movements), strict=True)
    ]
    rows += reversed(lines)
    rows.append(["", "", "9,999", "9,999", "", "Cộng phát sinh"])
    return rows


def techcombank(account: str, movements: Sequence[Movement]) -> Table:
    """Twelve columns; money out, fee and tax are below nought."""
    rows: Table = [["TRUY VẤN GIAO DỊCH / TRANSACTION ENQUIRY"], *[[""] for _ in range(16)], ["Account", account]]
    rows.append(
        [
            "Ngày KH thực hiện\nRequesting date",
            "Ngày giao dịch\nTransaction date",
            "Số bút toán\nReference number",
            "Ngân hàng đối tác\nRemitter's bank",
            "Tài khoản đích\nRemitter's account number",
            "Tên tài khoản đối ứng\nRemitter's account name",
            "Diễn giải\nDescription",
            "Nợ\nDebit",
            "Có\nCredit",
            "Phí/Lãi\nFee/Interest",
            "Thuế\nTransaction VAT",
            "Số dư\nRunning balance",
        ]
    )
    for one, balance in zip(movements, _balances(movements), strict=True):
        debit, credit = (f"{one.amount:,}", "") if one.amount < 0 else ("", f"{one.amount:,}")
        day = f"{one.day:%d/%m/%Y}"
        bank = "NGAN HANG MAU"
        cells: list[object] = [day, day, one.reference, bank, "0011000000001", one.name, one.memo]
        rows.append([*cells, debit, credit, "", "", f"{balance:,}"])
    return rows


def agribank(account: str, movements: Sequence[Movement]) -> Table:
    """E-banking: points between thousands."""
    rows: Table = [
        ["NGÂN HÀNG NÔNG NGHIỆP VÀ PHÁT TRIỂN NÔNG THÔN - SỔ PHỤ"],
        [f"Tài khoản {account}"],
        ["Ngày HT", "Ngày giá trị", "Số CT", "Diễn giải", "Phát sinh nợ", "Phát sinh có", "Số dư"],
    ]
    for one, balance in zip(movements, _balances(movements), strict=True):
        debit, credit = (side.replace(",", ".") for side in _sides(one.amount))
        day = f"{one.day:%d/%m/%Y}"
        rows.append([day, day, one.reference, one.memo, debit, credit, f"{balance:,}".replace(",", ".")])
    return rows


def vib(account: str, movements: Sequence[Movement]) -> Table:
    """Numbers are numbers, days are days."""
    rows: Table = [
        ["CURRENTACCOUNTSTATEMENT", account],
        ["Ngày", "Số chứng từ", "Nội dung", "Ghi nợ", "Ghi có", "Số dư"],
    ]
    for one, balance in zip(movements, _balances(movements), strict=True):
        debit, credit = (-one.amount, None) if one.amount < 0 else (None, one.amount)
        rows.append([one.day, one.reference, one.memo, debit, credit, balance])
    return rows


LAYOUTS: dict[str, Callable[[str, Sequence[Movement]], Table]] = {
    "vietinbank": vietinbank,
    "vietcombank": vietcombank,
    "vietcombank_bilingual": vietcombank_bilingual,
    "bidv": bidv,
    "mb": mb,
    "techcombank": techcombank,
    "agribank": agribank,
    "vib": vib,
}
#: Layouts that do not tell the bank's number of a movement.
WITHOUT_REFERENCE = frozenset({"bidv", "mb"})


def xlsx(table: Table) -> bytes:
    """Return a table as a workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    for row in table:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def html_xls(table: Table) -> bytes:
    """Return a table as the HTML that calls itself XLS."""
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_text(cell)).replace(chr(10), '<br>')}</td>" for cell in row) + "</tr>"
        for row in table
    )
    return f"<html><body><table>{rows}</table></body></html>".encode()


def csv_file(table: Table, *, delimiter: str = ",", encoding: str = "utf-8-sig") -> bytes:
    """Return a table as text; in Windows-1258 the tones of Vietnamese stand apart, as that encoding has it."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerows([[_text(cell) for cell in row] for row in table])
    text = stream.getvalue()
    if encoding == "cp1258":
        text = "".join(_with_tone_apart(char) for char in unicodedata.normalize("NFC", text))
    return text.encode(encoding)


def _with_tone_apart(char: str) -> str:
    if char.encode("cp1258", "ignore"):
        return char
    base, *marks = unicodedata.normalize("NFD", char)
    tones = [mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323"]
    letter = unicodedata.normalize("NFC", base + "".join(mark for mark in marks if mark not in tones))
    return letter + "".join(tones)


def _text(cell: object) -> str:
    return f"{cell:%d/%m/%Y}" if isinstance(cell, date) else "" if cell is None else str(cell)


FORMS: dict[str, Callable[[Table], bytes]] = {
    "xlsx": xlsx,
    "html": html_xls,
    "csv": csv_file,
    "csv_semicolon": lambda table: csv_file(table, delimiter=";"),
    "csv_1258": lambda table: csv_file(table, encoding="cp1258"),
    "csv_utf16": lambda table: csv_file(table, delimiter="\t", encoding="utf-16"),
}
