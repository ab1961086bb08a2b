"""Tickets: one for each matter, to the right eyes, answered by one officer at a time."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.helpdesk.officers import DeskRefused, NoSuchTicket, own_ticket, scope_of
from bot.helpdesk.opening import OpenedTicket, desk_is_staffed, open_ticket
from bot.helpdesk.talking import officer_wrote_elsewhere
from bot.helpdesk.work import add_note, assign, hand_back, reopen, reply, resolve, route, snooze, take_ticket
from store.clock import Clock, SetClock
from store.database import Database
from store.queries.audit import audit_entries
from store.queries.deliveries import shown_messages
from store.queries.desk import desk_chat
from store.queries.ticket_history import ticket_events
from store.queries.tickets import count_tickets, list_tickets
from store.staff_roles import Role
from store.ticket_states import ComplaintKind, TicketEventKind, TicketReason, TicketState
from tests.bot.helpdesk.desk import DAK_CAM, KON_TUM, officer, resident, ticket


async def opened(database: Database, clock: Clock, conversation: int | None = None, **more: object) -> OpenedTicket:
    conversation = conversation if conversation is not None else await resident(database, clock)
    values: dict[str, object] = {"reason": TicketReason.ASKED_FOR_PERSON, "conversation_id": conversation} | more
    async with database.transaction() as connection:
        made = await open_ticket(connection, now=clock.now(), **values)  # type: ignore[arg-type]
    assert made is not None
    return made


async def told(database: Database, clock: Clock, conversation: int) -> list[str]:
    async with database.single() as connection:
        shown = await shown_messages(connection, conversation_id=conversation, after=0, or_since=clock.now())
    return [str(one.message["text"]) for one in shown]


async def silent_until(database: Database, conversation: int) -> datetime | None:
    async with database.single() as connection:
        found = text("select silent_until from conversation where id = :id")
        moment: datetime | None = (await connection.execute(found, {"id": conversation})).scalar_one()
    return moment


async def test_the_same_person_and_reason_have_one_ticket_while_it_is_open(database: Database, clock: SetClock) -> None:
    conversation = await resident(database, clock)
    results = await asyncio.gather(*(opened(database, clock, conversation) for _ in range(8)))
    assert len({one.code for one in results}) == 1 and sum(one.new for one in results) == 1
    other = await opened(database, clock, conversation, reason=TicketReason.MEDIA)
    assert other.new and other.code != results[0].code
    officer_ = await officer(database, clock)
    async with database.transaction() as connection:
        await resolve(connection, officer_, results[0].id, now=clock.now())
    again = await opened(database, clock, conversation)
    assert again.new and again.code != results[0].code


async def test_asking_again_fills_in_what_was_not_known(database: Database, clock: SetClock) -> None:
    conversation = await resident(database, clock)
    first = await opened(database, clock, conversation)
    await opened(database, clock, conversation, topic="credit_loan", area=KON_TUM)
    await opened(database, clock, conversation, topic="legal_aid", area=DAK_CAM)
    found = await ticket(database, first.id)
    assert (found.topic, found.area) == ("credit_loan", KON_TUM)


async def test_a_ticket_needs_a_chat_or_a_subject_and_no_chat_of_staff(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        with pytest.raises(ValueError, match="about"):
            await open_ticket(connection, reason=TicketReason.ACCOUNT_REPORT, now=clock.now())
        with pytest.raises(ValueError, match="no conversation 77"):
            await open_ticket(connection, reason=TicketReason.MEDIA, conversation_id=77, now=clock.now())
        report = await open_ticket(
            connection, reason=TicketReason.ACCOUNT_REPORT, about="account:…1234", now=clock.now()
        )
    assert report is not None and (await ticket(database, report.id)).organisation == "mttq"
    conversation = await resident(database, clock)
    async with database.transaction() as connection:
        mark = text("update conversation set staff_test = true where id = :id")
        await connection.execute(mark, {"id": conversation})
        assert (
            await open_ticket(connection, reason=TicketReason.MEDIA, conversation_id=conversation, now=clock.now())
            is None
        )


async def test_a_complaint_goes_to_whoever_is_responsible_or_to_whoever_is_there(
    database: Database, clock: SetClock
) -> None:
    async with database.single() as connection:
        assert not await desk_is_staffed(connection)
    await officer(database, clock, organisation="ubnd", area=KON_TUM)
    async with database.single() as connection:
        assert await desk_is_staffed(connection, KON_TUM) and not await desk_is_staffed(connection, DAK_CAM)
    complaint = {"reason": TicketReason.COMPLAINT, "area": KON_TUM}
    fund = await opened(database, clock, about=ComplaintKind.FUND, **complaint)
    assert (await ticket(database, fund.id)).organisation == "ubnd", "the Front has nobody here"
    await officer(database, clock, organisation="mttq")
    fund = await opened(database, clock, about=ComplaintKind.FUND, **complaint)
    listed = await opened(database, clock, about=ComplaintKind.WRONG_LIST, **complaint)
    assert (await ticket(database, fund.id)).organisation == "mttq"
    assert (await ticket(database, listed.id)).organisation == "ubnd"


async def test_who_sees_a_ticket_follows_from_organisation_area_and_confidentiality(
    database: Database, clock: SetClock
) -> None:
    near = await officer(database, clock, area=KON_TUM)
    elsewhere = await officer(database, clock, area=DAK_CAM)
    province = await officer(database, clock)
    front = await officer(database, clock, organisation="mttq")
    admin = await officer(database, clock, role=Role.ADMINISTRATOR)
    auditor = await officer(database, clock, role=Role.AUDITOR)
    author = await officer(database, clock, role=Role.CAMPAIGN_AUTHOR)
    staff = {"near": near, "elsewhere": elsewhere, "province": province, "front": front, "admin": admin} | {
        "auditor": auditor,
        "author": author,
    }

    async def seen_by(number: int) -> set[str]:
        seers = set()
        async with database.single() as connection:
            for name, one in staff.items():
                try:
                    await own_ticket(connection, one, number)
                except NoSuchTicket:
                    continue
                seers.add(name)
                scope = scope_of(one)
                assert scope is not None
                listed = await list_tickets(connection, scope, states=list(TicketState))
                assert number in {row.id for row in listed}, "the list and the page agree"
        return seers

    plain = await opened(database, clock, area=KON_TUM)
    nowhere = await opened(database, clock)
    wrong = await opened(database, clock, area=KON_TUM, reason=TicketReason.COMPLAINT, about=ComplaintKind.WRONGDOING)
    danger = await opened(database, clock, area=KON_TUM, reason=TicketReason.DANGER, about="violence")
    assert await seen_by(plain.id) == {"near", "province", "admin", "auditor"}
    assert await seen_by(nowhere.id) == {"province", "admin", "auditor"}
    assert await seen_by(wrong.id) == {"front", "admin"}
    assert await seen_by(danger.id) == {"province", "admin"}


async def test_danger_is_seen_by_the_commune_where_nobody_sees_to_the_province(
    database: Database, clock: SetClock
) -> None:
    near = await officer(database, clock, area=KON_TUM)
    danger = await opened(database, clock, area=KON_TUM, reason=TicketReason.DANGER, about="violence")
    async with database.single() as connection:
        assert (await own_ticket(connection, near, danger.id)).id == danger.id


async def test_a_ticket_goes_to_the_officer_who_is_there_nearest_and_least_busy(
    database: Database, clock: SetClock
) -> None:
    await officer(database, clock, area=KON_TUM)
    province = await officer(database, clock, present=True)
    first = await opened(database, clock, area=KON_TUM)
    assert (await ticket(database, first.id)).assignee_id == province.id
    near = await officer(database, clock, area=KON_TUM, present=True)
    second = await opened(database, clock, area=KON_TUM)
    assert (await ticket(database, second.id)).assignee_id == near.id
    clock.advance(seconds=60)
    third = await opened(database, clock, area=KON_TUM)
    assert (await ticket(database, third.id)).assignee_id is None, "nobody's page is open any more"


async def test_an_officer_answers_on_the_persons_channel_and_the_bot_keeps_quiet(
    database: Database, clock: SetClock
) -> None:
    conversation = await resident(database, clock)
    made = await opened(database, clock, conversation)
    mai = await officer(database, clock)
    async with database.transaction() as connection:
        await take_ticket(connection, mai, made.id, now=clock.now())
        assert await reply(connection, mai, made.id, "  Chào bác <b>Y</b> ", now=clock.now(), key="one")
        assert not await reply(connection, mai, made.id, "Chào bác", now=clock.now(), key="one"), "pressed twice"
    taken, answer = await told(database, clock, conversation)
    assert taken.startswith(f"Cán bộ {mai.name} (Ủy ban nhân dân) trả lời bác từ đây") and made.code in taken
    assert answer == f"Cán bộ {mai.name} (Ủy ban nhân dân): Chào bác <b>Y</b>"
    assert await silent_until(database, conversation) == clock.now() + timedelta(minutes=60)
    found = await ticket(database, made.id)
    assert (found.state, found.assignee_id, found.first_answered_at) == (TicketState.OPEN, mai.id, clock.now())
    async with database.single() as connection:
        entries = await audit_entries(connection, subject=f"ticket:{made.id}")
    assert [entry.action for entry in entries] == ["ticket.replied", "ticket.taken"]
    assert "Chào bác" not in str([entry.details for entry in entries])


async def test_two_officers_take_one_ticket_at_once_and_one_of_them_is_told(
    database: Database, clock: SetClock
) -> None:
    made = await opened(database, clock)
    officers = [await officer(database, clock, present=True) for _ in range(4)]
    async with database.transaction() as connection:
        await assign(connection, officers[0], made.id, to=None, now=clock.now())

    async def take(staff: object) -> str:
        try:
            async with database.transaction() as connection:
                await take_ticket(connection, staff, made.id, now=clock.now())  # type: ignore[arg-type]
        except DeskRefused as refused:
            return refused.key
        return "has it"

    results = await asyncio.gather(*(take(one) for one in officers))
    assert sorted(results) == ["has it", "taken", "taken", "taken"]
    winner = officers[results.index("has it")]
    loser = next(one for one in officers if one is not winner)
    async with database.transaction() as connection:
        with pytest.raises(DeskRefused, match="taken"):
            await reply(connection, loser, made.id, "Tôi nữa", now=clock.now())
    async with database.transaction() as connection:
        await take_ticket(connection, loser, made.id, now=clock.now(), from_colleague=winner.id)
    assert (await ticket(database, made.id)).assignee_id == loser.id


async def test_handing_back_says_so_once_and_resolving_ends_the_silence(database: Database, clock: SetClock) -> None:
    conversation = await resident(database, clock)
    made = await opened(database, clock, conversation)
    mai = await officer(database, clock)
    async with database.transaction() as connection:
        await take_ticket(connection, mai, made.id, now=clock.now())
        await hand_back(connection, mai, made.id, now=clock.now())
        with pytest.raises(DeskRefused, match="bot_talks_already"):
            await hand_back(connection, mai, made.id, now=clock.now())
    assert await silent_until(database, conversation) is None
    assert sum("máy trả lời tự động" in line for line in await told(database, clock, conversation)) == 1
    async with database.transaction() as connection:
        await reply(connection, mai, made.id, "Xong rồi nhé", now=clock.now())
        await resolve(connection, mai, made.id, now=clock.now())
        with pytest.raises(DeskRefused, match="resolved"):
            await reply(connection, mai, made.id, "Thêm nữa", now=clock.now())
    assert await silent_until(database, conversation) is None
    async with database.transaction() as connection:
        await reopen(connection, mai, made.id, now=clock.now())
        events = [one.kind for one in await ticket_events(connection, made.id)]
    assert events[-2:] == [TicketEventKind.RESOLVED, TicketEventKind.REOPENED]
    assert (await ticket(database, made.id)).state is TicketState.PENDING


async def test_a_snoozed_ticket_wakes_when_the_person_writes(database: Database, clock: SetClock) -> None:
    conversation = await resident(database, clock, name="bac-a")
    made = await opened(database, clock, conversation)
    mai = await officer(database, clock)
    async with database.transaction() as connection:
        with pytest.raises(DeskRefused, match="in_the_past"):
            await snooze(connection, mai, made.id, until=clock.now(), now=clock.now())
        await snooze(connection, mai, made.id, until=clock.now() + timedelta(days=1), now=clock.now())
        assert (await count_tickets(connection, scope_of(mai)))[TicketState.SNOOZED] == 1  # type: ignore[arg-type]
    clock.advance(minutes=5)
    await resident(database, clock, text="có ai không", name="bac-a")
    found = await ticket(database, made.id)
    assert (found.state, found.snoozed_until, found.heard_at) == (TicketState.PENDING, None, clock.now())


async def test_notes_stay_among_staff_and_nothing_empty_or_endless_is_sent(database: Database, clock: SetClock) -> None:
    conversation = await resident(database, clock)
    made = await opened(database, clock, conversation)
    mai = await officer(database, clock)
    async with database.transaction() as connection:
        await add_note(connection, mai, made.id, "Đã gọi trưởng thôn", now=clock.now())
        for words, key in (("  ", "empty"), ("x" * 1501, "too_long")):
            with pytest.raises(DeskRefused, match=key):
                await reply(connection, mai, made.id, words, now=clock.now())
    assert await told(database, clock, conversation) == []


async def test_a_ticket_is_passed_on_to_another_organisation_and_its_officer(
    database: Database, clock: SetClock
) -> None:
    mai, front = await officer(database, clock), await officer(database, clock, organisation="mttq", present=True)
    made = await opened(database, clock)
    async with database.transaction() as connection:
        with pytest.raises(DeskRefused, match="colleague_may_not_see"):
            await assign(connection, mai, made.id, to=front.id, now=clock.now())
        await route(connection, mai, made.id, organisation="mttq", now=clock.now())
    found = await ticket(database, made.id)
    assert (found.organisation, found.assignee_id) == ("mttq", front.id)
    async with database.single() as connection:
        with pytest.raises(NoSuchTicket):
            await own_ticket(connection, mai, made.id)


async def test_an_officer_who_writes_in_the_messenger_itself_keeps_the_bot_quiet(
    database: Database, clock: SetClock
) -> None:
    conversation = await resident(database, clock)
    made = await opened(database, clock, conversation)
    async with database.transaction() as connection:
        await officer_wrote_elsewhere(connection, conversation_id=conversation, now=clock.now())
    assert await silent_until(database, conversation) == clock.now() + timedelta(minutes=60)
    assert (await ticket(database, made.id)).state is TicketState.OPEN
    assert await told(database, clock, conversation) == []


async def test_a_promise_is_made_by_office_hours_and_holidays(database: Database, clock: SetClock) -> None:
    """Monday 23 November 2026, 9:00; Friday 18:00; the eve of Tết 2027."""
    monday = await opened(database, clock)
    assert monday.opens_at == clock.now() and not monday.confirmed
    assert (await ticket(database, monday.id)).answer_due_at == clock.now() + timedelta(hours=2)
    clock.at = datetime(2026, 11, 27, 11, 0, tzinfo=UTC)
    assert (await opened(database, clock)).opens_at == datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
    clock.at = datetime(2027, 2, 5, 3, 30, tzinfo=UTC)
    tet = await opened(database, clock)
    due = (await ticket(database, tet.id)).answer_due_at
    assert due is not None and due > datetime(2027, 2, 9, tzinfo=UTC)
    async with database.single() as connection:
        assert (await desk_chat(connection, 0)) is None
