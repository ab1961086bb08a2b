"""What a webhook is handed, kept for good within tens of milliseconds, whatever the database does meanwhile.

A messenger turns away from who acknowledges late. So an event goes to the database together with what arrived while the
database was busy, and where that takes long, fails, or would overtake what the same person wrote before, to the disk
(`bot.channels.spool`), from where it is handed on as soon as the database takes it.
"""

import asyncio
import contextlib
from collections.abc import Sequence

import structlog

from bot.channels.events import EventDoor
from bot.channels.spool import Arrived, Spool, mark_of, moment
from bot.metrics import CHANNEL_EVENTS
from store.database import LOST_CONNECTION, DatabaseAway
from store.queries.channel_events import NewEvent

log = structlog.get_logger(__name__)

#: Longest wait for the database. A statement takes a few milliseconds, and one write to the disk about ten: together
#: they stay below the 100 ms in which we mean to acknowledge, and below what any channel lets events lie for earlier
#: ones, so that an event that gave up waiting is still read before a later one that did not.
STORE_SECONDS = 0.05
#: Statements under way at a time; what arrives meanwhile shares the next.
STATEMENTS = 2
MOST_TOGETHER = 200
#: A statement that takes so long is given up: its connection is probably dead. Nobody waits for it any more.
GIVE_UP_SECONDS = 2.0
#: How often it is tried to hand on while the database is away.
RETRY_SECONDS = 0.1
#: How often it is looked for what a killed process left.
LOOK_SECONDS = 1.0

_AWAY: tuple[type[BaseException], ...] = (*LOST_CONNECTION, TimeoutError)
_Waiting = tuple[NewEvent, asyncio.Future[bool]]


class WebhookDoor:
    """Takes what one channel's webhook is handed in this process. `run` must run beside it.

    Args:
        patience: longest wait for the database, in seconds.
    """

    def __init__(self, door: EventDoor, spool: Spool, *, patience: float = STORE_SECONDS) -> None:
        self._door = door
        self._spool = spool
        self._patience = patience
        self._waiting: list[_Waiting] = []
        self._storing: set[asyncio.Task[None]] = set()
        #: The database did not take something: until it did, nothing waits for it.
        self._away = False
        self._kept = asyncio.Event()

    async def take(self, key: str, body: bytes, *, address: str = "", rank: int = 0) -> str:
        """Keep an event and say how: `new` or `again` in the database, `kept` on the disk. It may be acknowledged.

        Raises:
            SpoolFull, OSError: neither could be done; do not acknowledge.
        """
        arrived = Arrived(NewEvent(key, body, address, rank), moment())
        if not self._away and not (address and mark_of(address) in self._spool.marks()):
            with contextlib.suppress(*LOST_CONNECTION):
                stored = self._store(arrived.event)
                try:
                    await asyncio.wait({stored}, timeout=self._patience)
                    if stored.done():
                        return "new" if stored.result() else "again"
                finally:
                    # Stored after all, perhaps: then it is known again when it is handed on.
                    stored.cancel()
            self._away = True
            log.warning("database_takes_no_events", channel=self._door.channel)
        await self._spool.keep(arrived)
        CHANNEL_EVENTS.labels(self._door.channel, "kept").inc()
        self._kept.set()
        return "kept"

    async def run(self) -> None:
        """Hand on what was kept, until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._kept.wait(), LOOK_SECONDS)
            self._kept.clear()
            if not await self.hand_on():
                await asyncio.sleep(RETRY_SECONDS)
                self._kept.set()

    async def hand_on(self) -> bool:
        """Hand on all that was kept so far; False where the database is away."""
        try:
            while True:
                async with asyncio.timeout(GIVE_UP_SECONDS):
                    if not await self._spool.hand_on(self._door.take_all):
                        break
                # What arrives from now on need not wait, but for what its own person wrote before.
                self._away = False
        except _AWAY:
            return False
        # Another process may have handed on what this one kept.
        self._away = False
        return True

    def _store(self, event: NewEvent) -> asyncio.Future[bool]:
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((event, stored))
        if len(self._storing) < STATEMENTS:
            task = asyncio.create_task(self._store_what_waits())
            self._storing.add(task)
            task.add_done_callback(self._storing.discard)
        return stored

    async def _store_what_waits(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            # Those who gave up have kept their events meanwhile.
            await self._store_together([one for one in together if not one[1].done()])

    async def _store_together(self, together: Sequence[_Waiting]) -> None:
        if not together:
            return
        try:
            async with asyncio.timeout(GIVE_UP_SECONDS):
                results = await self._door.take_all([event for event, _ in together])
        except _AWAY as error:
            for _, stored in together:
                if not stored.done():
                    stored.set_exception(DatabaseAway(type(error).__name__))
        except Exception as error:
            if len(together) == 1:
                stored = together[0][1]
                if not stored.done():
                    stored.set_exception(error)
                return
            # One of them is at fault; the others are not to be refused for it.
            for one in together:
                await self._store_together([one])
        else:
            for (_, stored), new in zip(together, results, strict=True):
                if not stored.done():
                    stored.set_result(new)
