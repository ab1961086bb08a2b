"""Training the Rasa model, only when what it is made from has changed."""

import hashlib
import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from server.settings import PROJECT

NLU = PROJECT / "nlu"
RASA_PYTHON = NLU / ".venv" / "bin" / "python"

#: What a model is made from. A change in any of these files makes a new model.
_INPUTS = ("config.yml", "nlu/domain.yml", "nlu/uv.lock")
_INPUT_FOLDERS = ("nlu/data", "nlu/gazetteers", "nlu/components")

#: Older models kept beside the current one, so that going back is a matter of a checkout.
_MODELS_KEPT = 3


class TrainingFailed(Exception):
    """Rasa did not make a model; the message says why."""


def rasa_environment() -> dict[str, str]:
    """Return the environment of every Rasa process: our components on its path, no telemetry, few threads."""
    return {
        **os.environ,
        "PYTHONPATH": str(NLU),
        "PYTHONWARNINGS": "ignore",
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        # One message is one small product: waking more threads for it costs more than it saves.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        # Each further malloc arena costs tens of megabytes in a process that uses one thread.
        "MALLOC_ARENA_MAX": "2",
    }


def fingerprint() -> str:
    """Return a short hash over all inputs of the model."""
    digest = hashlib.sha256()
    files = [PROJECT / name for name in _INPUTS]
    for folder in _INPUT_FOLDERS:
        files += (file for file in (PROJECT / folder).rglob("*") if file.suffix in (".yml", ".py"))
    for file in sorted(files):
        digest.update(str(file.relative_to(PROJECT)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def model_path(data_dir: Path) -> Path:
    """Return where the model of the present inputs is, or will be."""
    return data_dir / "models" / f"{fingerprint()}.tar.gz"


@dataclass(frozen=True)
class RasaProject:
    """What a model is made from: recipe, domain, and files or folders of training data."""

    config: Path = PROJECT / "config.yml"
    domain: Path = NLU / "domain.yml"
    data: tuple[Path, ...] = (NLU / "data",)


def train(data_dir: Path, *, force: bool = False, say: Callable[[str], None] = lambda _: None) -> tuple[Path, bool]:
    """Train if needed; return the model to run and whether it was trained now.

    Raises:
        TrainingFailed: the Rasa environment is missing, or Rasa refused its inputs.
    """
    if not force and (published := published_model(data_dir)) is not None:
        return published, False
    model = model_path(data_dir)
    if model.exists() and not force:
        return model, False
    say("Training the Rasa model")
    started = time.monotonic()
    make_model(RasaProject(), model)
    say(f"Model trained in {time.monotonic() - started:.0f} s")
    older = sorted(model.parent.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in older[_MODELS_KEPT:]:
        file.unlink(missing_ok=True)
    return model, True


def make_model(project: RasaProject, model: Path) -> None:
    """Train a model and put it at `model`, with the log beside it.

    Raises:
        TrainingFailed: the Rasa environment is missing, or Rasa refused its inputs.
    """
    if not RASA_PYTHON.exists():
        raise TrainingFailed("Rasa's environment is missing (nlu/.venv). Run `make setup` first.")
    model.parent.mkdir(parents=True, exist_ok=True)
    # Trained beside and moved into place, so that a training cut short leaves no half model behind.
    draft = f"draft-{os.getpid()}"
    log = model.parent / "train.log"
    with log.open("wb") as out:
        done = subprocess.run(
            [
                *(str(RASA_PYTHON), "-m", "rasa", "train"),
                *("--config", str(project.config), "--domain", str(project.domain)),
                *("--data", *map(str, project.data), "--out", str(model.parent), "--fixed-model-name", draft),
                # tests/nlu checks the data; Rasa's own validation costs as much time again as the training.
                *("--force", "--skip-validation"),
            ],
            cwd=NLU,
            env=rasa_environment(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        )
    made = model.parent / f"{draft}.tar.gz"
    if done.returncode != 0 or not made.exists():
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        reason = next(
            (line for line in reversed(lines) if "Error" in line or "error" in line), lines[-1] if lines else ""
        )
        raise TrainingFailed(f"Rasa could not train: {reason.strip()} (the whole log: {log})")
    made.rename(model)


def published_model(data_dir: Path) -> Path | None:
    """Return the model that was published after learning, None where there is none for the present inputs.

    A new version of the inputs wins: what was learned beside old ones is taught again, or moved into `nlu/data`.
    """
    try:
        published = json.loads(_published_file(data_dir).read_text(encoding="utf-8"))
        model = data_dir / str(published["model"])
        return model if published["inputs"] == fingerprint() and model.exists() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def publish(data_dir: Path, model: Path) -> None:
    """Make `model` (below `data_dir`) the one that the next start runs. The one before stays where it is."""
    before = published_model(data_dir)
    _write_published(data_dir, model, before)


def go_back(data_dir: Path) -> Path:
    """Make the model before the published one the one that the next start runs; return it.

    Raises:
        LookupError: none is published.
    """
    if published_model(data_dir) is None:
        raise LookupError("no learned model is published")
    file = _published_file(data_dir)
    before = json.loads(file.read_text(encoding="utf-8")).get("before")
    if before is None or not (data_dir / before).exists():
        file.unlink()
        return model_path(data_dir)
    _write_published(data_dir, data_dir / before, None)
    return data_dir / str(before)


def _published_file(data_dir: Path) -> Path:
    return data_dir / "models" / "published.json"


def _write_published(data_dir: Path, model: Path, before: Path | None) -> None:
    file = _published_file(data_dir)
    file.parent.mkdir(parents=True, exist_ok=True)
    said = {
        "inputs": fingerprint(),
        "model": model.relative_to(data_dir).as_posix(),
        "before": before.relative_to(data_dir).as_posix() if before else None,
    }
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    draft.replace(file)
