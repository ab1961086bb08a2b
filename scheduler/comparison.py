"""Two versions of the words compared: shares with Wilson's interval, their difference with Newcombe's.

Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17 (1998),
method 10: honest for small numbers and shares near zero, where the usual interval is not.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Any

#: Fewer recipients of a version than this say nothing, whatever the interval.
FEWEST = 30


@dataclass(frozen=True)
class Share:
    """So many of so many, with the interval in which the true share lies with 95 % confidence."""

    number: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself."""
        return self.number / self.of if self.of else 0.0


@dataclass(frozen=True)
class Comparison:
    """Version B less version A. `verdict`: `b_better`, `a_better`, `no_difference_seen`, `too_few`."""

    a: Share
    b: Share
    difference: float
    low: float
    high: float
    verdict: str

    def as_json(self) -> dict[str, Any]:
        """Plain data, shares as fractions."""
        return {
            name: {"number": one.number, "of": one.of, "share": one.value, "low": one.low, "high": one.high}
            for name, one in (("a", self.a), ("b", self.b))
        } | {"difference": self.difference, "low": self.low, "high": self.high, "verdict": self.verdict}


def share(number: int, of: int) -> Share:
    """A share with Wilson's interval."""
    # SciPy takes a second to load, and only reports need it.
    from scipy.stats import binomtest

    if of == 0:
        return Share(0, 0, 0.0, 1.0)
    interval = binomtest(number, of).proportion_ci(confidence_level=0.95, method="wilson")
    return Share(number, of, float(interval.low), float(interval.high))


def compare(a: tuple[int, int], b: tuple[int, int]) -> Comparison:
    """Compare two versions by (number, of)."""
    first, second = share(*a), share(*b)
    difference = second.value - first.value
    low = difference - sqrt((second.value - second.low) ** 2 + (first.high - first.value) ** 2)
    high = difference + sqrt((second.high - second.value) ** 2 + (first.value - first.low) ** 2)
    if min(first.of, second.of) < FEWEST:
        verdict = "too_few"
    elif low > 0:
        verdict = "b_better"
    else:
        verdict = "a_better" if high < 0 else "no_difference_seen"
    return Comparison(first, second, difference, low, high, verdict)
