"""Orders to the machine, insults, slander, and doubts whether something is genuine; listed in `provocation.yml`."""

import re
from pathlib import Path

import yaml

from components.disguise import plain_words, without_leet
from components.text import clean

_WORDS = yaml.safe_load((Path(__file__).parent / "provocation.yml").read_text(encoding="utf-8"))


def _any_of(patterns: "list[str]") -> "re.Pattern[str]":
    joined = "|".join(pattern.replace("{RULES}", _WORDS["parts"]["RULES"]) for pattern in patterns)
    return re.compile(rf"\b(?:{joined})\b")


_ORDERS = _any_of(_WORDS["orders"])
_INSULTS = _any_of(_WORDS["insults"])
_SLANDERS = _any_of(_WORDS["slanders"])
_GENUINE = _any_of(_WORDS["genuine"])
_INSULTS_WITH_MARKS = re.compile("|".join(_WORDS["insults_with_marks"]))


def gives_orders(text: str) -> bool:
    """True when `text` tells the machine what to be, asks for its insides, or is made for another machine."""
    words = plain_words(text)
    return _ORDERS.search(words) is not None or _ORDERS.search(without_leet(words)) is not None


def insults(text: str) -> bool:
    """True when `text` holds an insult. It may hold a question, too: whoever is angry still gets an answer."""
    return _INSULTS.search(plain_words(text)) is not None or _INSULTS_WITH_MARKS.search(clean(text)) is not None


def slanders(text: str) -> bool:
    """True when `text` speaks ill of a group of people."""
    return _SLANDERS.search(plain_words(text)) is not None


def doubts_that_it_is_genuine(text: str) -> bool:
    """True when `text` asks whether an account, a message or a page is really the Front's or ours."""
    return _GENUINE.search(plain_words(text)) is not None
