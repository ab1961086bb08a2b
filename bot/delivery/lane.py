"""What the lanes of sending share: messages under way, their grants, and the wish to look again."""

import asyncio
import contextlib
import math
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.delivery.settling import Settler
from store.database import LOST_CONNECTION
from store.queries.sending_limits import Grant, GrantUse

log = structlog.get_logger(__name__)

#: Looked for without being woken, so that a lost notification delays a message and does not lose it.
POLL_SECONDS = 1.0
#: How far the quickest round trip seen may have been quicker than the quickest one possible. A provider counts a
#: message after the way there; of the round trip, all but this much of the quickest one surely was not the way there
#: of one and the way back of another.
_ROUND_TRIP_DOUBT = timedelta(milliseconds=10)
#: The quickest of fewer says nothing: a process that has just started, on a busy machine, has only seen slow ones.
_ENOUGH_ROUND_TRIPS = 50
#: After so many, one of them was nearly as quick as can be, on a busy machine too.
_MANY_ROUND_TRIPS = 1000
_LEFT_OF_DOUBT = timedelta(milliseconds=5)
#: So many answered messages of a grant stop to count together.
_GIVEN_BACK_TOGETHER = 4


@dataclass
class RoundTrips:
    """The quickest round trip to a provider so far."""

    number: int = 0
    quickest: timedelta = timedelta.max

    def note(self, took: timedelta) -> None:
        """Note one round trip."""
        self.number += 1
        self.quickest = min(self.quickest, took)

    def counted_at(self, answered_at: datetime) -> datetime:
        """Return the latest moment at which a message can have been counted, set against the next one's earliest."""
        if self.number < _ENOUGH_ROUND_TRIPS:
            return answered_at
        doubt = _ROUND_TRIP_DOUBT if self.number < _MANY_ROUND_TRIPS else _LEFT_OF_DOUBT
        return answered_at - max(timedelta(), self.quickest - doubt)


@dataclass
class GrantedBatch:
    """Messages that leave under one grant, which is given back in parts as they are answered, the rest with the last.

    Answered one by one, the first need not count for as long as the last.
    """

    channel: str
    grant: Grant
    left: int
    settler: Settler
    sent: int = 0
    counted_at: datetime | None = None
    _given_back: int = 0

    def answered(self, at: datetime) -> None:
        """Note one answer."""
        self.sent += 1
        self.counted_at = at if self.counted_at is None else max(self.counted_at, at)
        if self.sent == _GIVEN_BACK_TOGETHER and self.left > 1 and self.grant.id is not None:
            self.settler.release(
                GrantUse(self.grant.id, self.channel, self.sent, self.sent, self.counted_at, is_part=True)
            )
            self._given_back += self.sent
            self.sent, self.counted_at = 0, None
        self._one_less(at)

    def not_asked(self, at: datetime) -> None:
        """Note that a message of the batch did not leave after all."""
        self._one_less(at)

    def _one_less(self, at: datetime) -> None:
        self.left -= 1
        if self.left == 0:
            self.close(at)

    def close(self, at: datetime) -> None:
        """Give back what is left of the grant."""
        number = self.grant.number - self._given_back
        if self.grant.id is None and number == self.sent:
            return
        self.settler.release(GrantUse(self.grant.id, self.channel, number, self.sent, self.counted_at or at))


class Lane:
    """Messages that leave one after the other in rounds, at most `most` of them under way."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._under_way: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        #: Messages that this lane has begun to send since it was made.
        self.begun = 0

    @property
    def room(self) -> int:
        """How many more messages may be under way."""
        return self._most - len(self._under_way)

    def wake(self) -> None:
        """Look into the ledger now."""
        self._woken.set()

    def wake_in(self, seconds: float) -> None:
        """Look into the ledger after some time, if that is before anybody would look anyway."""
        if 0 < seconds < POLL_SECONDS * 5:
            asyncio.get_running_loop().call_later(seconds, self._woken.set)

    async def round(self) -> float:
        """Begin to send what waits; return for how many seconds nothing is to be expected."""
        raise NotImplementedError

    async def turn(self) -> float:
        """What is done whenever the lane looks; a lane that gives way to others does less of it."""
        return await self.round()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            try:
                wait = await self.turn()
            except LOST_CONNECTION as error:
                log.warning("sender_waits_for_database", error=str(error))
                wait = 0.5
            await self.rest(wait)

    def begin(self, sending: Coroutine[Any, Any, None]) -> None:
        """Have a message sent beside everything else."""
        self.begun += 1
        task = asyncio.create_task(sending)
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if self.room == 1 or self.room >= self._most // 2:
            self._woken.set()

    async def rest(self, seconds: float) -> None:
        """Wait until woken, at most so long."""
        if seconds <= 0:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), math.ceil(seconds * 1000) / 1000)
        self._woken.clear()

    async def finish(self, seconds: float | None = None) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            _, pending = await asyncio.wait(self._under_way, timeout=seconds)
            if pending and seconds is not None:
                return
