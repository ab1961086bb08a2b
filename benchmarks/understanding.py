"""Intent accuracy on labelled data, ours beside Rasa's default pipeline: `python benchmarks/understanding.py DIR`.

`DIR` holds `train`, `dev` and `test`, each with `seq.in` (a message a line) and `label` (its intent a line; several
joined by "#" count as one). Both sides learn from `train`, ours a second time from `train` and `dev`, over which
together its settings were cross-validated; with `--with-dev` stock learns from both, too. They are asked the messages
of `test` as written and without diacritics. Training and asking run in Rasa's environment, in processes of their own.
Method and latest figures: docs/benchmarks.md.
"""

import hashlib
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.console import Console
from rich.table import Table

from server.training import NLU, RASA_PYTHON, rasa_environment

RUNNER = Path(__file__).parent / "understanding_side.py"
#: Components that look at intents only; Rasa's default pipeline also learns entities, of which the data has none.
OURS = "components.intent_classifier.FoldedNgramClassifier"

#: Rasa 3.6's default pipeline (rasa/engine/recipes/config_files/default_config.yml).
STOCK: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
    {"name": "EntitySynonymMapper"},
    {"name": "ResponseSelector", "epochs": 100, "constrain_similarities": True},
    {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
]

out = Console(highlight=False)
notes = Console(stderr=True, highlight=False)


def read_part(folder: Path, part: str) -> list[tuple[str, str]]:
    """Return (message, label) of one part.

    Raises:
        ValueError: the two files do not have the same number of lines.
    """
    texts = (folder / part / "seq.in").read_text(encoding="utf-8").splitlines()
    labels = (folder / part / "label").read_text(encoding="utf-8").splitlines()
    if len(texts) != len(labels):
        raise ValueError(f"{part}: {len(texts)} messages and {len(labels)} labels.")
    return [(text.strip(), label.strip()) for text, label in zip(texts, labels, strict=True)]


def our_component() -> dict[str, Any]:
    """Return the classifier as config.yml has it."""
    recipe = yaml.safe_load((NLU.parent / "config.yml").read_text(encoding="utf-8"))
    return dict(next(component for component in recipe["pipeline"] if component["name"] == OURS))


def work_folder(kept: Path, pipeline: list[dict[str, Any]], taught: list[tuple[str, str]]) -> Path:
    """Return the folder of one side: the same one for as long as pipeline, components and examples are the same."""
    components = [file.read_text(encoding="utf-8") for file in sorted((NLU / "components").glob("*.*"))]
    ours = any(component["name"] == OURS for component in pipeline)
    told = json.dumps([pipeline, taught, components if ours else []], ensure_ascii=False)
    return kept / f"understanding-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def measure(
    pipeline: list[dict[str, Any]], taught: list[tuple[str, str]], asked: list[tuple[str, str]], work: Path
) -> Any:
    """Train `pipeline`, unless `work` holds its model, and ask it; return what understanding_side.py prints."""
    work.mkdir(parents=True, exist_ok=True)
    # Labels are numbered, since a label may hold what means something in Rasa ("flight#airfare", "+").
    names = {label: f"intent_{number}" for number, label in enumerate(sorted({label for _, label in taught}))}
    (work / "config.yml").write_text(
        yaml.safe_dump({"recipe": "default.v1", "assistant_id": "bench", "language": "vi", "pipeline": pipeline}),
        encoding="utf-8",
    )
    examples: dict[str, list[str]] = {}
    for text, label in taught:
        examples.setdefault(names[label], []).append(f"- {text}")
    # By hand, since Rasa wants the lines of an intent as one literal block.
    written = ['version: "3.1"', "nlu:"]
    for intent, lines in examples.items():
        written += [f"- intent: {intent}", "  examples: |", *(f"    {line}" for line in lines)]
    (work / "nlu.yml").write_text("\n".join(written) + "\n", encoding="utf-8")
    (work / "asked.json").write_text(
        json.dumps([[text, names.get(label, "")] for text, label in asked]), encoding="utf-8"
    )
    done = subprocess.run(
        [str(RASA_PYTHON), str(RUNNER), str(work)],
        cwd=work,
        env=rasa_environment(),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def main(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder with train, dev and test.")],
    with_dev: Annotated[bool, typer.Option(help="Let stock learn from dev, too.")] = False,
    epochs: Annotated[int, typer.Option(help="Epochs of stock DIET; 0 leaves the stock side out.")] = 100,
    keep: Annotated[
        Path | None, typer.Option(help="Keep trained models here and use them again: stock takes most of an hour.")
    ] = None,
) -> None:
    """Print accuracy, training time and time of one parse of both sides."""
    try:
        parts = {part: read_part(folder, part) for part in ("train", "dev", "test")}
    except (OSError, ValueError) as error:
        notes.print(f"{folder}: {error}")
        raise typer.Exit(2) from None
    both = parts["train"] + parts["dev"]
    sides = [("ours", [our_component()], parts["train"]), ("ours, from train and dev", [our_component()], both)]
    if epochs:
        stock = [one | ({"epochs": epochs} if "epochs" in one else {}) for one in STOCK]
        sides.append((f"stock, {epochs} epochs", stock, both if with_dev else parts["train"]))
    table = Table("", "taught", "with diacritics", "without", "training, s", "one parse, ms")
    for name, pipeline, taught in sides:
        with notes.status(f"{name}: training and asking"), tempfile.TemporaryDirectory(prefix="chungtay-") as passing:
            found = measure(pipeline, taught, parts["test"], work_folder(keep or Path(passing), pipeline, taught))
        table.add_row(
            *(name, str(len(taught)), f"{found['as_written']:.2%}", f"{found['folded']:.2%}"),
            *(f"{found['training_seconds']:.1f}", f"{found['parse_milliseconds']:.2f}"),
        )
    out.print(f"{len(parts['test'])} messages asked")
    out.print(table)


if __name__ == "__main__":
    typer.run(main)
