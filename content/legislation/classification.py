"""The class of one household, and why: by the commune's list, by score, or by income and deprivations."""

from collections.abc import Iterator
from enum import StrEnum

from content.legislation.evaluation import Evaluation
from content.legislation.explanation import Explanation
from content.legislation.reasons import Quantity, Reason, Words
from content.legislation.truth import UNKNOWN, YES
from content.legislation.variables.poverty import NEAR_POOR, NEITHER, POOR
from content.parameters import SourceReference, Unit

_SAID = ("said_poor", "said_near_poor", "said_newly_escaped", "said_average_living_standard", "said_outside")


class Classification(StrEnum):
    """Multidimensional poverty. `none` says only that the household is on neither list."""

    POOR = "poor"
    NEAR_POOR = "near_poor"
    NONE = "none"
    UNKNOWN = "unknown"


_BY_SET = {POOR: Classification.POOR, NEAR_POOR: Classification.NEAR_POOR, NEITHER: Classification.NONE}


def classification_of(classes: int) -> Classification:
    """The class where only one is possible."""
    return _BY_SET.get(int(classes), Classification.UNKNOWN)


class ClassReasons:
    """Why one household of an evaluation has its class."""

    def __init__(self, evaluation: Evaluation, row: int) -> None:
        self.evaluation = evaluation
        self.row = row
        self._explanation = Explanation(evaluation, row)
        self._numbers: list[str] = []

    def _value(self, name: str) -> int:
        return int(self.evaluation.value(name)[self.row])

    @property
    def classification(self) -> Classification:
        return classification_of(self._value("classes"))

    def why(self) -> list[Reason]:
        """The reasons, and last that the commune decides."""
        said = next((name for name in _SAID if self._value(name) == YES), None)
        reasons: list[Reason]
        if said is not None:
            reasons = [Reason(f"class.{said}")]
            by_figures = classification_of(self._value("classes_by_figures"))
            if by_figures not in (self.classification, Classification.UNKNOWN):
                reasons.append(Reason("class.figures_differ", {"figures": Words((f"class_name.{by_figures}",))}))
        elif self.classification is not Classification.UNKNOWN:
            reasons = list(self._by_score() if self._has_score() else self._by_income())
        elif self._value("is_class_unsettled") == YES:
            reasons = list(self._explanation.unsettled())
        elif self.evaluation.number("poverty.line.rural.near_max") is None:
            reasons = [Reason("class.no_line")]
        else:
            missing = self.missing()
            reasons = [Reason("class.missing", {"facts": Words(tuple(f"fact.{name}" for name in missing))})]
            reasons += self._lines()
        return [*reasons, Reason("class.commune_decides")]

    def missing(self) -> list[str]:
        """The facts that would settle the class."""
        wanted = ("status", "area", "income_per_person", "deprivations")
        if self.classification is not Classification.UNKNOWN or self._value("is_class_unsettled") == YES:
            return []
        names = [name for name in wanted if self.evaluation.missing(name)[self.row]]
        return names or ["status"]

    def sources(self) -> list[SourceReference]:
        """The documents of the numbers that decided; of today's line where none did."""
        numbers = self._numbers or [f"poverty.line.{area}.near_max" for area in self._areas()]
        return self._explanation.references(numbers)

    def _areas(self) -> tuple[str, ...]:
        urban = self._value("is_urban")
        return ("rural", "urban") if urban == UNKNOWN else ("urban",) if urban == YES else ("rural",)

    def _has_score(self) -> bool:
        exact = self._value("score_a_said_min") == self._value("score_a_said_max")
        return exact and self.evaluation.number("poverty.score.rural_a_max") is not None

    def _by_score(self) -> Iterator[Reason]:
        points = self._value("score_a_said_min")
        for area in self._areas():
            name = f"poverty.score.{area}_a_max"
            yield self._number(
                "class.score_a_above" if self.classification is Classification.NONE else "class.score_a_within",
                name,
                points=Quantity(points, Unit.POINT),
            )
        if self.classification is not Classification.NONE:
            enough = self.classification is Classification.POOR
            yield self._number("class.score_b_enough" if enough else "class.score_b_few", "poverty.score.b_poor_min")

    def _by_income(self) -> Iterator[Reason]:
        for area in self._areas():
            yield from self._by_line(area)
        alone = [self.evaluation.number(f"poverty.line.{area}.poor_income_only_max") for area in self._areas()]
        by_income_alone = all(limit is not None and self._value("income_max") <= limit for limit in alone)
        if self.classification is Classification.NONE or by_income_alone:
            return
        enough = self.classification is Classification.POOR
        yield self._number("class.deprived" if enough else "class.less_deprived", "poverty.deprivation.min_for_poor")
        if self.evaluation.number("poverty.deprivation.dependant_share") is None and self._value("deprivations_max"):
            yield Reason("class.indicators_not_seen")

    def _by_line(self, area: str) -> Iterator[Reason]:
        alone = f"poverty.line.{area}.poor_income_only_max"
        limit = self.evaluation.number(alone)
        if limit is not None and self._value("income_max") <= limit:
            yield self._number(f"class.income_alone_{area}", alone)
        else:
            above = self.classification is Classification.NONE
            yield self._number(f"class.income_{'above' if above else 'within'}_{area}", f"poverty.line.{area}.near_max")

    def _lines(self) -> Iterator[Reason]:
        for area in self._areas():
            yield self._number(f"class.line_{area}", f"poverty.line.{area}.near_max")

    def _number(self, key: str, name: str, **more: Quantity) -> Reason:
        self._numbers.append(name)
        value = self.evaluation.number(name)
        assert value is not None
        return Reason(key, {"limit": Quantity(value, self.evaluation.parameters[name].metadata.unit), **more})
