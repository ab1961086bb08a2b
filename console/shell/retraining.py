"""What the page on understanding asks of the process: a candidate model, its comparison, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class TrainingState(StrEnum):
    """Where the last training stands; `console.understanding.training.<value>` in the catalogues."""

    NONE = "none"
    RUNNING = "running"
    FAILED = "failed"
    #: Compared, and not worse: waits for a decision.
    READY = "ready"
    WORSE = "worse"
    PUBLISHED = "published"
    REFUSED = "refused"


@dataclass(frozen=True)
class Training:
    """The last training of this machine.

    Attributes:
        taught: questions that it was taught.
        comparison: accuracy by spelling and topic, before and after (`server.candidates.Comparison.to_json`).
        problem: why it failed.
    """

    state: TrainingState = TrainingState.NONE
    started_at: datetime | None = None
    taught: int = 0
    comparison: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""


class Retraining(Protocol):
    """Trains candidates, one at a time."""

    @property
    def last(self) -> Training:
        """The last training."""

    @property
    def judged_by(self) -> int:
        """How many frozen questions judge a candidate; 0: none are set, and nothing can be trained."""

    async def begin(self) -> None:
        """Begin to train with the questions that are labelled now; returns at once.

        Raises:
            RetrainingRefused: one is being trained, nothing is labelled, or no frozen questions are set.
        """

    def publish(self) -> None:
        """Let the next start run the candidate. Raises RetrainingRefused where it is not ready."""

    def refuse(self) -> None:
        """Leave the running model. Raises RetrainingRefused where there is nothing to refuse."""


class RetrainingRefused(Exception):
    """Something that cannot be done now. `key` is `console.understanding.error.<key>` of the catalogues."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)

    def text(self, catalogue: Any) -> str:
        """What happened, why, and what to do next."""
        words: str = catalogue.text(f"console.understanding.error.{self.key}")
        return words
