"""The Vietnamese lunar calendar: Tết and the other feasts, by the mean new moon and sun longitude at 105° East.

Vietnam and China count the same way in different zones (UTC+7, UTC+8), so that in some years their Tết differs: no
library on PyPI keeps the Vietnamese one. The algorithm is the public one of Hồ Ngọc Đức, after Jean Meeus,
"Astronomical Algorithms" (1998); right for 1900-2199. `tests/content/test_lunar_calendar.py` holds known days.
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

#: Julian day number less `date.toordinal()`.
_JULIAN_OF_ORDINAL_ZERO = 1_721_425
_ZONE_DAYS = 7 / 24
_MONTH = 29.530588853
#: New moon number 0 is that of 1 January 1900.
_FIRST_NEW_MOON = 2_415_021.076998695


@dataclass(frozen=True, slots=True)
class LunarDay:
    """A day of the lunar calendar; `leap` for the second month of the same number."""

    year: int
    month: int
    day: int
    leap: bool = False


def _julian_day(day: date) -> int:
    return day.toordinal() + _JULIAN_OF_ORDINAL_ZERO


def _date_of(julian_day: int) -> date:
    return date.fromordinal(julian_day - _JULIAN_OF_ORDINAL_ZERO)


@lru_cache(maxsize=4096)
def _new_moon(number: int) -> int:
    """Julian day number, in Vietnam, of the new moon with this number."""
    t = number / 1236.85
    radian = math.pi / 180
    mean = 2415020.75933 + 29.53058868 * number + 0.0001178 * t**2 - 0.000000155 * t**3
    mean += 0.00033 * math.sin((166.56 + 132.87 * t - 0.009173 * t**2) * radian)
    sun = (359.2242 + 29.10535608 * number - 0.0000333 * t**2 - 0.00000347 * t**3) * radian
    moon = (306.0253 + 385.81691806 * number + 0.0107306 * t**2 + 0.00001236 * t**3) * radian
    node = (21.2964 + 390.67050646 * number - 0.0016528 * t**2 - 0.00000239 * t**3) * radian
    correction = (0.1734 - 0.000393 * t) * math.sin(sun) + 0.0021 * math.sin(2 * sun)
    correction += -0.4068 * math.sin(moon) + 0.0161 * math.sin(2 * moon) - 0.0004 * math.sin(3 * moon)
    correction += 0.0104 * math.sin(2 * node) - 0.0051 * math.sin(sun + moon)
    correction += -0.0074 * math.sin(sun - moon) + 0.0004 * math.sin(2 * node + sun)
    correction += -0.0004 * math.sin(2 * node - sun) - 0.0006 * math.sin(2 * node + moon)
    correction += 0.0010 * math.sin(2 * node - moon) + 0.0005 * math.sin(2 * moon + sun)
    # Dynamical time runs ahead of the clock.
    ahead = -0.000278 + 0.000265 * t + 0.000262 * t**2
    return math.floor(mean + correction - ahead + 0.5 + _ZONE_DAYS)


def _sun_sector(julian_day: int) -> int:
    """In which twelfth of its way the sun stands at the beginning of a day in Vietnam; 9 begins at midwinter."""
    t = (julian_day - 0.5 - _ZONE_DAYS - 2451545.0) / 36525
    radian = math.pi / 180
    anomaly = (357.52910 + 35999.05030 * t - 0.0001559 * t**2 - 0.00000048 * t**3) * radian
    mean = 280.46645 + 36000.76983 * t + 0.0003032 * t**2
    centre = (1.914600 - 0.004817 * t - 0.000014 * t**2) * math.sin(anomaly)
    centre += (0.019993 - 0.000101 * t) * math.sin(2 * anomaly) + 0.000290 * math.sin(3 * anomaly)
    return int(((mean + centre) % 360) // 30)


@lru_cache(maxsize=512)
def _eleventh_month(year: int) -> int:
    """Julian day number on which the month begins that holds the midwinter of a solar year: always the eleventh."""
    number = int((_julian_day(date(year, 12, 31)) - 2415021) / _MONTH)
    begins = _new_moon(number)
    return _new_moon(number - 1) if _sun_sector(begins) >= 9 else begins


def _leap_offset(eleventh: int) -> int:
    """How many months after the eleventh the leap month comes: the first in which the sun enters no new sector."""
    number = int((eleventh - _FIRST_NEW_MOON) / _MONTH + 0.5)
    offset = 1
    sector = _sun_sector(_new_moon(number + offset))
    while True:
        before, offset = sector, offset + 1
        sector = _sun_sector(_new_moon(number + offset))
        if sector == before or offset >= 14:
            return offset - 1


def lunar_day(day: date) -> LunarDay:
    """The lunar day of a calendar day in Vietnam."""
    julian = _julian_day(day)
    number = int((julian - _FIRST_NEW_MOON) / _MONTH)
    begins = _new_moon(number + 1)
    if begins > julian:
        begins = _new_moon(number)
    before, after = _eleventh_month(day.year), _eleventh_month(day.year)
    if before >= begins:
        year, before = day.year, _eleventh_month(day.year - 1)
    else:
        year, after = day.year + 1, _eleventh_month(day.year + 1)
    months = (begins - before) // 29
    leap, month = False, months + 11
    if after - before > 365:
        offset = _leap_offset(before)
        if months >= offset:
            month, leap = months + 10, months == offset
    if month > 12:
        month -= 12
    if month >= 11 and months < 4:
        year -= 1
    return LunarDay(year, month, julian - begins + 1, leap)


def solar_date(year: int, month: int, day: int) -> date:
    """The calendar day in Vietnam of a day of a lunar year, in the month of that number that is not the leap month.

    Raises:
        ValueError: the month has no such day that year (the 30th of a short one).
    """
    before = _eleventh_month(year - 1 if month < 11 else year)
    after = _eleventh_month(year if month < 11 else year + 1)
    offset = (month - 11) % 12
    if after - before > 365 and offset >= _leap_offset(before):
        offset += 1
    number = int(0.5 + (before - _FIRST_NEW_MOON) / _MONTH)
    found = _date_of(_new_moon(number + offset) + day - 1)
    if lunar_day(found) != LunarDay(year, month, day):
        raise ValueError(f"Month {month} of the lunar year {year} has no day {day}.")
    return found


def tet(year: int) -> date:
    """The first day of the lunar year that begins in a calendar year."""
    return solar_date(year, 1, 1)


def tet_holidays(year: int) -> tuple[date, ...]:
    """From two days before Tết to the fifth day of the year: offices are closed, people are with their families.

    The days off are decreed every year; these are the ones on which no campaign should leave in any of them.
    """
    first = tet(year)
    return tuple(first + timedelta(days=offset) for offset in range(-2, 5))
