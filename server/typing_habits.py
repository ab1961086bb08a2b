"""Questions as they are typed in a hurry: with the short forms of text messages, and with slips of the finger.

Made from the question and a seed alone, so that two evaluations see the same letters. The short forms are a choice of
common ones, kept apart from those that the pipeline knows (`nlu/components/teencode.yml`).
"""

import re
from random import Random

_SHORT_FORMS = {
    "không": ("ko", "k", "hok", "hong"),
    "được": ("dc", "đc"),
    "bao nhiêu": ("bn", "bnhiu"),
    "như thế nào": ("ntn",),
    "thế nào": ("tn",),
    "gì": ("j", "gj"),
    "mình": ("mik", "mk"),
    "tôi": ("t", "tui"),
    "người": ("ng",),
    "với": ("vs",),
    "biết": ("bik", "bít"),
    "rồi": ("r", "rùi"),
    "vậy": ("z",),
    "nhiều": ("nhìu",),
    "trước": ("trc",),
    "cũng": ("cx",),
    "những": ("nhg",),
    "muốn": ("mún",),
    "bảo hiểm": ("bh",),
    "hồ sơ": ("hso", "hs"),
    "học sinh": ("hs",),
    "sinh viên": ("sv",),
    "điều kiện": ("đk",),
    "quy định": ("qđ",),
    "hỗ trợ": ("htro",),
    "giấy tờ": ("gtờ",),
}
_SHORT = re.compile(r"\b(?:" + "|".join(sorted(_SHORT_FORMS, key=len, reverse=True)) + r")\b", re.IGNORECASE)

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = {
    letter: "".join(row[max(at - 1, 0) : at] + row[at + 1 : at + 2]) for row in _ROWS for at, letter in enumerate(row)
}


def in_teencode(text: str, seed: int) -> str:
    """Return `text` with the short forms of text messages wherever there is one: "được không" -> "dc ko"."""
    random = Random(seed)  # noqa: S311 - a choice of letters, nothing secret
    return _SHORT.sub(lambda match: random.choice(_SHORT_FORMS[match.group().lower()]), text)


def with_typos(text: str, share: float, seed: int) -> str:
    """Return `text` with `share` of its letters left out, doubled, swapped with the next one or hit beside."""
    random = Random(seed)  # noqa: S311
    typed = []
    letters = list(text)
    at = 0
    while at < len(letters):
        letter = letters[at]
        at += 1
        if not letter.isalpha() or random.random() >= share:
            typed.append(letter)
            continue
        slip = random.choice(("left out", "doubled", "swapped", "beside"))
        if slip == "doubled":
            typed += [letter, letter]
        elif slip == "swapped" and at < len(letters):
            typed += [letters[at], letter]
            at += 1
        elif slip == "beside":
            typed.append(random.choice(_NEIGHBOURS.get(letter.lower(), letter)))
    return "".join(typed)
