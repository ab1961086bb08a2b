"""Four senders on one database: their limit holds for all together, and what one leaves behind the others take over."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bot.channels.base import SendResult, Sent, Shipment
from bot.delivery.lane import RoundTrips
from bot.delivery.sender import CLAIM_LASTS
from bot.messages import OutgoingMessage
from store.clock import SetClock, local_date
from store.database import Database
from store.queries.sending_limits import AccountLimit, Grant, GrantUse, grant_sending, release_grants, set_limit
from store.queries.sweeps import unknown_deliveries
from store.run_states import RunState
from tests.patience import PATIENCE_SECONDS
from tests.sending import ToldChannel, progress, residents, run_row, run_to, send_everything, sender_of, steer

LIMIT = AccountLimit(per_window=20, window_seconds=1.0)
PEOPLE = 90


class CountingChannel(ToldChannel):
    """One provider account that several senders use; it notes by the clock when each message arrived."""

    def __init__(self, clock: SetClock) -> None:
        super().__init__()
        self._clock = clock
        self.arrived: list[datetime] = []

    async def send(self, message: OutgoingMessage, address: str, shipment: Shipment) -> SendResult:
        self.arrived.append(self._clock.now())
        return await super().send(message, address, shipment)


class SilentChannel(ToldChannel):
    """A provider that takes each message and never answers."""

    async def send(self, message: OutgoingMessage, address: str, shipment: Shipment) -> SendResult:
        self.taken.append((address, message.text))
        await asyncio.Event().wait()
        return Sent()


def test_what_a_process_that_just_started_takes_for_quick_is_not_believed() -> None:
    answered = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    trips = RoundTrips()
    for _ in range(49):
        trips.note(timedelta(milliseconds=150))
    assert trips.counted_at(answered) == answered
    trips.note(timedelta(milliseconds=55))
    assert trips.counted_at(answered) == answered - timedelta(milliseconds=45)
    for _ in range(500):
        trips.note(timedelta(milliseconds=90))
    assert trips.counted_at(answered) == answered - timedelta(milliseconds=45)
    for _ in range(500):
        trips.note(timedelta(milliseconds=90))
    assert trips.counted_at(answered) == answered - timedelta(milliseconds=50), (
        "of a thousand one was as quick as can be"
    )


def most_in_any_second(moments: list[datetime]) -> int:
    return max(sum(begin <= one < begin + timedelta(seconds=1) for one in moments) for begin in moments)


async def test_four_senders_keep_the_limit_of_their_account_together_and_use_it(
    database: Database, clock: SetClock
) -> None:
    zalo = CountingChannel(clock)
    senders = [sender_of(database, clock, zalo, limits={"zalo": LIMIT}) for _ in range(4)]
    run_id = await run_to(database, clock, await residents(database, clock, PEOPLE))
    begun = clock.now()
    while len(zalo.taken) < PEOPLE:
        await asyncio.gather(*(sender.send_one_batch() for sender in senders))
        clock.at += timedelta(milliseconds=50)
        assert clock.now() < begun + timedelta(seconds=20)
    assert len(set(zalo.reached)) == PEOPLE
    assert most_in_any_second(zalo.arrived) <= 20
    # Ninety messages at twenty a second; the beginning is evened out too.
    assert clock.now() - begun <= timedelta(seconds=6)
    await senders[0].sweep()
    assert (await run_row(database, run_id)).state == RunState.FINISHED


async def test_of_a_grant_the_messages_that_were_answered_first_are_free_first(
    database: Database, clock: SetClock
) -> None:
    async def granted(want: int) -> Grant:
        async with database.transaction() as connection:
            free_at = clock.now() + timedelta(minutes=1)
            return await grant_sending(
                connection, "zalo", want, bulk=False, now=clock.now(), free_at=free_at, day=local_date(clock.now())
            )

    async with database.transaction() as connection:
        await set_limit(connection, "zalo", AccountLimit(per_window=12, window_seconds=1.0))
    whole = await granted(12)
    begun = clock.now()
    first = GrantUse(whole.id, "zalo", 4, 4, begun + timedelta(seconds=0.1), is_part=True)
    # One of the others did not leave after all.
    rest = GrantUse(whole.id, "zalo", 8, 7, begun + timedelta(seconds=0.5))
    async with database.transaction() as connection:
        await release_grants(connection, [rest, first])
    room = []
    for seconds in (0.6, 1.1, 1.5):
        clock.at = begun + timedelta(seconds=seconds)
        room.append((await granted(12)).number)
    assert (whole.number, room) == (12, [1, 4, 7])


async def test_what_a_killed_sender_had_claimed_is_listed_and_the_others_send_the_rest(
    database: Database, clock: SetClock
) -> None:
    silent, zalo = SilentChannel(), ToldChannel()
    killed = sender_of(database, clock, silent)
    others = [sender_of(database, clock, zalo) for _ in range(3)]
    run_id = await run_to(database, clock, await residents(database, clock, PEOPLE))
    dying = asyncio.create_task(killed.send_one_batch())
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(silent.taken) < 50:
            await asyncio.sleep(0.01)
    dying.cancel()
    for sender in others:
        await send_everything(sender, clock)
    assert not set(zalo.reached) & set(silent.reached)
    assert len(zalo.reached) == PEOPLE - 50
    assert (await run_row(database, run_id)).state == RunState.RUNNING
    clock.at += CLAIM_LASTS
    await others[0].sweep()
    assert (await progress(database, run_id)).by_state == {"sent": PEOPLE - 50, "unknown": 50}
    assert (await run_row(database, run_id)).state == RunState.FINISHED
    async with database.single() as connection:
        listed = await unknown_deliveries(connection, now=clock.now() + timedelta(minutes=2))
    assert len(listed) == 50


async def test_after_a_pause_no_sender_claims_anything_more(database: Database, clock: SetClock) -> None:
    zalo = ToldChannel()
    senders = [sender_of(database, clock, zalo) for _ in range(4)]
    run_id = await run_to(database, clock, await residents(database, clock, PEOPLE))
    await senders[0].send_one_batch()
    assert await steer(database, clock, run_id, RunState.PAUSED)
    before = len(zalo.taken)
    await asyncio.gather(*(sender.send_one_batch() for sender in senders))
    assert len(zalo.taken) == before
    async with database.single() as connection:
        claimed = await connection.execute(text("select count(*) from delivery where state = 'claimed'"))
        assert claimed.scalar_one() == 0
    assert await steer(database, clock, run_id, RunState.CANCELLED)
    await asyncio.gather(*(sender.send_one_batch() for sender in senders))
    await senders[3].sweep()
    assert (await progress(database, run_id)).by_state == {"sent": before, "cancelled": PEOPLE - before}
