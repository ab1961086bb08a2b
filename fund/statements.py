"""From the cells of a statement file to its movements, with a check that debit and credit were not exchanged."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from content.folding import fold
from fund.statement_cells import day_in, moment_in, money_in
from fund.statement_columns import Columns, find_columns
from fund.statement_files import Cell, Cells, UnreadableStatement, read_cells
from fund.statement_lines import StatementLine

#: Share of rows whose balance may disagree: a bank's own correction, a page break. Above it the columns are wrong.
MOST_WRONG_BALANCES = 0.01

#: A row that consists of nothing but these words is a total or a balance. A memo that only begins with one ("CONG TY
#: … ung ho") is somebody's gift.
_WORDS_OF_TOTALS = re.compile(
    r"(tong|cong|so|phat|sinh|ps|no|co|du|dau|cuoi|ky|trong|ngay|thang|tien|giao|dich|luy|ke|va|grand|sub|total|opening"
    r"|closing|balance|beginning|ending|debit|credit|carried|brought|forward|of|the|period)"
)
_REFERENCE = re.compile(r"[^A-Z0-9.\-/]")
_LONGEST_MEMO = 1000


@dataclass(frozen=True)
class UnreadRow:
    """A row of the file that a person has to look at. `cause` is a key `fund.unread.<cause>`; `row` counts from 1."""

    row: int
    cause: str


@dataclass(frozen=True)
class Statement:
    """What a file says: its movements in the order of the file, and rows that look like one and could not be read."""

    lines: tuple[StatementLine, ...]
    unread: tuple[UnreadRow, ...]
    columns: Columns
    #: What stands above the table: bank, account, period.
    title: str = ""

    def of_account(self, number: str) -> "Statement":
        """Return the same movements as those of account `number`."""
        return replace(self, lines=tuple(replace(line, account=number) for line in self.lines))


def read_statement(content: bytes, *, account: str) -> Statement:
    """Return the movements of a statement file of `account`.

    Raises:
        UnreadableStatement: broken; no head; or the balance column says that the sides are exchanged or misread.
    """
    rows = list(read_cells(content))
    columns = find_columns(rows)
    lines: list[StatementLine] = []
    unread: list[UnreadRow] = []
    last_day: Cell = None
    for number, cells in enumerate(rows[columns.head + 1 :], columns.head + 2):
        at = _Row(cells)
        amount = _amount(at, columns)
        memo = str(at[columns.memo] or "").strip()
        day_cell = at[columns.date]
        has_day = day_in(day_cell) is not None
        if not has_day and _is_total(memo or str(day_cell or "") or str(cells[0] or "" if cells else "")):
            continue
        if amount is None:
            if has_day and _says_money(at, columns):
                unread.append(UnreadRow(number, "amount"))
            elif memo and not has_day and lines:
                # A row without a day and money goes on with the memo of the one before.
                lines[-1] = replace(lines[-1], memo=f"{lines[-1].memo}\n{memo}"[:_LONGEST_MEMO])
            continue
        if amount == 0:
            continue
        if not has_day:
            # Empty because it repeats; something else is a total or a page head.
            if day_cell in (None, "") and last_day is not None and memo:
                day_cell = last_day
            elif memo:
                unread.append(UnreadRow(number, "day"))
                continue
            else:
                continue
        last_day = day_cell
        lines.append(_line(at, columns, day_cell, amount, memo, account))
    if not lines:
        raise UnreadableStatement("no_rows")
    _check_balances(lines)
    title = " ".join(str(cell) for cells in rows[: columns.head] for cell in cells if cell not in (None, ""))
    return Statement(tuple(lines), tuple(unread), columns, title)


def _is_total(text: str) -> bool:
    words = re.findall(r"[a-z]+", fold(text).lower())
    return bool(words) and all(_WORDS_OF_TOTALS.fullmatch(word) for word in words)


class _Row:
    """Cells by index, None beyond the end."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells

    def __getitem__(self, index: int | None) -> Cell:
        return self._cells[index] if index is not None and index < len(self._cells) else None


def _amount(at: _Row, columns: Columns) -> int | None:
    """Return money in less money out; None for a row that has neither."""
    if columns.amount is not None and columns.debit is None:
        return money_in(at[columns.amount])
    debit, credit = money_in(at[columns.debit]), money_in(at[columns.credit])
    if debit is None and credit is None:
        return None
    # Techcombank writes debits below nought, others above: the column says the direction. A credit below nought is a
    # reversal, and stays one.
    return (credit or 0) - abs(debit or 0)


def _says_money(at: _Row, columns: Columns) -> bool:
    """True where a cell of money holds something that is no sum."""
    cells = (at[column] for column in (columns.amount, columns.debit, columns.credit) if column is not None)
    return any(money_in(cell) is None and str(cell or "").strip(" -–\u00a0") for cell in cells)


def _line(at: _Row, columns: Columns, day_cell: Cell, amount: int, memo: str, account: str) -> StatementLine:
    day = day_in(day_cell)
    assert day is not None
    reference_cell = at[columns.reference]
    if columns.shares_date_and_reference and isinstance(reference_cell, str):
        reference_cell = reference_cell.partition("\n")[2]
    if isinstance(reference_cell, float) and reference_cell.is_integer():
        reference_cell = int(reference_cell)
    reference = _REFERENCE.sub("", str(reference_cell or "").upper()) or None
    name, number = at[columns.counter_name], at[columns.counter_account]
    return StatementLine(
        account=account,
        booked_on=day,
        booked_at=moment_in(day_cell),
        amount=amount,
        memo=memo[:_LONGEST_MEMO],
        reference=reference,
        counter_name=str(name).strip() or None if name is not None else None,
        counter_account=str(number).strip() or None if number is not None else None,
        balance=money_in(at[columns.balance]),
    )


def _check_balances(lines: Sequence[StatementLine]) -> None:
    """Check balance(n) = balance(n-1) + movement, in the order of the days: oldest first or newest first.

    Raises:
        UnreadableStatement: `sides_exchanged`, `balance_differs`.
    """
    pairs = [(one, two) for one, two in pairwise(lines) if one.balance is not None and two.balance is not None]
    if len(pairs) < 2:
        return
    first, last = lines[0].booked_on, lines[-1].booked_on
    orders = ([_ascending] if first <= last else []) + ([_descending] if first >= last else [])
    most = len(pairs) * MOST_WRONG_BALANCES
    wrong = min(sum(difference(one, two) != 1 for one, two in pairs) for difference in orders)
    if wrong <= most:
        return
    exchanged = min(sum(difference(one, two) != -1 for one, two in pairs) for difference in orders)
    raise UnreadableStatement("sides_exchanged" if exchanged <= most else "balance_differs", rows=str(wrong))


def _ascending(one: StatementLine, two: StatementLine) -> int:
    return _sense((two.balance or 0) - (one.balance or 0), two.amount)


def _descending(one: StatementLine, two: StatementLine) -> int:
    return _sense((one.balance or 0) - (two.balance or 0), one.amount)


def _sense(difference: int, moved: int) -> int:
    """Return 1 where a balance moved as the row says, -1 where it moved the other way, 0 where it did neither."""
    return 1 if difference == moved else -1 if difference == -moved else 0
