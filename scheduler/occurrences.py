"""When a schedule leaves next. Pure: no clock, no database; days and hours are those of Vietnam."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from content.campaign_schedule import FEAST_DAYS, Lunar, Once, Recurring, Relative, Schedule, Weekday
from content.lunar_calendar import solar_date
from store.clock import LOCAL_ZONE

#: Looked ahead so far: the rarest schedule comes once a lunar year, and a month may lack a day for a while.
_LOOK_AHEAD = timedelta(days=800)


def local_moment(day: date, at: time) -> datetime:
    """A day and an hour in Vietnam as a moment."""
    return datetime.combine(day, at, tzinfo=LOCAL_ZONE)


def leaves_at(schedule: Once) -> datetime | None:
    """The moment of a single leaving; None: as soon as it is approved."""
    if schedule.at is None or schedule.at.tzinfo is not None:
        return schedule.at
    return schedule.at.replace(tzinfo=LOCAL_ZONE)


def next_due(schedule: Schedule, after: datetime) -> datetime | None:
    """The first moment after `after` at which a schedule leaves, None when it never does again.

    A single leaving without a time has none: it does not wait for one.
    """
    if isinstance(schedule, Once):
        moment = leaves_at(schedule)
        return moment if moment is not None and moment > after else None
    begin = max(schedule.starts_on, after.astimezone(LOCAL_ZONE).date())
    last = min(schedule.ends_on or date.max, begin + _LOOK_AHEAD)
    for day in _days(schedule, begin, last):
        moment = local_moment(day, schedule.at)
        if moment > after:
            return moment
    return None


def next_dues(schedule: Schedule, after: datetime, *, most: int) -> list[datetime]:
    """The next moments, up to `most`."""
    found: list[datetime] = []
    while len(found) < most and (moment := next_due(schedule, found[-1] if found else after)) is not None:
        found.append(moment)
    return found


def _days(schedule: Recurring | Relative | Lunar, begin: date, last: date) -> Iterator[date]:
    if isinstance(schedule, Lunar):
        yield from (day for day in _lunar_days(schedule, begin, last) if begin <= day <= last)
        return
    for number in range((last - begin).days + 1):
        day = begin + timedelta(days=number)
        # A schedule that counts from dates of people looks every day whether there is anybody.
        if isinstance(schedule, Relative) or _recurs_on(schedule, day):
            yield day


def _recurs_on(schedule: Recurring, day: date) -> bool:
    if schedule.month_days:
        return day.day in schedule.month_days
    first_monday = schedule.starts_on - timedelta(days=schedule.starts_on.weekday())
    weeks = (day - first_monday).days // 7
    return weeks % schedule.every_weeks == 0 and list(Weekday)[day.weekday()] in schedule.weekdays


def _lunar_days(schedule: Lunar, begin: date, last: date) -> Iterator[date]:
    day, month = FEAST_DAYS[schedule.feast]
    # The last month of a lunar year lies in the next calendar year, hence one year more on the near side.
    for year in range(begin.year - 2, last.year + 2):
        yield solar_date(year, month, day) + timedelta(days=schedule.days)
