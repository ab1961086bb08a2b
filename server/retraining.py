"""Training a candidate for the console: what `chungtay questions retrain` does, beside the running process."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import structlog

from bot.learning.export import Export, export
from console.shell.retraining import RetrainingRefused, Training, TrainingState
from server.candidates import compare, spellings, train_candidate, understood_by
from server.evaluation import LabelledQuestion, read_questions
from server.training import TrainingFailed, publish, train
from store.clock import Clock
from store.database import Database
from store.queries.open_questions import open_questions

log = structlog.get_logger(__name__)


class CandidateTraining:
    """One training at a time in this process. The work is Rasa's, in processes of its own."""

    def __init__(self, database: Database, clock: Clock, data_dir: Path, frozen: Path | None) -> None:
        self._database = database
        self._clock = clock
        self._data_dir = data_dir
        self._frozen = self._read(frozen)
        self._last = Training()
        self._candidate: Path | None = None
        self._task: asyncio.Task[None] | None = None

    @staticmethod
    def _read(file: Path | None) -> list[LabelledQuestion]:
        if file is None:
            return []
        try:
            return read_questions(file)
        except (OSError, ValueError) as error:
            log.warning("frozen_questions_not_read", reason=str(error))
            return []

    @property
    def last(self) -> Training:
        """The last training of this process."""
        return self._last

    @property
    def judged_by(self) -> int:
        """How many frozen questions judge a candidate."""
        return len(self._frozen)

    async def begin(self) -> None:
        """See `console.shell.retraining.Retraining`."""
        if self._last.state is TrainingState.RUNNING:
            raise RetrainingRefused("running")
        if not self._frozen:
            raise RetrainingRefused("no_frozen")
        async with self._database.single() as connection:
            labelled = await open_questions(connection, states=["labelled"])
        made = export(labelled, [question.text for question in self._frozen])
        if not made.examples:
            raise RetrainingRefused("nothing_labelled")
        self._candidate = None
        self._last = Training(TrainingState.RUNNING, self._clock.now(), len(made.examples))
        self._task = asyncio.create_task(self._train(made))

    async def _train(self, made: Export) -> None:
        try:
            candidate, before, after = await asyncio.to_thread(self._work, made)
        except (TrainingFailed, OSError) as error:
            self._last = replace(self._last, state=TrainingState.FAILED, problem=str(error))
            return
        compared = compare(self._frozen, before, after)
        self._candidate = candidate
        state = TrainingState.WORSE if compared.worse else TrainingState.READY
        self._last = replace(self._last, state=state, comparison=compared.to_json())
        log.info("candidate_compared", worse=compared.worse, taught=self._last.taught)

    def _work(self, made: Export) -> tuple[Path, Sequence[str], Sequence[str]]:
        running, _ = train(self._data_dir)
        candidate = train_candidate(self._data_dir, made.text(), self._clock.now())
        before, after = understood_by([running, candidate], spellings(self._frozen))
        return candidate, before, after

    def publish(self) -> None:
        """See `console.shell.retraining.Retraining`."""
        if self._last.state is not TrainingState.READY or self._candidate is None:
            raise RetrainingRefused("not_ready")
        publish(self._data_dir, self._candidate)
        self._last = replace(self._last, state=TrainingState.PUBLISHED)

    def refuse(self) -> None:
        """See `console.shell.retraining.Retraining`."""
        if self._last.state not in (TrainingState.READY, TrainingState.WORSE):
            raise RetrainingRefused("not_ready")
        self._last = replace(self._last, state=TrainingState.REFUSED)

    async def finished(self) -> None:
        """Return when nothing is being trained."""
        if self._task is not None:
            await self._task
