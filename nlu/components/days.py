"""Days, months and years as people write them, read from folded text: "12/3/2024", "mùng 5 tháng ba năm 2022".

Months of the moon ("tháng giêng", "tháng chạp") are not those that rules are dated by: only their year counts.
"""

import re
from datetime import date
from typing import Dict, Optional, Tuple

from components.text import clean, fold

_ONES = ("", "mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin")
#: Two digits of a year up to this one are of this century: "12/3/24", but "12/3/85".
LAST_SHORT_YEAR = 40


def _spoken_numbers() -> Dict[str, int]:
    """Return the ways of saying 1 to 31, folded."""
    spoken = {word: number for number, word in enumerate(_ONES) if word}
    for tens, before in ((10, ("muoi",)), (20, ("hai muoi", "hai")), (30, ("ba muoi", "ba"))):
        for way in before:
            if " " in way or tens == 10:
                spoken[way] = tens
            for ones, word in enumerate(_ONES):
                # "hai năm" is two years: after a ten, five is "lăm".
                if word and word != "nam" and tens + ones <= 31:
                    spoken[f"{way} {word}"] = tens + ones
    # After a ten four and five have words of their own too.
    for number, words in ((4, ("tu",)), (14, ("muoi tu",)), (15, ("muoi lam",)), (24, ("hai muoi tu", "hai tu"))):
        spoken.update(dict.fromkeys(words, number))
    spoken.update(dict.fromkeys(("hai muoi lam", "hai muoi nham", "hai lam", "hai nham"), 25))
    return spoken


_SPOKEN = _spoken_numbers()


def _one_of(largest: int) -> str:
    words = sorted((word for word, number in _SPOKEN.items() if number <= largest), key=len, reverse=True)
    return r"(\d{1,2}|" + "|".join(words) + r")"


_NUMBER, _MONTH_NUMBER = _one_of(31), _one_of(12)
_YEAR_HERE = r"(\d{4})(?!\d)"

_ISO = re.compile(r"(?<![\d\-])((?:19|20)\d{2})-(\d{1,2})-(\d{1,2})(?![\d\-])")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*" + _YEAR_HERE)
_SHORT = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{2})(?![\d/.,])")
_IN_WORDS = re.compile(
    # Words only where it is said that a day follows: "từ tháng hai", from February, is folded to "four".
    rf"(?:(?<![\w/])(\d{{1,2}})|(?:ngay|hom|mung|mong)\s+{_NUMBER})\s*(?:thang\s*{_MONTH_NUMBER}|/\s*(\d{{1,2}}))\s*(?:,|/|\-|\s)?\s*(?:nam\s*)?{_YEAR_HERE}"
)
_MONTH = re.compile(
    rf"(?<!\d)(?:(?:thang|\bt)\s*{_MONTH_NUMBER}\s*(?:[/.\-,]|nam\b)?|(\d{{1,2}})\s*(?:[/.\-]|nam\b))\s*(?:nam\s*)?{_YEAR_HERE}"
)
_YEAR = re.compile(r"(?:^|nam\s+|\s)((?:19|20)\d{2})(?!\d)")


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else _SPOKEN[word]


def _whole_day(folded: str) -> Optional[Tuple[int, int, int]]:
    """Return (year, month, day) as they stand in `folded`, whether or not there is such a day."""
    match = _ISO.search(folded)
    if match:
        return int(match[1]), int(match[2]), int(match[3])
    match = _NUMERIC.search(folded)
    if match:
        return int(match[3]), int(match[2]), int(match[1])
    match = _IN_WORDS.search(folded)
    if match:
        return int(match[5]), _number(match[3] or match[4]), _number(match[1] or match[2])
    match = _SHORT.search(folded)
    if match:
        short = int(match[3])
        return short + (2000 if short <= LAST_SHORT_YEAR else 1900), int(match[2]), int(match[1])
    return None


def find_day(text: str) -> Optional[Dict[str, object]]:
    """Return `{"year", "month", "day"}` of a day said in `text`; what was not said is None.

    None where nothing was said, or a day that no calendar has.
    """
    folded = fold(clean(text))
    said = _whole_day(folded)
    if said is not None:
        try:
            day = date(*said)
        except ValueError:
            return None
        return {"year": day.year, "month": day.month, "day": day.day}
    match = _MONTH.search(folded)
    if match and 1 <= _number(match[1] or match[2]) <= 12:
        return {"year": int(match[3]), "month": _number(match[1] or match[2]), "day": None}
    match = _YEAR.search(folded)
    return {"year": int(match[1]), "month": None, "day": None} if match else None
