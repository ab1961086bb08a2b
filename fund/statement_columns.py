"""Which column of a statement means what, by the words of its head, never by position alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from content.folding import fold
from fund.statement_files import Cells, UnreadableStatement

#: Rows within which the head of the table stands: titles and addresses of a bank take some twenty.
_HEAD_WITHIN = 120

#: Words for each meaning, folded; whole words only, for "có" is also a part of others. The first that fits wins, so
#: "số tiền ghi có" is credit and not amount. Credit means money into the account, as the bank's customer sees it.
_WORDS: dict[str, tuple[str, ...]] = {
    "counter_account": ("tai khoan dich", "tai khoan doi ung", "remitter's account number", "so tai khoan doi ung"),
    "counter_name": ("ten tai khoan doi ung", "ten doi ung", "remitter's account name", "nguoi chuyen", "ten nguoi"),
    "reference": (
        *("so tham chieu", "so chung tu", "so but toan", "so giao dich", "so ct", "ma gd", "ma giao dich"),
        *("reference number", "transaction number", "doc no", "ref no", "ref"),
    ),
    "balance": ("so du tk", "so du", "account balance", "running balance", "balance"),
    "debit": ("so tien ghi no", "phat sinh no", "ghi no", "no", "debit", "tien ra", "rut"),
    "credit": ("so tien ghi co", "phat sinh co", "ghi co", "co", "credit", "tien vao", "gui"),
    "memo": (
        *("noi dung chi tiet", "mo ta giao dich", "mo ta", "dien giai", "noi dung", "chi tiet"),
        *("transactions in detail", "transaction description", "description", "details", "remark"),
    ),
    "date": (
        *("ngay giao dich", "ngay gd", "ngay phat sinh", "ngay hach toan", "ngay ht", "ngay hieu luc"),
        *("transaction date", "posting date", "tnx date", "accounting date", "ngay", "date"),
    ),
    "amount": ("so tien", "amount", "phat sinh"),
}
#: Columns that no meaning is looked for in: they hold the words of others.
_NOT_MEANT = (
    "remitter's bank",
    "ngan hang doi tac",
    "fee",
    "vat",
    "thue",
    "requesting date",
    "ngay kh thuc hien",
    "stt",
)
#: When several columns say "date", the transaction itself comes first.
_BEST_DATE = ("ngay giao dich", "ngay gd", "transaction date", "ngay phat sinh", "ngay hach toan", "ngay ht")


@dataclass(frozen=True)
class Columns:
    """Index of each column; None where the statement has none. Money is in `debit` and `credit`, or in `amount`."""

    head: int
    date: int
    memo: int
    debit: int | None = None
    credit: int | None = None
    amount: int | None = None
    reference: int | None = None
    balance: int | None = None
    counter_name: int | None = None
    counter_account: int | None = None

    @property
    def shares_date_and_reference(self) -> bool:
        """True where both stand in one cell, a line each, as in Vietcombank's bilingual form."""
        return self.reference == self.date


def _folded(cell: object) -> str:
    return " ".join(fold(str(cell)).lower().split()) if isinstance(cell, str) else ""


def _says(words: str, cell: str) -> bool:
    return re.search(rf"(?<![a-z0-9]){re.escape(words)}(?![a-z0-9])", cell) is not None


def meanings_of(cell: str) -> list[str]:
    """Return what a cell of the head may mean, likeliest first; several where it has several lines."""
    folded = _folded(cell)
    if not folded or len(folded) > 90 or any(_says(words, folded) for words in _NOT_MEANT):
        return []
    return [meaning for meaning, words in _WORDS.items() if any(_says(one, folded) for one in words)]


def find_columns(rows: Sequence[Cells]) -> Columns:
    """Return the columns by the best head within the first rows.

    Raises:
        UnreadableStatement: no row names a date, a memo and money.
    """
    best: tuple[int, Columns] | None = None
    for index, row in enumerate(rows[:_HEAD_WITHIN]):
        found = _columns_of(index, row)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    if best is None:
        raise UnreadableStatement("no_head")
    return best[1]


def _columns_of(index: int, row: Cells) -> tuple[int, Columns] | None:
    taken: dict[str, int] = {}
    for column, cell in enumerate(row):
        meanings = meanings_of(cell) if isinstance(cell, str) else []
        if "date" in meanings and "reference" in meanings:
            taken.setdefault("date", column)
            taken.setdefault("reference", column)
            continue
        for meaning in meanings[:1]:
            if meaning == "date" and "date" in taken and _is_better_date(cell, row[taken["date"]]):
                taken["date"] = column
            taken.setdefault(meaning, column)
    has_sides = "debit" in taken and "credit" in taken
    if "date" not in taken or "memo" not in taken or not (has_sides or "amount" in taken or "credit" in taken):
        return None
    if has_sides:
        taken.pop("amount", None)
    return len(taken), Columns(head=index, **taken)


def _is_better_date(cell: object, other: object) -> bool:
    def rank(one: object) -> int:
        folded = _folded(one)
        return next((place for place, words in enumerate(_BEST_DATE) if _says(words, folded)), len(_BEST_DATE))

    return rank(cell) < rank(other)
