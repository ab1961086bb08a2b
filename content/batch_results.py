"""Evaluating a batch: results for every household as CSV, and two states of the law side by side."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from content.batch_input import Batch
from content.eligibility import RESULTS, Rules
from content.legislation.classification import Classification, classification_of
from content.legislation.evaluation import NO_AMOUNT, POSSIBLE, Evaluation, ProgrammeOutcome
from content.legislation.truth import Ints

type Step = Callable[[str], None]
"""Called with what has just been done, for a progress bar."""


@dataclass(frozen=True)
class BatchResults:
    """Class and programmes of every household of a batch, in its order."""

    batch: Batch
    on: date
    classes: Ints
    classes_by_figures: Ints
    outcomes: tuple[ProgrammeOutcome, ...]

    def classifications(self) -> dict[str, int]:
        """How many households are in each class."""
        return _count(self.classes)

    def possible(self) -> dict[str, int]:
        """How many households may get each programme."""
        return {o.programme.id: int((o.results == POSSIBLE).sum()) for o in self.outcomes}


def steps_of(rules: Rules) -> int:
    """How many steps `evaluate_batch` reports."""
    return len(rules.programmes) + 1


def evaluate_batch(rules: Rules, batch: Batch, on: date, step: Step = lambda _: None) -> BatchResults:
    """Class and programmes of all households of a batch on a day."""
    evaluation = Evaluation(rules.system, rules.parameters, on, len(batch), batch.columns, batch.household_of_person)
    classes, by_figures = evaluation.value("classes"), evaluation.value("classes_by_figures")
    step("classification")
    outcomes = []
    for programme in rules.programmes:
        outcomes.append(evaluation.programme(programme))
        step(programme.id)
    return BatchResults(batch, on, classes, by_figures, tuple(outcomes))


def write_results(results: BatchResults, file: Path) -> None:
    """One row a household: id, class, and for each programme its result and its amount in đồng where one is told.

    A programme that is left out has empty cells. Raises OSError.
    """
    names = [outcome.programme.id for outcome in results.outcomes]
    header = ["id", "classification", *names, *(f"{name}_amount" for name in names)]
    # Many households share their results: each different row of cells is put together once.
    classes = _texts([results.classes], lambda value: classification_of(value).value)
    told = _texts([o.results for o in results.outcomes], lambda code: RESULTS[code].value if code in RESULTS else "")
    amounts = _texts([o.amounts for o in results.outcomes], lambda amount: "" if amount == NO_AMOUNT else str(amount))
    rows = zip(map(_cell, results.batch.ids), classes, told, amounts, strict=True)
    text = "\n".join([",".join(header), *map(",".join, rows)]) + "\n"
    file.write_text(text, encoding="utf-8")


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n\r') else text


def _texts(columns: Sequence[Ints], word: Callable[[int], str]) -> Iterator[str]:
    """The cells of several columns joined by commas, row by row."""
    keys = np.zeros(len(columns[0]), dtype=np.int64)
    words = [""]
    first = True
    for column in columns:
        values, codes = np.unique(column, return_inverse=True)
        texts = [word(int(value)) for value in values]
        if first:
            keys, words, first = codes.astype(np.int64), texts, False
            continue
        if len(texts) == 1:
            words = [f"{before},{texts[0]}" for before in words]
            continue
        pairs, keys = np.unique(keys * len(texts) + codes, return_inverse=True)
        words = [f"{words[pair // len(texts)]},{texts[pair % len(texts)]}" for pair in pairs.tolist()]
    return map(words.__getitem__, keys.tolist())


@dataclass(frozen=True)
class Comparison:
    """How many households change class by their figures, and how many more or fewer may get each programme."""

    households: int
    changes: dict[tuple[Classification, Classification], int]
    possible: dict[str, tuple[int, int]]

    @property
    def changed(self) -> int:
        return sum(number for (before, after), number in self.changes.items() if before is not after)


def compare(before: BatchResults, after: BatchResults) -> Comparison:
    """Two evaluations of the same households, on other days or by other numbers.

    Classes are compared by income, deprivations and scores alone: what the commune recognised does not change by
    itself when the law does.
    """
    pairs = before.classes_by_figures * 8 + after.classes_by_figures
    changes: Counter[tuple[Classification, Classification]] = Counter()
    for pair, number in zip(*np.unique(pairs, return_counts=True), strict=True):
        changes[classification_of(pair // 8), classification_of(pair % 8)] += int(number)
    now, later = before.possible(), after.possible()
    return Comparison(len(before.batch), dict(changes), {name: (now[name], later.get(name, 0)) for name in now})


def _count(classes: Ints) -> dict[str, int]:
    found: Counter[str] = Counter({each.value: 0 for each in Classification})
    for value, number in zip(*np.unique(classes, return_counts=True), strict=True):
        found[classification_of(value).value] += int(number)
    return dict(found)
