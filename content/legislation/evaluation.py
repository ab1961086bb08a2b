"""Evaluating the rules over many households at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce

import numpy as np

from content.legislation.facts import facts_behind
from content.legislation.rules import AllOf, Amount, AnyOf, Comparison, Condition, Ground, Named, Programme
from content.legislation.system import DaySimulation, Legislation
from content.legislation.truth import NO, UNKNOWN, YES, Bools, Ints
from content.parameters import Parameter, Unit
from content.topics import Certainty

#: What a programme may be for a household, in rising order. There is no "no": it is left out instead.
LEFT_OUT, ASK_COMMUNE, MORE_INFORMATION, POSSIBLE = 0, 1, 2, 3

NO_AMOUNT = -1


@dataclass(frozen=True, slots=True)
class GroundOutcome:
    """How one ground turned out: for each household, and where the ground is about persons, for each person."""

    ground: Ground
    certainty: Certainty
    fits: Ints
    fits_person: Ints | None
    answerable: Bools
    amount: Ints
    rank: float
    fits_somebody: bool
    may_fit_somebody: bool

    @property
    def is_sure(self) -> bool:
        return not self.certainty.is_uncertain


@dataclass(frozen=True, slots=True)
class ProgrammeOutcome:
    """Results by household; `chosen` is the position of the ground that counts in `grounds`, −1 where none does."""

    programme: Programme
    results: Ints
    chosen: Ints
    amounts: Ints
    grounds: tuple[GroundOutcome, ...]


@dataclass
class Evaluation:
    """One simulation with our rules on top. Arrays are in the order of the households."""

    system: Legislation
    parameters: Mapping[str, Parameter]
    on: date
    households: int
    columns: Mapping[str, Ints]
    household_of_person: Ints | None = None
    not_known: Mapping[str, Bools] = field(default_factory=dict)
    """Facts that were asked and that the household does not know."""

    def __post_init__(self) -> None:
        self.simulation = DaySimulation(self.system, self.on, self.households, self.columns, self.household_of_person)
        people = self.household_of_person
        self._home = np.arange(self.households) if people is None else people
        # Where the persons of each household begin; persons lie in the order of their households.
        self._starts = None if people is None else np.searchsorted(people, np.arange(self.households))
        # Shared by all grounds that have none; nobody writes to them.
        self._no_amounts: Ints = np.full(self.households, NO_AMOUNT, dtype=np.int64)
        self._nobody: Bools = np.zeros(self.households, dtype=bool)
        # By identity: rules hold one object of equal conditions, and hashing their fields takes longer than this.
        self._truths: dict[tuple[int, str], Ints] = {}
        self._answerable: dict[int, Bools] = {}
        self._missing: dict[str, Bools] = {}

    def value(self, name: str) -> Ints:
        """A variable, for each household or each person, as its entity is."""
        return self.simulation.value(name)

    def number(self, name: str) -> float | None:
        """A dated number on the day."""
        return self.parameters[name].value_on(self.on)

    def any_person(self, values: Ints) -> Ints:
        """The highest of the values of a household's persons."""
        if self._starts is None:
            return values
        highest: Ints = np.maximum.reduceat(values, self._starts)
        return highest

    def truth(self, condition: Condition, entity: str) -> Ints:
        """Whether a condition holds, for each household or person."""
        known = self._truths.get((id(condition), entity))
        if known is None:
            known = self._truths[id(condition), entity] = self._truth(condition, entity)
        return known

    def _truth(self, condition: Condition, entity: str) -> Ints:
        if isinstance(condition, AnyOf):
            return reduce(np.maximum, (self.truth(each, entity) for each in condition.conditions))
        if isinstance(condition, AllOf):
            return reduce(np.minimum, (self.truth(each, entity) for each in condition.conditions))
        if isinstance(condition, Named):
            found = self._for_entity(condition.name, entity)
            return YES - found if condition.negated else found
        low, high = (self._for_entity(f"{condition.quantity}_{end}", entity) for end in ("min", "max"))
        limit = self.limit(condition)
        if limit is None:
            return np.full(low.shape, UNKNOWN)
        if condition.sign in ("<=", "<"):
            limit = limit if condition.sign == "<=" else limit - 1
            return (low <= limit).astype(np.int32) + (high <= limit)
        limit = limit if condition.sign == ">=" else limit + 1
        return (low >= limit).astype(np.int32) + (high >= limit)

    def limit(self, condition: Comparison) -> float | None:
        """The number that a quantity is compared with; years count as months beside months."""
        limit = self.number(condition.parameter)
        if limit is not None and condition.quantity.endswith("_months"):
            return limit * (12 if self.parameters[condition.parameter].metadata.unit is Unit.YEAR else 1)
        return limit

    def _for_entity(self, name: str, entity: str) -> Ints:
        values = self.value(name)
        if entity == "person" and name not in self.system.of_persons:
            return values if self._starts is None else values[self._home]
        if entity == "household" and name in self.system.of_persons:
            found = self.any_person(values)
            # Members that were not listed may be anything.
            return np.where(self.value("people_known") == YES, found, np.maximum(found, UNKNOWN))
        return values

    def missing(self, fact: str) -> Bools:
        """Where a fact was not said, and may still be asked."""
        known = self._missing.get(fact)
        if known is None:
            known = self._missing[fact] = self._is_missing(fact)
        return known

    def _is_missing(self, fact: str) -> Bools:
        found = facts_behind.is_missing(self, fact)
        declined = self.not_known.get(fact)
        return found if declined is None else found & ~declined

    def answerable(self, condition: Named | Comparison) -> Bools:
        """Where a household could settle a condition by saying more."""
        known = self._answerable.get(id(condition))
        if known is None:
            asked = [self.missing(fact) for fact in facts_behind(condition)]
            known = reduce(np.logical_or, asked, np.zeros(self.households, dtype=bool))
            if facts_behind.is_about_poverty(condition):
                known = known & (self.value("is_class_unsettled") == NO)
            self._answerable[id(condition)] = known
        return known

    def grounds(self, programme: Programme) -> tuple[tuple[Ground, Certainty], ...]:
        """The grounds of a programme in force on the day, each with the certainty it has then."""
        key = (programme.id, self.on)
        known = self.system.grounds_of.get(key)
        if known is None:
            in_force = (ground for ground in programme.grounds if ground.holds_on(self.on))
            known = self.system.grounds_of[key] = tuple((ground, self._certainty(ground)) for ground in in_force)
        return known

    def _certainty(self, ground: Ground) -> Certainty:
        """The least sure of a ground and of its numbers; unknown where one of them has no value that day."""
        certainties = [ground.certainty]
        for name in ground.parameters():
            entry = self.parameters[name].at(self.on)
            certainties.append(Certainty.U if entry is None or entry.metadata is None else entry.metadata.certainty)
        return max(certainties, key=lambda certainty: certainty.rank)

    def ground(self, ground: Ground, certainty: Certainty) -> GroundOutcome | None:
        """One ground for all households; None where it fits nobody."""
        fits = self.truth(ground.when[0], ground.of)
        for condition in ground.when[1:]:
            if not np.count_nonzero(fits):
                return None
            fits = np.minimum(fits, self.truth(condition, ground.of))
        # Counting is several times faster than `any` for one household, and no slower for many.
        if not np.count_nonzero(fits):
            return None
        somebody = bool(np.count_nonzero(fits == YES))
        by_person = fits if ground.of == "person" else None
        amount = self._no_amounts
        if ground.amount is not None and not certainty.is_uncertain and somebody:
            amount = self._amount(ground.amount, ground.of, fits.shape)
            if by_person is not None:
                amount = self.any_person(np.where(fits == YES, amount, NO_AMOUNT))
        open_here = fits == UNKNOWN
        open_somewhere = bool(np.count_nonzero(open_here))
        answerable = self._nobody
        for condition in ground.conditions if open_somewhere else ():
            asks = self.answerable(condition)
            if not np.count_nonzero(asks):
                continue
            open_ = open_here & (self.truth(condition, ground.of) == UNKNOWN)
            if by_person is not None and self._starts is not None:
                open_ = np.logical_or.reduceat(open_, self._starts)
            answerable = answerable | (open_ & asks)
        if by_person is not None:
            fits = self.any_person(fits)
        first = ground.figures[0] if ground.figures else None
        rank = np.inf if ground.full else (self.number(first) or 0.0) if first is not None else 0.0
        return GroundOutcome(ground, certainty, fits, by_person, answerable, amount, rank, somebody, open_somewhere)

    def _amount(self, amount: Amount, entity: str, shape: tuple[int, ...]) -> Ints:
        base = self.number(amount.parameter)
        assert base is not None
        value = np.full(shape, float(base))
        if amount.times is not None:
            factor = self.number(amount.times)
            assert factor is not None
            value *= factor / 100 if self.parameters[amount.times].metadata.unit is Unit.PERCENT else factor
        if amount.times_fact is not None:
            said = [self._for_entity(f"{amount.times_fact}_{end}", entity) for end in ("min", "max")]
            value = np.where(said[0] == said[1], value * said[0], NO_AMOUNT)
        if amount.paid is not None:
            paid = [self._for_entity(f"{amount.paid}_{end}", entity) for end in ("min", "max")]
            value = np.where(paid[0] == paid[1], np.minimum(value, paid[0]), value)
        return value.round().astype(np.int64)

    def programme(self, programme: Programme) -> ProgrammeOutcome:
        """One programme for all households: the highest sure ground that fits, else what is left to find out."""
        results = np.zeros(self.households, dtype=np.int32)
        chosen, amounts = results - 1, self._no_amounts
        found = (self.ground(ground, certainty) for ground, certainty in self.grounds(programme))
        outcomes = tuple(outcome for outcome in found if outcome is not None)
        if not outcomes:
            return ProgrammeOutcome(programme, results, chosen, amounts, ())
        if any(outcome.fits_somebody for outcome in outcomes):
            amounts = self._choose_what_fits(outcomes, results, chosen)
        if np.count_nonzero(results < POSSIBLE):
            self._choose_what_may_fit(outcomes, results, chosen)
        return ProgrammeOutcome(programme, results, chosen, amounts, outcomes)

    def _choose_what_fits(self, outcomes: tuple[GroundOutcome, ...], results: Ints, chosen: Ints) -> Ints:
        """Fills in the highest sure ground that fits, else an unsure one; gives the amounts."""
        amounts = self._no_amounts.copy()
        best = np.full(self.households, -np.inf)
        for position, outcome in enumerate(outcomes):
            if not outcome.fits_somebody:
                continue
            if outcome.is_sure:
                height = np.where(outcome.amount > NO_AMOUNT, outcome.amount, outcome.rank)
                better = (outcome.fits == YES) & ((results < POSSIBLE) | (height > best))
                results[better], chosen[better] = POSSIBLE, position
                amounts[better], best[better] = outcome.amount[better], height[better]
            else:
                asks = (outcome.fits == YES) & (results < ASK_COMMUNE)
                results[asks], chosen[asks] = ASK_COMMUNE, position
        return amounts

    def _choose_what_may_fit(self, outcomes: tuple[GroundOutcome, ...], results: Ints, chosen: Ints) -> None:
        """Fills in what one more answer, or the commune, could settle."""
        for position, outcome in enumerate(outcomes):
            if not outcome.may_fit_somebody:
                continue
            open_ = (outcome.fits == UNKNOWN) & (results < POSSIBLE)
            # A sure rule that one answer could fulfil tells more than an unsure one that fits already.
            more = open_ & outcome.answerable & (outcome.is_sure | (results == LEFT_OUT)) & (results < MORE_INFORMATION)
            results[more], chosen[more] = MORE_INFORMATION, position
            ask = open_ & (results == LEFT_OUT) & ~outcome.answerable
            results[ask], chosen[ask] = ASK_COMMUNE, position
