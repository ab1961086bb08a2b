"""Words that people said can be erased, and are, in time."""

from datetime import timedelta

from sqlalchemy import text

from scheduler.housekeeping import Housekeeping
from store.clock import SetClock
from store.database import Database
from store.queries.privacy import forget_conversation
from tests.store.test_deliveries import claim, queue, settle
from tests.store.test_inbox import lease, say
from tests.store.test_inbox import settle as settle_incoming


async def words(database: Database) -> list[str]:
    async with database.transaction() as connection:
        said = (await connection.execute(text("select text from incoming where text <> ''"))).scalars().all()
        shown = (await connection.execute(text("select message ->> 'text' from delivery"))).scalars().all()
    return [*said, *shown]


async def answered_conversation(database: Database, clock: SetClock) -> int:
    incoming = await queue(database, clock, "an", "câu trả lời")
    await settle(database, clock, await claim(database, clock))
    (conversation,) = await lease(database, clock, "worker")
    await settle_incoming(database, clock, conversation, incoming)
    return conversation.id


async def test_forgetting_a_conversation_erases_both_sides_of_it(database: Database, clock: SetClock) -> None:
    conversation = await answered_conversation(database, clock)
    async with database.transaction() as connection:
        await forget_conversation(connection, conversation_id=conversation)
    assert await words(database) == []


async def test_a_message_that_was_forgotten_is_still_recognised_when_it_comes_again(
    database: Database, clock: SetClock
) -> None:
    conversation = await answered_conversation(database, clock)
    async with database.transaction() as connection:
        await forget_conversation(connection, conversation_id=conversation)
    assert not (await say(database, clock, "hỏi ('câu trả lời',)")).new


def keeping_house(database: Database, clock: SetClock) -> Housekeeping:
    return Housekeeping(
        database,
        clock,
        keep_words=timedelta(days=90),
        keep_trackers=timedelta(days=7),
        keep_receipts=timedelta(days=1095),
    )


async def test_a_message_without_an_answer_is_never_erased(database: Database, clock: SetClock) -> None:
    await say(database, clock, "còn chờ")
    keeping = keeping_house(database, clock)
    clock.advance(days=400)
    await keeping.purge()
    assert await words(database) == ["còn chờ"]


async def test_words_are_erased_when_their_time_is_over_and_not_before(database: Database, clock: SetClock) -> None:
    await answered_conversation(database, clock)
    keeping = keeping_house(database, clock)
    clock.advance(days=89)
    assert (await keeping.purge())["said"] == 0
    assert len(await words(database)) == 2
    clock.advance(days=2)
    purged = await keeping.purge()
    assert (purged["said"], purged["shown"]) == (1, 1)
    assert await words(database) == []
