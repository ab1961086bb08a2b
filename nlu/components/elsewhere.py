"""Messages that no office of ours answers, told by signs of their own in `elsewhere.yml`: poems, gold, pills, politics.

The classifier has examples of them, too, but there is no end of such messages, and what it makes of a new one changes
with every training. Other law (land, marriage, traffic) is told here only where it has a name of its own and the
message names nothing of ours: such questions are near ours, and else left to the classifier.
"""

import re
from pathlib import Path

import yaml

from components.disguise import plain_words
from components.text import clean

#: A longer message tells a story, in which such words decide nothing.
MOST_WORDS = 16

_SIGNS = yaml.safe_load((Path(__file__).parent / "elsewhere.yml").read_text(encoding="utf-8"))
_AS_TYPED = re.compile("|".join(_SIGNS.pop("with_marks")))


def _any_of(signs: "list[str]") -> "re.Pattern[str]":
    return re.compile(rf"\b(?:{'|'.join(signs)})\b")


_OURS = _any_of(_SIGNS.pop("ours"))
_OTHER_LAW = _any_of(_SIGNS.pop("other_law"))
_FOLDED = _any_of([sign for signs in _SIGNS.values() for sign in signs])


def leads_elsewhere(text: str) -> bool:
    """Return True when `text` is short and asks for something that has nothing to do with what the bot is for."""
    words = plain_words(text)
    if len(words.split()) > MOST_WORDS:
        return False
    if _OTHER_LAW.search(words) is not None and _OURS.search(words) is None:
        return True
    return _FOLDED.search(words) is not None or _AS_TYPED.search(clean(text)) is not None
