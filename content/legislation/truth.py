"""Three-valued answers over arrays: what a household did not say is unknown, and never counts as no.

The values are ordered, so that "and" is the minimum and "or" the maximum (Kleene's strong logic).
"""

from collections.abc import Iterable
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

NO, UNKNOWN, YES = 0, 1, 2

type Ints = NDArray[np.signedinteger[Any]]
type Bools = NDArray[np.bool_]


def both(first: Ints, *others: Ints) -> Ints:
    """Yes where all are yes, no where any is no."""
    return reduce(np.minimum, others, first)


def either(first: Ints, *others: Ints) -> Ints:
    """Yes where any is yes, no where all are no."""
    return reduce(np.maximum, others, first)


def negated(truth: Ints) -> Ints:
    """The opposite; unknown stays unknown."""
    return YES - truth


def from_bounds(certain: Bools, possible: Bools) -> Ints:
    """Yes where it must be so, no where it cannot be so."""
    return certain.astype(np.int32) + possible.astype(np.int32)


def at_least(low: Ints, high: Ints, limit: float) -> Ints:
    """Whether a quantity known to lie in low…high reaches the limit."""
    return from_bounds(low >= limit, high >= limit)


def at_most(low: Ints, high: Ints, limit: float) -> Ints:
    """Whether a quantity known to lie in low…high stays within the limit."""
    return from_bounds(high <= limit, low <= limit)


def count(truths: Iterable[Ints]) -> tuple[Ints, Ints]:
    """How many are yes at the least, and at the most."""
    stacked = np.stack(list(truths))
    return (stacked == YES).sum(axis=0), (stacked != NO).sum(axis=0)
