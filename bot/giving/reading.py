"""Reading what people say about a gift they want to promise: amounts, how often, who gives, how the name is shown."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.courses.phone import phone_in
from bot.giving.draft import (
    AMOUNT,
    CHOICES,
    CONTACT,
    DONOR,
    EXPECTED,
    GOODS,
    KIND,
    NAME,
    OPTIONAL,
    PARTS,
    PEOPLE,
    PLACE,
    SCHEDULE,
    SHOWN,
    SURE,
    Draft,
    problem_with_amount,
    problem_with_parts,
)
from bot.giving.words import CONTACTS, PATTERNS
from content.folding import fold

#: Longest words about goods or a place, longest name.
LONGEST_WORDS, LONGEST_NAME = 200, 80
#: What the organiser of a drive may expect to come together.
MOST_PEOPLE = 100_000


class NotUnderstood(Exception):
    """The reply is no answer to the question; `problem` is a key `pledge.problem.<problem>`."""

    def __init__(self, problem: str = "not_understood") -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True)
class Reply:
    """What a person said, as Rasa read it.

    Attributes:
        text: what was typed; empty for a button.
        pressed: the value of the entity `pledge` of a button of ours.
        words: values of the entity `check_reply`: yes, no, skip, stop, undo, why.
        amounts: `{low, high, per, of}` in whole đồng.
    """

    text: str = ""
    pressed: str | None = None
    words: tuple[str, ...] = ()
    amounts: tuple[Mapping[str, Any], ...] = ()
    count: int | None = None

    @property
    def folded(self) -> str:
        """The words, folded and in one line."""
        return " ".join(fold(self.text).lower().split())


def reply_in(text: str, entities: Sequence[Mapping[str, Any]], *, pressed: bool) -> Reply:
    """Collect what Rasa found in a message."""

    def values(name: str) -> tuple[Any, ...]:
        return tuple(one["value"] for one in entities if one["entity"] == name)

    if pressed:
        return Reply(pressed=next((str(value) for value in values("pledge")), None))
    count = next(iter(values("count")), None)
    return Reply(text, None, values("check_reply"), values("amount"), None if count is None else int(count))


_PARTS = re.compile(r"\b(\d{1,3}) ?(?:thang|dot|lan|ky|phan|months?|times|parts?|instal+ments?)\b")
_SPELLED = {
    "hai": 2,
    "ba": 3,
    "bon": 4,
    "nam": 5,
    "sau": 6,
    "bay": 7,
    "tam": 8,
    "chin": 9,
    "muoi": 10,
    "two": 2,
    "three": 3,
    "four": 4,
    "six": 6,
    "twelve": 12,
}
_SPELLED_PARTS = re.compile(
    r"\b(" + "|".join(_SPELLED) + r") (?:thang|dot|lan|ky|phan|months?|times|parts?|instal+ments?)\b"
)
_ONE_YEAR = re.compile(r"\b(?:mot|1|ca) nam\b|\b(?:a|one) year\b")
_OTHER_MONEY = re.compile(r"\b(?:usd|do la|dola|dollars?|eur|euro|yen|won)\b|\d ?do\b|[$€¥₩]")
_BELOW_NOUGHT = re.compile(r"(?:^|[\s(])[-–−]\s?\d|\b(?:am|tru) \d")
_YES = re.compile(
    r"(?:da |vang |u )*(?:co|vang|da|u|uh|dung|phai|yes|ok|oke|okay|chinh xac|dong y|xac nhan|correct|right)\b"
)
_NO = re.compile(r"(?:da )?(?:khong|ko|k|sai|chua|nham|no|wrong)\b")
_CALLED = re.compile(
    r"^(?:(?:dạ|vâng|em|tôi|mình|cháu|con|tui|là|tên|ghi|ghi tên|cứ ghi|của (?:tôi|em|mình)|my name is|i am|i'm|name)"
    r"[\s:,]+)+",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"[\d@/:]|https?|www\.")


def answer_to(question: str, reply: Reply, draft: Draft) -> Any:
    """Return the answer that a reply gives to a question.

    Raises:
        NotUnderstood: it is none; says why.
    """
    if question in OPTIONAL and "skip" in reply.words:
        return _nothing(question)
    if question in (AMOUNT, EXPECTED):
        return amount_in(reply)
    if question == PARTS:
        return _parts_in(reply, draft)
    if question == PEOPLE:
        if reply.count is None or not 2 <= reply.count <= MOST_PEOPLE:
            raise NotUnderstood("people")
        return reply.count
    if question == SURE:
        return _sure(reply)
    if question == NAME:
        return _name_in(reply)
    if question in (GOODS, PLACE):
        return _words_in(reply)
    if question == CONTACT:
        return _contact_in(reply)
    return _choice_in(question, reply)


def _nothing(question: str) -> Any:
    return {"way": "none"} if question == CONTACT else None


def chosen_answer(question: str, choice: str) -> Any:
    """Return the answer that a choice of a closed question stands for, from a button."""
    if choice == "skip" and question in OPTIONAL:
        return _nothing(question)
    if choice not in CHOICES.get(question, ()):
        raise NotUnderstood
    if question == SURE:
        if choice == "no":
            raise NotUnderstood("amount_again")
        return True
    if question == CONTACT:
        if choice == "phone":
            raise NotUnderstood("type_phone")
        return {"way": choice}
    return choice


def amount_in(reply: Reply) -> int:
    """Return the one amount in a reply, in whole đồng.

    Raises:
        NotUnderstood: none, several, a span, no đồng, or outside what is taken.
    """
    if _OTHER_MONEY.search(reply.folded):
        raise NotUnderstood("only_dong")
    if _BELOW_NOUGHT.search(reply.folded):
        raise NotUnderstood("not_understood")
    if not reply.amounts:
        raise NotUnderstood("which_unit" if reply.count is not None else "not_understood")
    sums = {(one["low"], one["high"]) for one in reply.amounts}
    if len(sums) > 1 or any(low != high for low, high in sums):
        raise NotUnderstood("one_amount")
    amount = int(reply.amounts[0]["low"])
    if (problem := problem_with_amount(amount)) is not None:
        raise NotUnderstood(problem)
    return amount


def parts_named(reply: Reply) -> int | None:
    """Return the number of parts or months that a reply names, None where it names none."""
    folded = reply.folded
    if (found := _PARTS.search(folded)) is not None:
        return int(found[1])
    if (found := _SPELLED_PARTS.search(folded)) is not None:
        return _SPELLED[found[1]]
    return 12 if _ONE_YEAR.search(folded) else None


def _parts_in(reply: Reply, draft: Draft) -> int:
    parts = parts_named(reply)
    parts = reply.count if parts is None else parts
    if parts is None:
        raise NotUnderstood("parts_range")
    if (problem := problem_with_parts(parts, draft)) is not None:
        raise NotUnderstood(problem)
    return parts


def _sure(reply: Reply) -> bool:
    if _NO.match(reply.folded):
        raise NotUnderstood("amount_again")
    if not _YES.match(reply.folded):
        raise NotUnderstood("yes_or_no")
    return True


def _name_in(reply: Reply) -> str:
    words = " ".join(reply.text.split()).strip(" .,:;!")
    name = _CALLED.sub("", words).strip() or words
    if not 2 <= len(name) <= LONGEST_NAME or _NO_NAME.search(name) or not any(char.isalpha() for char in name):
        raise NotUnderstood("name")
    return name


def _words_in(reply: Reply) -> str:
    words = " ".join(reply.text.split())
    if len(words) < 2 or not any(char.isalpha() for char in words):
        raise NotUnderstood("some_words")
    if len(words) > LONGEST_WORDS:
        raise NotUnderstood("too_long")
    return words


def _contact_in(reply: Reply) -> dict[str, str]:
    if (phone := phone_in(reply.text)) is not None:
        return {"way": "phone", "phone": phone}
    if sum(char.isdigit() for char in reply.text) > 1:
        raise NotUnderstood("phone")
    for way, pattern in CONTACTS.items():
        if pattern.search(reply.folded):
            return {"way": way}
    if "no" in reply.words:
        return {"way": "none"}
    if _YES.match(reply.folded):
        return {"way": "chat"}
    raise NotUnderstood("type_phone" if re.search(r"dien thoai|sdt|phone", reply.folded) else "not_understood")


def _choice_in(question: str, reply: Reply) -> str:
    found = choice_named(question, reply)
    if found is None:
        raise NotUnderstood
    return found


def choice_named(question: str, reply: Reply) -> str | None:
    """Return the choice of a closed question that the words name; the first pattern that fits decides."""
    patterns = PATTERNS.get(question, {})
    return next((choice for choice, pattern in patterns.items() if pattern.search(reply.folded)), None)


def told_at_once(draft: Draft, reply: Reply) -> Draft:
    """Take in what the words that began a pledge tell already: "công ty tôi ủng hộ mỗi tháng 2 triệu, ẩn danh".

    Only what can be nothing else is taken; all of it is read back in the summary.
    """
    kind = "money" if reply.amounts else choice_named(KIND, reply)
    if kind == "drive" or PATTERNS[KIND]["drive"].search(reply.folded):
        kind = "drive"
    if (kind in ("money", "drive") and kind is not None) or kind == "in_kind":
        draft = draft.answered(KIND, kind)
    if kind == "money":
        draft = _money_told(draft, reply)
    if PATTERNS[SHOWN]["hidden"].search(reply.folded):
        draft = draft.answered(SHOWN, "hidden")
    if kind != "drive" and PATTERNS[DONOR]["company"].search(reply.folded):
        draft = draft.answered(DONOR, "company")
    return draft


def _money_told(draft: Draft, reply: Reply) -> Draft:
    try:
        draft = draft.answered(AMOUNT, amount_in(reply))
    except NotUnderstood:
        return draft
    schedule = choice_named(SCHEDULE, reply)
    if schedule is None and reply.amounts and reply.amounts[0].get("per") == "month":
        schedule = "monthly"
    if schedule is None:
        return draft
    return with_parts_named(draft.answered(SCHEDULE, schedule), reply)


def with_parts_named(draft: Draft, reply: Reply) -> Draft:
    """Return the draft with the number of months or parts that a reply names beside how often."""
    parts = parts_named(reply)
    if draft.answers.get(SCHEDULE) == "once" or parts is None or problem_with_parts(parts, draft):
        return draft
    return draft.answered(PARTS, parts)
