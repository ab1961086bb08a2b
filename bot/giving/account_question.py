"""Accounts and links in what people ask about: "is this account really the fund's?"."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from content.folding import fold
from fund.accounts import FundAccount, plain_account
from fund.vietqr import MalformedQr, read_payload

#: Digits of an account: fewer are amounts, codes and counts.
LEAST_DIGITS, MOST_DIGITS = 6, 19
#: A number alone in a message is an account from here on.
LEAST_DIGITS_ALONE = 8
#: Digits of a number that are repeated to people: enough to know it again, too few to copy it.
_SHOWN_DIGITS = 4

_RUN = re.compile(r"(?<![\w.,])\d(?:[ .\-]?\d){5,24}(?!\w)")
_GROUPED = re.compile(r"\d{1,3}([. ])\d{3}(?:\1\d{3})*")
_MONEY_AFTER = re.compile(r"\s*(?:d|đ|dong|đồng|vnd|k|tr|trieu|triệu|ty|tỷ|nghin|nghìn)\b", re.IGNORECASE)
_ACCOUNT_WORD = re.compile(r"\bs?tk\b|\btai khoan\b|\baccount\b|\bso tk\b|\bngan hang\b|\bbank\b")
_QR = re.compile(r"000201[0-9A-Za-z .\-]{20,400}6304[0-9A-Fa-f]{4}")
_ENDINGS = "com|net|org|vn|info|xyz|top|online|site|link|me|gl|ly|shop|vip|click"
_LINK = re.compile(
    rf"(?:https?://|www\.)[^\s<>\"']+|\b(?:[a-z0-9\-]+\.)+(?:{_ENDINGS})\b(?:/\S*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class AccountQuestion:
    """What somebody wants to know to be genuine.

    Attributes:
        numbers: account numbers without spaces, in the order in which they stand.
        links: host names.
        hidden: a number was masked at the door; so it is none of the fund's, which are never masked.
        names_an_account: a word for an account or bank stands beside the numbers, or the message is nothing else.
    """

    numbers: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    hidden: bool = False
    names_an_account: bool = False

    def __bool__(self) -> bool:
        return bool(self.numbers or self.links or self.hidden)


def question_in(text: str, *, official: Iterable[FundAccount] = (), hidden: bool = False) -> AccountQuestion:
    """Return the accounts and links in a message.

    Args:
        official: the fund's accounts; their numbers are found however they are written, with letters in them too.
        hidden: something was masked in the message as it was stored.
    """
    numbers: list[str] = []
    rest = text
    for payload in _QR.findall(text):
        try:
            numbers.append(read_payload(payload).account.upper())
        except MalformedQr:
            continue
        rest = rest.replace(payload, " ")
    for account in official:
        if (pattern := written_anyhow(account.number)).search(rest):
            numbers.append(account.number)
            rest = pattern.sub(" ", rest)
    links = [urlsplit(link if "//" in link else f"//{link}").hostname or "" for link in _LINK.findall(rest)]
    rest = _LINK.sub(" ", rest)
    for run in _RUN.finditer(rest):
        written = run[0]
        if _GROUPED.fullmatch(written) or _MONEY_AFTER.match(rest, run.end()):
            continue
        plain = plain_account(written)
        if LEAST_DIGITS <= len(plain) <= MOST_DIGITS:
            numbers.append(plain)
    alone = re.fullmatch(r"[\d\s.\-]+", text) is not None and any(len(one) >= LEAST_DIGITS_ALONE for one in numbers)
    named = alone or _ACCOUNT_WORD.search(fold(text).lower()) is not None or bool(_QR.search(text))
    return AccountQuestion(tuple(dict.fromkeys(numbers)), tuple(dict.fromkeys(filter(None, links))), hidden, named)


def written_anyhow(number: str) -> "re.Pattern[str]":
    """Return a pattern for an account number with any spaces, dots and dashes in it, and nothing of a longer one."""
    joined = r"[ .\-]{0,2}".join(map(re.escape, number))
    return re.compile(rf"(?<![0-9A-Za-z]){joined}(?![0-9A-Za-z])", re.IGNORECASE)


def partly_shown(number: str) -> str:
    """Return as much of a number as a person needs to know which is meant: "…4321"."""
    return f"…{number[-_SHOWN_DIGITS:]}"


def not_clickable(host: str) -> str:
    """Return a host name that no messenger makes a link of."""
    return host.replace(".", "(.)")


def spared(text: str, official: Sequence[FundAccount]) -> list[tuple[int, int]]:
    """Return where accounts of the fund stand in a text: they are public, and never personal data."""
    return sorted(match.span() for account in official for match in written_anyhow(account.number).finditer(text))
