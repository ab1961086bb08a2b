"""Amounts of money, counts and days as people write them, read from folded text.

"2 triệu rưỡi", "1tr5", "500k", "2.000.000đ", "hai triệu", "một triệu hai", "2-3 triệu/tháng", "năm người", "3/2024".
Folding makes some words ambiguous ("năm" is five and year, "từ" is "from" and looks like four): a number in words
counts only where a unit or a noun follows it, or where it is the whole message.
"""

import re
from dataclasses import dataclass
from typing import Dict, Iterator, List, Optional, Tuple

from components.text import clean, fold

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[a-z]+|[-/–]")
_GROUPED = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*")

_DIGITS = {
    "khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "nham": 5, "sau": 6, "bay": 7,
    "tam": 8, "chin": 9,
}  # fmt: skip
THOUSAND, MILLION, MILLIARD = 1_000, 1_000_000, 1_000_000_000
_SCALES = {
    "k": THOUSAND, "nghin": THOUSAND, "ngan": THOUSAND, "ng": THOUSAND, "nghinn": THOUSAND,
    "tr": MILLION, "trieu": MILLION, "trieuu": MILLION, "trd": MILLION, "m": MILLION,
    "ty": MILLIARD, "ti": MILLIARD,
}  # fmt: skip
_CURRENCY = frozenset({"d", "dong", "vnd", "vnđ"})

_PER = {"thang": "month", "nam": "year", "ngay": "day", "quy": "quarter", "tuan": "week"}
_ONE = frozenset({"mot", "1", "moi", "hang", "ca", "/", "tren", "trong"})
_PEOPLE = frozenset({"nguoi", "khau", "ng", "dau"})
_OF_HOUSEHOLD = (
    ("ca", "nha"),
    ("ca", "ho"),
    ("ca", "gia", "dinh"),
    ("tong",),
    ("toan", "gia", "dinh"),
    ("gia", "dinh"),
)

#: A number without any unit is taken as đồng from here on. Smaller ones may be thousands or millions: ask.
LEAST_BARE_AMOUNT = 10_000
#: Nothing a household here says is larger; what is larger is a telephone or account number.
LARGEST_AMOUNT = 100 * MILLIARD


@dataclass(frozen=True)
class Amount:
    """Money in whole đồng; `low` and `high` differ for "2 đến 3 triệu".

    `per` is month, year, quarter, week or day, `of` person or household, both None where nothing was said.
    """

    low: int
    high: int
    per: Optional[str] = None
    of: Optional[str] = None

    def as_value(self) -> Dict[str, object]:
        """Return the value of the entity."""
        return {"low": self.low, "high": self.high, "per": self.per, "of": self.of}


@dataclass(frozen=True)
class _Found:
    value: int
    end: int
    has_unit: bool


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

    if word(position) in _DIGITS and word(position + 1) == "tram":
        total, position, seen = _DIGITS[word(position)] * 100, position + 2, True
        if word(position) == "ruoi":
            return total + 50, position + 1
        if word(position) in ("linh", "le") and word(position + 1) in _DIGITS:
            return total + _DIGITS[word(position + 1)], position + 2
    if word(position) == "muoi":
        total, position, seen = total + 10, position + 1, True
        if word(position) in _DIGITS:
            return total + _DIGITS[word(position)], position + 1
        return total, position
    if word(position) in _DIGITS:
        digit, following = _DIGITS[word(position)], word(position + 1)
        if following in ("muoi", "chuc"):
            total, position = total + digit * 10, position + 2
            if word(position) in _DIGITS:
                return total + _DIGITS[word(position)], position + 1
            return total, position
        if not seen and following == "lam":
            return digit * 10 + 5, position + 2
        # "hai trăm năm" ends in "năm" as a year more often than as five: without "linh" it is left alone.
        if not seen:
            return digit, position + 1
    return (total if seen else None), position


def _tail(words: List[str], position: int, scale: int) -> Tuple[int, int]:
    """Read what follows "triệu" or "tỷ" and belongs to it: "rưỡi", "5", "hai", "200", "200 nghìn", "hai trăm"."""
    word = words[position] if position < len(words) else ""
    if word == "ruoi":
        return scale // 2, position + 1
    following = words[position + 1] if position + 1 < len(words) else ""
    smaller = scale // THOUSAND
    number = literal(word)
    if number is not None:
        if following in _SCALES and _SCALES[following] < scale:
            return round(number * _SCALES[following]), position + 2
        if scale >= MILLION and word.isdecimal() and len(word) <= 3 and following not in ("thang", "nguoi", "khau"):
            return int(word) * scale // 10 ** len(word), position + 1
        return 0, position
    if word == "" or scale < MILLION:
        return 0, position
    value, end = read_hundreds(words, position)
    if value is None:
        return 0, position
    after = words[end] if end < len(words) else ""
    if after in _SCALES and _SCALES[after] < scale:
        return value * _SCALES[after], end + 1
    if words[end - 1] in ("tram", "ruoi"):
        return value * smaller, end
    # "một triệu hai" is 1.200.000; but "hai triệu một tháng", "ba triệu năm nay" are not.
    if (
        end == position + 1
        and value
        and after not in ("thang", "nguoi", "khau", "nam", "nay", "ngay", "quy", "ho", "nha")
    ):
        return value * scale // 10, end
    return 0, position


def _amount_at(words: List[str], start: int) -> Optional[_Found]:
    word = words[start]
    if word == "nua" and start + 1 < len(words) and words[start + 1] in _SCALES:
        return _Found(_SCALES[words[start + 1]] // 2, start + 2, True)
    following = words[start + 1] if start + 1 < len(words) else ""
    scale = _SCALES.get(following)
    number = literal(word, before_large_scale=scale is not None and scale >= MILLION)
    if number is not None:
        if scale is not None:
            more, end = _tail(words, start + 2, scale)
            return _Found(round(number * scale) + more, end, True)
        if following == "tram" and number < 10:
            return _Found(
                round(number * 100) * THOUSAND,
                start + 2 + (words[start + 2 : start + 3] in (["nghin"], ["ngan"], ["k"])),
                True,
            )
        if following in _CURRENCY:
            return _Found(round(number), start + 2, True)
        return (
            _Found(round(number), start + 1, False) if number >= LEAST_BARE_AMOUNT and number == round(number) else None
        )
    value, end = read_hundreds(words, start)
    if value is None:
        return None
    scale = _SCALES.get(words[end]) if end < len(words) and words[end] not in ("m", "ng") else None
    if scale is None:
        return _Found(value * THOUSAND, end, True) if value >= 100 and words[end - 1] in ("tram", "ruoi") else None
    more, end = _tail(words, end + 1, scale)
    return _Found(value * scale + more, end, True)


def find_amounts(text: str) -> Iterator[Amount]:
    """Yield the amounts of money in `text`, from left to right."""
    words = words_of(text)
    position = 0
    while position < len(words):
        ranged = _range_at(words, position)
        found = None if ranged else _amount_at(words, position)
        if ranged is not None:
            low, high, end = ranged
        elif found is not None:
            low, high, end = found.value, found.value, found.end
            if end < len(words) and words[end] in _CURRENCY:
                end += 1
        else:
            position += 1
            continue
        if 0 < high <= LARGEST_AMOUNT:
            yield Amount(low, high, *_basis(words, position, end))
        position = end


def _range_at(words: List[str], start: int) -> Optional[Tuple[int, int, int]]:
    """Read "2-3 triệu", "2 đến 3 triệu", "hai ba triệu"."""
    word = words[start]
    between = words[start + 1] if start + 1 < len(words) else ""
    if between in ("-", "–", "den", "toi"):
        first = literal(word)
        second = _amount_at(words, start + 2) if start + 2 < len(words) else None
        whole = _amount_at(words, start)
        if second is None or not second.has_unit or (whole is not None and whole.has_unit):
            return None
        if first is None:
            first = float(_DIGITS[word]) if word in _DIGITS else None
        if first is None:
            return None
        scale = next((_SCALES[w] for w in words[start + 2 : second.end] if w in _SCALES), 1)
        low = round(first * scale)
        return (low, second.value, second.end) if low < second.value else None
    if word in _DIGITS and between in _DIGITS and start + 2 < len(words) and words[start + 2] in _SCALES:
        low, high = _DIGITS[word], _DIGITS[between]
        if high == low + 1:
            scale = _SCALES[words[start + 2]]
            return low * scale, high * scale, start + 3
    return None


def _basis(words: List[str], start: int, end: int) -> Tuple[Optional[str], Optional[str]]:
    """Return per what time and of whom an amount was said, from the words around it."""
    after = words[end : end + 7]
    before = words[max(0, start - 6) : start]
    per = of = None
    for index, word in enumerate(after):
        previous = after[index - 1] if index else ""
        if per is None and word in _PER and (index == 0 or previous in _ONE):
            if word == "nam" and after[index + 1 : index + 2] in (["nguoi"], ["khau"]):
                continue
            per = _PER[word]
        if of is None and word in _PEOPLE and (previous in _ONE or (index == 0 and word != "ng") or word == "dau"):
            of = "person"
    for index, word in enumerate(before):
        previous = before[index - 1] if index else ""
        if per is None and word in _PER and previous in _ONE:
            per = _PER[word]
        if of is None and word in _PEOPLE and (previous in _ONE or word == "dau"):
            of = "person"
    if of is None:
        around = before + after
        for phrase in _OF_HOUSEHOLD:
            if any(tuple(around[i : i + len(phrase)]) == phrase for i in range(len(around))):
                of = "household"
                break
    return per, of


_COUNTED = frozenset({
    "nguoi", "khau", "nhan", "thanh", "chau", "con", "dua", "be", "tuoi", "chi", "so", "kwh", "ky", "cai", "m", "met",
    "mien",
})  # fmt: skip
_FILLERS = frozenset({
    "da", "vang", "a", "thua", "khong", "phai", "la", "co", "nha", "gia", "dinh", "em", "chau", "toi", "minh", "tui",
    "con", "bac", "chu", "anh", "chi", "khoang", "tam", "duoc", "chac", "thieu", "hut", "deu", "tat", "ca", "het", "o",
    "dung", "nguoi", "tuoi", "khau", "so", "kwh", "dien", "nhe", "nam", "nay", "thang", "roi", "sua", "lai", "moi",
})  # fmt: skip
LARGEST_COUNT = 9_999


def find_count(text: str) -> Optional[int]:
    """Return the one count in `text`: of people, years of age, indicators …; None when there is none or several.

    A number in words counts where a counted noun follows, or where all else is filler ("dạ năm").
    """
    words = words_of(text)
    if any(word in _SCALES and word not in ("m", "ng", "ti") for word in words):
        return None
    found: List[int] = []
    position = 0
    while position < len(words):
        word = words[position]
        if word.isdecimal():
            found.append(int(word))
            position += 1
            continue
        value, end = read_hundreds(words, position)
        if value is not None and word != "khong" and end < len(words) and words[end] in _COUNTED:
            found.append(value)
            position = end
            continue
        position += 1
    if not found:
        for start in range(len(words)):
            value, end = read_hundreds(words, start)
            rest = words[:start] + words[end:]
            if (
                value is not None
                and all(other in _FILLERS for other in rest)
                and (words[start] != "khong" or len(words) == 1)
            ):
                found.append(value)
                break
    return found[0] if len(found) == 1 and found[0] <= LARGEST_COUNT else None


_DAY = re.compile(r"(?<!\d)(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})(?!\d)")
_MONTH = re.compile(r"(?<!\d)(?:thang\s*)?(\d{1,2})\s*(?:[/.\-]|nam)\s*(\d{4})(?!\d)")
_YEAR = re.compile(r"(?:^|nam\s+|\s)((?:19|20)\d{2})(?!\d)")
_SPOKEN_DAY = re.compile(r"ngay\s*(\d{1,2})\s*thang\s*(\d{1,2})\s*nam\s*(\d{4})")


def find_day(text: str) -> Optional[Dict[str, object]]:
    """Return `{"year", "month", "day"}` of a day said in `text`; what was not said is None."""
    folded = fold(clean(text))
    for pattern in (_SPOKEN_DAY, _DAY):
        match = pattern.search(folded)
        if match:
            day, month, year = (int(part) for part in match.groups())
            if 1 <= month <= 12 and 1 <= day <= 31:
                return {"year": year, "month": month, "day": day}
            return None
    match = _MONTH.search(folded)
    if match and 1 <= int(match[1]) <= 12:
        return {"year": int(match[2]), "month": int(match[1]), "day": None}
    match = _YEAR.search(folded)
    return {"year": int(match[1]), "month": None, "day": None} if match else None
