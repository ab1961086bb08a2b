"""The words of a message behind spelling, teencode and disguise, for word lists that must not be walked around.

Folding takes marks off; here foreign letters that look Latin, letters with gaps between them, repeated letters and
the short forms of chats are undone as well. Only for recognising danger and provocation: much is lost on the way.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Dict

from .text import clean, fold

# Cyrillic and Greek letters that look like these Latin ones.
_LOOKALIKES = str.maketrans("авеёзікмнорстухѕјԁѡґтαβεικνορτυχ", "abee3ikmhopctyxsjdwrtabeiknoptux")
_LEET = str.maketrans("013457@$!", "oieastasi")
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_REPEATED = re.compile(r"([a-z])\1{2,}")
_SPELT_OUT = re.compile(r"(?:\b[a-z]\b ){4,}[a-z]\b")

#: How people type in chats, word by word, folded.
_SHORT: Dict[str, str] = {
    **dict.fromkeys(("ko", "k", "kg", "khg", "hok", "hong", "hem", "hog", "kh", "khum", "kom", "hk", "hg"), "khong"),
    **dict.fromkeys(("mun", "muonn", "mug", "mhun"), "muon"),
    **dict.fromkeys(("chit", "chot", "cheet", "chetj"), "chet"),
    **dict.fromkeys(("sog", "songg", "soog"), "song"),
    **dict.fromkeys(("tui", "mik", "mk", "mih", "minh"), "toi"),
    **dict.fromkeys(("j", "zi", "gii"), "gi"),
    **dict.fromkeys(("ck", "xk", "chog"), "chong"),
    **dict.fromkeys(("dc", "dk", "duok", "dx"), "duoc"),
    **dict.fromkeys(("r", "rui"), "roi"),
    "c": "co",
    **dict.fromkeys(("nuaa", "nuak", "nx"), "nua"),
    **dict.fromkeys(("wa", "qa"), "qua"),
    **dict.fromkeys(("dah", "danhh", "oanh"), "danh"),
}


#: "ck" is a transfer where money, accounts or what is written beside it follow, or somebody wants to do it; else the
#: husband, so that nobody's cry for help is missed.
_TRANSFER = re.compile(
    r"\b(?:(?<=muon )|(?<=vua )|(?<=can )|(?<=nhan )|(?<=phi )|(?<=cach )|(?<=lenh )|(?<=noi dung ))ck\b"
    r"|\bck(?= (?:nham|tien|so tien|ung ho|noi dung|stk|tk|tai khoan|ngan hang|thieu|du \d|\d"
    r"|(?:cho|vao|qua|sang|bang|toi) (?:quy|stk|tk|tai khoan|so tai khoan|ngan hang|app|momo|xa|nha truong|mat tran)"
    r"|danh (?:nham|sai|ten|noi dung|so)\b(?! em| toi| me| vo| con)))"
)


# A message is read for danger, for orders and for insults, one after the other.
@lru_cache(maxsize=64)
def plain_words(text: str) -> str:
    """Return the words of `text` without marks, disguise and short forms, single-spaced.

    >>> plain_words("k mún sốg nữaaaa")
    'khong muon song nua'
    """
    folded = fold(clean(unicodedata.normalize("NFKC", text))).translate(_LOOKALIKES)
    words = " ".join(_NOT_LETTERS.sub(" ", folded).split())
    words = _REPEATED.sub(r"\1", words)
    words = _SPELT_OUT.sub(lambda match: match[0].replace(" ", ""), words)
    words = _TRANSFER.sub("chuyen khoan", words)
    return " ".join(_SHORT.get(word, word) for word in words.split())


def as_typed(text: str) -> str:
    """Return `text` in lower case with its marks, foreign letters that look Latin undone."""
    return clean(text).translate(_LOOKALIKES)


def without_leet(words: str) -> str:
    """Return `words` with digits that stand for letters read as those letters: "1gn0re" -> "ignore"."""
    return " ".join(
        word.translate(_LEET) if not word.isdigit() and any(char.isdigit() for char in word) else word
        for word in words.split()
    )


def is_typed_with_marks(text: str) -> bool:
    """True when whoever typed `text` uses diacritics, so that "từ từ" is not "tự tử"."""
    cleaned = clean(text)
    return fold(cleaned) != cleaned
