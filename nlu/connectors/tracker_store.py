"""One row per conversation in PostgreSQL, with only the last turns in it.

Rasa's own SQL store keeps every event of a conversation for ever in a row each, blocks the event loop while it reads
them, and costs most of the time of an answer. What the dialogue needs is the last few turns and the slots; what people
said is kept (and purged) by the inbox.
"""

import asyncio
from contextvars import ContextVar
from typing import Any, Dict, Iterable, List, Optional, Text

import asyncpg
import ujson
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.shared.utils.common import all_subclasses

#: Turns (messages of the person) kept in a tracker. With the message that is being handled that makes two, and no rule
#: looks further back; slots and the active form carry the rest. Time and memory of an answer grow with it.
TURNS_KEPT = 1

_CREATE = """
create schema if not exists rasa;
create table if not exists rasa.tracker (
    sender_id text primary key,
    version bigint not null,
    events text not null,
    updated_at timestamptz not null default now()
);
create index if not exists tracker_updated_at on rasa.tracker (updated_at);
"""
_CREATE_LOCK = 7_203_001  # advisory lock: two Rasa processes starting together must not race for "create schema"
_RETRIEVE = "select version, events from rasa.tracker where sender_id = $1"
_INSERT = "insert into rasa.tracker (sender_id, version, events) values ($1, 1, $2) on conflict do nothing"
_UPDATE = """
update rasa.tracker set version = version + 1, events = $2, updated_at = now() where sender_id = $1 and version = $3
"""


#: Number of the message that is being handled, set by the REST channel for the task that handles it.
handling: "ContextVar[Optional[int]]" = ContextVar("handling", default=None)


class HandledBefore(RasaException):
    """The dialogue took this message in already; `said` is what was answered, None when others were handled since."""

    def __init__(self, said: Optional[List[Dict[Text, Any]]]) -> None:
        """`said`: replies to the message, in the shape of `BotUttered.message()`."""
        super().__init__("the message was handled before")
        self.said = said


def refuse_repetition(tracker: DialogueStateTracker, number: int) -> None:
    """Raise HandledBefore when message `number` is not newer than the last one that `tracker` has an answer to.

    A worker that gave up waiting, or a process that was frozen, may still be feeding an old message to the dialogue.
    """
    said: List[Dict[Text, Any]] = []
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered):
            said.insert(0, event.message())
        elif isinstance(event, UserUttered):
            last = int((event.metadata or {}).get("message_id") or 0)
            if number < last:
                raise HandledBefore(None)
            if number == last and said:
                raise HandledBefore(said)
            return


def lacks_answer(tracker: DialogueStateTracker, number: int) -> bool:
    """Whether `tracker` took message `number` in and said nothing to it."""
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered):
            return False
        if isinstance(event, UserUttered):
            return int((event.metadata or {}).get("message_id") or 0) == number
    return False


async def _leave_as_it_is(_connection: asyncpg.Connection) -> None:
    """Spare the round trip with which the pool resets a returned connection: nothing here changes its state."""


class StaleTracker(RasaException):
    """Another Rasa process saved this conversation since it was read; the message must be asked again."""


class NothingSaid(RasaException):
    """An action failed, so the message has no answer; it must be asked again, from the state before it."""


class RecentTurnsTrackerStore(TrackerStore):
    """Tracker store over asyncpg; concurrent saves of one conversation are refused by a version number."""

    def __init__(self, domain: Domain, event_broker: Any = None, dsn: Text = "", **kwargs: Any) -> None:
        """`dsn`: libpq address of the database, for example `postgresql://user@/chungtay?host=/run/postgresql`."""
        super().__init__(domain, event_broker, **kwargs)
        self._dsn = dsn
        self._pool: Optional[asyncpg.Pool] = None
        self._pool_lock = asyncio.Lock()
        # Rasa looks through all subclasses for the type of each event that it reads.
        self._event_types = {cls.type_name: cls for cls in all_subclasses(Event)}

    async def _connections(self) -> asyncpg.Pool:
        async with self._pool_lock:
            if self._pool is None:
                pool = await asyncpg.create_pool(
                    self._dsn,
                    min_size=1,
                    max_size=8,
                    command_timeout=10,
                    reset=_leave_as_it_is,
                    # Not waited for until it is on disk. The answer is settled after the tracker was saved, and that
                    # commit is waited for: a crash of PostgreSQL that forgets the tracker forgets the answer too, and
                    # the message is asked again from the state before it.
                    server_settings={"synchronous_commit": "off"},
                )
                async with pool.acquire() as connection, connection.transaction():
                    await connection.execute("select pg_advisory_xact_lock($1)", _CREATE_LOCK)
                    await connection.execute(_CREATE)
                self._pool = pool
        return self._pool

    async def create_tracker(self, sender_id: Text, append_action_listen: bool = True) -> DialogueStateTracker:
        """Return a new tracker; it is saved when its first message has been handled, not before."""
        tracker = self.init_tracker(sender_id)
        if append_action_listen:
            tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
        return tracker

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        """Return the tracker of `sender_id`, or None."""
        pool = self._pool or await self._connections()
        row = await pool.fetchrow(_RETRIEVE, sender_id)
        if row is None:
            return None
        events = [self._event_types[event["event"]]._from_parameters(event) for event in ujson.loads(row["events"])]
        tracker = DialogueStateTracker.from_events(sender_id, events, self.domain.slots)
        tracker.stored_version = row["version"]
        number = handling.get()
        if number is not None:
            refuse_repetition(tracker, number)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the last turns of `tracker`.

        Raises:
            StaleTracker: the conversation was saved by somebody else since it was retrieved.
            NothingSaid: the message that is being handled has no answer. Rasa would save it all the same when the
                process that runs the actions dies, and take it in a second time when it is asked again.
        """
        number = handling.get()
        if number is not None and lacks_answer(tracker, number):
            raise NothingSaid("no action answered; ask the message again")
        pool = self._pool or await self._connections()
        events = recent_turns(tracker, self.domain, TURNS_KEPT)
        dump = ujson.dumps([event.as_dict() for event in events], ensure_ascii=False)
        version = getattr(tracker, "stored_version", None)
        if version is None:
            done = await pool.execute(_INSERT, tracker.sender_id, dump)
        else:
            done = await pool.execute(_UPDATE, tracker.sender_id, dump, version)
        if done.endswith(" 0"):
            raise StaleTracker("the conversation was changed by another Rasa process; ask the message again")
        tracker.stored_version = (version or 0) + 1

    async def keys(self) -> Iterable[Text]:
        """Return the ids of all conversations."""
        pool = self._pool or await self._connections()
        return [row["sender_id"] for row in await pool.fetch("select sender_id from rasa.tracker")]


def recent_turns(tracker: DialogueStateTracker, domain: Domain, turns: int) -> List[Event]:
    """Return events that rebuild `tracker` as it is now but remember only the last `turns` messages of the person."""
    events = list(tracker.events)
    restarts = [index for index, event in enumerate(events) if isinstance(event, Restarted)]
    if restarts:
        # The person asked to be forgotten: nothing said before the message that asked for it is kept.
        asked = [index for index in range(restarts[-1]) if isinstance(events[index], UserUttered)]
        events = events[asked[-1] if asked else restarts[-1] :]
    spoken = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(spoken) <= turns:
        return events
    cut = spoken[-turns]
    before = DialogueStateTracker.from_events(tracker.sender_id, events[:cut], domain.slots)
    start: List[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    start += [SlotSet(name, slot.value) for name, slot in before.slots.items() if slot.value is not None]
    if before.active_loop is not None and before.active_loop.name:
        start.append(ActiveLoop(before.active_loop.name))
    start.append(ActionExecuted(ACTION_LISTEN_NAME))
    return start + events[cut:]
