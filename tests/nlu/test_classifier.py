"""The classifier's own arithmetic gives the numbers that scikit-learn gives, asked in Rasa's environment."""

import json
import subprocess

from server.training import NLU, RASA_PYTHON, rasa_environment

_COMPARE = """
import json
import numpy as np
from scipy.sparse import hstack
from components.intent_classifier import FoldedNgrams
from components.text import fold

taught = ["hộ nghèo có được thẻ bảo hiểm y tế không", "vay vốn lãi bao nhiêu", "ho ngheo vay von", "xin chào"]
features = FoldedNgrams()
features.fit(taught * 2)
found = []
for text in ["vay vốn, vay vốn hộ cận nghèo", "ho ngheo", "zzz qqq", "bảo  hiểm y tế"]:
    raw = [vectorizer.transform([text]) for vectorizer in features._raw]
    folded = [vectorizer.transform([fold(text)]) for vectorizer in features._folded]
    expected = hstack(raw + folded).toarray()[0]
    columns, weights = features.columns_of(text)
    ours = np.zeros_like(expected)
    ours[columns] = weights
    found.append({"text": text, "columns": len(columns), "difference": float(np.abs(ours - expected).max())})
print(json.dumps(found))
"""


def test_features_of_one_text_are_those_of_scikit_learn() -> None:
    done = subprocess.run(
        [str(RASA_PYTHON), "-c", _COMPARE], cwd=NLU, env=rasa_environment(), capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert {one["text"]: one["columns"] > 0 for one in found} == {
        "vay vốn, vay vốn hộ cận nghèo": True,
        "ho ngheo": True,
        "zzz qqq": False,
        "bảo  hiểm y tế": True,
    }
    # Of a text in which nothing was ever seen scikit-learn still says that it begins and ends; ours says nothing.
    assert max(one["difference"] for one in found if one["columns"]) < 1e-6
