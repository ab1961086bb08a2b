"""The reasons behind an evaluation, read from its trace: which conditions held, by which numbers and documents."""

from collections.abc import Iterator, Mapping
from itertools import islice

import numpy as np

from content.legislation.evaluation import (
    ASK_COMMUNE,
    MORE_INFORMATION,
    NO_AMOUNT,
    Evaluation,
    GroundOutcome,
    ProgrammeOutcome,
)
from content.legislation.facts import FACTS, facts_behind
from content.legislation.reasons import Datum, Quantity, Reason, Words, figure
from content.legislation.rules import AllOf, AnyOf, Comparison, Condition, Ground, Named
from content.legislation.truth import UNKNOWN, YES
from content.legislation.unsettled import UNSETTLED
from content.parameters import Parameter, SourceReference, Unit
from content.topics import Certainty

#: Conditions that only keep out what was refused: they say nothing about the household.
SILENT = frozenset({"may_want_training", "may_want_work_abroad", "wants_water_works", "went_to_doctor"})


class Explanation:
    """Why one household of an evaluation got its results."""

    def __init__(self, evaluation: Evaluation, row: int) -> None:
        self.evaluation = evaluation
        self.row = row
        people = evaluation.household_of_person
        self._people = np.array([row]) if people is None else np.flatnonzero(people == row)
        self._needs: dict[str, list[str]] = {}
        self._lists_people = bool(evaluation.value("people_known")[row] == YES)

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        return self.evaluation.parameters

    def why(self, outcome: ProgrammeOutcome) -> list[Reason]:
        """The reasons for one programme, the household's own facts first."""
        result, chosen = outcome.results[self.row], outcome.grounds[outcome.chosen[self.row]]
        reasons = list(self._members(chosen, outcome))
        reasons += self._holding(chosen)
        if result == MORE_INFORMATION:
            needs = self.needs(outcome)
            reasons.append(Reason("why.missing", {"facts": Words(tuple(f"fact.{name}" for name in needs))}))
        elif result == ASK_COMMUNE:
            reasons += self._open(chosen)
        else:
            reasons += self._granted(outcome, chosen)
        reasons += (Reason(f"note.{note}") for note in chosen.ground.notes)
        return reasons

    def needs(self, outcome: ProgrammeOutcome) -> list[str]:
        """The facts that would settle a programme, for which more was asked."""
        if outcome.results[self.row] != MORE_INFORMATION:
            return []
        known = self._needs.get(outcome.programme.id)
        if known is None:
            known = self._needs[outcome.programme.id] = self._find_needs(outcome)
        return known

    def _find_needs(self, outcome: ProgrammeOutcome) -> list[str]:
        chosen = outcome.grounds[outcome.chosen[self.row]]
        names: dict[str, None] = {}
        for condition in chosen.ground.conditions:
            if self._state(condition, chosen) == UNKNOWN and self.evaluation.answerable(condition)[self.row]:
                names |= {n: None for n in facts_behind(condition) if self.evaluation.missing(n)[self.row]}
        return [name for name in FACTS if name in names]

    def members(self, outcome: ProgrammeOutcome) -> list[int]:
        """The positions of the members whom the chosen ground is about."""
        chosen = outcome.grounds[outcome.chosen[self.row]]
        if chosen.fits_person is None or not self._lists_people:
            return []
        wanted = chosen.fits[self.row]
        return [position for position, person in enumerate(self._people) if chosen.fits_person[person] == wanted]

    def sources(self, outcome: ProgrammeOutcome) -> list[SourceReference]:
        """The documents of the chosen ground and of its numbers, each once."""
        chosen = outcome.grounds[outcome.chosen[self.row]]
        references = list(chosen.ground.sources)
        names = list(chosen.ground.parameters())
        names += [c.parameter for c in chosen.ground.conditions if isinstance(c, Comparison)]
        return self.references(names, references)

    def references(self, names: list[str], before: list[SourceReference] | None = None) -> list[SourceReference]:
        """The documents of numbers on the day, after those given."""
        found = {reference.document: reference for reference in before or ()}
        for name in names:
            entry = self.parameters[name].at(self.evaluation.on)
            for reference in entry.metadata.reference if entry and entry.metadata else ():
                found.setdefault(reference.document, reference)
        return list(found.values())

    def _members(self, chosen: GroundOutcome, outcome: ProgrammeOutcome) -> Iterator[Reason]:
        members = self.members(outcome)
        if len(self._people) > 1 and members:
            yield Reason("why.members", {"numbers": ", ".join(str(position + 1) for position in members)})

    def _state(self, condition: Condition, chosen: GroundOutcome) -> int:
        """How a condition stands for the household, or for the member for whom the ground stands as it does."""
        truth = self.evaluation.truth(condition, chosen.ground.of)
        if chosen.fits_person is None:
            return int(truth[self.row])
        same = [person for person in self._people if chosen.fits_person[person] == chosen.fits[self.row]]
        states = [int(truth[person]) for person in same]
        return UNKNOWN if UNKNOWN in states and chosen.fits[self.row] == UNKNOWN else max(states)

    def _holding(self, chosen: GroundOutcome) -> Iterator[Reason]:
        for condition in chosen.ground.when:
            yield from self._words_of(condition, chosen)

    def _words_of(self, condition: Condition, chosen: GroundOutcome) -> Iterator[Reason]:
        if self._state(condition, chosen) != YES:
            return
        if isinstance(condition, AnyOf):
            # Several people may fit, each by another condition that is open for somebody else: then none is named.
            holding = (c for c in condition.conditions if self._state(c, chosen) == YES)
            for each in islice(holding, 1):
                yield from self._words_of(each, chosen)
        elif isinstance(condition, AllOf):
            for each in condition.conditions:
                yield from self._words_of(each, chosen)
        elif isinstance(condition, Comparison):
            yield Reason(f"because.{condition.key}", {"limit": self._limit(condition)})
        elif condition.name not in SILENT:
            yield Reason(f"because.{condition.key}")

    def _limit(self, condition: Comparison) -> Quantity:
        value = self.evaluation.limit(condition)
        assert value is not None
        unit = self.parameters[condition.parameter].metadata.unit
        return Quantity(value, Unit.MONTH if condition.quantity.endswith("_months") else unit)

    def _granted(self, outcome: ProgrammeOutcome, chosen: GroundOutcome) -> Iterator[Reason]:
        ground, amount = chosen.ground, int(outcome.amounts[self.row])
        if ground.amount is not None and amount != NO_AMOUNT:
            data: dict[str, Datum] = {
                "amount": Quantity(amount, Unit.CURRENCY_VND),
                "per": Words((f"per.{ground.amount.per}",)),
            }
            yield Reason(f"why.amount_{ground.amount.kind}", data)
        for name in ground.figures:
            yield figure(self.parameters[name], self.evaluation.on)
        for remark in ground.remarks:
            if all(self.evaluation.truth(c, "household")[self.row] == YES for c in remark.when):
                yield Reason(f"note.{remark.say}")
        if chosen.certainty is Certainty.MH:
            yield Reason("note.confirm")

    def _open(self, chosen: GroundOutcome) -> Iterator[Reason]:
        if self.evaluation.value("is_class_unsettled")[self.row] == YES and self._rests_on_class(chosen.ground):
            yield from self.unsettled()
        elif chosen.is_sure:
            yield Reason("why.not_known")
        else:
            yield Reason("why.rule_not_sure")

    def _rests_on_class(self, ground: Ground) -> bool:
        return any(isinstance(c, Named) and facts_behind.is_about_poverty(c) for c in ground.conditions)

    def unsettled(self) -> Iterator[Reason]:
        """What the law leaves open about the household's class."""
        on = self.evaluation.on
        urban = "urban" if self.evaluation.value("is_urban")[self.row] == YES else "rural"
        if UNSETTLED.review_standard.holds_on(on):
            line = self.parameters[f"poverty.line.{urban}.near_max"]
            later = UNSETTLED.review_standard.other_standard_of
            yield Reason("class.review_standard", {"now": self._money(line, on), "next": self._money(line, later)})
        if UNSETTLED.changed_areas.holds_on(on) and self.evaluation.value("in_changed_area")[self.row] == YES:
            rural, urban_line = (self.parameters[f"poverty.line.{area}.near_max"] for area in ("rural", "urban"))
            yield Reason("class.changed_area", {"rural": self._money(rural, on), "urban": self._money(urban_line, on)})

    def _money(self, parameter: Parameter, on: object) -> Quantity:
        value = parameter.value_on(on)  # type: ignore[arg-type]
        assert value is not None
        return Quantity(value, parameter.metadata.unit)
