"""Storing messages once, and one worker per conversation at a time."""

import asyncio
from datetime import timedelta

import pytest

from store.clock import SetClock
from store.database import Database
from store.queries.inbox import (
    LeaseLost,
    Stored,
    TooManyWaiting,
    count_waiting,
    mark_notice_given,
    recount_waiting,
    settle_answered,
    store_incoming,
)
from store.queries.leases import LeasedConversation, lease_conversations, next_waiting_message, put_back

LASTING = timedelta(seconds=20)


async def say(
    database: Database,
    clock: SetClock,
    text: str,
    person: str = "an",
    message_id: str | None = None,
    most_waiting: int = 30,
    lease: str | None = None,
) -> Stored:
    async with database.single() as connection:
        return await store_incoming(
            connection,
            channel="web",
            address=person,
            provider_message_id=f"{person}:{message_id or text}",
            text=text,
            payload=None,
            wishes={},
            language="vi",
            now=clock.now(),
            most_waiting=most_waiting,
            lease=lease,
            lasting=LASTING,
        )


async def lease(database: Database, clock: SetClock, name: str, limit: int = 10) -> list[LeasedConversation]:
    async with database.transaction() as connection:
        return await lease_conversations(connection, lease=name, limit=limit, now=clock.now(), lasting=LASTING)


async def settle(
    database: Database,
    clock: SetClock,
    conversation: LeasedConversation,
    message_id: int,
    *answer: str,
    shows_at_once: bool = False,
) -> int:
    async with database.single() as connection:
        settled = await settle_answered(
            connection,
            [{"text": one} for one in answer],
            shows_at_once=shows_at_once,
            conversation_id=conversation.id,
            incoming_id=message_id,
            lease=conversation.lease,
            now=clock.now(),
            lasting=LASTING,
        )
        return settled.waiting


async def waiting_text(database: Database, conversation: LeasedConversation) -> str | None:
    async with database.transaction() as connection:
        message = await next_waiting_message(connection, conversation_id=conversation.id, lease=conversation.lease)
    return message.text if message else None


async def test_a_message_delivered_twice_is_stored_once(database: Database, clock: SetClock) -> None:
    first = await say(database, clock, "xin chào")
    again = await say(database, clock, "xin chào")
    assert first.new and not again.new
    assert again.incoming_id == first.incoming_id
    async with database.transaction() as connection:
        assert await count_waiting(connection) == (1, 1)


async def test_a_message_delivered_many_times_at_once_is_stored_once(database: Database, clock: SetClock) -> None:
    stored = await asyncio.gather(*(say(database, clock, "xin chào") for _ in range(8)))
    assert sum(one.new for one in stored) == 1
    async with database.transaction() as connection:
        assert await count_waiting(connection) == (1, 1)


async def test_a_flooded_conversation_takes_no_more_but_still_knows_what_it_has(
    database: Database, clock: SetClock
) -> None:
    first = await say(database, clock, "một", most_waiting=2)
    await say(database, clock, "hai", most_waiting=2)
    with pytest.raises(TooManyWaiting):
        await say(database, clock, "ba", most_waiting=2)
    again = await say(database, clock, "một", most_waiting=2)
    assert not again.new and again.incoming_id == first.incoming_id
    async with database.transaction() as connection:
        assert await count_waiting(connection) == (1, 2)


async def test_messages_of_a_person_are_answered_in_the_order_they_came(database: Database, clock: SetClock) -> None:
    stored = [await say(database, clock, text) for text in ("một", "hai", "ba")]
    (conversation,) = await lease(database, clock, "worker")
    seen = []
    for one in stored:
        seen.append(await waiting_text(database, conversation))
        await settle(database, clock, conversation, one.incoming_id)
    assert seen == ["một", "hai", "ba"]


async def test_a_conversation_is_leased_to_one_worker_at_a_time(database: Database, clock: SetClock) -> None:
    await say(database, clock, "xin chào")
    assert len(await lease(database, clock, "first")) == 1
    assert await lease(database, clock, "second") == []


async def test_a_message_of_an_idle_conversation_is_leased_with_the_call_that_stores_it(
    database: Database, clock: SetClock
) -> None:
    stored = await say(database, clock, "xin chào", lease="first")
    assert stored.leased is not None and stored.leased.first is not None
    assert (stored.leased.first.id, stored.leased.first.text) == (stored.incoming_id, "xin chào")
    assert await lease(database, clock, "second") == []
    assert await settle(database, clock, stored.leased, stored.incoming_id, "chào bác") == 0
    again = await say(database, clock, "xin chào", lease="third")
    assert not again.new and again.leased is None


async def test_a_message_behind_another_waits_for_its_turn_however_it_is_stored(
    database: Database, clock: SetClock
) -> None:
    first = await say(database, clock, "một", lease="first")
    second = await say(database, clock, "hai", lease="second")
    assert first.leased is not None and second.leased is None
    assert await settle(database, clock, first.leased, first.incoming_id) == 1
    assert await waiting_text(database, first.leased) == "hai"


async def test_what_was_leased_with_its_storing_is_taken_over_when_the_worker_is_gone(
    database: Database, clock: SetClock
) -> None:
    stored = await say(database, clock, "xin chào", lease="first")
    clock.advance(seconds=LASTING.total_seconds())
    (conversation,) = await lease(database, clock, "second")
    assert conversation.taken_over and conversation.first is not None
    assert conversation.first.id == stored.incoming_id


async def test_workers_that_look_at_once_get_different_conversations(database: Database, clock: SetClock) -> None:
    for number in range(20):
        await say(database, clock, "xin chào", person=f"person-{number}")
    leased = await asyncio.gather(*(lease(database, clock, f"worker-{n}", limit=5) for n in range(6)))
    ids = [conversation.id for group in leased for conversation in group]
    assert len(ids) == len(set(ids)) == 20


async def test_a_lease_that_ran_out_is_taken_over_and_the_first_worker_can_write_nothing(
    database: Database, clock: SetClock
) -> None:
    stored = await say(database, clock, "xin chào")
    (first,) = await lease(database, clock, "first")
    clock.advance(seconds=21)
    (second,) = await lease(database, clock, "second")
    assert second.taken_over and not first.taken_over
    with pytest.raises(LeaseLost):
        await settle(database, clock, first, stored.incoming_id)
    assert await settle(database, clock, second, stored.incoming_id) == 0


async def test_a_message_that_comes_while_its_conversation_is_answered_is_not_missed(
    database: Database, clock: SetClock
) -> None:
    first = await say(database, clock, "một")
    (conversation,) = await lease(database, clock, "worker")
    second = await say(database, clock, "hai")
    assert await settle(database, clock, conversation, first.incoming_id) == 1
    assert await waiting_text(database, conversation) == "hai"
    assert await settle(database, clock, conversation, second.incoming_id) == 0
    assert await lease(database, clock, "other") == []


async def test_a_message_that_is_stored_while_the_last_one_settles_is_leased_again(
    database: Database, clock: SetClock
) -> None:
    # Both transactions are open at once and wait for each other's row lock; whichever comes first, nothing is lost.
    for number in range(10):
        person = f"person-{number}"
        first = await say(database, clock, "một", person=person)
        (conversation,) = await lease(database, clock, f"worker-{number}")
        left, _ = await asyncio.gather(
            settle(database, clock, conversation, first.incoming_id), say(database, clock, "hai", person=person)
        )
        if left == 0:
            (conversation,) = await lease(database, clock, f"again-{number}")
        assert await waiting_text(database, conversation) == "hai"
        async with database.transaction() as connection:
            await put_back(
                connection,
                conversation_id=conversation.id,
                incoming_id=0,
                lease=conversation.lease,
                not_before=clock.now() + timedelta(days=1),
                reached_rasa=False,
            )


async def test_a_conversation_that_was_put_back_waits_for_its_time(database: Database, clock: SetClock) -> None:
    stored = await say(database, clock, "xin chào")
    (conversation,) = await lease(database, clock, "worker")
    async with database.transaction() as connection:
        await put_back(
            connection,
            conversation_id=conversation.id,
            incoming_id=stored.incoming_id,
            lease="worker",
            not_before=clock.now() + timedelta(seconds=5),
            reached_rasa=True,
        )
    assert await lease(database, clock, "worker") == []
    clock.advance(seconds=5)
    (again,) = await lease(database, clock, "worker")
    assert not again.taken_over
    async with database.transaction() as connection:
        message = await next_waiting_message(connection, conversation_id=again.id, lease="worker")
    assert message is not None and message.failed_attempts == 1


async def test_a_message_that_a_dead_worker_may_have_asked_stays_marked_when_it_is_put_back(
    database: Database, clock: SetClock
) -> None:
    stored = await say(database, clock, "xin chào")
    await lease(database, clock, "dead")
    clock.advance(seconds=21)
    (conversation,) = await lease(database, clock, "worker")
    assert conversation.taken_over
    for _ in range(3):
        async with database.transaction() as connection:
            await put_back(
                connection,
                conversation_id=conversation.id,
                incoming_id=stored.incoming_id,
                lease="worker",
                not_before=clock.now(),
                reached_rasa=False,
                maybe_asked_before=True,
            )
        (conversation,) = await lease(database, clock, "worker")
    async with database.transaction() as connection:
        message = await next_waiting_message(connection, conversation_id=conversation.id, lease="worker")
    assert message is not None and message.failed_attempts == 1


async def test_a_person_is_told_once_to_wait_until_nothing_waits_and_of_danger_for_each_message(
    database: Database, clock: SetClock
) -> None:
    first = await say(database, clock, "một")
    second = await say(database, clock, "hai")
    (conversation,) = await lease(database, clock, "worker")

    async def notice(message: Stored, *, urgent: bool = False) -> bool:
        async with database.transaction() as connection:
            return await mark_notice_given(
                connection,
                conversation_id=conversation.id,
                incoming_id=message.incoming_id,
                lease="worker",
                urgent=urgent,
            )

    assert await notice(first) is True
    assert await notice(first, urgent=True) is False
    assert await notice(second) is False
    await settle(database, clock, conversation, first.incoming_id)
    assert await notice(second) is False
    assert await notice(second, urgent=True) is True
    assert await notice(second, urgent=True) is False
    await settle(database, clock, conversation, second.incoming_id)
    third = await say(database, clock, "ba")
    (conversation,) = await lease(database, clock, "worker")
    assert await notice(third) is True


async def test_the_person_counts_as_introduced_after_the_first_answer(database: Database, clock: SetClock) -> None:
    first = await say(database, clock, "một")
    (conversation,) = await lease(database, clock, "worker")
    assert not conversation.introduced
    await settle(database, clock, conversation, first.incoming_id)
    await say(database, clock, "hai")
    (conversation,) = await lease(database, clock, "worker")
    assert conversation.introduced


async def test_a_wrong_count_of_waiting_messages_is_mended(database: Database, clock: SetClock) -> None:
    await say(database, clock, "xin chào")
    async with database.transaction() as connection:
        await connection.exec_driver_sql("update conversation set waiting = 0, oldest_waiting_at = null")
    assert await lease(database, clock, "worker") == []
    async with database.transaction() as connection:
        mended = await recount_waiting(connection, since=clock.now() - timedelta(days=1))
    assert len(mended) == 1
    assert len(await lease(database, clock, "worker")) == 1
