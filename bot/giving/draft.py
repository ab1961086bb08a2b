"""A pledge while it is being made: the answers so far, what is asked next, and the pledge that comes of it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from fund.pledging import LEAST, MOST, MOST_PARTS, NewPledge, is_odd

#: What is asked, in this order as far as it matters for the gift; the summary comes last.
KIND, AMOUNT, SCHEDULE, PARTS, SURE = "kind", "amount", "schedule", "parts", "sure"
GOODS, PLACE = "goods", "place"
PEOPLE, EXPECTED = "people", "expected"
DONOR, SHOWN, NAME = "donor", "shown", "name"
AREA, PURPOSE, CONTACT = "area", "purpose", "contact"
SUMMARY = "summary"

#: Choices of the closed questions, in the order in which they are shown.
CHOICES: dict[str, tuple[str, ...]] = {
    KIND: ("money", "in_kind", "drive"),
    SCHEDULE: ("once", "monthly", "instalments"),
    SURE: ("yes", "no"),
    DONOR: ("person", "group", "company"),
    SHOWN: ("name", "masked", "hidden"),
    CONTACT: ("none", "chat", "phone"),
}
#: What may be left open.
OPTIONAL = frozenset({PLACE, EXPECTED, AREA, PURPOSE, CONTACT})
#: What stands here may be said of everybody who gives; a name may not, nor words about goods.
_FOR_WHOM_A_NAME_IS_ASKED = frozenset({"group", "company"})
_KEY_LENGTH = 8


@dataclass(frozen=True)
class Offers:
    """What the fund lets donors choose: ids of purposes, and of communes that have an account of their own."""

    purposes: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """One pledge in the making. Immutable; kept in the slot `pledge` as plain data and gone with it.

    Attributes:
        key: names the draft for good; the same draft never makes two pledges.
        answers: answer to each question, in the order they were given.
        asking: the question that waits for an answer.
        tries: replies to it that were not understood.
        note: key of what is said before the question is asked (again).
    """

    key: str
    answers: Mapping[str, Any]
    asking: str = KIND
    tries: int = 0
    note: str | None = None

    @classmethod
    def from_slot(cls, value: object) -> Self | None:
        """Return the draft kept in the slot, None where there is none or it is not readable any more."""
        if not isinstance(value, Mapping):
            return None
        try:
            # Rasa keeps JSON, whose objects have no order that may be relied on: the answers are pairs.
            answers = {str(question): answer for question, answer in value["answers"]}
            return cls(str(value["key"]), answers, str(value["asking"]), int(value["tries"]), value.get("note"))
        except (KeyError, TypeError, ValueError):
            return None

    def as_slot(self) -> dict[str, Any]:
        """Return the draft as plain data."""
        return {
            "key": self.key,
            "answers": [list(pair) for pair in self.answers.items()],
            "asking": self.asking,
            "tries": self.tries,
            "note": self.note,
        }

    @property
    def fingerprint(self) -> str:
        """Names exactly these answers: a button under an older summary confirms nothing else."""
        written = json.dumps([self.key, sorted(self.answers.items())], ensure_ascii=False)
        return hashlib.sha256(written.encode()).hexdigest()[:_KEY_LENGTH]

    @property
    def total(self) -> int | None:
        """All that is promised, in whole đồng; None while it is not known."""
        amount: int | None = self.answers.get(AMOUNT, self.answers.get(EXPECTED))
        if amount is None or self.answers.get(SCHEDULE) != "monthly":
            return amount
        parts = self.answers.get(PARTS)
        return None if parts is None else int(amount * parts)

    def questions(self, offers: Offers) -> list[str]:
        """Return the questions that matter for this gift as it is known, answered or not."""
        kind, donor = self.answers.get(KIND), self.answers.get(DONOR)
        asked = [KIND]
        if kind == "in_kind":
            asked += [GOODS, PLACE]
        elif kind == "drive":
            asked += [PEOPLE, EXPECTED]
        elif kind == "money":
            asked += [AMOUNT, SCHEDULE]
            if self.answers.get(SCHEDULE) in ("monthly", "instalments"):
                asked.append(PARTS)
        if self.total is not None and is_odd(self.total):
            asked.append(SURE)
        if kind == "drive":
            asked += [NAME, SHOWN]
        elif donor in _FOR_WHOM_A_NAME_IS_ASKED:
            asked += [DONOR, NAME, SHOWN]
        else:
            # Whoever stays unnamed is not asked for a name at all.
            asked += [DONOR, SHOWN, *([NAME] if self.answers.get(SHOWN) in ("name", "masked") else [])]
        if offers.communes and kind != "in_kind":
            asked.append(AREA)
        if offers.purposes and kind != "in_kind":
            asked.append(PURPOSE)
        return [*asked, CONTACT]

    def next_question(self, offers: Offers) -> str:
        """Return what to ask next."""
        return next((one for one in self.questions(offers) if one not in self.answers), SUMMARY)

    def answered(self, question: str, answer: Any) -> Self:
        """Return the draft with a question answered, in the place of an earlier answer."""
        answers = {**self.answers, question: answer}
        if question in (KIND, AMOUNT, EXPECTED, SCHEDULE, PARTS) and self.answers.get(question) != answer:
            # "Yes, so much" was said about another sum.
            answers.pop(SURE, None)
        if question == KIND and self.answers.get(KIND) not in (None, answer):
            answers = {name: one for name, one in answers.items() if name in (KIND, NAME, SHOWN, CONTACT)}
        if question == SCHEDULE and self.answers.get(SCHEDULE) not in (None, answer):
            answers.pop(PARTS, None)
        return replace(self, answers=answers, tries=0, note=None)

    def without(self, *questions: str) -> Self:
        """Return the draft with some questions open again."""
        left = {name: one for name, one in self.answers.items() if name not in questions}
        return replace(self, answers=left, tries=0, note=None)

    def without_last(self) -> Self:
        """Return the draft as it was before the last answer."""
        last = next(reversed(list(self.answers)), None)
        return self if last is None else self.without(last)

    def asked_next(self, offers: Offers) -> Self:
        """Return the draft with its next question."""
        return replace(self, asking=self.next_question(offers))

    def new_pledge(self, offers: Offers, *, conversation: int, language: str, demo: bool) -> NewPledge:
        """Return the pledge that all these answers make. Answers to questions that do not matter any more are left."""
        asked = set(self.questions(offers))
        said = {name: answer for name, answer in self.answers.items() if name in asked}
        kind, contact = said[KIND], said.get(CONTACT) or {"way": "none"}
        schedule = said.get(SCHEDULE, "once")
        return NewPledge(
            kind=kind,
            amount=self.total if kind != "in_kind" else None,
            schedule=schedule,
            parts=said.get(PARTS, 1) if schedule != "once" else 1,
            donor_kind="company" if kind == "drive" else said[DONOR],
            donor_name=said.get(NAME),
            name_shown=said[SHOWN],
            level="commune" if said.get(AREA) else "province",
            commune=said.get(AREA),
            purpose=said.get(PURPOSE),
            people=said.get(PEOPLE),
            goods=said.get(GOODS),
            goods_place=said.get(PLACE),
            contact=contact.get("phone"),
            contact_consent_text=contact.get("words") if contact.get("phone") else None,
            conversation_id=conversation,
            language=language,
            demo=demo,
            draft_key=self.key,
        )


def problem_with_amount(amount: int) -> str | None:
    """Return why so much cannot be promised here, None where it can."""
    return "too_small" if amount < LEAST else "too_large" if amount > MOST else None


def problem_with_parts(parts: int, draft: Draft) -> str | None:
    """Return why an amount cannot be given in so many parts, None where it can."""
    if not 2 <= parts <= MOST_PARTS:
        return "parts_range"
    amount = draft.answers.get(AMOUNT) or 0
    if draft.answers.get(SCHEDULE) == "monthly":
        return "too_large" if amount * parts > MOST else None
    return "parts_small" if amount < parts * LEAST else None
