"""What stands in one cell of a statement: a sum of money, a day, a time."""

import re
from datetime import UTC, date, datetime, timedelta

from fund.statement_files import Cell
from store.clock import LOCAL_ZONE

#: Day 0 of spreadsheets, which hold 29 February 1900 for a day.
_EXCEL_EPOCH = date(1899, 12, 30)
_DAY = re.compile(r"(?<!\d)(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_TIME = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2}))?(?!\d)")
_MONEY = re.compile(r"[+-]?\d+(?:[., ]\d{3})*(?:[.,]\d{1,2})?")


def money_in(cell: Cell) -> int | None:
    """Return whole đồng of "1,234,567", "1.234.567", "1 234 567.00 VND", "(5,000)"; None for anything else."""
    if isinstance(cell, bool) or cell is None or isinstance(cell, (date, datetime)):
        return None
    if isinstance(cell, (int, float)):
        return round(cell)
    text = re.sub(r"(?i)vnd|vnđ|đồng|dong|đ$", "", cell.replace("\u00a0", " ").strip()).strip()
    negative = text.startswith("(") and text.endswith(")")
    text = text.strip("()").strip()
    if not _MONEY.fullmatch(text):
        return None
    # Đồng have no fractions: what follows the last separator by one or two digits is ".00".
    whole = re.sub(r"[.,]\d{1,2}$", "", text)
    number = int(re.sub(r"[., +]", "", whole))
    return -number if negative else number


def day_in(cell: Cell) -> date | None:
    """Return the day in a cell: "25/11/2026 09:12", ISO, a date, or a spreadsheet's serial. 03/04 is 3 April."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _EXCEL_EPOCH + timedelta(days=int(cell)) if 30_000 < cell < 80_000 else None
    if not isinstance(cell, str):
        return None
    try:
        if (found := _ISO.search(cell)) is not None:
            return date(int(found[1]), int(found[2]), int(found[3]))
        if (found := _DAY.search(cell)) is not None:
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None
    return None


def moment_in(cell: Cell) -> datetime | None:
    """Return the moment in a cell in UTC; None where it names no time of day. Banks write the time of Vietnam."""
    day = day_in(cell)
    if day is None:
        return None
    if isinstance(cell, datetime):
        local = cell if (cell.hour, cell.minute, cell.second) != (0, 0, 0) else None
    elif isinstance(cell, str) and (found := _TIME.search(cell)) is not None:
        hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
        local = datetime(day.year, day.month, day.day, hour, minute, second) if hour < 24 and minute < 60 else None
    else:
        local = None
    return None if local is None else local.replace(tzinfo=LOCAL_ZONE).astimezone(UTC)
