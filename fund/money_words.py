"""Amounts in Vietnamese words, as papers about money have to say them."""

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", "nghìn", "triệu", "tỷ")


def money_in_words(amount: int) -> str:
    """Return whole đồng in words.

    >>> money_in_words(1_205_015)
    'Một triệu hai trăm linh năm nghìn không trăm mười lăm đồng'
    """
    return f"{_number(amount).capitalize()} đồng"


def _number(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    billions, rest = divmod(number, 10**9)
    parts = [f"{_number(billions)} {_GROUPS[3]}"] if billions else []
    for power in (2, 1, 0):
        group, rest = divmod(rest, 1000**power)
        if group:
            parts.append(f"{_below_thousand(group, whole=bool(parts))} {_GROUPS[power]}".strip())
    return " ".join(parts)


def _below_thousand(number: int, *, whole: bool) -> str:
    """Return a group of three digits; `whole` says "không trăm" and "linh" where greater groups stand before it."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = [f"{_DIGITS[hundreds]} trăm"] if hundreds or whole else []
    if tens == 0:
        if ones:
            words += ["linh"] if words else []
            words.append(_DIGITS[ones])
        return " ".join(words)
    words.append("mười" if tens == 1 else f"{_DIGITS[tens]} mươi")
    if ones == 1:
        words.append("một" if tens == 1 else "mốt")
    elif ones == 4:
        words.append("bốn" if tens == 1 else "tư")
    elif ones == 5:
        words.append("lăm")
    elif ones:
        words.append(_DIGITS[ones])
    return " ".join(words)
