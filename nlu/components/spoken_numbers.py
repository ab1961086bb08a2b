"""Numbers as people write and say them, read from folded text: "1.200.000", "1,2", "hai trăm năm mươi".

Folding makes some words ambiguous ("năm" is five and year, "từ" is "from" and looks like four): a number in words
counts only where a unit or a noun follows it, or where it is the whole message. That is for the callers to see to.
"""

import re
from typing import List, Optional, Tuple

from components.text import clean, fold

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[a-z]+|[-/–]")
_GROUPED = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*")

DIGITS = {
    "khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "nham": 5, "sau": 6, "bay": 7,
    "tam": 8, "chin": 9,
}  # fmt: skip


def words_of(text: str) -> List[str]:
    """Return the folded words, numbers, dashes and slashes of `text`."""
    return _TOKEN.findall(fold(clean(text)))


def literal(token: str, *, before_large_scale: bool = False) -> Optional[float]:
    """Return the number that digits with dots and commas stand for: '1.200.000' -> 1200000, '1,2' -> 1.2.

    Three digits after one separator are thousands ('1.200'), except after a comma before "triệu" ('1,250 triệu').
    """
    if token.isdecimal():
        # A number that begins with 0 is a telephone number or a code.
        return None if len(token) > 1 and token[0] == "0" else float(token)
    if not token or not token[0].isdecimal():
        return None
    if _GROUPED.fullmatch(token) and not (before_large_scale and token.count(",") == 1 and "." not in token):
        return float(token.replace(".", "").replace(",", ""))
    if token.count(".") + token.count(",") == 1:
        return float(token.replace(",", "."))
    return None


def read_hundreds(words: List[str], start: int) -> Tuple[Optional[int], int]:
    """Read a number from 0 to 999 in words; return it and where it ends ("hai trăm năm mươi" -> 250)."""
    position, total, seen = start, 0, False

    def word(index: int) -> str:
        return words[index] if index < len(words) else ""

    if word(position) in DIGITS and word(position + 1) == "tram":
        total, position, seen = DIGITS[word(position)] * 100, position + 2, True
        if word(position) == "ruoi":
            return total + 50, position + 1
        if word(position) in ("linh", "le") and word(position + 1) in DIGITS:
            return total + DIGITS[word(position + 1)], position + 2
    if word(position) == "muoi":
        total, position, seen = total + 10, position + 1, True
        if word(position) in DIGITS:
            return total + DIGITS[word(position)], position + 1
        return total, position
    if word(position) in DIGITS:
        digit, following = DIGITS[word(position)], word(position + 1)
        if following in ("muoi", "chuc"):
            total, position = total + digit * 10, position + 2
            if word(position) in DIGITS:
                return total + DIGITS[word(position)], position + 1
            return total, position
        if not seen and following == "lam":
            return digit * 10 + 5, position + 2
        # "hai trăm năm" ends in "năm" as a year more often than as five: without "linh" it is left alone.
        if not seen:
            return digit, position + 1
    return (total if seen else None), position
