"""Sharing a channel between organisations, and between the runs of each."""

from collections.abc import Sequence

from store.queries.bulk import ReadyRun


class FairShares:
    """Gives each organisation with something to send the same share, whoever has more recipients or more runs."""

    def __init__(self) -> None:
        self._organisations: dict[str, int] = {}
        self._runs: dict[int, int] = {}

    def of(self, runs: Sequence[ReadyRun], number: int, at_most: dict[int, int]) -> dict[int, int]:
        """Return how many of `number` messages each run gets; `at_most` holds the runs that have a bound of their own.

        Who had least so far is next. Whoever comes new begins where the others stand, and does not catch up on what
        was sent before it came.
        """
        self._welcome(runs)
        shares = dict.fromkeys((run.id for run in runs), 0)
        open_runs = {run.id: run for run in runs if at_most.get(run.id, 1) > 0}
        for _ in range(number):
            if not open_runs:
                break
            run = min(
                open_runs.values(), key=lambda run: (self._organisations[run.organisation], self._runs[run.id], run.id)
            )
            shares[run.id] += 1
            self._organisations[run.organisation] += 1
            self._runs[run.id] += 1
            if run.id in at_most and shares[run.id] >= at_most[run.id]:
                del open_runs[run.id]
        return {run_id: share for run_id, share in shares.items() if share}

    def _welcome(self, runs: Sequence[ReadyRun]) -> None:
        present = {run.organisation for run in runs}
        known = [served for organisation, served in self._organisations.items() if organisation in present]
        start = min(known, default=0)
        self._organisations = {organisation: self._organisations.get(organisation, start) for organisation in present}
        served = [self._runs[run.id] for run in runs if run.id in self._runs]
        begin = min(served, default=0)
        self._runs = {run.id: self._runs.get(run.id, begin) for run in runs}
