"""Vietnamese text as people type it, brought to two forms: `clean` (NFC, lower case) and `folded` (no diacritics).

Matching is done on folded text; diacritics are never restored, since restoration is wrong for about one word in twenty.
"""

import re
import unicodedata
from typing import List

#: Longest text that is looked at, in code points. Longer messages are cut: nobody asks a question in more.
MAX_TEXT_LENGTH = 2000

# Letters that Unicode does not decompose into base letter and mark.
_STROKES = str.maketrans({"đ": "d", "Đ": "D"})
_NOT_A_WORD = re.compile(r"[^\w%]+", re.UNICODE)
_CONTROL = re.compile(r"[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\U000e0000-\U000e007f]")


def clean(text: str) -> str:
    """Return `text` in NFC and lower case, without control and zero-width characters, single-spaced."""
    text = unicodedata.normalize("NFC", text[: MAX_TEXT_LENGTH * 4])
    text = _CONTROL.sub(" ", text)[:MAX_TEXT_LENGTH]
    return " ".join(text.lower().split())


def fold(text: str) -> str:
    """Return `text` without diacritics: "Hộ cận nghèo ở Đăk Hà" -> "Ho can ngheo o Dak Ha"."""
    decomposed = unicodedata.normalize("NFD", text.translate(_STROKES))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def syllables(text: str) -> List[str]:
    """Split cleaned text into syllables and numbers; punctuation is dropped."""
    return [token for token in _NOT_A_WORD.sub(" ", text).split() if token]
