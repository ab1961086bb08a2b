"""Codes of pledges: ten characters that lead a transfer back to its pledge, whatever a bank does to the memo.

Banks write memos in capitals, break them with spaces and dots, put numbers before and names behind them, and cut them
off. A code is the prefix `XN`, seven random characters, and a check character that catches every single wrong one. No
Vietnamese syllable ends in X, so joined words do not make a prefix by chance.
"""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from content.folding import fold

#: 32 characters without I, O, 0 and 1.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
PREFIX = "XN"
RANDOM_LENGTH = 7
LENGTH = len(PREFIX) + RANDOM_LENGTH + 1
#: Odd weights: modulo 32 each is invertible, so every single wrong character changes the sum.
_WEIGHTS = (3, 5, 7, 11, 13, 17, 19)
_START = 13
_INDEX = {char: index for index, char in enumerate(ALPHABET)}

#: What people read for what; the repair of one character at a time is a suggestion, never a match.
_LOOKALIKES = {"0": "QD", "O": "QD", "1": "LJ", "I": "LJ", "S": "5", "5": "S", "B": "8", "8": "B", "Z": "2", "2": "Z"}
#: Characters after the prefix from which on a code that was cut off, or has a wrong character, is worth a suggestion.
LEAST_OF_A_CUT_CODE = 4

_JOINED = re.compile(r"[^A-Z0-9]+")
_CODE = re.compile(f"{PREFIX}[{ALPHABET}]{{{RANDOM_LENGTH + 1}}}")


def check_character(seven: str) -> str:
    """Return the last character for the seven random ones.

    >>> check_character("K7M2Q9X")
    'C'
    """
    total = _START + sum(weight * _INDEX[char] for weight, char in zip(_WEIGHTS, seven, strict=True))
    return ALPHABET[total % len(ALPHABET)]


def is_pledge_code(code: str) -> bool:
    """Return True for a code that may have been given out: prefix, characters and check are right."""
    return _CODE.fullmatch(code) is not None and check_character(code[2:9]) == code[9]


def new_pledge_code() -> str:
    """Return a random code. That it is new is for the database to say."""
    while True:
        seven = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
        code = PREFIX + seven + check_character(seven)
        # A code inside a code would make every transfer that carries it ambiguous.
        if PREFIX not in code[1:]:
            return code


def joined(memo: str) -> str:
    """Return a memo as codes are looked for in it: capitals and digits only, accents stripped, nothing between."""
    return _JOINED.sub("", fold(memo).upper())


@dataclass(frozen=True)
class CodesInMemo:
    """What a memo says about codes.

    Attributes:
        certain: valid codes, in the order in which they stand.
        repaired: valid codes that one look-alike character makes of what stands there; only suggestions.
        beginnings: beginnings of codes that were cut off or have a wrong character; only suggestions.
    """

    certain: tuple[str, ...] = ()
    repaired: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()


def codes_in(memo: str) -> CodesInMemo:
    """Return the codes in a memo as a bank shows it."""
    text = joined(memo)
    if PREFIX not in text:
        return CodesInMemo()
    starts = [match.start() for match in re.finditer(f"(?={PREFIX})", text)]
    certain = [code for start in starts if is_pledge_code(code := text[start : start + LENGTH])]
    if certain:
        return CodesInMemo(tuple(dict.fromkeys(certain)))
    repaired = [code for start in starts for code in _repairs(text[start : start + LENGTH])]
    beginnings = [part for start in starts if (part := _beginning(text[start : start + LENGTH])) is not None]
    return CodesInMemo((), tuple(dict.fromkeys(repaired)), tuple(dict.fromkeys(beginnings)))


def _repairs(written: str) -> Iterator[str]:
    if len(written) < LENGTH:
        return
    for position in range(len(PREFIX), LENGTH):
        for char in _LOOKALIKES.get(written[position], ""):
            code = written[:position] + char + written[position + 1 :]
            if is_pledge_code(code):
                yield code


def _beginning(written: str) -> str | None:
    """Return as much of a code as is surely meant: all before a character that no code has, at most without its end."""
    right = 0
    while right < min(len(written) - len(PREFIX), RANDOM_LENGTH) and written[len(PREFIX) + right] in _INDEX:
        right += 1
    return written[: len(PREFIX) + right] if right >= LEAST_OF_A_CUT_CODE else None


def typed_pledge_codes(text: str) -> tuple[str, ...]:
    """Return the valid codes in what a person wrote: "tiền mã xnk7 m2q9 xc đến chưa?"."""
    return codes_in(text).certain
