"""Confidence that means something: of the messages that are answered with 0.9, nine in ten are right.

Learned from examples that the judged classifier had not seen. A temperature turns margins into probabilities; since one
number cannot be right everywhere, a rising curve then corrects the probability of the likeliest intent. Neither changes
which intent is the likeliest.
"""

from typing import NamedTuple

import numpy as np
from sklearn.isotonic import IsotonicRegression

#: Nothing is certain, and nothing impossible.
LOWEST, HIGHEST = 0.02, 0.995
_TEMPERATURES = np.geomspace(0.05, 2.0, 40)


def softmax(scores: np.ndarray) -> np.ndarray:
    """Return probabilities of `scores`, an array of messages by intents."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


class Calibration(NamedTuple):
    """From margins to confidence.

    `temperature`: margins are divided by it. `said`, `held`: points of the rising curve, what the temperature alone
    says and how often that was right; between them the curve is straight.
    """

    temperature: float = 1.0
    said: np.ndarray = np.array([0.0, 1.0])
    held: np.ndarray = np.array([0.0, 1.0])

    @classmethod
    def learned(cls, margins: np.ndarray, truth: np.ndarray) -> "Calibration":
        """Learn from `margins` (messages by intents) that a classifier gave to messages it had not seen.

        `truth`: the column of the right intent of each.
        """

        def loss(temperature: float) -> float:
            right = softmax(margins / temperature)[np.arange(len(truth)), truth]
            return float(-np.log(np.clip(right, 1e-9, 1)).mean())

        temperature = float(min(_TEMPERATURES, key=loss))
        said = softmax(margins / temperature).max(axis=1)
        curve = IsotonicRegression(y_min=LOWEST, y_max=HIGHEST, out_of_bounds="clip")
        curve.fit(said, margins.argmax(axis=1) == truth)
        return cls(temperature, curve.X_thresholds_, curve.y_thresholds_)

    def confidences(self, margins: np.ndarray) -> np.ndarray:
        """Return the confidence of each intent, of one message: from 0 to 1, together 1."""
        confidences = softmax(margins[np.newaxis] / self.temperature)[0]
        likeliest = confidences.argmax()
        others = np.delete(confidences, likeliest)
        shared = others.sum()
        if shared == 0.0:
            return confidences
        corrected = np.interp(confidences[likeliest], self.said, self.held)
        # What the likeliest loses the others share; it stays the likeliest, by a hair at least.
        corrected = max(corrected, (1.0 + 1e-9) * others.max() / (shared + others.max()))
        confidences *= (1.0 - corrected) / shared
        confidences[likeliest] = corrected
        return confidences
