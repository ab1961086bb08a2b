"""Reading a reply to a question of the guided check: a button, a closed answer in words, a number, an amount, a day."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.actions.eligibility.denials import UnclearDenial, clauses, says, status_left
from bot.actions.eligibility.state import HEADS, PEOPLE, PEOPLE_FACTS
from content.folding import fold
from content.legislation.facts import FactKind
from content.legislation.questions import Option, Question
from content.translations import catalogue_for

#: Months in what an amount was said for; other spans are asked about again.
_MONTHS = {None: 1, "month": 1, "quarter": 3, "year": 12}

#: Replies that a button or a phrase stands for, whatever is asked.
COMMANDS = frozenset({"do_not_know", "skip", "stop", "result", "undo", "why", "restart", "forget"})

_CORRECTS = re.compile(
    r"^\W*(da |a |o |oi )?(khong|ko|nham|sua|lon|quen)\b|\b(nham|sua lai|noi nham|khong phai)\b|\by .{1,8} la\b"
)
_BESIDE_NUMBERS = re.compile(r"\d+|[^a-z0-9]+|\b(so|va|voi|cau|nhom|chon|muc|o|da|a|nhe|and|number)\b")
_CHOSEN = re.compile(r"(?P<fact>[a-z_.]+)(?:@(?P<member>\d+))?=(?P<option>[a-z_0-9]+)")


@dataclass(frozen=True)
class Said:
    """One message as Rasa read it: its words, and the entities that matter here."""

    text: str
    pressed: str | None
    words: tuple[str, ...]
    groups: tuple[str, ...]
    areas: tuple[str, ...]
    amounts: tuple[Mapping[str, Any], ...]
    count: int | None
    day: Mapping[str, Any] | None

    @property
    def command(self) -> str | None:
        """The command that was pressed or typed, None where there is none."""
        if self.pressed in COMMANDS:
            return self.pressed
        found = next((word for word in self.words if word in COMMANDS), None)
        # Folded, "đúng" (right) and "dừng" (stop) are one.
        return None if found == "stop" and "đúng" in self.text.lower() else found

    @property
    def corrects(self) -> bool:
        """Whether it says that something said before was wrong: "không, 2 triệu cơ", "nhầm rồi, ở phường"."""
        return _CORRECTS.search(fold(self.text).lower()) is not None

    @property
    def has_number(self) -> bool:
        """Whether it names an amount or a count."""
        return bool(self.amounts) or self.count is not None

    @property
    def yes_or_no(self) -> bool | None:
        """Whether it begins with yes or no; the longest phrase at the beginning decides."""
        folded = fold(self.text).lower().strip()
        first = re.match(r"(da |vang |u )?(khong|ko|k|hong|chua|no)\b", folded)
        if first:
            return False
        return True if re.match(r"(da |vang,? )?(co|vang|u|uh|dung|phai|yes|ok)\b", folded) else None


def said_in(text: str, entities: Sequence[Mapping[str, Any]], *, pressed: bool) -> Said:
    """Collect what Rasa found in a message."""

    def values(name: str) -> tuple[Any, ...]:
        return tuple(one["value"] for one in entities if one["entity"] == name)

    chosen = values("check")
    return Said(
        text="" if pressed else text,
        pressed=str(chosen[0]) if pressed and chosen else None,
        words=() if pressed else values("check_reply"),
        groups=() if pressed else values("household_group"),
        areas=() if pressed else values("area"),
        amounts=() if pressed else values("amount"),
        count=None if pressed else next(iter(values("count")), None),
        day=None if pressed else next(iter(values("day")), None),
    )


def chosen(pressed: str) -> tuple[str, int | None, str] | None:
    """Return fact, member and option of a pressed answer ("members.age@0=2")."""
    match = _CHOSEN.fullmatch(pressed)
    return (match["fact"], int(match["member"]) if match["member"] else None, match["option"]) if match else None


class NotUnderstood(Exception):
    """The reply is no answer to the question; `problem` is the message key that says what would be one."""

    def __init__(self, problem: str = "not_understood") -> None:
        super().__init__(problem)
        self.problem = problem


def read(said: Said, question: Question, on: date) -> Mapping[str, Any]:
    """Return the keys that a typed reply sets.

    Raises:
        NotUnderstood: it is no answer to this question.
    """
    if question.fact == "status" and (left := _status_left(said)) is not None:
        return next(option.sets for option in question.options if left in option.sets.values())
    if question.kind is FactKind.THRESHOLD:
        return _income(said, question)
    if question.kind is FactKind.DATE:
        return {question.fact: _day(said, on).isoformat()}
    if question.kind in (FactKind.COUNT, FactKind.AMOUNT) and said.count is not None:
        return {question.fact.removeprefix("members."): said.count}
    # "Không, 5 người" is no "no" to this question: it corrects an earlier answer.
    if question.kind is FactKind.YES_NO and said.yes_or_no is not None and not said.has_number:
        return {question.fact.removeprefix("members."): said.yes_or_no}
    return _option_named(said, question).sets


def _status_left(said: Said) -> str | None:
    try:
        return status_left(said.text)
    except UnclearDenial as error:
        raise NotUnderstood("choose_one") from error


def _income(said: Said, question: Question) -> Mapping[str, Any]:
    """One amount or a range; `of` household is left to the caller, who knows to ask for the number of heads."""
    if not said.amounts:
        if said.count is not None:
            raise NotUnderstood("which_unit")
        return _option_named(said, question).sets
    amount = said.amounts[0]
    if amount["per"] not in _MONTHS:
        raise NotUnderstood("per_month")
    low, high = (round(amount[end] / _MONTHS[amount["per"]]) for end in ("low", "high"))
    return income_between(low, high)


def income_between(low: int, high: int) -> dict[str, int]:
    """Return the keys for an income per person and month that is known exactly, or between two amounts."""
    return {"income_per_person": low} if low == high else {"income_above": max(low - 1, 0), "income_at_most": high}


def income_of_household(said: Said) -> tuple[int, int] | None:
    """Return the monthly income, lowest and highest, where somebody told that of the whole household."""
    if not said.amounts or said.amounts[0]["of"] != "household" or said.amounts[0]["per"] not in _MONTHS:
        return None
    amount = said.amounts[0]
    low, high = (round(amount[end] / _MONTHS[amount["per"]]) for end in ("low", "high"))
    return low, high


def _day(said: Said, on: date) -> date:
    if said.day is None:
        raise NotUnderstood("which_day")
    if said.day["month"] is None:
        raise NotUnderstood("which_month")
    try:
        day = date(said.day["year"], said.day["month"], said.day["day"] or 1)
    except ValueError as error:
        raise NotUnderstood("which_day") from error
    if day > on:
        raise NotUnderstood("day_to_come")
    return day


def _option_named(said: Said, question: Question) -> Option:
    """Return the closed answer whose words were said, or that an entity stands for."""
    affirmed, denied = clauses(said.text)
    # "Không phải ở phường" names the ward and does not mean it.
    values = set() if denied else {*said.groups, *said.areas}
    by_entity = [one for one in question.options if values & {str(value) for value in one.sets.values()}]
    if len(by_entity) == 1:
        return by_entity[0]
    labels = [(_in_words(option.label.text("vi")), option) for option in question.options]
    named = [(len(label), option) for label, option in labels if says(label, affirmed, denied)]
    if not named:
        raise NotUnderstood("choose_one" if question.options else "not_understood")
    return max(named, key=lambda one: one[0])[1]


def people_in(said: Said) -> tuple[str, ...] | None:
    """Return who lives in the household: "1 3" or "không có ai". None when neither was said."""
    if said.pressed:
        picked = chosen(said.pressed)
        option = picked[2] if picked and picked[0] == PEOPLE else ""
        return () if option == "nobody" else (option,) if option in PEOPLE_FACTS else None
    numbers = [int(number) for number in re.findall(r"\d+", said.text)]
    known = list(PEOPLE_FACTS)
    # "Nhà 5 người" counts heads; only numbers by themselves choose from the list.
    if numbers and not _BESIDE_NUMBERS.sub(" ", fold(said.text).lower()).strip():
        if not all(0 <= number <= len(known) for number in numbers):
            return None
        return tuple(known[number - 1] for number in numbers if number)
    affirmed, denied = clauses(said.text)
    labels = {one: _in_words(catalogue_for("vi").text(f"check.people.{one}")) for one in known}
    named = tuple(one for one, label in labels.items() if says(label, affirmed, denied))
    if named:
        return named
    # "Không có người khuyết tật" says nothing about the others.
    denies_somebody = any(label in f" {part} " for part in denied for label in labels.values())
    return () if said.yes_or_no is False and not denies_somebody else None


def _in_words(text: str) -> str:
    """The folded words of `text`, with a space on both sides, so that one text is looked for in another."""
    return f" {' '.join(re.findall(r'[a-z0-9]+', fold(text).lower()))} "


def heads_in(said: Said) -> int | None:
    """Return the number of people in the household, None when it was not said."""
    if said.pressed:
        picked = chosen(said.pressed)
        return int(picked[2]) if picked and picked[0] == HEADS and picked[2].isdecimal() else None
    return said.count if said.count is not None and 1 <= said.count <= 30 else None
