"""Each state in which something of the ledger could hang is made here, and ends."""

from datetime import timedelta

from sqlalchemy import text

from bot.channels.capabilities import Capabilities
from bot.delivery.bulk import BATCH
from bot.delivery.rules import local_midnight
from store.clock import SetClock, local_date
from store.database import Database
from store.delivery_errors import ErrorClass
from store.delivery_states import DeliveryState
from store.queries.bulk import ReachCap, claim_recipients
from store.queries.sending_limits import grant_sending, pause_account
from store.queries.sweeps import decide_unknown, receipts_arrived, unknown_deliveries
from store.run_states import RunState
from tests.sending import (
    ToldChannel,
    progress,
    refusal,
    reply_to,
    resident,
    residents,
    run_row,
    run_to,
    send_everything,
    sender_of,
    steer,
)


async def claim_as_somebody_who_dies(database: Database, clock: SetClock, run_id: int) -> int:
    async with database.single() as connection:
        claimed = await claim_recipients(
            connection,
            {run_id: BATCH},
            sender="dead",
            channel="zalo",
            cap=ReachCap(),
            now=clock.now(),
            today=local_midnight(clock.now()),
            lasting=timedelta(seconds=20),
        )
    return len(claimed)


async def test_recipients_claimed_by_a_sender_that_died_become_unknown_and_the_run_ends(
    database: Database, clock: SetClock
) -> None:
    run_id = await run_to(database, clock, await residents(database, clock, 3))
    assert await claim_as_somebody_who_dies(database, clock, run_id) == 3
    zalo = ToldChannel()
    sender = sender_of(database, clock, zalo)
    clock.advance(seconds=21)
    await send_everything(sender, clock)
    assert zalo.taken == []
    assert (await progress(database, run_id)).by_state == {"unknown": 3}
    assert (await run_row(database, run_id)).state == RunState.FINISHED


async def test_on_a_channel_that_shows_the_ledger_they_are_sent_by_another(database: Database, clock: SetClock) -> None:
    run_id = await run_to(database, clock, await residents(database, clock, 3))
    await claim_as_somebody_who_dies(database, clock, run_id)
    zalo = ToldChannel(capabilities=Capabilities(repeatable=True))
    clock.advance(seconds=21)
    sender = sender_of(database, clock, zalo)
    await sender.sweep()
    await send_everything(sender, clock)
    assert (await progress(database, run_id)).by_state == {"sent": 3}


async def test_messages_that_nobody_sent_in_time_expire(database: Database, clock: SetClock) -> None:
    conversation = await resident(database, clock, "an")
    await reply_to(
        database,
        clock,
        "an",
        conversation,
        "nhắc hẹn",
        channel="elsewhere",
        send_before=clock.now() + timedelta(hours=1),
    )
    sender = sender_of(database, clock, ToldChannel())
    await sender.sweep()
    clock.advance(hours=2)
    await sender.sweep()
    async with database.single() as connection:
        states = (await connection.execute(text("select state, reason from delivery"))).one()
    assert tuple(states) == ("expired", "too_old_to_send")


async def test_a_paused_run_whose_no_use_after_passes_expires_and_ends(database: Database, clock: SetClock) -> None:
    people = await residents(database, clock, 3)
    run_id = await run_to(database, clock, people, send_before=clock.now() + timedelta(hours=1))
    await steer(database, clock, run_id, RunState.PAUSED)
    sender = sender_of(database, clock, ToldChannel())
    clock.advance(hours=2)
    await sender.sweep()
    assert (await progress(database, run_id)).by_state == {"expired": 3}
    assert (await run_row(database, run_id)).state == RunState.FINISHED
    assert not await steer(database, clock, run_id, RunState.RUNNING)


async def test_what_is_left_of_a_cancelled_run_is_cancelled(database: Database, clock: SetClock) -> None:
    run_id = await run_to(database, clock, await residents(database, clock, BATCH + 5))
    zalo = ToldChannel()
    sender = sender_of(database, clock, zalo)
    await sender.send_one_batch()
    await steer(database, clock, run_id, RunState.CANCELLED)
    await sender.send_one_batch()
    await sender.sweep()
    assert (await progress(database, run_id)).by_state == {"sent": BATCH, "cancelled": 5}
    assert len(zalo.taken) == BATCH


async def test_a_canary_is_judged_by_any_sender(database: Database, clock: SetClock) -> None:
    people = await residents(database, clock, 4)
    run_id = await run_to(database, clock, people, canary_size=2)
    await sender_of(database, clock, ToldChannel()).send_one_batch()
    zalo = ToldChannel()
    other = sender_of(database, clock, zalo)
    await other.send_one_batch()
    assert zalo.taken == []
    await other.sweep()
    await other.send_one_batch()
    assert len(zalo.taken) == 2
    assert (await progress(database, run_id)).by_state == {"sent": 4}


async def test_a_canary_whose_sender_died_stops_the_run(database: Database, clock: SetClock) -> None:
    people = await residents(database, clock, 6)
    run_id = await run_to(database, clock, people, canary_size=2)
    assert await claim_as_somebody_who_dies(database, clock, run_id) == 2
    zalo = ToldChannel()
    sender = sender_of(database, clock, zalo)
    clock.advance(seconds=21)
    await sender.sweep()
    await sender.send_one_batch()
    assert zalo.taken == []
    row = await run_row(database, run_id)
    assert (row.state, row.state_reason) == (RunState.STOPPED, "canary: 2 of 2 went wrong")


async def test_an_account_that_a_dead_process_paused_is_resumed_by_whoever_gets_through(
    database: Database, clock: SetClock
) -> None:
    zalo = ToldChannel(capabilities=Capabilities(per_second=10))
    sender = sender_of(database, clock, zalo)
    await sender.send_one_batch()
    async with database.single() as connection:
        await pause_account(connection, "zalo", reason="zalo_-209", now=clock.now())
    await reply_to(database, clock, "an", await resident(database, clock, "an"), "một", "hai")
    await sender.sweep()
    await send_everything(sender, clock)
    assert zalo.taken == []
    clock.advance(minutes=2)
    await sender.send_one_batch()
    await sender.send_one_batch()
    assert [words for _, words in zalo.taken] == ["một", "hai"]


async def test_a_grant_of_a_sender_that_died_is_free_when_its_claims_have_run_out(
    database: Database, clock: SetClock
) -> None:
    zalo = ToldChannel(capabilities=Capabilities(per_second=5))
    sender = sender_of(database, clock, zalo)
    await sender.send_one_batch()
    async with database.single() as connection:
        grant = await grant_sending(
            connection,
            "zalo",
            5,
            bulk=False,
            now=clock.now(),
            free_at=clock.now() + timedelta(seconds=21),
            day=local_date(clock.now()),
        )
    assert grant.number == 5
    await reply_to(database, clock, "an", await resident(database, clock, "an"), "một")
    clock.advance(seconds=20)
    await sender.send_one_batch()
    assert zalo.taken == []
    clock.advance(seconds=2)
    await sender.send_one_batch()
    assert [words for _, words in zalo.taken] == ["một"]


async def test_what_limits_remember_is_forgotten_in_time(database: Database, clock: SetClock) -> None:
    zalo = ToldChannel(capabilities=Capabilities(per_second=20, per_chat_per_second=1))
    people = await residents(database, clock, 3)
    await run_to(database, clock, people)
    await reply_to(database, clock, *people[0], "trả lời")
    await send_everything(sender_of(database, clock, zalo), clock)
    clock.advance(days=8)
    await sender_of(database, clock, zalo).sweep()
    async with database.single() as connection:
        for table in ("bulk_reach", "chat_pace", "sending_grant"):
            assert (await connection.execute(text(f"select count(*) from {table}"))).scalar_one() == 0


async def test_an_unknown_message_is_settled_by_a_receipt_or_listed_for_a_person(
    database: Database, clock: SetClock
) -> None:
    zalo = ToldChannel(answers={"*": refusal(ErrorClass.UNKNOWN)})
    sender = sender_of(database, clock, zalo)
    for name in ("an", "binh"):
        await reply_to(database, clock, name, await resident(database, clock, name), "trả lời")
    await sender.send_one_batch()
    async with database.single() as connection:
        await connection.execute(text("update delivery set provider_message_id = 'm-' || address"))
        assert await unknown_deliveries(connection, now=clock.now()) == []
        clock.advance(seconds=91)
        assert len(await unknown_deliveries(connection, now=clock.now())) == 2
        moved = await receipts_arrived(
            connection, channel="zalo", provider_message_ids=["m-an"], state=DeliveryState.SEEN
        )
        assert moved == 1
        late = await receipts_arrived(
            connection, channel="zalo", provider_message_ids=["m-an"], state=DeliveryState.DELIVERED
        )
        assert late == 0
        (left,) = await unknown_deliveries(connection, now=clock.now())
        assert await decide_unknown(connection, left.id, arrived=False, reason="asked_by_phone")
        assert not await decide_unknown(connection, left.id, arrived=True, reason="asked_by_phone")
        states = (await connection.execute(text("select address, state from delivery order by address"))).all()
    assert [tuple(row) for row in states] == [("an", "seen"), ("binh", "failed")]
