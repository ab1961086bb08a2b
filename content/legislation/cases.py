"""Worked examples that a policy officer can read: a household, a day, and what has to come out."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from content.household import HouseholdError, parse_household
from content.topics import Certainty
from content.yaml_files import ContentError, parse_model, read_yaml

if TYPE_CHECKING:
    from content.eligibility import Assessment, ProgrammeResult, Rules

CASES_DIR = Path(__file__).parent / "cases"


class ExpectedProgramme(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    result: str
    ground: str | None = None
    amount: int | None = None
    no_amount: bool = False
    per: str | None = None
    figures: dict[str, float] = Field(default_factory=dict)
    why: tuple[str, ...] = ()
    not_why: tuple[str, ...] = ()

    def complaints(self, found: "ProgrammeResult | None") -> Iterator[str]:
        """What differs, a line each."""
        if found is None:
            yield f"is left out; expected {self.result}"
            return
        for key in ("result", "ground", "amount", "per"):
            wanted, got = getattr(self, key), getattr(found, key)
            if wanted is not None and wanted != got:
                yield f"{key} is {got}; expected {wanted}"
        if self.no_amount and (found.amount is not None or found.figures):
            yield f"tells a number ({found.amount}, {dict(found.figures)})"
        for name, value in self.figures.items():
            if found.figures.get(name) != value:
                yield f"{name} is {found.figures.get(name)}; expected {value}"
        keys = [reason.key for reason in found.why]
        yield from (f"lacks the reason {key}; has {keys}" for key in self.why if key not in keys)
        yield from (f"gives the reason {key}" for key in self.not_why if key in keys)


class Expected(BaseModel):
    """What has to come out; what is not named may be anything."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    classification: str | None = None
    why: tuple[str, ...] = ()
    variables: dict[str, int] = Field(default_factory=dict)
    programmes: dict[str, ExpectedProgramme] = Field(default_factory=dict)
    left_out: tuple[str, ...] = ()


class Case(BaseModel):
    """One example. `certainty` is that of the rules behind it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    says: str
    day: date
    certainty: Certainty
    household: dict[str, Any]
    expect: Expected

    def complaints(self, rules: "Rules") -> list[str]:
        """What differs from what is expected, a line each; empty where the rules agree with the case."""
        from content.eligibility import assess

        household = parse_household(self.household)
        assessment = assess(household, self.day, rules)
        found = [f"{self.id}: {complaint}" for complaint in self._of_assessment(assessment)]
        evaluation = rules.evaluate([household], self.day)
        for name, wanted in self.expect.variables.items():
            got = int(evaluation.value(name)[0])
            if got != wanted:
                found.append(f"{self.id}: {name} is {got}; expected {wanted}")
        return found

    def _of_assessment(self, assessment: "Assessment") -> Iterator[str]:
        wanted = self.expect
        if wanted.classification not in (None, assessment.classification.value):
            yield f"classification is {assessment.classification.value}; expected {wanted.classification}"
        keys = [reason.key for reason in assessment.why]
        yield from (f"lacks the reason {key}; has {keys}" for key in wanted.why if key not in keys)
        results = {result.id: result for result in assessment.programmes}
        for name, programme in wanted.programmes.items():
            yield from (f"{name} {complaint}" for complaint in programme.complaints(results.get(name)))
        yield from (f"{name} is listed as {results[name].result.value}" for name in wanted.left_out if name in results)


class _CaseFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    cases: tuple[Case, ...] = Field(min_length=1)


def load_cases(folder: Path = CASES_DIR) -> list[Case]:
    """All cases, each id once. Raises ContentError naming file and cause."""
    cases: dict[str, Case] = {}
    for file in sorted(folder.glob("*.yaml")):
        for case in parse_model(_CaseFile, read_yaml(file), file).cases:
            if case.id in cases:
                raise ContentError(file, f"the case {case.id} is written twice.", "Give it an id of its own.")
            try:
                parse_household(case.household)
            except HouseholdError as error:
                raise ContentError(file, f"case {case.id}: {error}") from error
            cases[case.id] = case
    return list(cases.values())
