"""Which letters make a Vietnamese syllable, and the letters that a telex keyboard would have made of what was typed.

Rimes are those of common descriptions of the modern spelling (Đoàn Thiện Thuật, *Ngữ âm tiếng Việt*), loans aside.
"""

import unicodedata
from functools import lru_cache
from typing import Iterator, Optional

from components.text import fold

_ONSETS = ("ngh", "ng", "nh", "gh", "gi", "kh", "ph", "th", "tr", "ch", "qu", *"bcdđghklmnprstvx", "")

#: Final letters that follow each vowel, "-" for none.
_RIMES = {
    **{"a": "- c ch i m n ng nh o p t u y", "ă": "c m n ng p t", "â": "c m n ng p t u y"},
    **{"e": "- c m n ng o p t", "ê": "- ch m n nh p t u", "i": "- ch m n nh p t u", "y": "- nh t"},
    **{"o": "- c i m n ng p t", "ô": "- c i m n ng p t", "ơ": "- i m n p t"},
    **{"u": "- c i m n ng p t", "ư": "- c i n ng t u", "ia": "-", "ua": "-", "ưa": "-", "uya": "-"},
    **{"iê": "c m n ng p t u", "yê": "m n t u", "uô": "c i m n ng t", "ươ": "c i m n ng p t u"},
    **{"oa": "- c ch i n ng nh t y", "oă": "c m n ng t", "oe": "- n o t", "uâ": "n ng t y", "uê": "- ch n nh"},
    **{"uy": "- ch n nh p t u", "uyê": "n t", "uơ": "-"},
}
_RIME_FORMS = frozenset(vowel + final.strip("-") for vowel, finals in _RIMES.items() for final in finals.split())
_FOLDED_RIMES = frozenset(fold(rime) for rime in _RIME_FORMS)

#: Shorter words are left alone: "as", "II", and names of things.
SHORTEST_SLIP = 3

_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VOWELS = "aăâeêioôơuưy"
_DOUBLED = (("aa", "â"), ("ee", "ê"), ("oo", "ô"))
_HOOKED = (("a", "ă"), ("o", "ơ"), ("u", "ư"))


def _without_tone(syllable: str) -> str:
    """Return `syllable` in NFC without its tone: "nghèo" -> "ngheo", "hộ" -> "hô"."""
    kept = (char for char in unicodedata.normalize("NFD", syllable) if char not in _TONES.values())
    return unicodedata.normalize("NFC", "".join(kept))


def _is_built_of(letters: str, rimes: "frozenset[str]", onsets: "tuple[str, ...]") -> bool:
    if letters.startswith("k") and letters[1:2] not in ("h", "e", "ê", "i", "y"):
        return False
    return any(letters.startswith(onset) and letters[len(onset) :] in rimes for onset in onsets)


def is_syllable(word: str) -> bool:
    """True when the lower-case `word` is a syllable as it is written with diacritics, or with none at all."""
    bare = _without_tone(word)
    if _is_built_of(bare, _RIME_FORMS, _ONSETS):
        toned = unicodedata.normalize("NFD", word)
        # A syllable that ends in a stop has no tone but sắc and nặng; without any tone it was typed bare.
        return not (bare.endswith(("c", "ch", "p", "t")) and any(mark in toned for mark in "\u0300\u0309\u0303"))
    return bare == fold(word) and _is_built_of(bare, _FOLDED_RIMES, _ONSETS)


@lru_cache(maxsize=4096)
def from_telex(word: str) -> Optional[str]:
    """Return the syllable that the keys of `word` make in telex, "hoojo" -> "hộ"; None when there is none.

    Only for words that are no syllable as they stand. Keys may come late ("tienef"), and a vowel struck once too often
    is forgiven.
    """
    if len(word) < SHORTEST_SLIP or not (word.isascii() and word.isalpha()) or word[0] in "wfjz" or is_syllable(word):
        return None
    first_vowel = next((at for at, char in enumerate(word) if char in "aeiouyw"), len(word))
    onset, keys = word[:first_vowel], word[first_vowel:]
    tones = {char for char in keys if char in _TONES}
    if len(tones) > 1:
        return None
    rime = "".join(char for char in keys if char not in _TONES)
    if onset == "dd" or (onset == "d" and rime.endswith("d")):
        onset, rime = "đ", rime.rstrip("d")
    for reading in _hooked(rime):
        letters = onset + _once(_late_circumflex(reading))
        if _is_built_of(letters, _RIME_FORMS, _ONSETS):
            made = _with_tone(letters, tones.pop()) if tones else letters
            return made if is_syllable(made) and made != word else None
    return None


def _hooked(keys: str) -> Iterator[str]:
    """Give the readings of a rime in which "w" makes ă, ơ, ư or ươ, wherever it was struck."""
    letters = keys.replace("w", "")
    if letters == keys:
        yield letters
    elif "uo" in letters:
        yield letters.replace("uo", "ươ", 1)
    elif keys.startswith("w"):
        yield ("ươ" + letters[1:]) if letters.startswith("o") else "ư" + letters
    else:
        for bare, hooked in _HOOKED:
            if bare in letters:
                yield letters.replace(bare, hooked, 1)


def _late_circumflex(rime: str) -> str:
    """Read a vowel struck twice, at once or at the end, as one with its circumflex: "iee", "iene" -> "iê", "iên"."""
    for doubled, letter in _DOUBLED:
        rime = rime.replace(doubled, letter)
    for bare, hat in (("a", "â"), ("e", "ê"), ("o", "ô")):
        if rime.endswith(bare) and rime.count(bare) == 2:
            return rime[:-1].replace(bare, hat, 1)
    return rime


def _once(letters: str) -> str:
    """Drop a vowel that stands again behind itself: "hôo" -> "hô"."""
    kept = ""
    for char in letters:
        if not (kept and char in "aăâeêoôơuư" and fold(char) == fold(kept[-1]) and kept[-1] + char != "ươ"):
            kept += char
    return kept


def _with_tone(letters: str, key: str) -> str:
    """Put the tone on the vowel that carries it (the old style: hòa, thúy)."""
    onset = next(onset for onset in _ONSETS if letters.startswith(onset) and letters[len(onset) :] in _RIME_FORMS)
    rime = letters[len(onset) :]
    vowels = [at for at, char in enumerate(rime) if char in _VOWELS]
    marked = [at for at in vowels if rime[at] in "ăâêôơư"]
    if marked:
        at = marked[-1]
    elif len(vowels) > 1 and vowels[-1] == len(rime) - 1:
        at = vowels[-2]
    else:
        at = vowels[-1]
    at += len(onset)
    return unicodedata.normalize("NFC", letters[: at + 1] + _TONES[key] + letters[at + 1 :])
