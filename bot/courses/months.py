"""Months that people name: "tháng 12", "thang sau", "next month"."""

import re
from datetime import date

from content.trades import folded

#: A month as payloads carry it.
MONTH_PATTERN = r"20\d{2}-(?:0[1-9]|1[0-2])"

_NUMBERED = re.compile(r"\bthang (?P<month>1[0-2]|0?[1-9])\b(?: (?:nam )?(?P<year>20\d{2})\b)?")
_NAMED = (
    (re.compile(r"\bthang nay\b|\bthis month\b"), 0),
    (re.compile(r"\bthang (?:sau|toi)\b|\bnext month\b"), 1),
)


def month_in(text: str, today: date) -> str | None:
    """Return the month that `text` names as "2026-12", or None. Without a year, the next month of that number."""
    words = folded(text)
    for pattern, later in _NAMED:
        if pattern.search(words):
            return _month(today.year, today.month + later)
    if (found := _NUMBERED.search(words)) is None:
        return None
    month = int(found["month"])
    if found["year"]:
        return _month(int(found["year"]), month)
    return _month(today.year + (month < today.month), month)


def first_days(month: str) -> tuple[date, date]:
    """Return the first day of a month and of the one after."""
    first = date.fromisoformat(f"{month}-01")
    return first, date.fromisoformat(f"{_month(first.year, first.month + 1)}-01")


def _month(year: int, month: int) -> str:
    return f"{year + (month - 1) // 12}-{(month - 1) % 12 + 1:02}"
