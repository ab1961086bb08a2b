"""Campaigns go slower while people wait at the help desk: each message brings questions back."""

from datetime import datetime, timedelta

from store.clock import Clock
from store.database import Database
from store.queries.desk import waiting_tickets

#: Campaigns never stand still for it: some of them say what people would ask.
SLOWEST = 0.1
#: How long one look at the desk holds.
_LOOK_AGAIN = timedelta(seconds=5)


class DeskPressure:
    """The pace of campaigns by what waits at the help desk.

    Args:
        calm: so many tickets may wait without slowing anything down; with twice as many campaigns go half as fast.
    """

    def __init__(self, database: Database, clock: Clock, *, calm: int) -> None:
        self._database = database
        self._clock = clock
        self._calm = calm
        self._looked_at: datetime | None = None
        self._pace = 1.0

    async def __call__(self) -> float:
        """Return the share of the usual pace: 1 as usual, `SLOWEST` at the least."""
        now = self._clock.now()
        if self._looked_at is None or not timedelta() <= now - self._looked_at < _LOOK_AGAIN:
            async with self._database.single() as connection:
                waiting = await waiting_tickets(connection)
            self._pace = 1.0 if waiting <= self._calm else max(SLOWEST, self._calm / waiting)
            self._looked_at = now
        return self._pace
