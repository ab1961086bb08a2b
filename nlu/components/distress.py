"""Words of people in danger: who thinks of dying, is beaten, has no food or roof, waits for rescue; hurt children.

A classifier may be unsure; here it must not be. The signs are in `distress.yml`. They lean towards help: a calm answer
too many harms nobody. Two things hold them back: words that only look alike without their marks, and questions about
the law by people who do not speak of themselves.
"""

import re
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Pattern, Text, Tuple

import yaml

from .disguise import as_typed, is_typed_with_marks, plain_words

# Who asks about the law asks about others: "trẻ em bị xâm hại được trợ giúp pháp lý thế nào?"
_POLICY = re.compile(
    r"\b(?:tro cap|muc|duoc huong|chinh sach|quy dinh|nghi dinh|thu tuc|ho so|tro giup phap ly|luat|xu phat"
    r"|doi tuong|nan nhan|dieu kien|mai tang|bao hiem|bi phat|khoi to|toi danh|boi thuong|thoi han|co quan nao"
    r"|trach nhiem|bao tro|phi)\b"
)
_MYSELF = re.compile(
    # Who begins with "bị chồng đánh" leaves out the "tôi".
    r"^(?:da |chi oi |em oi |chau oi )?bi "
    r"|\b(?:toi|tui|cuu|giup voi|nha em|nha chau|chong em|vo em|chau bi|em bi|con toi|con em|chau so|em so|my|me|gap"
    r"|bay gio|dang bi|hom nay|toi nay|dem nay|vua)\b"
)

# "Đánh" that strikes nobody: to mistype, to write, to judge, to steal, to tax; and lists and titles ("danh sách").
_NO_BLOW = re.compile(
    r"\bdanh (?:nham|sai|gia|cap|thue|van ban|may|noi dung|ten|so|sach|muc|hieu|nghia|dum)\b"
    r"(?! (?:em|toi|me|vo|con)\b)"
)
# Folded, "đánh dấu" (to mark) is "đánh đau" (to hurt); typed bare it is a mark beside what papers are about.
_MARK = re.compile(r"\bdanh dau\b")
_ON_PAPER = re.compile(r"\b(?:chuyen khoan|noi dung|bien lai|giao dich|vao o|o trong|to khai|phieu|mau don)\b")

# A meal that a school has not given is asked about where schools are asked about; a child with nothing at home is not.
_SCHOOL = re.compile(r"\b(?:noi tru|ban tru|truong|lop|mam non|mau giao|nha tre)\b")
_LUNCH = re.compile(r"\b(?:com|an|bua)(?: an)? trua\b")

#: A question about hunger is answered with help and with the rule, whoever asks it.
_NEVER_YIELDS_TO_THE_LAW = frozenset({"hunger"})


class _Sign(NamedTuple):
    """`marked`: one of these must be there, where the person types with marks; empty where nothing looks alike.

    `only_with_marks`: means nothing where the person types without.
    """

    pattern: Pattern[str]
    marked: Tuple[str, ...]
    only_with_marks: bool


def read_signs(file: Path) -> Dict[Text, List[_Sign]]:
    """Return danger -> signs of a file such as `distress.yml`, the most urgent danger first.

    Raises:
        KeyError: a pattern names a part that the file does not hold.
        re.error: a pattern is no regular expression.
    """
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    parts: Dict[Text, Text] = {}

    def filled(pattern: Text) -> Text:
        return re.sub(r"\{([A-Z_]+)\}", lambda match: parts[match[1]], pattern)

    for name, pattern in content["parts"].items():
        parts[name] = filled(pattern)

    def sign(read: Dict[Text, Any]) -> _Sign:
        pattern = re.compile(rf"\b(?:{filled(read['pattern'])})\b")
        return _Sign(pattern, tuple(read.get("marked", ())), bool(read.get("only_with_marks")))

    return {danger: [sign(one) for one in signs] for danger, signs in content["signs"].items()}


_SIGNS = read_signs(Path(__file__).parent / "distress.yml")


def dangers_in(text: str) -> List[Text]:
    """Return the dangers that `text` speaks of, the most urgent first; empty for almost every message."""
    words, typed = _NO_BLOW.sub(" ", plain_words(text)), as_typed(text)
    with_marks = is_typed_with_marks(text)
    if "đánh dấu" in typed or (not with_marks and _ON_PAPER.search(words) is not None):
        words = _MARK.sub(" ", words)
    if _SCHOOL.search(words) is not None:
        words = _LUNCH.sub(" ", words)
    # "Trẻ em" are not "em", who speaks.
    about_the_law = _POLICY.search(words) is not None and _MYSELF.search(words.replace("tre em", "tre")) is None
    return [
        danger
        for danger, signs in _SIGNS.items()
        if not (about_the_law and danger not in _NEVER_YIELDS_TO_THE_LAW)
        and any(_holds(sign, words, typed, with_marks=with_marks) for sign in signs)
    ]


def danger_in(text: str) -> Optional[Text]:
    """Return the most urgent danger that `text` speaks of, or None."""
    return next(iter(dangers_in(text)), None)


def _holds(sign: _Sign, words: str, typed: str, *, with_marks: bool) -> bool:
    if sign.pattern.search(words) is None:
        return False
    if not with_marks:
        return not sign.only_with_marks
    return not sign.marked or any(mark in typed for mark in sign.marked)
