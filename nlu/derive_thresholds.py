"""Derives the two confidence thresholds from held-out folds of the training data.

Run by hand in this folder when the classifier or many examples have changed: `.venv/bin/python derive_thresholds.py`.
It prints:

- the reliability of the confidence on examples that the classifier never saw, and its expected calibration error;
- the mean cost of a message for each upper threshold (`FallbackClassifier` in config.yml: below it the bot asks back);
- how often a topic of each confidence is the right one where the bot asks back (`WORTH_OFFERING` in
  bot/actions/did_you_mean.py: below it a button would only puzzle people).

Costs, in presses of a button: asking back costs one where the right topic is among the offers. A wrong answer costs
`WRONG_ANSWER`: the person reads it, sees that it is not theirs, and asks anew. "I don't know" costs `NOT_KNOWN`, and
nothing where the question is indeed outside of what the bot knows.
"""

import sys
from pathlib import Path
from typing import List, NamedTuple, Text, Tuple

import numpy as np
import yaml
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.model_selection import StratifiedKFold

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from components.intent_classifier import FoldedNgramClassifier  # noqa: E402

FOLDS = 3
MOST_OFFERED = 3
WORTH_OFFERING = 0.12
WRONG_ANSWER = 2.0
NOT_KNOWN = 1.5
OUTSIDE = "out_of_scope"


class Judged(NamedTuple):
    """What the classifier said of one example that it had not seen."""

    intent: Text
    ranking: List[Tuple[Text, float]]


def read_examples() -> List[Tuple[Text, Text]]:
    """Return (text, intent) of all examples."""
    found = []
    for file in sorted((HERE / "data" / "nlu").glob("*.yml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            lines = [line[2:].strip() for line in entry["examples"].splitlines() if line.startswith("- ")]
            found += [(line, entry["intent"]) for line in lines]
    return found


def judge(taught: List[Tuple[Text, Text]], asked: List[Tuple[Text, Text]]) -> List[Judged]:
    """Train on `taught` and ask `asked`."""
    classifier = FoldedNgramClassifier(FoldedNgramClassifier.get_default_config(), None, None)
    messages = [Message(data={TEXT: text, INTENT: intent}) for text, intent in taught]
    classifier.learn(TrainingData(training_examples=messages))
    answers = classifier.process([Message(data={TEXT: text}) for text, _ in asked])
    return [
        Judged(intent, [(one["name"], one["confidence"]) for one in answer.get(INTENT_RANKING_KEY)])
        for answer, (_, intent) in zip(answers, asked, strict=True)
    ]


def cost(judged: Judged, threshold: float) -> float:
    """Return what one message costs when the bot answers from `threshold` on."""
    (likeliest, confidence), *_ = judged.ranking
    if confidence >= threshold:
        return 0.0 if likeliest == judged.intent else WRONG_ANSWER
    offered = [name for name, sure in judged.ranking[:MOST_OFFERED] if sure >= WORTH_OFFERING and name != OUTSIDE]
    if judged.intent in offered:
        return 1.0
    return 0.0 if judged.intent == OUTSIDE and not offered else NOT_KNOWN


def main() -> None:
    """Cross-validate and print."""
    examples = read_examples()
    intents = [intent for _, intent in examples]
    judged: List[Judged] = []
    for taught, asked in StratifiedKFold(FOLDS, shuffle=True, random_state=7).split(examples, intents):
        judged += judge([examples[at] for at in taught], [examples[at] for at in asked])
    sure = np.array([one.ranking[0][1] for one in judged])
    right = np.array([one.ranking[0][0] == one.intent for one in judged])
    print(f"{len(judged)} examples in {FOLDS} folds, intent accuracy {right.mean():.4f}")
    error = 0.0
    for low in np.arange(0.0, 1.0, 0.1):
        inside = (sure >= low) & (sure < low + 0.1 + (low > 0.85))
        if inside.any():
            error += abs(sure[inside].mean() - right[inside].mean()) * inside.mean()
            said, held = sure[inside].mean(), right[inside].mean()
            print(f"  {low:.1f}  {inside.sum():5d}  confidence {said:.2f}  right {held:.2f}")
    print(f"expected calibration error {error:.4f}")
    for threshold in np.arange(0.2, 0.71, 0.05):
        mean = np.mean([cost(one, threshold) for one in judged])
        print(f"  answer from {threshold:.2f} on: cost {mean:.4f}, asks back {(sure < threshold).mean():.1%}")
    for low in (0.03, 0.06, 0.12, 0.24):
        hits = [
            name == one.intent
            for one in judged
            for name, confidence in one.ranking[:MOST_OFFERED]
            if low <= confidence < 2 * low
        ]
        print(f"  offered with {low:.2f}-{2 * low:.2f}: right {np.mean(hits):.1%} of {len(hits)}")


if __name__ == "__main__":
    main()
