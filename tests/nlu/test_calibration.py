"""Confidence is what was held out's share of right answers, and never changes which intent is the likeliest."""

import json
import subprocess

from server.training import NLU, RASA_PYTHON, rasa_environment

_LEARN = """
import json
import numpy as np
from components.calibration import HIGHEST, LOWEST, Calibration, softmax

random = np.random.default_rng(7)
def seen(number):
    # Margins as of a classifier that is too sure: one in four of the messages is pulled to a wrong intent.
    truth = random.integers(0, 12, number)
    pulled = np.where(random.random(number) < 0.25, random.integers(0, 12, number), truth)
    margins = random.normal(-0.8, 0.25, (number, 12))
    margins[np.arange(number), pulled] += random.uniform(0.3, 1.6, number)
    return margins, truth

calibration = Calibration.learned(*seen(6000))
margins, truth = seen(6000)
sure = np.array([calibration.confidences(one) for one in margins])
only = np.array([softmax(one[np.newaxis] / calibration.temperature)[0] for one in margins])
right = margins.argmax(axis=1) == truth
def error(said):
    groups = (said * 10).clip(0, 9).astype(int)
    return float(sum(
        abs(said[groups == group].mean() - right[groups == group].mean()) * (groups == group).mean()
        for group in set(groups)
    ))
extreme = [calibration.confidences(np.array(one)) for one in ([60.0, -60.0, -60.0], [0.0, 0.0, 0.0], [-60.0] * 3)]
print(json.dumps({
    "sums": [float(abs(sure.sum(axis=1) - 1).max()), *[float(abs(one.sum() - 1)) for one in extreme]],
    "likeliest_kept": bool((sure.argmax(axis=1) == margins.argmax(axis=1)).all()),
    "error": error(sure.max(axis=1)), "error_of_temperature": error(only.max(axis=1)),
    "highest": float(sure.max()), "bounds": [LOWEST, HIGHEST],
    "not_finite": int(sum((~np.isfinite(one)).sum() for one in [sure, *extreme])),
    "of_one_intent": Calibration().confidences(np.array([0.3])).tolist(),
}))
"""


def test_what_is_said_is_what_held_on_messages_never_seen() -> None:
    done = subprocess.run(
        [str(RASA_PYTHON), "-c", _LEARN], cwd=NLU, env=rasa_environment(), capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert max(found["sums"]) < 1e-9
    assert found["not_finite"] == 0
    assert found["likeliest_kept"]
    assert found["highest"] <= found["bounds"][1]
    assert found["error"] < 0.03 < found["error_of_temperature"]
    assert found["of_one_intent"] == [1.0]
