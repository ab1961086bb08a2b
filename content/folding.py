"""Vietnamese text as people type it, brought to a form in which spelling matters less.

The same rule as `nlu/components/text.py`, which lives in another environment; a test holds the two together.
"""

import re
import unicodedata

#: Longest text that is looked at, in code points.
MAX_TEXT_LENGTH = 2000

# Letters that Unicode does not decompose into base letter and mark.
_STROKES = str.maketrans({"đ": "d", "Đ": "D"})
_NOT_A_WORD = re.compile(r"[^\w%]+", re.UNICODE)
_CONTROL = re.compile(r"[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\U000e0000-\U000e007f]")


def clean(text: str) -> str:
    """The text in NFC and lower case, without control and zero-width characters, single-spaced."""
    text = unicodedata.normalize("NFC", text[: MAX_TEXT_LENGTH * 4])
    text = _CONTROL.sub(" ", text)[:MAX_TEXT_LENGTH]
    return " ".join(text.lower().split())


def fold(text: str) -> str:
    """The text without diacritics: "Hộ cận nghèo ở Đăk Hà" -> "Ho can ngheo o Dak Ha"."""
    decomposed = unicodedata.normalize("NFD", text.translate(_STROKES))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def folded_syllables(text: str) -> tuple[str, ...]:
    """Syllables and numbers, lower case and without diacritics; punctuation is dropped."""
    return tuple(_NOT_A_WORD.sub(" ", fold(clean(text))).split())
