"""The classifier's own arithmetic gives the numbers that scikit-learn gives, asked in Rasa's environment."""

import json
import subprocess

from server.training import NLU, RASA_PYTHON, rasa_environment

_COMPARE = """
import json
import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from components.ngrams import FoldedNgrams, skip_grams, word_ngrams
from components.text import fold

taught = ["hộ nghèo có được thẻ bảo hiểm y tế không", "vay vốn lãi bao nhiêu", "ho ngheo vay von", "xin chào", "5 kg a"]
taught *= 2
features = FoldedNgrams()
matrix = features.fit(taught)
stock = lambda **how: TfidfVectorizer(sublinear_tf=True, min_df=2, dtype=np.float32, **how)
characters = lambda *lengths: stock(analyzer="char_wb", ngram_range=lengths)
raw = [stock(analyzer=word_ngrams), characters(3, 4)]
folded = [stock(analyzer=word_ngrams), characters(2, 5), stock(analyzer=skip_grams)]
expected = hstack([one.fit_transform(taught) for one in raw] + [one.fit_transform(map(fold, taught)) for one in folded])
found = []
for text in ["vay vốn, vay vốn hộ cận nghèo", "ho ngheo", "zzz qqq", "bảo  hiểm y tế", "a kg, 5"]:
    seen = [one.transform([text]) for one in raw] + [one.transform([fold(text)]) for one in folded]
    asked = hstack(seen).toarray()[0]
    columns, weights = features.columns_of(text)
    ours = np.zeros_like(asked)
    ours[columns] = weights
    found.append({"text": text, "columns": len(columns), "difference": float(np.abs(ours - asked).max())})
print(json.dumps({"asked": found, "taught": float(np.abs((matrix - expected.tocsr()).toarray()).max())}))
"""


def test_features_of_one_text_are_those_of_scikit_learn() -> None:
    done = subprocess.run(
        [str(RASA_PYTHON), "-c", _COMPARE], cwd=NLU, env=rasa_environment(), capture_output=True, text=True, check=True
    )
    printed = json.loads(done.stdout.splitlines()[-1])
    assert printed["taught"] < 1e-6
    found = printed["asked"]
    assert {one["text"]: one["columns"] > 0 for one in found} == {
        "vay vốn, vay vốn hộ cận nghèo": True,
        "ho ngheo": True,
        "zzz qqq": False,
        "bảo  hiểm y tế": True,
        "a kg, 5": True,
    }
    # Of a text in which nothing was ever seen scikit-learn still says that it begins and ends; ours says nothing.
    assert max(one["difference"] for one in found if one["columns"]) < 1e-6
