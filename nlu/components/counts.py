"""Counts as people write them, read from folded text: "5 người", "hai mươi tư tuổi", "dạ năm ạ"."""

from typing import List, Optional

from components.amounts import SCALES
from components.spoken_numbers import DIGITS, read_hundreds, words_of

_COUNTED = frozenset({
    "nguoi", "khau", "nhan", "thanh", "chau", "con", "dua", "be", "tuoi", "chi", "so", "kwh", "ky", "cai", "m", "met",
    "mien", "mieng",
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
    if any(word in SCALES and word not in ("m", "ng", "ti") for word in words):
        return None
    found: List[int] = []
    position = 0
    while position < len(words):
        word = words[position]
        if word.isdecimal():
            tens = words[position + 1 : position + 2] == ["chuc"]
            found.append(int(word) * (10 if tens else 1))
            position += 2 if tens else 1
            continue
        pair = words[position + 1] if words[position + 2 : position + 3] == ["tuoi"] else ""
        if word in DIGITS and word != "khong" and pair in DIGITS:
            # "hai bốn tuổi" is 24; "hai ba tuổi" may be two or three years as well.
            if DIGITS[pair] != DIGITS[word] + 1:
                found.append(DIGITS[word] * 10 + DIGITS[pair])
            position += 3
            continue
        value, end = read_hundreds(words, position)
        counted = end < len(words) and words[end] in _COUNTED
        # "từ người", from somebody, is folded to "four people".
        is_from = word == "tu" and end == position + 1
        if value is not None and word != "khong" and counted and not is_from:
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
                and not (words[start] == "tu" and "nguoi" in rest)
            ):
                found.append(value)
                break
    return found[0] if len(found) == 1 and found[0] <= LARGEST_COUNT else None
