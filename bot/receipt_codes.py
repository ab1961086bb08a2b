"""Codes of answer receipts: seven characters that survive being read aloud, copied by hand and typed on a phone."""

import re
import secrets

#: 29 characters, a prime number: that makes the check letter catch every wrong character and every swap of neighbours.
#: Without 0 O, 1 I L, 2 Z, 5 S pairs: of each only one is left, or none.
ALPHABET = "23456789ABCDEFGHJKMNPQRTUVWXY"
#: Six characters and the check letter: 594 million codes.
LENGTH = 7

_TYPED = re.compile(
    r"(?:/?(?:phieu|phiếu|ma|mã|receipt|code)[\s:#]*)?(?P<code>[0-9A-Za-z](?:[ \-]?[0-9A-Za-z]){6})", re.IGNORECASE
)


def check_letter(six: str) -> str:
    """Return the seventh character for the first six."""
    return ALPHABET[sum(weight * ALPHABET.index(char) for weight, char in enumerate(six, 2)) % len(ALPHABET)]


def is_receipt_code(code: str) -> bool:
    """Return True for a code that may have been given out: right characters, right check letter.

    Every code has a digit and at least two letters, so that no word and no amount of money is taken for one.
    """
    return (
        len(code) == LENGTH
        and all(char in ALPHABET for char in code)
        and any(char.isdigit() for char in code)
        and sum(char.isalpha() for char in code) >= 2
        and check_letter(code[:-1]) == code[-1]
    )


def new_receipt_code() -> str:
    """Return a random code. That it is new is for the database to say."""
    while True:
        six = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
        code = six + check_letter(six)
        if is_receipt_code(code):
            return code


def typed_receipt_code(text: str) -> str | None:
    """Return the code that `text` consists of ("abc 4d5t", "mã ABC4D5T"), or None."""
    match = _TYPED.fullmatch(text.strip())
    if match is None:
        return None
    code = re.sub(r"[ \-]", "", match["code"]).upper()
    return code if is_receipt_code(code) else None
