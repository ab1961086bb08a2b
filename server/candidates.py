"""Candidate models: trained with what was learned, in a folder of their own, and judged before anything is switched."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from server.evaluation import LabelledQuestion, answered_topic, report, strip_diacritics
from server.training import NLU, RASA_PYTHON, RasaProject, TrainingFailed, make_model, rasa_environment

#: Spellings in which every frozen question is asked; most people type the second.
SPELLINGS = ("with_diacritics", "without_diacritics")


@dataclass(frozen=True)
class Comparison:
    """Reports (`server.evaluation.report`) on the frozen questions by spelling: running model and candidate."""

    before: dict[str, dict[str, Any]]
    after: dict[str, dict[str, Any]]

    @property
    def worse(self) -> bool:
        """True when the candidate answers fewer questions rightly, in either spelling."""
        return any(self.after[name]["accuracy"] < self.before[name]["accuracy"] for name in SPELLINGS)

    def to_json(self) -> dict[str, Any]:
        """Return accuracy overall and per topic (share of its questions answered rightly), before and after."""
        return {
            name: {
                "before": self.before[name]["accuracy"],
                "after": self.after[name]["accuracy"],
                "topics": {
                    topic: {
                        "questions": figures["questions"],
                        "before": self.before[name]["topics"].get(topic, {"recall": 0.0})["recall"],
                        "after": figures["recall"],
                    }
                    for topic, figures in self.after[name]["topics"].items()
                },
            }
            for name in SPELLINGS
        }


def train_candidate(data_dir: Path, learned: str, now: datetime, project: RasaProject | None = None) -> Path:
    """Train with `learned` (a file of Rasa training data) beside the data of `project`; return the model.

    Everything about a candidate lies in `candidates/<time>/` of the data directory. The running model is not touched.

    Raises:
        TrainingFailed: Rasa refused its inputs.
    """
    project = project or RasaProject()
    folder = data_dir / "candidates" / f"{now:%Y%m%d-%H%M%S}"
    folder.mkdir(parents=True)
    file = folder / "learned.yml"
    file.write_text(learned, encoding="utf-8")
    model = folder / "model.tar.gz"
    make_model(replace(project, data=(*project.data, file)), model)
    return model


def spellings(questions: Sequence[LabelledQuestion]) -> list[str]:
    """Return every question as written, then every question without diacritics."""
    return [question.text for question in questions] + [strip_diacritics(question.text) for question in questions]


def understood_by(models: Sequence[Path], texts: Sequence[str]) -> list[list[str]]:
    """Return for each model the topics that the bot would answer `texts` with.

    Raises:
        TrainingFailed: a model could not be loaded.
    """
    done = subprocess.run(
        [str(RASA_PYTHON), "-m", "connectors.parse_questions", *map(str, models)],
        cwd=NLU,
        env=rasa_environment(),
        input=json.dumps(list(texts)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise TrainingFailed(f"a model could not be asked: {last}")
    # Libraries may write lines of their own before the result.
    return [[answered_topic(parsed) for parsed in found] for found in json.loads(done.stdout.strip().splitlines()[-1])]


def compare(questions: Sequence[LabelledQuestion], before: Sequence[str], after: Sequence[str]) -> Comparison:
    """Compare what two models answered to `spellings(questions)`."""
    number = len(questions)

    def reports(answered: Sequence[str]) -> dict[str, dict[str, Any]]:
        return {
            SPELLINGS[0]: report(questions, answered[:number]),
            SPELLINGS[1]: report(questions, answered[number:]),
        }

    return Comparison(reports(before), reports(after))
