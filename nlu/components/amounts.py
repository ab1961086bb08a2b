"""Amounts of money as people write them, read from folded text.

"2 triệu rưỡi", "1tr5", "500k", "2.000.000đ", "hai triệu", "một triệu hai", "trăm rưỡi", "2-3 triệu/tháng".
"""

from dataclasses import dataclass
from typing import Dict, Iterator, List, Optional, Tuple

from components.spoken_numbers import DIGITS, literal, read_hundreds, words_of

THOUSAND, MILLION, MILLIARD = 1_000, 1_000_000, 1_000_000_000
SCALES = {
    "k": THOUSAND, "nghin": THOUSAND, "ngan": THOUSAND, "ng": THOUSAND, "nghinn": THOUSAND,
    "tr": MILLION, "trieu": MILLION, "trieuu": MILLION, "trd": MILLION, "m": MILLION,
    "ty": MILLIARD, "ti": MILLIARD,
}  # fmt: skip
_CURRENCY = frozenset({"d", "dong", "vnd"})

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


def _tail(words: List[str], position: int, scale: int) -> Tuple[int, int]:
    """Read what follows "triệu" or "tỷ" and belongs to it: "rưỡi", "5", "hai", "200", "200 nghìn 500 đồng"."""
    word = words[position] if position < len(words) else ""
    if word == "ruoi":
        return scale // 2, position + 1
    if word in ("linh", "le"):
        # "một triệu lẻ năm mươi nghìn": only a part with a unit of its own follows.
        more, end = _smaller_part(words, position + 1, scale)
        return (more, end) if more else (0, position)
    more, end = _smaller_part(words, position, scale)
    if more:
        return more, end
    following = words[position + 1] if position + 1 < len(words) else ""
    number = literal(word)
    if number is not None:
        if scale >= MILLION and word.isdecimal() and len(word) <= 3 and following not in ("thang", "nguoi", "khau"):
            return int(word) * scale // 10 ** len(word), position + 1
        if scale == THOUSAND and number < THOUSAND and word.isdecimal() and following in _CURRENCY:
            return int(word), position + 2
        return 0, position
    value, end = read_hundreds(words, position)
    if value is None:
        return 0, position
    after = words[end] if end < len(words) else ""
    if scale < MILLION:
        # "mười nghìn không trăm mười một đồng", as vouchers say it.
        return (value, end + 1) if scale == THOUSAND and after in _CURRENCY else (0, position)
    if words[end - 1] in ("tram", "ruoi"):
        return value * (scale // THOUSAND), end
    # "một triệu hai" is 1.200.000; but "hai triệu một tháng", "ba triệu năm nay" are not.
    if end == position + 1 and value and after not in _NOT_AFTER_A_TENTH:
        return value * scale // 10, end
    return 0, position


#: Where these follow, a digit in words counts them and is no tenth of the million before it.
_NOT_AFTER_A_TENTH = frozenset({"thang", "nguoi", "khau", "nam", "nay", "ngay", "quy", "ho", "nha"})


def _smaller_part(words: List[str], position: int, scale: int) -> Tuple[int, int]:
    """Read a number with a unit below `scale`, and what belongs to that: "hai trăm triệu ba trăm nghìn"."""
    value, end = _number_at(words, position)
    if value is None or end >= len(words):
        return 0, position
    smaller = SCALES.get(words[end], scale)
    if smaller >= scale or (words[end] in ("m", "ng") and not words[position].isdecimal()):
        return 0, position
    more, after = _tail(words, end + 1, smaller)
    return round(value * smaller) + more, after


def _number_at(words: List[str], start: int) -> Tuple[Optional[float], int]:
    """Read a number in digits, words or both ("2 trăm 50", "5 chục") that stands before a unit."""
    if start >= len(words):
        return None, start
    number = literal(words[start])
    if number is None:
        return read_hundreds(words, start)
    following = words[start + 1] if start + 1 < len(words) else ""
    if following == "chuc" and number < 10:
        return number * 10, start + 2
    if following != "tram" or number >= 10:
        return number, start + 1
    rest = words[start + 2] if start + 2 < len(words) else ""
    if rest == "ruoi":
        return number * 100 + 50, start + 3
    if rest.isdecimal() and int(rest) < 100 and words[start + 3 : start + 4] and words[start + 3] in SCALES:
        return number * 100 + int(rest), start + 3
    return number * 100, start + 2


#: Before "trăm triệu" they make it no amount: some hundreds.
_SOME = frozenset({"may", "vai", "hang", "nhieu", "tung"})


def _without_one(words: List[str], start: int) -> Optional[_Found]:
    """Read what begins with a unit, its "một" left out: "triệu rưỡi", "trăm rưỡi", "trăm triệu", "chục nghìn"."""
    before = words[start - 1] if start else ""
    if before in _SOME or before in DIGITS or before in SCALES or literal(before) is not None:
        return None
    word, following, third = (words[at] if at < len(words) else "" for at in (start, start + 1, start + 2))
    if word == "trieu":
        if following == "ruoi":
            return _Found(MILLION + MILLION // 2, start + 2, True)
        # "triệu hai" at the end of what is said; "triệu hai tháng" is a million for two months.
        tenth = int(following) if following.isdecimal() and len(following) == 1 else DIGITS.get(following, 0)
        closes = third in ("", "/", "mot", "moi") or third in _CURRENCY
        return _Found(MILLION + tenth * MILLION // 10, start + 2, True) if tenth and closes else None
    if word == "tram" and following == "ruoi":
        # Without "nghìn" too: nobody speaks of 150 đồng.
        return _Found(150 * SCALES.get(third, THOUSAND), start + (3 if third in SCALES else 2), True)
    if word in ("tram", "chuc") and following in ("trieu", "ty", "ti", "nghin", "ngan"):
        return _Found((100 if word == "tram" else 10) * SCALES[following], start + 2, True)
    return None


def _digits_in_groups(words: List[str], start: int) -> Optional[_Found]:
    """Read "1 250 000 đồng": digits in groups, where the currency follows: else it may be a telephone number."""
    if not (words[start].isdecimal() and len(words[start]) <= 3 and literal(words[start])):
        return None
    end = start + 1
    while end < len(words) and words[end].isdecimal() and len(words[end]) == 3:
        end += 1
    if end == start + 1 or end >= len(words) or words[end] not in _CURRENCY:
        return None
    return _Found(int("".join(words[start:end])), end + 1, True)


def _amount_at(words: List[str], start: int) -> Optional[_Found]:
    word = words[start]
    if word == "nua" and start + 1 < len(words) and words[start + 1] in SCALES:
        return _Found(SCALES[words[start + 1]] // 2, start + 2, True)
    if word in ("trieu", "tram", "chuc"):
        return _without_one(words, start)
    following = words[start + 1] if start + 1 < len(words) else ""
    scale = SCALES.get(following)
    number = literal(word, before_large_scale=scale is not None and scale >= MILLION)
    if number is not None:
        grouped = _digits_in_groups(words, start)
        if grouped is not None:
            return grouped
        if scale is not None:
            more, end = _tail(words, start + 2, scale)
            return _Found(round(number * scale) + more, end, True)
        if following in ("tram", "chuc") and number < 10:
            whole, end = _number_at(words, start)
            scale = SCALES.get(words[end]) if end < len(words) else None
            if whole is not None and scale is not None:
                more, end = _tail(words, end + 1, scale)
                return _Found(round(whole * scale) + more, end, True)
            return _Found(round((whole or 0) * THOUSAND), end, True) if following == "tram" else None
        if following in _CURRENCY:
            return _Found(round(number), start + 2, True)
        return (
            _Found(round(number), start + 1, False) if number >= LEAST_BARE_AMOUNT and number == round(number) else None
        )
    value, end = read_hundreds(words, start)
    if value is None:
        return None
    scale = SCALES.get(words[end]) if end < len(words) and words[end] not in ("m", "ng") else None
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
            first = float(DIGITS[word]) if word in DIGITS else None
        if first is None:
            return None
        scale = next((SCALES[w] for w in words[start + 2 : second.end] if w in SCALES), 1)
        low = round(first * scale)
        return (low, second.value, second.end) if low < second.value else None
    if word in DIGITS and between in DIGITS and start + 2 < len(words) and words[start + 2] in SCALES:
        low, high = DIGITS[word], DIGITS[between]
        if high == low + 1:
            scale = SCALES[words[start + 2]]
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
