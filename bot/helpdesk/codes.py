"""Codes of tickets: `HT` and seven characters like those of a receipt, the last of them a check letter."""

import re

from bot.receipt_codes import LENGTH, check_letter, new_receipt_code

#: *Hỗ trợ*, help. A code without it is a receipt's.
PREFIX = "HT"

_TYPED = re.compile(
    r"(?:mã|ma|phiếu|phieu|yêu cầu|yeu cau|ticket|code|[\s:#/])*"
    r"HT[ \-]?(?P<code>[0-9A-Z](?:[ \-]?[0-9A-Z]){6})[.?!\s]*",
    re.IGNORECASE,
)


def is_ticket_code(code: str) -> bool:
    """Return True for a code that may have been given out: prefix and check letter are right."""
    rest = code.removeprefix(PREFIX)
    try:
        return code.startswith(PREFIX) and len(rest) == LENGTH and check_letter(rest[:-1]) == rest[-1]
    except ValueError:
        return False


def new_ticket_code() -> str:
    """Return a random code. That it is new is for the database to say."""
    return PREFIX + new_receipt_code()


def typed_ticket_code(text: str) -> str | None:
    """Return the code that `text` consists of ("mã ht-abc4d5t"), or None."""
    match = _TYPED.fullmatch(text.strip())
    if match is None:
        return None
    code = PREFIX + re.sub(r"[ \-]", "", match["code"]).upper()
    return code if is_ticket_code(code) else None
