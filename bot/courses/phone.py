"""Telephone numbers as people type them."""

import re

#: From this many digits on, a text is an attempt at a telephone number and not a question.
_ATTEMPT_DIGITS = 6
_SEPARATORS = re.compile(r"[\s.\-()]+")
# National numbers: mobile 03, 05, 07, 08, 09 and eight digits more; landlines 02 and nine digits more.
_NATIONAL = re.compile(r"0(?:[35789]\d{8}|2\d{9})")
_IN_TEXT = re.compile(r"\+?\d[\d\s.\-()]{6,20}\d")
_SKIP = re.compile(
    r"bo qua|boqua|khong( can| co| muon| cho| dau| so| dien thoai| nua| a)*|ko|k|thoi|thoi khoi|khoi|de sau|"
    r"skip|no|no thanks"
)


def phone_in(text: str) -> str | None:
    """Return the one Vietnamese number in `text` in national form ("0912345678"), or None."""
    found = [number for match in _IN_TEXT.findall(text) if (number := _national(match)) is not None]
    return found[0] if len(found) == 1 else None


def without_phones(text: str) -> str:
    """Return `text` with every Vietnamese number in it replaced by a mark."""
    return _IN_TEXT.sub(lambda match: match[0] if _national(match[0]) is None else "[số điện thoại]", text)


def _national(written: str) -> str | None:
    digits = _SEPARATORS.sub("", written)
    # +84 912…, 0084 912…, 84 912…, and the frequent +84 0912…
    digits = re.sub(r"^(?:\+|00)?84(?:0(?=\d{9,10}$)|(?=\d{9,10}$))", "0", digits)
    return digits if _NATIONAL.fullmatch(digits) else None


def is_attempt(text: str) -> bool:
    """True for a text that is mostly meant as a number, right or wrong."""
    return sum(char.isdigit() for char in text) >= _ATTEMPT_DIGITS


def is_skip(folded_text: str) -> bool:
    """True for a folded text that declines: "bo qua", "khong can", "skip"."""
    return _SKIP.fullmatch(folded_text) is not None
