"""What the guided check knows so far: the answers in the order they were given, from which the household is made."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self

from content.eligibility import Assessment, assess
from content.household import Household, HouseholdError, parse_household
from content.legislation.questions import Question

#: Asked once, right after the first question; everything else is asked by the rules, what settles most first.
PEOPLE = "people"
#: Asked only when somebody told the income of the whole household, to divide it.
HEADS = "heads"

#: After this many questions in one go the result is shown; who wants to may go on from there.
MOST_QUESTIONS = 10

#: Who may live in the household, and what follows from it, so that nobody is asked whether a toddler wants training.
_NO_WORK = {"wants_training": False, "wants_work_abroad": False}
PEOPLE_FACTS: dict[str, dict[str, Any]] = {
    "small_child": {"pension": False, **_NO_WORK},
    "pupil": {"pension": False, **_NO_WORK},
    "student": {"pension": False, "wants_work_abroad": False},
    "elderly": {"student": False, **_NO_WORK},
    "disabled": {},
    "single_parent": {"student": False},
    "trainee": {"wants_training": True, "student": False, "pension": False},
    "work_abroad": {"wants_work_abroad": True, "student": False, "pension": False},
}
#: The member that stands for a household without any of them.
NOBODY_OF_THESE: dict[str, Any] = {"student": False, **_NO_WORK}


@dataclass(frozen=True)
class Answer:
    """One answer: to which question, and the keys that it sets. No keys: not known, or not wanted to be said."""

    fact: str
    member: int | None
    sets: Mapping[str, Any]

    def is_to(self, fact: str, member: int | None) -> bool:
        """True for the answer to this question."""
        return self.fact == fact and self.member == member

    def as_list(self) -> list[Any]:
        """Return the answer as plain data for the slot."""
        return [self.fact, self.member, dict(self.sets)]


@dataclass(frozen=True)
class Check:
    """One guided check. Immutable; kept in the slot `check` as plain data and forgotten with it.

    Attributes:
        asking: fact and member of the question that waits for an answer; None before the first and after the last.
        tries: replies to it that were not understood.
        income: income of the whole household per month, until the number of heads is known.
        phase: `asking`, `stopped` or `done`.
        problem: key of what was the matter with the last reply.
        people: who lives in the household, in the order of the members.
        most: number of answers at which the result is shown.
        kept: whether the person agreed that the answers are kept.
    """

    answers: tuple[Answer, ...] = ()
    asking: tuple[str, int | None] | None = None
    tries: int = 0
    income: tuple[int, int] | None = None
    phase: str = "asking"
    problem: str | None = None
    people: tuple[str, ...] = ()
    most: int = MOST_QUESTIONS
    kept: bool = False

    @classmethod
    def from_slot(cls, value: object) -> Self | None:
        """Return the check kept in the slot, or None where there is none or it is not readable any more."""
        if not isinstance(value, Mapping):
            return None
        try:
            asking, income = value.get("asking"), value.get("income")
            return cls(
                tuple(Answer(fact, member, sets) for fact, member, sets in value["answers"]),
                None if asking is None else (asking[0], asking[1]),
                int(value["tries"]),
                None if income is None else (income[0], income[1]),
                str(value["phase"]),
                value.get("problem"),
                tuple(value["people"]),
                int(value["most"]),
                bool(value["kept"]),
            )
        except (KeyError, TypeError, ValueError):
            return None

    def as_slot(self) -> dict[str, Any]:
        """Return the check as plain data."""
        return {
            "answers": [answer.as_list() for answer in self.answers],
            "asking": self.asking,
            "tries": self.tries,
            "income": self.income,
            "phase": self.phase,
            "problem": self.problem,
            "people": self.people,
            "most": self.most,
            "kept": self.kept,
        }

    def household(self) -> Household:
        """Return the household that the answers describe. Raises HouseholdError where they contradict each other."""
        data: dict[str, Any] = {}
        members = [dict(PEOPLE_FACTS[one]) for one in self.people]
        not_known: list[str] = []
        for answer in self.answers:
            if answer.fact == PEOPLE:
                members = members or ([dict(NOBODY_OF_THESE)] if answer.sets else [])
            elif not answer.sets:
                not_known.append(answer.fact)
            elif answer.member is None:
                data.update(answer.sets)
            else:
                members += [{}] * (answer.member + 1 - len(members))
                members[answer.member] = {**members[answer.member], **answer.sets}
        if members:
            data["members"] = members
        return parse_household({**data, "not_known": not_known})

    def assessment(self, on: date) -> Assessment:
        """Return what the household may get as far as it is known."""
        return assess(self.household(), on)

    def answered(self, fact: str, member: int | None, sets: Mapping[str, Any]) -> Self:
        """Return the check with a question answered, in the place of an earlier answer to it.

        Raises:
            HouseholdError: the answer contradicts another one.
        """
        answer = Answer(fact, member, sets)
        earlier = [one.is_to(fact, member) for one in self.answers]
        answers = (
            tuple(answer if same else one for one, same in zip(self.answers, earlier, strict=True))
            if any(earlier)
            else (*self.answers, answer)
        )
        changed = replace(self, answers=answers, tries=0, problem=None, income=None)
        changed.household()
        return changed

    def gone_on(self) -> Self:
        """Return the check as it goes on after a pause or a result, with room for more answers."""
        most = self.most if len(self.answers) < self.most else len(self.answers) + MOST_QUESTIONS // 2
        return replace(self, phase="asking", tries=0, problem=None, most=most)

    def without_last(self) -> Self:
        """Return the check as it was before the last answer."""
        if not self.answers:
            return replace(self, asking=None, tries=0, problem=None, income=None)
        last = self.answers[-1]
        people = () if last.fact == PEOPLE else self.people
        return replace(self, answers=self.answers[:-1], people=people, asking=None, tries=0, problem=None, income=None)

    def without_people(self) -> Self:
        """Return the check without who lives in the household, and without what was said about each of them."""
        return replace(self, people=(), answers=tuple(one for one in self.answers if one.member is None))

    def next_question(self, on: date) -> tuple[str, int | None] | None:
        """Return fact and member of what to ask next, None when nothing more is worth asking."""
        if self.income is not None:
            return (HEADS, None)
        answered = {answer.fact for answer in self.answers}
        if answered and PEOPLE not in answered:
            return (PEOPLE, None)
        if len(self.answers) >= self.most:
            return None
        best = next(iter(self.assessment(on).questions), None)
        return None if best is None else (best.fact, best.member)

    def question(self, fact: str, member: int | None, on: date) -> Question | None:
        """Return a question of the rules with its closed answers; None for those that only this check asks."""
        before = tuple(one for one in self.answers if not one.is_to(fact, member))
        open_again = replace(self, answers=before).assessment(on).questions
        return next((one for one in open_again if one.fact == fact and one.member == member), None)


__all__ = ["HEADS", "MOST_QUESTIONS", "PEOPLE", "PEOPLE_FACTS", "Answer", "Check", "HouseholdError"]
