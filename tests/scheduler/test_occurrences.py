"""When schedules leave: across midnight, months without a day, lunar years."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from content.campaign_schedule import Anchor, Lunar, LunarFeast, Once, Recurring, Relative, Weekday
from scheduler.occurrences import local_moment, next_due, next_dues
from store.clock import LOCAL_ZONE


def test_a_single_leaving_is_in_vietnamese_time_and_comes_once() -> None:
    schedule = Once(at=datetime(2026, 12, 1, 8, 0))
    due = next_due(schedule, datetime(2026, 11, 25, tzinfo=UTC))
    assert due == datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
    assert next_due(schedule, due) is None


def test_what_is_to_leave_just_after_midnight_belongs_to_the_day_in_vietnam() -> None:
    schedule = Recurring(weekdays=(Weekday.MONDAY,), at=time(0, 5), starts_on=date(2026, 11, 1))
    due = next_due(schedule, datetime(2026, 11, 29, 16, 0, tzinfo=UTC))  # Sunday 23:00 in Vietnam
    assert due == datetime(2026, 11, 29, 17, 5, tzinfo=UTC)
    assert due is not None and due.astimezone(LOCAL_ZONE).strftime("%a %H:%M") == "Mon 00:05"


def test_every_second_week_is_counted_from_the_week_of_the_first_day() -> None:
    schedule = Recurring(weekdays=(Weekday.TUESDAY,), every_weeks=2, at=time(9), starts_on=date(2026, 12, 3))
    days = [moment.astimezone(LOCAL_ZONE).date() for moment in next_dues(schedule, _utc(2026, 12, 1), most=3)]
    assert days == [date(2026, 12, 15), date(2026, 12, 29), date(2027, 1, 12)]


def test_a_month_without_the_day_is_passed_over() -> None:
    schedule = Recurring(month_days=(31,), at=time(9), starts_on=date(2027, 1, 31))
    days = [moment.astimezone(LOCAL_ZONE).date() for moment in next_dues(schedule, _utc(2027, 1, 1), most=3)]
    assert days == [date(2027, 1, 31), date(2027, 3, 31), date(2027, 5, 31)]


def test_a_schedule_ends_on_its_last_day() -> None:
    schedule = Recurring(weekdays=tuple(Weekday), at=time(9), starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 2))
    assert len(next_dues(schedule, _utc(2026, 11, 25), most=9)) == 2


def test_two_weeks_before_tet_moves_with_the_moon() -> None:
    schedule = Lunar(feast=LunarFeast.TET, days=-14, at=time(8, 30), starts_on=date(2026, 12, 1))
    days = [moment.astimezone(LOCAL_ZONE).date() for moment in next_dues(schedule, _utc(2026, 12, 1), most=3)]
    assert days == [date(2027, 1, 23), date(2028, 1, 12), date(2029, 1, 30)]


def test_the_kitchen_gods_of_the_running_lunar_year_lie_in_the_next_calendar_year() -> None:
    schedule = Lunar(feast=LunarFeast.KITCHEN_GODS, at=time(8), starts_on=date(2026, 11, 25))
    due = next_due(schedule, _utc(2026, 11, 25))
    assert due is not None and due.astimezone(LOCAL_ZONE).date() == date(2027, 1, 30)


def test_reminders_counted_from_peoples_dates_are_looked_at_every_day() -> None:
    schedule = Relative(anchor=Anchor.COURSE_START, days=-2, at=time(8), starts_on=date(2026, 12, 1))
    first, second = next_dues(schedule, _utc(2026, 11, 25), most=2)
    assert (first, second - first) == (local_moment(date(2026, 12, 1), time(8)), timedelta(days=1))


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 31)),
    st.sets(st.sampled_from(Weekday), min_size=1),
    st.integers(1, 6),
    st.times(),
)
def test_what_is_due_is_always_later_and_never_skips_one(
    moment: datetime, days: set[Weekday], weeks: int, at: time
) -> None:
    schedule = Recurring(weekdays=tuple(days), every_weeks=weeks, at=at, starts_on=date(2026, 1, 1))
    after = moment.replace(tzinfo=UTC)
    due = next_due(schedule, after)
    assert due is not None and due > after
    assert next_due(schedule, due - timedelta(microseconds=1)) == due
    assert due - after <= timedelta(weeks=weeks, days=7)


def _utc(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)
