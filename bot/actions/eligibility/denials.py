"""What a reply affirms and what it denies: "không phải hộ nghèo, hộ cận nghèo thôi", "không nghèo không cận nghèo"."""

import re

from content.folding import fold
from content.household import Status

_BREAKS = re.compile(r"[,;.!?\n]+|\bma (?=la\b|thuoc\b|chi\b)|\bnhung\b|\bchu (?=khong\b|ko\b)|\bchi\b|\bbut\b")
_DENIES = re.compile(r"\b(khong|ko|k|hong|hok|chua|chang|not|no|never|isnt|arent|dont)\b")
#: A clause that takes back what was said before, and says nothing about this question.
_TAKES_BACK = re.compile(r"(da|a|o|oi|vang)? ?(khong|ko|no|nham)( roi| phai| co)?")
#: The nearer name first: "cận nghèo" and "thoát nghèo" hold "nghèo" too.
_GROUPS = (
    (Status.NEAR_POOR, re.compile(r"\bcan ngheo\b|\bnear poor\b")),
    (Status.NEWLY_ESCAPED, re.compile(r"\bthoat (can )?ngheo\b|\bescaped\b")),
    (Status.AVERAGE_LIVING_STANDARD, re.compile(r"\btrung binh\b|\baverage\b")),
    (Status.POOR, re.compile(r"\bngheo\b|\bpoor\b")),
)
_NO_GROUP = re.compile(r"\b(dien|loai|ho) nao\b|\bany\b|\bneither\b|\bnone\b")


def clauses(text: str) -> tuple[list[str], list[str]]:
    """Return the clauses of a reply that affirm something, and those that deny it; folded, words with single spaces."""
    parts = [" ".join(re.findall(r"[a-z0-9]+", part)) for part in _BREAKS.split(fold(text).lower())]
    said = [part for part in parts if part]
    if len(said) > 1 and _TAKES_BACK.fullmatch(said[0]):
        said = said[1:]
    return [one for one in said if not _DENIES.search(one)], [one for one in said if _DENIES.search(one)]


def says(words: str, affirmed: list[str], denied: list[str]) -> bool:
    """Return whether a reply says `words` (folded): affirms them, or denies with them where they deny themselves."""
    # Joined again, for words that hold a comma themselves.
    said = " ".join([*affirmed, *denied] if _DENIES.search(words) else affirmed)
    return f" {words.strip()} " in f" {said} "


class UnclearDenial(ValueError):
    """It denies something, and what holds instead cannot be told."""


def status_left(text: str) -> str | None:
    """Return the status that a reply with a denial leaves: the one that it affirms, else "none".

    None: it denies nothing, and means what it names. Raises UnclearDenial.
    """
    affirmed, denied = clauses(text)
    if not denied:
        return None
    holds, holds_not = _groups(affirmed), [_groups([one]) for one in denied]
    if len(holds) == 1 and all(holds_not):
        return holds.pop()
    alone = not affirmed and len(denied) == 1 and _TAKES_BACK.fullmatch(denied[0].replace("chua", "khong"))
    if not holds and (alone or any(holds_not) or any(_NO_GROUP.search(one) for one in denied)):
        return Status.NONE.value
    raise UnclearDenial(text)


def _groups(parts: list[str]) -> set[str]:
    found = set()
    for part in parts:
        left = part
        for status, pattern in _GROUPS:
            left, number = pattern.subn(" ", left)
            if number:
                found.add(status.value)
    return found
