"""Training the Rasa model, only when what it is made from has changed."""

import hashlib
import os
import subprocess
import time
from collections.abc import Callable
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


def train(data_dir: Path, *, force: bool = False, say: Callable[[str], None] = lambda _: None) -> tuple[Path, bool]:
    """Train if needed; return the model and whether it was trained now.

    Raises:
        TrainingFailed: the Rasa environment is missing, or Rasa refused its inputs.
    """
    model = model_path(data_dir)
    if model.exists() and not force:
        return model, False
    if not RASA_PYTHON.exists():
        raise TrainingFailed("Rasa's environment is missing (nlu/.venv). Run `make setup` first.")
    say("Training the Rasa model")
    model.parent.mkdir(parents=True, exist_ok=True)
    # Trained beside and moved into place, so that a training cut short leaves no half model behind.
    draft = f"draft-{os.getpid()}"
    log = model.parent / "train.log"
    started = time.monotonic()
    with log.open("wb") as out:
        done = subprocess.run(
            [
                *(str(RASA_PYTHON), "-m", "rasa", "train"),
                *("--config", str(PROJECT / "config.yml"), "--domain", str(NLU / "domain.yml")),
                *("--data", str(NLU / "data"), "--out", str(model.parent), "--fixed-model-name", draft),
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
    say(f"Model trained in {time.monotonic() - started:.0f} s")
    older = sorted(model.parent.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in older[_MODELS_KEPT:]:
        file.unlink(missing_ok=True)
    return model, True
