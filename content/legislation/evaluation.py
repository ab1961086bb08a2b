"""Evaluating the rules over many households at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce

import numpy as np
from openfisca_core.simulations import Simulation

from content.legislation.facts import facts_behind
from content.legislation.rules import AllOf, Amount, AnyOf, Comparison, Condition, Ground, Named, Programme
from content.legislation.system import Legislation, period_of, simulate
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
        self.simulation: Simulation = simulate(
            self.system, self.on, self.households, self.columns, self.household_of_person
        )
        self.period = period_of(self.on)
        people = self.household_of_person
        self._home = np.arange(self.households) if people is None else people
        # Where the persons of each household begin; persons lie in the order of their households.
        self._starts = None if people is None else np.searchsorted(people, np.arange(self.households))
        self._values: dict[str, Ints] = {}
        # By identity: rules hold one object of equal conditions, and hashing their fields takes longer than this.
        self._truths: dict[tuple[int, str], Ints] = {}
        self._answerable: dict[int, Bools] = {}
        self._missing: dict[str, Bools] = {}

    def value(self, name: str) -> Ints:
        """A variable, for each household or each person, as its entity is."""
        known = self._values.get(name)
        if known is None:
            default = self.system.defaults.get(name)
            if default is None:
                known = self.simulation.calculate(name, self.period)
            elif (said := self.columns.get(name)) is not None:
                known = said
            else:
                # Nobody said it: OpenFisca would find the same, by a longer way.
                known = np.full(len(self._home) if name in self.system.of_persons else self.households, default)
            self._values[name] = known
        return known

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
            if not fits.any():
                return None
            fits = np.minimum(fits, self.truth(condition, ground.of))
        if not fits.any():
            return None
        amount = np.full(fits.shape, NO_AMOUNT)
        if ground.amount is not None and not certainty.is_uncertain and (fits == YES).any():
            amount = self._amount(ground.amount, ground.of, fits.shape)
        by_person = None
        if ground.of == "person":
            by_person, amount = fits, self.any_person(np.where(fits == YES, amount, NO_AMOUNT))
            fits = self.any_person(fits)
        answerable = np.zeros(self.households, dtype=bool)
        for condition in ground.conditions() if (fits == UNKNOWN).any() else ():
            open_ = self.truth(condition, ground.of) == UNKNOWN
            if by_person is not None:
                open_ = self.any_person((open_ & (by_person == UNKNOWN)).astype(np.int32)) > 0
            answerable = answerable | (open_ & self.answerable(condition))
        first = ground.figures[0] if ground.figures else None
        rank = np.inf if ground.full else (self.number(first) or 0.0) if first is not None else 0.0
        return GroundOutcome(ground, certainty, fits, by_person, answerable, amount, rank)

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
        results = np.full(self.households, LEFT_OUT, dtype=np.int32)
        chosen = np.full(self.households, -1, dtype=np.int32)
        amounts = np.full(self.households, NO_AMOUNT, dtype=np.int64)
        best = np.full(self.households, -np.inf)
        found = (self.ground(ground, certainty) for ground, certainty in self.grounds(programme))
        outcomes = tuple(outcome for outcome in found if outcome is not None)
        if not outcomes:
            return ProgrammeOutcome(programme, results, chosen, amounts, ())
        for position, outcome in enumerate(outcomes):
            if outcome.is_sure:
                height = np.where(outcome.amount > NO_AMOUNT, outcome.amount, outcome.rank)
                better = (outcome.fits == YES) & ((results < POSSIBLE) | (height > best))
                results[better], chosen[better] = POSSIBLE, position
                amounts[better], best[better] = outcome.amount[better], height[better]
            else:
                asks = (outcome.fits == YES) & (results < ASK_COMMUNE)
                results[asks], chosen[asks] = ASK_COMMUNE, position
        for position, outcome in enumerate(outcomes if (results < POSSIBLE).any() else ()):
            open_ = (outcome.fits == UNKNOWN) & (results < POSSIBLE)
            # A sure rule that one answer could fulfil tells more than an unsure one that fits already.
            more = open_ & outcome.answerable & (outcome.is_sure | (results == LEFT_OUT)) & (results < MORE_INFORMATION)
            results[more], chosen[more] = MORE_INFORMATION, position
            ask = open_ & ~outcome.answerable & (results == LEFT_OUT)
            results[ask], chosen[ask] = ASK_COMMUNE, position
        return ProgrammeOutcome(programme, results, chosen, amounts, outcomes)
