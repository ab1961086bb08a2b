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

_TOTAL = re.compile(r"^(tong|cong|total|so du dau|so du cuoi|opening|closing|du dau|du cuoi)\b")
_REFERENCE = re.compile(r"[^A-Z0-9.\-/]")
_LONGEST_MEMO = 1000


@dataclass(frozen=True)
class Statement:
    """What a file says: its movements in the order of the file, and rows that had money but could not be read."""

    lines: tuple[StatementLine, ...]
    unread: tuple[int, ...]
    columns: Columns


def read_statement(content: bytes, *, account: str) -> Statement:
    """Return the movements of a statement file of `account`.

    Raises:
        UnreadableStatement: broken; no head; or the balance column says that the sides are exchanged or misread.
    """
    rows = list(read_cells(content))
    columns = find_columns(rows)
    lines: list[StatementLine] = []
    unread: list[int] = []
    last_day: Cell = None
    for number, cells in enumerate(rows[columns.head + 1 :], columns.head + 2):
        at = _Row(cells)
        amount = _amount(at, columns)
        first_words = " ".join(fold(str(cells[0] or "")).lower().split()) if cells else ""
        memo = str(at[columns.memo] or "").strip()
        if _TOTAL.match(first_words) or _TOTAL.match(" ".join(fold(memo).lower().split())):
            continue
        day_cell = at[columns.date]
        if amount is None:
            # A row without a day and money goes on with the memo of the one before.
            if memo and day_in(day_cell) is None and lines:
                lines[-1] = replace(lines[-1], memo=f"{lines[-1].memo}\n{memo}"[:_LONGEST_MEMO])
            continue
        if amount == 0:
            continue
        if day_in(day_cell) is None:
            # Empty because it repeats; something else is a total or a page head.
            if day_cell in (None, "") and last_day is not None and memo:
                day_cell = last_day
            elif memo:
                unread.append(number)
                continue
            else:
                continue
        last_day = day_cell
        lines.append(_line(at, columns, day_cell, amount, memo, account))
    if not lines:
        raise UnreadableStatement("no_rows")
    _check_balances(lines)
    return Statement(tuple(lines), tuple(unread), columns)


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
    """Check balance(n) = balance(n-1) + movement, in the order of the file or against it.

    Raises:
        UnreadableStatement: `sides_exchanged`, `balance_differs`.
    """
    pairs = [
        (one.balance, two.balance, one.amount, two.amount)
        for one, two in pairwise(lines)
        if one.balance is not None and two.balance is not None
    ]
    if len(pairs) < 2:
        return
    wrong = min(
        sum(after - before != moved for before, after, _, moved in pairs),
        sum(before - after != moved for before, after, moved, _ in pairs),
    )
    if wrong <= len(pairs) * MOST_WRONG_BALANCES:
        return
    exchanged = min(
        sum(after - before != -moved for before, after, _, moved in pairs),
        sum(before - after != -moved for before, after, moved, _ in pairs),
    )
    cause = "sides_exchanged" if exchanged <= len(pairs) * MOST_WRONG_BALANCES else "balance_differs"
    raise UnreadableStatement(cause, rows=str(wrong))
