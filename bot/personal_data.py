"""Personal data in what people type, masked before anything is stored: identity numbers, cards, codes, passwords.

Telephone numbers are not masked here: people leave them on purpose, for a course or to be called back (decision 13).
Amounts of money look much the same and must survive: "2.000.000đ", "150000000 đồng", "vay 500000000".
"""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

from bot.courses.phone import phone_in


class Kind(StrEnum):
    """What was masked; the value is what stands in the stored text, for people and staff to read."""

    IDENTITY = "số giấy tờ"
    CARD = "số thẻ"
    CODE = "mã bí mật"
    PASSWORD = "mật khẩu"  # noqa: S105


_MASK = re.compile(r"\[đã che: (" + "|".join(Kind) + r")\]")

_CLAUSES = re.compile(r"(?<=[.!?;,\n])(?=\s|$)")
_LEAST_WORDS_OF_A_QUESTION = 3

# Letters of other scripts that look like these Latin ones; keywords are found in spite of them.
_LOOKALIKES = str.maketrans("асеорхуіѕтмкνοαρ", "aceopxyistmkvoap")
_DROPPED = {"Mn", "Me", "Cf"}

_ID_WORDS = re.compile(
    r"c\W?c\W?c\W?d|can cuoc|c\W?m\W?n\W?d|\bcmt(?:nd)?\b|chung minh|dinh danh|giay to tuy than|so giay to|"
    r"\bgttt\b|vneid|\bid (?:card|number|no)\b|identity|citizen id"
)
_ACCOUNT_WORDS = re.compile(r"\bs?tk\b|tai khoan|\baccount\b|so tk")
_MONEY_BEFORE = re.compile(
    r"thu nhap|luong|tien|\bvay|\bgia\b|\bno\b|ung ho|dong gop|chuyen|\btra\b|income|loan|amount"
)
# A "k" that stands apart is "không", and "ngân hàng" no thousand.
_MONEY = r"(?:(?:k|tr)\b|\s*(?:d|dong|vnd|trieu|ty|ti|nghin|ngan(?! hang)|usd)\b)"
_MONEY_AFTER = re.compile(_MONEY)
#: The longest card numbers.
_MOST_DIGITS = 19
_DATE = re.compile(r"\d{1,2}[-.]\d{1,2}[-.]\d{4}")
_RUN = re.compile(r"\d(?:[ .\-_·–]{0,3}\d){7,}")
_CHUNK = re.compile(r"\d+")
# Province codes of the citizen number run from 001 to 096; no sum of money begins with a nought.
_CITIZEN = re.compile(r"0(?:0[1-9]|[1-8]\d|9[0-6])\d{9}")
# Without a word beside it: not what may be a telephone number with a digit too few, or without its nought.
_OLD_CARD = re.compile(r"(?:[123]\d|0[1246])\d{7}")
_HEALTH_CARD = re.compile(r"\b[a-z]{2}[ \-]?\d[ \-]?\d{2}[ \-]?\d{2}[ \-]?\d{3}[ \-]?\d{5}(?!\d)")
_PASSPORT = re.compile(r"(?:ho chieu|passport)\D{0,20}?\b([a-z]\d{7})(?!\d)")

_CODE_WORDS = (
    r"(?:\bo\W?t\W?p\b|ma xac (?:nhan|thuc|minh)|ma (?:bi mat|bao mat|giao dich|kich hoat)|(?:ma|so) pin|"
    r"\bcvv2?\b|\bcvc\b|verification code|security code|one.time (?:pass\w*|code)|\bpasscode\b|\bpin (?:code|number)\b)"
)
_NOT_MONEY = rf"(?![ .\-]?\d)(?!{_MONEY})"
_DIGIT_WORD = r"(?:khong|mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin|one|two|three|four|five|six|seven|eight|nine|zero)"
_CODES = (
    re.compile(_CODE_WORDS + r"[^\d\n]{0,30}?(\d(?:[ .\-]{0,2}\d){2,7})" + _NOT_MONEY),
    re.compile(r"(?<![\d.,])(\d(?:[ \-]?\d){3,7})\W{0,3}(?:chinh )?(?:la|is) (?:so |ma |my |the |cai )*" + _CODE_WORDS),
    re.compile(_CODE_WORDS + r"\W[^\n]{0,20}?\b(" + _DIGIT_WORD + r"(?:[\s\-]+" + _DIGIT_WORD + r"){3,7})\b"),
)

# "Mật khẩu của tôi là Hoa Ban 2020, cho hỏi…": what follows the copula, up to a stop or three words.
_WORDS_FOR_IT = r"(?:\bmat khau\b|\bmatkhau\b|\bpass ?word\b|\bpasswd\b)"
_ASKS = r"(?!(?:gi|gii|sao|bao nhieu|ai|nao|cai|mot|dau|what|how|the nao|quen|khong|ko|bi|duoc|de|of|my|so)\b)"
_PASSWORDS = (
    re.compile(
        _WORDS_FOR_IT
        + r"(?: (?!la\b|is\b)\w+){0,5}?\s*(?::|=|\bla\b|\bis\b)[\s:=]*"
        + _ASKS
        + r"(\S+?(?:[ ]\S+?){0,2}(?=[,;\n]|[.?!](?:\s|$)|$)|\S+)"
    ),
    re.compile(_WORDS_FOR_IT + r"\s+((?=\S*\d)(?=\S*[a-z@#$!_])\S{4,})"),
    # "mk" is also "mình": it means the password only before something that can be nothing else.
    re.compile(r"\b(?:mk|pass|pw|mkhau)\s*(?:[:=]\s*(\S{3,})|(?:la\s+)?((?=\S*\d)(?=\S*[a-z])[\w@#$!]{6,})(?!\S))"),
)
_AMOUNT = re.compile(r"[\d.,]+(?:k|tr|trieu|d|dong|vnd|ty|ti|nghin|ngan)?\d*")


def mask_but(text: str, spared: Sequence[tuple[int, int]]) -> str:
    """Return `text` masked but for what stands from `start` to `end` of each of `spared`, which is public."""
    pieces, position = [], 0
    for start, end in spared:
        pieces += [mask(text[position:start]), text[start:end]]
        position = end
    return "".join([*pieces, mask(text[position:])])


def mask(text: str) -> str:
    """Return `text` with each identity number, card number, secret code and password replaced by "[đã che: …]"."""
    plain, origin = _plain(text)
    spans: list[tuple[int, int, Kind]] = []
    for pattern in _CODES:
        spans += [(*match.span(1), Kind.CODE) for match in pattern.finditer(plain)]
    for pattern in _PASSWORDS:
        for match in pattern.finditer(plain):
            group = 1 if match.lastindex is None else match.lastindex
            if not (pattern is _PASSWORDS[2] and _AMOUNT.fullmatch(match[group])):
                spans.append((*match.span(group), Kind.PASSWORD))
    spans += [(*match.span(), Kind.IDENTITY) for match in _HEALTH_CARD.finditer(plain)]
    spans += [(*match.span(1), Kind.IDENTITY) for match in _PASSPORT.finditer(plain)]
    for run in _RUN.finditer(plain):
        spans += _numbers_in(plain, run)
    return _covered(text, [(origin[start], origin[end - 1] + 1, kind) for start, end, kind in spans])


def kinds_in(text: str) -> tuple[Kind, ...]:
    """Return what `mask` took out of a text that was stored, each kind once, in the order of `Kind`."""
    found = set(_MASK.findall(text))
    return tuple(kind for kind in Kind if kind.value in found)


def without_masks(text: str) -> str:
    """Return a stored text as the machine reads it: what was masked is gone, with the clause around it if more is said.

    "Mã OTP [đã che: mã bí mật] ngân hàng gửi. Hộ nghèo được vay bao nhiêu?" asks about loans, not about the bank.
    """
    if _MASK.search(text) is None:
        return text
    others = [clause for clause in _CLAUSES.split(text) if _MASK.search(clause) is None]
    kept = " ".join(" ".join(others).split())
    if len(kept.split()) >= _LEAST_WORDS_OF_A_QUESTION:
        return kept
    return " ".join(_MASK.sub(" ", text).split())


def _plain(text: str) -> tuple[str, list[int]]:
    """Return `text` in plain lower case, without diacritics and foreign digits, and where each letter came from."""
    letters: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        for part in unicodedata.normalize("NFKD", char):
            if unicodedata.category(part) in _DROPPED:
                continue
            digit = unicodedata.decimal(part, None)
            low = str(digit) if digit is not None else part.lower().translate(_LOOKALIKES).replace("đ", "d")
            letters.extend(low)
            origin.extend([index] * len(low))
    return "".join(letters), origin


def _numbers_in(plain: str, run: re.Match[str]) -> list[tuple[int, int, Kind]]:
    """Return the identity and card numbers in a run of digits that only spaces, dots and dashes interrupt."""
    chunks = [(chunk.start() + run.start(), chunk.end() + run.start()) for chunk in _CHUNK.finditer(run[0])]
    if plain[: run.start()].endswith("+"):
        return []
    found: list[tuple[int, int, Kind]] = []
    first = 0
    while first < len(chunks):
        after_phone = _end_of_phone(plain, chunks, first)
        if after_phone is not None:
            first = after_phone
            continue
        # A chunk has at least a digit, so more chunks than that hold no number that is looked for.
        for last in range(min(first + _MOST_DIGITS, len(chunks)), first, -1):
            kind = _kind_of(plain, chunks[first:last])
            if kind is not None:
                found.append((chunks[first][0], chunks[last - 1][1], kind))
                first = last - 1
                break
        first += 1
    return found


def _end_of_phone(plain: str, chunks: list[tuple[int, int]], first: int) -> int | None:
    """Return the index after the telephone number that begins at chunk `first`, None where none does."""
    if len(chunks) - first > 11 and all(end - start == 1 for start, end in chunks[first : first + _MOST_DIGITS]):
        return None
    for last in range(first + 1, min(first + 6, len(chunks)) + 1):
        written = plain[chunks[first][0] : chunks[last - 1][1]]
        if phone_in(written) is not None and not (last - first == 1 and _CITIZEN.fullmatch(written)):
            return None if _named_before(_ID_WORDS, plain, chunks[first][0], 12) and last < len(chunks) else last
    return None


def _kind_of(plain: str, chunks: list[tuple[int, int]]) -> Kind | None:
    start, end = chunks[0][0], chunks[-1][1]
    digits = "".join(plain[begin:stop] for begin, stop in chunks)
    written, lengths = plain[start:end], [stop - begin for begin, stop in chunks]
    if not 8 <= len(digits) <= _MOST_DIGITS or _DATE.search(written):
        return None
    named = _named_before(_ID_WORDS, plain, start, 40) or _ID_WORDS.search(plain, end, end + 25) is not None
    money = _MONEY_AFTER.match(plain, end) is not None
    if len(digits) >= 13:
        return Kind.CARD if _is_card(digits, lengths, plain, start) else None
    if _CITIZEN.fullmatch(digits):
        return Kind.IDENTITY
    if money or (len(lengths) > 1 and _grouped_as_money(written)):
        return Kind.IDENTITY if named and not money and len(digits) in (9, 12) else None
    if named and (len(digits) in (9, 12) or _named_before(_ID_WORDS, plain, start, 12)):
        return Kind.IDENTITY if phone_in(digits) is None else None
    account = _named_before(_ACCOUNT_WORDS, plain, start, 25)
    if len(lengths) > 1 or account or digits.endswith("000"):
        return None
    if len(digits) == 12:
        return Kind.IDENTITY if phone_in(digits) is None else None
    old_card = _OLD_CARD.fullmatch(digits) and not _named_before(_MONEY_BEFORE, plain, start, 20)
    return Kind.IDENTITY if old_card else None


def _is_card(digits: str, lengths: list[int], plain: str, start: int) -> bool:
    """True for a card: 9704 of the national network, or a right check digit in the shape that cards are written in."""
    if phone_in(digits) is not None:
        return False
    shaped = (
        len(lengths) == 1
        or set(lengths) == {1}
        or lengths == [4, 6, 5]
        or (set(lengths[:-1]) == {4} and lengths[-1] <= 4)
    )
    of_a_network = digits.startswith(
        ("34", "35", "36", "37", "4", "5", "6", "9704", "22", "23", "24", "25", "26", "27")
    )
    if not shaped or (len(lengths) > 1 and not of_a_network):
        return False
    if digits.startswith("9704") and len(digits) in (16, 19):
        return True
    if not of_a_network and _named_before(_ACCOUNT_WORDS, plain, start, 25):
        return False
    return has_right_check_digit(digits)


def has_right_check_digit(digits: str) -> bool:
    """True if `digits` pass the check of Luhn that card numbers carry."""
    doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _named_before(words: re.Pattern[str], plain: str, position: int, reach: int) -> bool:
    return words.search(plain[max(0, position - reach) : position]) is not None


def _grouped_as_money(written: str) -> bool:
    return re.fullmatch(r"\d{1,3}(?:([. ])\d{3}(?:\1\d{3})*)", written) is not None


def _covered(text: str, spans: list[tuple[int, int, Kind]]) -> str:
    """Return `text` with the spans covered; of overlapping ones the first kind, over the reach of all."""
    merged: list[tuple[int, int, Kind]] = []
    for start, end, kind in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]), merged[-1][2])
        else:
            merged.append((start, end, kind))
    ends = [0, *(end for _, end, _ in merged)]
    starts = [*(start for start, _, _ in merged), len(text)]
    kept = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    masks = [f"[đã che: {kind}]" for _, _, kind in merged]
    return "".join(piece for pair in zip(kept, [*masks, ""], strict=True) for piece in pair)
