"""Campaigns go slower while tickets pile up at the help desk; an emergency does not."""

from datetime import timedelta

from bot.delivery.pressure import SLOWEST, DeskPressure
from bot.helpdesk.opening import open_ticket
from store.clock import SetClock
from store.database import Database
from store.queries.campaign_runs import override_rules
from store.run_states import RunState
from store.ticket_states import TicketReason
from tests.bot.helpdesk.desk import resident
from tests.sending import ToldChannel, residents, run_to, sender_of, steer


async def half() -> float:
    return 0.5


async def test_campaigns_slow_down_with_what_waits_at_the_desk(database: Database, clock: SetClock) -> None:
    pressure = DeskPressure(database, clock, calm=2)
    paces = []
    for more in (2, 2, 36):
        for _ in range(more):
            conversation = await resident(database, clock)
            async with database.transaction() as connection:
                await open_ticket(
                    connection,
                    reason=TicketReason.ASKED_FOR_PERSON,
                    conversation_id=conversation,
                    now=clock.now(),
                )
        clock.at += timedelta(seconds=10)
        paces.append(await pressure())
    assert paces == [1.0, 0.5, SLOWEST]


async def test_at_half_pace_the_second_batch_waits_for_its_time(database: Database, clock: SetClock) -> None:
    zalo = ToldChannel()
    sender = sender_of(database, clock, zalo, pace=half)
    await run_to(database, clock, await residents(database, clock, 90))
    assert await sender.send_one_batch() == 50
    # A hundred a second is taken for the usual pace of a channel without a limit.
    clock.at += timedelta(milliseconds=900)
    assert await sender.send_one_batch() == 0
    clock.at += timedelta(milliseconds=200)
    assert await sender.send_one_batch() == 40


async def test_an_emergency_does_not_wait_for_the_desk(database: Database, clock: SetClock) -> None:
    zalo = ToldChannel()
    sender = sender_of(database, clock, zalo, pace=half)
    run_id = await run_to(database, clock, await residents(database, clock, 90), started=False)
    async with database.transaction() as connection:
        assert await override_rules(connection, run_id, reason="Lũ về trong đêm", first=1, second=2)
    assert await steer(database, clock, run_id, RunState.RUNNING)
    assert [await sender.send_one_batch(), await sender.send_one_batch()] == [50, 40]
