"""What a confidence is worth: how often the bot is right when it says that it is so sure."""

from collections.abc import Sequence
from typing import Any

#: Ten bins of equal width, as reliability diagrams have them (Guo et al. 2017, "On calibration of modern networks").
BINS = 10


def calibration(judged: Sequence[tuple[float, bool]]) -> dict[str, Any]:
    """Return the expected calibration error and a reliability bin for each tenth of confidence that occurs.

    Args:
        judged: (confidence of the likeliest topic, whether that topic is right) of each question.
    """
    bins = []
    error = 0.0
    for number in range(BINS):
        inside = [(sure, right) for sure, right in judged if min(int(sure * BINS), BINS - 1) == number]
        if not inside:
            continue
        confidence = sum(sure for sure, _ in inside) / len(inside)
        right = sum(right for _, right in inside) / len(inside)
        error += abs(confidence - right) * len(inside) / len(judged)
        bins.append(
            {
                **{"from": number / BINS, "to": (number + 1) / BINS},
                **{"questions": len(inside), "confidence": confidence, "right": right},
            }
        )
    return {"expected_error": error, "bins": bins}
