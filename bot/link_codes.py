"""Codes by which somebody shows on one channel that a chat on another is theirs: `LK` and a receipt code's characters.

A code lasts minutes and works once (store/queries/links.py). Any seven characters are taken for an attempt, so that who
mistypes is told so.
"""

import re

from bot.receipt_codes import new_receipt_code

#: *Liên kết*, to link.
PREFIX = "LK"

_CODE = re.compile(rf"{PREFIX}[0-9A-Z]{{7}}")
_TYPED = re.compile(
    rf"(?:mã|ma|liên kết|lien ket|code|link|[\s:#/])*{PREFIX}[ \-]?(?P<code>[0-9A-Z](?:[ \-]?[0-9A-Z]){{6}})[.?!\s]*",
    re.IGNORECASE,
)


def is_link_code(code: str) -> bool:
    """Return True for what may be a code."""
    return _CODE.fullmatch(code) is not None


def new_link_code() -> str:
    """Return a random code."""
    return PREFIX + new_receipt_code()


def typed_link_code(text: str) -> str | None:
    """Return the code that `text` consists of ("mã lk-abc4d5t"), or None."""
    match = _TYPED.fullmatch(text.strip())
    return None if match is None else PREFIX + re.sub(r"[ \-]", "", match["code"]).upper()
