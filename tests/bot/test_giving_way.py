"""Campaigns give way while somebody is being answered, by whichever process and on whichever channel."""

from bot.delivery.giving_way import PER_SECOND, TOGETHER_SECONDS
from store.clock import SetClock
from store.database import Database
from store.queries.leases import somebody_is_answered
from tests.sending import ToldChannel, progress, residents, run_to, sender_of
from tests.store.test_inbox import LASTING, lease, say


async def test_somebody_is_answered_from_the_lease_of_a_worker_until_it_ends(
    database: Database, clock: SetClock
) -> None:
    async def answered() -> bool:
        async with database.single() as connection:
            return await somebody_is_answered(connection, now=clock.now())

    await say(database, clock, "xin chào")
    assert not await answered(), "nobody works on it yet"
    await lease(database, clock, "worker")
    assert await answered()
    clock.advance(seconds=LASTING.total_seconds())
    assert not await answered(), "the worker is dead"


async def test_a_campaign_leaves_slowly_while_a_web_chat_is_answered(database: Database, clock: SetClock) -> None:
    people = await residents(database, clock, 2 * PER_SECOND)
    run_id = await run_to(database, clock, people)
    # Whoever is among them wrote once; a worker answers one of them.
    await lease(database, clock, "worker")
    zalo = ToldChannel()
    lane = sender_of(database, clock, zalo).campaigns_on("zalo")
    assert await lane.turn() > 0
    assert lane.begun == PER_SECOND * TOGETHER_SECONDS
    await lane.finish()
    assert len(zalo.reached) == lane.begun
    assert (await progress(database, run_id)).by_state["queued"] == PER_SECOND
