"""Sending rules: at which hours and on which days bulk messages may leave, and how many reach one person.

Looked at when a message is about to leave, not when it is planned: a run that is late, paused or edited keeps them too.
"""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from content.lunar_calendar import solar_date, tet_holidays
from store.clock import LOCAL_ZONE
from store.run_states import COUNTS_AS_ADVERTISING, Purpose

#: Decree 91/2020/NĐ-CP, article 13.6: advertising texts only from 07:00 to 22:00.
ADVERTISING_FROM, ADVERTISING_UNTIL = time(7), time(22)
#: Article 13.5: at most so many advertising texts to one number in 24 hours.
ADVERTISING_PER_DAY = 3
#: Days looked ahead for the next opening; a run whose rules never open is stopped.
_LOOK_AHEAD_DAYS = 60
#: Public holidays on fixed days of the sun's calendar: month, day.
_FIXED_HOLIDAYS = ((1, 1), (4, 30), (5, 1), (9, 2))
#: Commemoration of the Hùng kings: month and day of the lunar calendar.
_HUNG_KINGS = (3, 10)


def is_public_holiday(day: date) -> bool:
    """True on a public holiday in Vietnam: Tết and the days around it, the Hùng kings, and the fixed ones."""
    if (day.month, day.day) in _FIXED_HOLIDAYS:
        return True
    if day in tet_holidays(day.year):
        return True
    return day == solar_date(day.year, *_HUNG_KINGS)


class SendingRules(BaseModel):
    """When the messages of a run may leave. A run's own rules are kept in `campaign_run.rules`.

    Attributes:
        open_from: local time from which messages leave; the default is that of this system.
        open_until: local time from which they wait for the morning.
        weekdays: 1 Monday … 7 Sunday.
        on_holidays: leaves on public holidays too (greetings for Tết).
        closed_on: further days on which nothing leaves (market day, exams).
        may_cost: money may be spent on it where a channel asks for some.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    open_from: time = time(7)
    open_until: time = time(20)
    weekdays: frozenset[Annotated[int, Field(ge=1, le=7)]] = Field(frozenset(range(1, 8)), min_length=1)
    on_holidays: bool = False
    closed_on: frozenset[date] = frozenset()
    may_cost: bool = False

    def opens_at(self, now: datetime, purpose: Purpose) -> datetime | None:
        """Return `now` if messages may leave now, else when they may next; None when no day to come is open."""
        local = now.astimezone(LOCAL_ZONE)
        opens, closes = self._hours(purpose)
        for ahead in range(_LOOK_AHEAD_DAYS):
            day = local.date() + timedelta(days=ahead)
            if not self._is_open_on(day):
                continue
            begins = datetime.combine(day, opens, LOCAL_ZONE)
            if local < begins:
                return begins.astimezone(now.tzinfo)
            if local < datetime.combine(day, closes, LOCAL_ZONE):
                return now
        return None

    def _hours(self, purpose: Purpose) -> tuple[time, time]:
        if purpose in COUNTS_AS_ADVERTISING:
            return max(self.open_from, ADVERTISING_FROM), min(self.open_until, ADVERTISING_UNTIL)
        return self.open_from, self.open_until

    def _is_open_on(self, day: date) -> bool:
        if day.isoweekday() not in self.weekdays or day in self.closed_on:
            return False
        return self.on_holidays or not is_public_holiday(day)


def local_midnight(now: datetime) -> datetime:
    """Return when the present day began in Vietnam."""
    return datetime.combine(now.astimezone(LOCAL_ZONE).date(), time(), LOCAL_ZONE)


def next_morning(now: datetime, rules: SendingRules, purpose: Purpose) -> datetime | None:
    """Return when messages may leave first on a later day than today."""
    return rules.opens_at(local_midnight(now) + timedelta(days=1), purpose)
