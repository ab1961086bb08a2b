"""Schedules that count from a date of each person: courses, instalments of pledges, the day of consent."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from content.campaigns import load_starters
from scheduler.calendar import fire
from scheduler.occurrences import local_moment
from store.campaign_states import OccurrenceState
from store.clock import SetClock, local_date
from store.consent_purposes import ConsentPurpose
from store.database import Database
from store.queries.consents import record_consent
from store.queries.occurrences import Occurrence, occurrences_of
from tests.scheduler.drafts import approve, content, submitted
from tests.scheduler.people import desk_at, person, staff

_COURSE = text("""
insert into course (code, title_vi, trade, venue, provider, starts_on, register_by, seats, fee, support, source,
    created_at, updated_at)
values (:code, :code, 'sewing', 'Điểm học giả định', 'Nơi dạy giả định', :starts_on, :starts_on, 20, 'free',
    'ask_commune', 'giả định', :now, :now) returning id
""")
_INTEREST = text("""
insert into course_interest (course_id, conversation_id, state, consent_text, consented_at)
select :course, id, :state, 'Bác đồng ý chứ?', :now from conversation where address = :who
""")
_PLEDGE = text("""
insert into pledge (code, kind, amount, received, donor_kind, name_shown, level, conversation_id, created_on,
    created_at, updated_at)
select :code, 'money', 500000, :received, 'person', 'hidden', 'province', id, :today, :now, :now
from conversation where address = :who returning id
""")
_PART = text("insert into pledge_instalment (pledge_id, number, due_on, amount) values (:pledge, 1, :due, 500000)")
_WORDS = text("""
select delivery.filled, conversation.address from delivery
join conversation on conversation.id = delivery.conversation_id
where campaign_run_id = :run order by 2
""")


async def reminded(database: Database, clock: SetClock, what: Any) -> Occurrence:
    """An approved schedule of reminders; returns its next look."""
    desk, author, second = desk_at(clock), await staff(database, clock, "mai"), await staff(database, clock, "lan")
    campaign, request = await submitted(database, desk, author, what)
    await approve(database, desk, second, request)
    async with database.transaction() as connection:
        return (await occurrences_of(connection, campaign.id))[0]


async def sent_by(database: Database, clock: SetClock, due: Occurrence) -> tuple[OccurrenceState | None, list[Any]]:
    clock.at = due.due_at
    state = await fire(database, desk_at(clock), due.id, due.version)
    async with database.transaction() as connection:
        done = next(one for one in await occurrences_of(connection, due.campaign_id) if one.id == due.id)
        return state, list((await connection.execute(_WORDS, {"run": done.run_id})).all())


async def test_two_days_before_their_course_people_are_reminded_of_it_and_nobody_else_is(
    database: Database, clock: SetClock
) -> None:
    async with database.transaction() as connection:
        courses = {
            name: (await connection.execute(_COURSE, {"code": name, "starts_on": day, "now": clock.now()})).scalar_one()
            for name, day in (("MAY-1", date(2026, 12, 3)), ("MAY-2", date(2026, 12, 9)))
        }
    for name, course, state in (
        ("soon", "MAY-1", "registered"),
        ("later", "MAY-2", "registered"),
        ("gone", "MAY-1", "withdrawn"),
    ):
        await person(database, clock.now(), name, agrees=None)
        async with database.transaction() as connection:
            values = {"course": courses[course], "state": state, "now": clock.now(), "who": name}
            await connection.execute(_INTEREST, values)
    due = await reminded(database, clock, load_starters()["nhac-ngay-khai-giang"].content)
    assert due.due_at == local_moment(date(2026, 12, 1), time(8))
    state, rows = await sent_by(database, clock, due)
    assert state is OccurrenceState.STARTED
    # Nobody was asked about news: the reminder is a part of what they registered for.
    assert [row.address for row in rows] == ["soon"]
    assert rows[0].filled == {
        "course_start": "03/12/2026",
        "course_title": "MAY-1",
        "course_venue": "Điểm học giả định",
    }


async def test_a_day_on_which_nobody_is_to_be_reminded_is_passed_over_and_the_next_is_planned(
    database: Database, clock: SetClock
) -> None:
    due = await reminded(database, clock, load_starters()["nhac-ngay-khai-giang"].content)
    state, _ = await sent_by(database, clock, due)
    assert state is OccurrenceState.SKIPPED
    async with database.transaction() as connection:
        following, passed = await occurrences_of(connection, due.campaign_id)
    assert passed.reason == "nobody" and following.due_at - passed.due_at == timedelta(days=1)


async def _promised(database: Database, clock: SetClock, name: str, *, agrees: bool | None, received: int = 0) -> None:
    """A donor with a pledge of 500.000 đồng due on 8 December."""
    number = await person(database, clock.now(), name, agrees=None)
    async with database.transaction() as connection:
        values = {"today": date(2026, 11, 23), "now": clock.now(), "who": name, "received": received}
        pledge = (await connection.execute(_PLEDGE, {**values, "code": f"XN{name.upper():A<8}"})).scalar_one()
        await connection.execute(_PART, {"pledge": pledge, "due": date(2026, 12, 8)})
        if agrees is not None:
            await record_consent(
                connection,
                person_id=number,
                purpose=ConsentPurpose.DONATION,
                given=agrees,
                words="Bác có đồng ý không?",
                language="vi",
                channel="telegram",
                now=clock.now(),
            )


@pytest.mark.parametrize(
    ("starter", "day"), [("nhac-ngay-hen-gop", date(2026, 12, 5)), ("nhac-sau-ngay-hen-gop", date(2026, 12, 13))]
)
async def test_before_and_after_the_day_donors_who_agreed_and_owe_something_are_reminded(
    database: Database, clock: SetClock, starter: str, day: date
) -> None:
    await _promised(database, clock, "agreed", agrees=True)
    await _promised(database, clock, "paid", agrees=True, received=500_000)
    await _promised(database, clock, "refused", agrees=False)
    await _promised(database, clock, "silent", agrees=None)
    due = await reminded(database, clock, load_starters()[starter].content)
    while local_date(due.due_at) < day:
        assert (await sent_by(database, clock, due))[1] == []
        async with database.transaction() as connection:
            due = (await occurrences_of(connection, due.campaign_id))[0]
    _, rows = await sent_by(database, clock, due)
    assert [(row.address, row.filled["pledge_amount"]) for row in rows] == [("agreed", "500.000 đồng")]
    assert rows[0].filled["pledge_due"] == "08/12/2026"


async def test_a_year_after_they_agreed_people_are_asked_again(database: Database, clock: SetClock) -> None:
    await person(database, datetime(2025, 12, 1, 2, 0, tzinfo=UTC), "a year ago")
    await person(database, datetime(2026, 6, 1, 2, 0, tzinfo=UTC), "this year")
    schedule = {
        "kind": "relative",
        "anchor": "consent_anniversary",
        "days": 0,
        "at": "09:00",
        "starts_on": "2026-12-01",
    }
    words = {"A": {"words": {"vi": "Bác đồng ý nhận tin ngày {consent_on}. Bác còn muốn nhận không?"}}}
    due = await reminded(database, clock, content(schedule=schedule, texts=words))
    _, rows = await sent_by(database, clock, due)
    assert [(row.address, row.filled) for row in rows] == [("a year ago", {"consent_on": "01/12/2025"})]
