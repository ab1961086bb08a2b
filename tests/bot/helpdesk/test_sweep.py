"""The help desk's clock: assignment, snooze, escalation, and the bot's return."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.helpdesk.sweep import DeskSweep
from bot.helpdesk.work import reply, snooze, take_ticket
from store.clock import SetClock
from store.database import Database
from store.queries.audit import audit_entries
from store.queries.desk import confirm_desk_rules, set_desk_topics
from store.queries.staff import disable_staff, note_presence
from store.queries.ticket_history import ticket_events
from store.ticket_states import EscalationStep, TicketEventKind, TicketState
from tests.bot.helpdesk.desk import officer, resident, ticket
from tests.bot.helpdesk.test_tickets import opened, silent_until, told


@pytest.fixture
def sweep(database: Database, clock: SetClock) -> DeskSweep:
    return DeskSweep(database, clock)


async def test_what_is_with_somebody_who_went_away_is_nobodys_within_a_minute(
    database: Database, clock: SetClock, sweep: DeskSweep
) -> None:
    mai = await officer(database, clock, present=True)
    made = await opened(database, clock)
    assert (await ticket(database, made.id)).assignee_id == mai.id
    clock.advance(seconds=40)
    assert (await sweep.sweep())["unassigned"] == 0
    clock.advance(seconds=15)
    assert (await sweep.sweep())["unassigned"] == 1
    assert (await ticket(database, made.id)).assignee_id is None
    lan = await officer(database, clock, present=True)
    assert (await sweep.sweep())["assigned"] == 1
    assert (await ticket(database, made.id)).assignee_id == lan.id
    async with database.transaction() as connection:
        await disable_staff(connection, staff_id=lan.id, now=clock.now())
    clock.advance(minutes=1)
    async with database.transaction() as connection:
        await note_presence(connection, staff_id=lan.id, now=clock.now())
    assert (await sweep.sweep())["unassigned"] == 1, "a shut account answers nobody"


async def test_officers_get_only_their_topics(database: Database, clock: SetClock, sweep: DeskSweep) -> None:
    mai = await officer(database, clock, present=True)
    async with database.transaction() as connection:
        await set_desk_topics(connection, staff_id=mai.id, topics=["credit_loan"])
    loan, card = await opened(database, clock, topic="credit_loan"), await opened(database, clock, topic="legal_aid")
    assert (await ticket(database, loan.id)).assignee_id == mai.id
    assert (await ticket(database, card.id)).assignee_id is None
    async with database.transaction() as connection:
        await set_desk_topics(connection, staff_id=mai.id, topics=[])
    await sweep.sweep()
    assert (await ticket(database, card.id)).assignee_id == mai.id


async def test_an_officer_who_vanishes_leaves_the_chat_to_the_bot_after_five_minutes(
    database: Database, clock: SetClock, sweep: DeskSweep
) -> None:
    conversation = await resident(database, clock)
    made = await opened(database, clock, conversation)
    mai = await officer(database, clock, present=True)
    async with database.transaction() as connection:
        await take_ticket(connection, mai, made.id, now=clock.now())
    clock.advance(minutes=1)
    await sweep.sweep()
    assert await silent_until(database, conversation) == clock.now() + timedelta(minutes=5)
    clock.advance(minutes=5)
    assert (await sweep.sweep())["bot_back"] == 1
    assert (await sweep.sweep())["bot_back"] == 0
    assert sum("Cán bộ tạm dừng" in line for line in await told(database, clock, conversation)) == 1


async def test_whoever_answers_without_a_page_keeps_the_bot_quiet_until_the_person_writes_again(
    database: Database, clock: SetClock, sweep: DeskSweep
) -> None:
    conversation = await resident(database, clock, name="bac-c")
    made = await opened(database, clock, conversation)
    program = await officer(database, clock)
    async with database.transaction() as connection:
        await reply(connection, program, made.id, "Chào bác", now=clock.now())
    until = clock.now() + timedelta(minutes=60)
    clock.advance(minutes=2)
    assert (await sweep.sweep())["unassigned"] == 1
    assert await silent_until(database, conversation) == until, "nobody waits"
    await resident(database, clock, text="vậy còn giấy tờ?", name="bac-c")
    assert (await sweep.sweep())["left_alone"] == 1
    assert await silent_until(database, conversation) == clock.now() + timedelta(minutes=5)


async def test_a_snoozed_ticket_wakes_at_its_time(database: Database, clock: SetClock, sweep: DeskSweep) -> None:
    made = await opened(database, clock)
    mai = await officer(database, clock)
    async with database.transaction() as connection:
        await snooze(connection, mai, made.id, until=clock.now() + timedelta(hours=1), now=clock.now())
    clock.advance(minutes=59)
    assert (await sweep.sweep())["woken"] == 0
    clock.advance(minutes=1)
    assert (await sweep.sweep())["woken"] == 1
    assert (await ticket(database, made.id)).state is TicketState.PENDING


async def test_an_unanswered_ticket_is_escalated_once_and_an_answer_stops_the_clock(
    database: Database, clock: SetClock, sweep: DeskSweep
) -> None:
    """Monday 9:00: two hours of office time are over at 11:00."""
    conversation = await resident(database, clock, name="bac-b")
    made = await opened(database, clock, conversation)
    clock.advance(hours=1, minutes=59)
    assert (await sweep.sweep())["escalated"] == 0
    clock.advance(minutes=1)
    assert (await sweep.sweep())["escalated"] == 1
    assert (await sweep.sweep())["escalated"] == 0
    mai = await officer(database, clock)
    async with database.transaction() as connection:
        await reply(connection, mai, made.id, "Chào bác", now=clock.now())
    clock.advance(minutes=1)
    await resident(database, clock, text="vậy còn giấy tờ?", name="bac-b")
    assert (await sweep.sweep())["waiting_again"] == 1
    again = await ticket(database, made.id)
    assert again.answer_due_at is not None and again.answer_due_at > clock.now() + timedelta(hours=2), "over lunch"
    assert again.escalated_at is None and again.escalation_step is EscalationStep.NOBODY


async def test_confirmed_rules_hold_from_the_next_ticket_on(database: Database, clock: SetClock) -> None:
    hours = {"days": {"7": [["08:00", "09:00"]]}, "closed_on": ["2026-11-29"]}
    async with database.transaction() as connection:
        await confirm_desk_rules(
            connection, hours=hours, answer_within_minutes=30, silent_minutes=10, by=None, now=clock.now()
        )
    made = await opened(database, clock)
    assert made.confirmed and made.opens_at is not None
    assert made.opens_at.isoformat() == "2026-12-06T01:00:00+00:00", "the Sunday after the closed one"
    async with database.single() as connection:
        rows = await connection.execute(text("select count(*) from desk_rules"))
    assert rows.scalar_one() == 1


async def test_a_late_ticket_goes_to_another_officer_who_is_there_and_later_the_administrators_are_told(
    database: Database, clock: SetClock, sweep: DeskSweep
) -> None:
    """Monday 9:00: two hours of office time are over at 11:00, two more at 15:00 after the pause at noon."""
    mai = await officer(database, clock, present=True)
    made = await opened(database, clock)
    assert (await ticket(database, made.id)).assignee_id == mai.id
    lan = await officer(database, clock)
    clock.advance(hours=2)
    async with database.transaction() as connection:
        for one in (mai, lan):
            await note_presence(connection, staff_id=one.id, now=clock.now())
    assert (await sweep.sweep())["escalated"] == 1
    late = await ticket(database, made.id)
    assert (late.assignee_id, late.escalation_step) == (lan.id, EscalationStep.COLLEAGUES)
    clock.advance(hours=3, minutes=59)
    assert (await sweep.sweep())["administrators_told"] == 0
    clock.advance(minutes=1)
    assert [(await sweep.sweep())["administrators_told"] for _ in range(2)] == [1, 0]
    assert (await ticket(database, made.id)).escalation_step is EscalationStep.ADMINISTRATORS
    async with database.transaction() as connection:
        told = {entry.action for entry in await audit_entries(connection)}
        kinds = [event.kind for event in await ticket_events(connection, made.id)]
    assert {"ticket.escalated_to_colleagues", "ticket.escalated_to_administrators"} <= told
    assert kinds.count(TicketEventKind.ESCALATED) == 2


async def test_a_late_ticket_stays_with_its_officer_where_nobody_else_is_there(
    database: Database, clock: SetClock, sweep: DeskSweep
) -> None:
    mai = await officer(database, clock, present=True)
    made = await opened(database, clock)
    clock.advance(hours=2)
    async with database.transaction() as connection:
        await note_presence(connection, staff_id=mai.id, now=clock.now())
    assert (await sweep.sweep())["escalated"] == 1
    assert (await ticket(database, made.id)).assignee_id == mai.id


async def test_a_late_ticket_leaves_an_organisation_that_has_no_officers_any_more(
    database: Database, clock: SetClock, sweep: DeskSweep
) -> None:
    mai = await officer(database, clock)
    made = await opened(database, clock)
    assert (await ticket(database, made.id)).organisation == "ubnd"
    await officer(database, clock, organisation="mttq")
    async with database.transaction() as connection:
        await disable_staff(connection, staff_id=mai.id, now=clock.now())
    clock.advance(hours=2)
    assert (await sweep.sweep())["escalated"] == 1
    assert (await ticket(database, made.id)).organisation == "mttq"
