"""The delivery ledger: who leaves first, who sends, and what is left of a sender that died."""

import asyncio
from datetime import timedelta

from sqlalchemy import text

from store.clock import SetClock
from store.database import Database
from store.delivery_errors import ErrorClass
from store.delivery_states import LABELS, DeliveryKind, DeliveryState, Priority
from store.queries.deliveries import answer_to, count_by_state, queue_deliveries, shown_messages
from store.queries.sending import (
    ClaimedDelivery,
    Outcome,
    claim_deliveries,
    settle_deliveries,
    sweep_lapsed_claims,
)
from tests.store.test_inbox import lease, say
from tests.store.test_inbox import settle as settle_answer

LASTING = timedelta(seconds=20)


async def queue(
    database: Database,
    clock: SetClock,
    person: str,
    *texts: str,
    priority: Priority = Priority.REPLY,
    channel: str = "web",
) -> int:
    stored = await say(database, clock, f"hỏi {texts}", person=person)
    async with database.transaction() as connection:
        await queue_deliveries(
            connection,
            [{"text": one} for one in texts],
            conversation_id=stored.conversation_id,
            incoming_id=stored.incoming_id,
            channel=channel,
            address=person,
            kind=DeliveryKind.ANSWER,
            priority=priority,
            now=clock.now(),
        )
    return stored.incoming_id


async def claim(database: Database, clock: SetClock, sender: str = "sender", limit: int = 50) -> list[ClaimedDelivery]:
    async with database.transaction() as connection:
        return await claim_deliveries(
            connection, sender=sender, channels=["web", "zalo"], limit=limit, now=clock.now(), lasting=LASTING
        )


async def settle(database: Database, clock: SetClock, claimed: list[ClaimedDelivery], sender: str = "sender") -> None:
    outcomes = [Outcome(one.id, one.conversation_id, DeliveryState.SENT) for one in claimed]
    async with database.transaction() as connection:
        await settle_deliveries(connection, outcomes, sender=sender, now=clock.now())


async def states(database: Database) -> dict[str, int]:
    async with database.transaction() as connection:
        return await count_by_state(connection)


def texts(claimed: list[ClaimedDelivery]) -> list[str]:
    return [one.message["text"] for one in claimed]


def test_every_state_has_words_for_staff_in_both_languages() -> None:
    assert set(LABELS) == set(DeliveryState)
    assert all(set(words) == {"vi", "en"} for words in LABELS.values())


async def test_replies_leave_before_bulk_messages_that_were_queued_earlier(database: Database, clock: SetClock) -> None:
    await queue(database, clock, "an", "tin chiến dịch", priority=Priority.BULK)
    await queue(database, clock, "binh", "nhắc hẹn", priority=Priority.REMINDER)
    await queue(database, clock, "chi", "trả lời", priority=Priority.REPLY)
    assert texts(await claim(database, clock)) == ["trả lời", "nhắc hẹn", "tin chiến dịch"]


async def test_messages_to_one_person_are_sent_one_after_the_other(database: Database, clock: SetClock) -> None:
    await queue(database, clock, "an", "một", "hai")
    first = await claim(database, clock)
    assert texts(first) == ["một"]
    assert await claim(database, clock, "other") == []
    await settle(database, clock, first)
    assert texts(await claim(database, clock)) == ["hai"]


async def test_senders_that_claim_at_once_share_the_rows(database: Database, clock: SetClock) -> None:
    for number in range(30):
        await queue(database, clock, f"person-{number}", "chào")
    claimed = await asyncio.gather(*(claim(database, clock, f"sender-{n}", limit=10) for n in range(5)))
    ids = [one.id for group in claimed for one in group]
    assert len(ids) == len(set(ids)) == 30


async def test_an_answer_queued_twice_is_one_row(database: Database, clock: SetClock) -> None:
    incoming = await queue(database, clock, "an", "một")
    async with database.transaction() as connection:
        row = (await connection.execute(text("select conversation_id from delivery"))).one()
        await queue_deliveries(
            connection,
            [{"text": "một, lần nữa"}],
            conversation_id=row.conversation_id,
            incoming_id=incoming,
            channel="web",
            address="an",
            kind=DeliveryKind.ANSWER,
            priority=Priority.REPLY,
            now=clock.now(),
        )
    assert texts(await claim(database, clock)) == ["một"]
    assert await states(database) == {"claimed": 1}


async def test_a_dead_senders_message_is_sent_again_only_where_sending_twice_shows_once(
    database: Database, clock: SetClock
) -> None:
    await queue(database, clock, "an", "trên web", channel="web")
    await queue(database, clock, "binh", "trên Zalo", channel="zalo")
    await claim(database, clock, "dead")
    clock.advance(seconds=21)
    async with database.transaction() as connection:
        assert await sweep_lapsed_claims(connection, repeatable_channels=["web"], now=clock.now()) == 2
    assert await states(database) == {"queued": 1, "unknown": 1}
    assert texts(await claim(database, clock)) == ["trên web"]


async def test_a_claim_that_holds_is_not_swept(database: Database, clock: SetClock) -> None:
    await queue(database, clock, "an", "một")
    await claim(database, clock)
    clock.advance(seconds=19)
    async with database.transaction() as connection:
        assert await sweep_lapsed_claims(connection, repeatable_channels=["web"], now=clock.now()) == 0


async def test_a_sender_that_lost_its_claim_cannot_settle(database: Database, clock: SetClock) -> None:
    await queue(database, clock, "an", "một")
    late = await claim(database, clock, "slow")
    clock.advance(seconds=21)
    async with database.transaction() as connection:
        await sweep_lapsed_claims(connection, repeatable_channels=["web"], now=clock.now())
    await claim(database, clock, "quick")
    await settle(database, clock, late, sender="slow")
    assert await states(database) == {"claimed": 1}


async def test_a_page_sees_a_message_only_after_it_was_sent(database: Database, clock: SetClock) -> None:
    incoming = await queue(database, clock, "an", "một")
    async with database.transaction() as connection:
        conversation = (await connection.execute(text("select id from conversation"))).scalar_one()
        before = await shown_messages(connection, conversation_id=conversation, after=0, or_since=clock.now())
        assert not (await answer_to(connection, incoming)).messages
    assert before == []
    await settle(database, clock, await claim(database, clock))
    async with database.transaction() as connection:
        after = await shown_messages(connection, conversation_id=conversation, after=0, or_since=clock.now())
    assert [one.message["text"] for one in after] == ["một"]


async def test_a_message_settled_late_is_shown_although_a_later_number_was_seen(
    database: Database, clock: SetClock
) -> None:
    await queue(database, clock, "an", "một")
    await settle(database, clock, await claim(database, clock))
    async with database.transaction() as connection:
        conversation = (await connection.execute(text("select id from conversation"))).scalar_one()
        since = clock.now() - timedelta(minutes=5)
        shown = await shown_messages(connection, conversation_id=conversation, after=10_000, or_since=since)
    assert len(shown) == 1


async def test_an_answer_on_a_channel_that_shows_the_ledger_is_sent_by_the_commit_that_settles_its_message(
    database: Database, clock: SetClock
) -> None:
    stored = await say(database, clock, "hỏi")
    (conversation,) = await lease(database, clock, "worker")
    await settle_answer(database, clock, conversation, stored.incoming_id, "một", "hai", shows_at_once=True)
    assert await states(database) == {"sent": 2}
    async with database.single() as connection:
        answer = await answer_to(connection, stored.incoming_id)
    assert answer.complete and [one["text"] for one in answer.messages] == ["một", "hai"]


async def test_an_answer_never_overtakes_an_older_message_that_is_still_on_its_way_out(
    database: Database, clock: SetClock
) -> None:
    older = await queue(database, clock, "an", "trả lời trước")
    (conversation,) = await lease(database, clock, "worker")
    stored = await say(database, clock, "hỏi tiếp")
    await settle_answer(database, clock, conversation, older)
    await settle_answer(database, clock, conversation, stored.incoming_id, "trả lời", shows_at_once=True)
    assert await states(database) == {"queued": 2}
    first = await claim(database, clock)
    assert texts(first) == ["trả lời trước"]
    await settle(database, clock, first)
    assert texts(await claim(database, clock)) == ["trả lời"]


async def test_an_answer_passes_an_older_reminder_to_the_same_person(database: Database, clock: SetClock) -> None:
    await queue(database, clock, "an", "nhắc hẹn", priority=Priority.REMINDER)
    await queue(database, clock, "an", "trả lời")
    assert texts(await claim(database, clock, limit=1)) == ["trả lời"]


async def test_a_message_that_waits_for_its_time_is_not_claimed_before(database: Database, clock: SetClock) -> None:
    await queue(database, clock, "an", "một")
    (one,) = await claim(database, clock)
    later = Outcome(
        one.id,
        one.conversation_id,
        DeliveryState.QUEUED,
        error_class=ErrorClass.RETRYABLE,
        not_before=clock.now() + timedelta(seconds=5),
        counts=True,
    )
    async with database.transaction() as connection:
        await settle_deliveries(connection, [later], sender="sender", now=clock.now())
    assert await claim(database, clock) == []
    clock.advance(seconds=6)
    (again,) = await claim(database, clock)
    assert (again.message["text"], again.attempts) == ("một", 1)


async def test_an_answer_on_any_other_channel_waits_for_a_sender(database: Database, clock: SetClock) -> None:
    stored = await say(database, clock, "hỏi")
    (conversation,) = await lease(database, clock, "worker")
    await settle_answer(database, clock, conversation, stored.incoming_id, "một", "hai")
    assert await states(database) == {"queued": 2}
    assert texts(await claim(database, clock)) == ["một"]
