"""Which one more question would settle most: every answer to it is tried on the household, all in one evaluation."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from content.household import Household, Member
from content.legislation.classification import Classification, classification_of
from content.legislation.evaluation import MORE_INFORMATION, Evaluation
from content.legislation.facts import FACTS, Fact, FactKind
from content.legislation.reasons import Quantity, Reason
from content.legislation.truth import NO, YES
from content.legislation.unsettled import UNSETTLED
from content.parameters import Unit

if TYPE_CHECKING:
    from content.eligibility import Rules


_NOBODY = Member()


@dataclass(frozen=True, slots=True)
class Option:
    """One closed answer: the keys that it sets, and its words."""

    sets: dict[str, Any]
    label: Reason


@dataclass(frozen=True, slots=True)
class Question:
    """A fact to ask, of the household or of one member (`member` is a position), with its closed answers.

    `settles` is how many results one answer settles on average. Numbers, dates and amounts may be answered freely
    too; their options show the limits that matter that day.
    """

    fact: str
    kind: FactKind
    member: int | None
    options: tuple[Option, ...]
    text: Reason
    sensitive: bool
    settles: float

    def answered(self, household: Household, **answers: Any) -> Household:
        """The household with this question answered. Raises HouseholdError."""
        if self.member is None:
            return household.with_answer(**answers)
        return household.with_member_answer(self.member, **answers)

    def declined(self, household: Household) -> Household:
        """The household that does not know, or does not want to say."""
        return household.with_answer(not_known=[*household.not_known, self.fact])

    def as_json(self, language: str) -> dict[str, Any]:
        return {
            "fact": self.fact,
            "member": self.member,
            "kind": self.kind.value,
            "text": self.text.text(language),
            "options": [{"sets": option.sets, "label": option.label.text(language)} for option in self.options],
            "sensitive": self.sensitive,
            "settles": round(self.settles, 2),
        }


def options_of(rules: "Rules", fact: Fact, household: Household, on: date) -> tuple[Option, ...]:
    """The closed answers to a fact on a day; thresholds are that day's numbers, by area where the area is known."""
    if fact.kind is FactKind.YES_NO:
        return tuple(Option({fact.key: value}, Reason(f"answer.{'yes' if value else 'no'}")) for value in (True, False))
    if fact.kind is FactKind.CHOICE:
        return tuple(
            # Going to no school is the one choice that is written as a yes-or-no.
            Option({fact.key: False if choice == "no" else choice}, Reason(f"answer.{fact.key}.{choice}"))
            for choice in fact.choices
        )
    if fact.key == "income_per_person":
        return _income_options(rules, household, on)
    return tuple(_limits(rules, fact, on))


def _income_options(rules: "Rules", household: Household, on: date) -> tuple[Option, ...]:
    evaluation = rules.evaluate([household], on)
    urban = evaluation.value("is_urban")[0]
    areas: tuple[str, ...] = ("urban",) if urban == YES else ("rural",) if urban == NO else ("rural", "urban")
    if UNSETTLED.changed_areas.holds_on(on) and evaluation.value("in_changed_area")[0] == YES:
        areas = ("rural", "urban")
    days = [on]
    if UNSETTLED.review_standard.holds_on(on):
        days.append(UNSETTLED.review_standard.other_standard_of)
    names = [f"poverty.line.{area}.{kind}" for area in areas for kind in ("poor_income_only_max", "near_max")]
    found = {rules.parameters[name].value_on(day) for name in names for day in days}
    lines = sorted(int(line) for line in found if line is not None)
    options, below = [], None
    for line in lines:
        sets = {"income_at_most": line} | ({} if below is None else {"income_above": below})
        key, data = ("answer.up_to", {"limit": _money(line)})
        if below is not None:
            key, data = "answer.between", {"above": _money(below), "limit": _money(line)}
        options.append(Option(sets, Reason(key, data)))
        below = line
    if below is not None:
        options.append(Option({"income_above": below}, Reason("answer.above", {"limit": _money(below)})))
    return tuple(options)


def _money(value: int) -> Quantity:
    return Quantity(value, Unit.CURRENCY_VND)


def _limits(rules: "Rules", fact: Fact, on: date) -> Iterator[Option]:
    """A value on each side of every limit that a rule of that day compares the fact with."""
    if fact.kind is FactKind.DATE:
        return
    if fact.key == "deprivations":
        enough = rules.parameters["poverty.deprivation.min_for_poor"].value_on(on)
        limits = set() if enough is None else {int(enough)}
    else:
        limits = set(rules.limits(fact.variables[0], on))
    below = None
    for limit in sorted(limits):
        yield Option({fact.key: limit - 1}, _range(below, limit - 1))
        below = limit
    if below is not None:
        yield Option({fact.key: below}, Reason("answer.from", {"limit": below}))


def _range(low: int | None, high: int) -> Reason:
    if low is None:
        return Reason("answer.under", {"limit": high + 1})
    return Reason("answer.from_to", {"low": low, "limit": high})


def best_questions(rules: "Rules", household: Household, on: date) -> tuple[Question, ...]:
    """The questions that may still be asked, by how many results an answer settles on average; ties in the order
    of the facts. Those that settle nothing are left out."""
    asked = [
        (fact, member, options)
        for fact, member in _open_facts(rules, household, on)
        if (options := options_of(rules, fact, household, on))
    ]
    variants = [household]
    for _, member, options in asked:
        variants += [_with(household, member, option.sets) for option in options]
    evaluation = rules.evaluate(variants, on)
    unsettled = _unsettled(rules, evaluation)
    questions, row = [], 1
    for fact, member, options in asked:
        left = unsettled[row : row + len(options)].mean()
        row += len(options)
        settles = float(unsettled[0] - left)
        if settles > 0:
            text = Reason(f"ask.{fact.name}") if member is None else Reason(f"ask.{fact.name}", {"number": member + 1})
            questions.append(Question(fact.name, fact.kind, member, options, text, fact.sensitive, settles))
    return tuple(sorted(questions, key=lambda q: (not _is_likely(FACTS[q.fact], household, q.member), -q.settles)))


def _with(household: Household, member: int | None, sets: dict[str, Any]) -> Household:
    # The answers are our own: they need no checking, and this runs dozens of times for one message.
    if member is None:
        return household.model_copy(update=sets)
    members = list(household.members or (_NOBODY,))
    members[member] = members[member].model_copy(update=sets)
    return household.model_copy(update={"members": tuple(members)})


def _open_facts(rules: "Rules", household: Household, on: date) -> Iterator[tuple[Fact, int | None]]:
    evaluation = rules.evaluate([household], on)
    for fact in FACTS.values():
        if not fact.asked or fact.name in household.not_known or not evaluation.missing(fact.name)[0]:
            continue
        if fact.of == "household":
            yield fact, None
            continue
        silent = [p for p, member in enumerate(household.members or (_NOBODY,)) if getattr(member, fact.key) is None]
        if silent:
            yield fact, min(silent, key=lambda position: not _is_likely(fact, household, position))


def _is_likely(fact: Fact, household: Household, member: int | None) -> bool:
    """Whether a fact is worth asking a member early, by age; what is asked later is no less counted."""
    if member is None or not household.members or (age := household.members[member].age) is None:
        return True
    return fact.ages[0] <= age <= fact.ages[1]


def _unsettled(rules: "Rules", evaluation: Evaluation) -> np.ndarray[Any, np.dtype[np.float64]]:
    """How many results are open for each household; its class counts as one."""
    classes = evaluation.value("classes")
    open_ = np.array([classification_of(value) is Classification.UNKNOWN for value in classes], dtype=np.float64)
    for programme in rules.programmes:
        open_ += evaluation.programme(programme).results == MORE_INFORMATION
    return open_
