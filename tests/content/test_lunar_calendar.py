"""The lunar calendar against days that are known, among them those on which Vietnam and China differ."""

from datetime import date, timedelta

import pytest

from content.lunar_calendar import LunarDay, lunar_day, solar_date, tet, tet_holidays

#: Tết as it was, or is announced. 1968, 1985, 2007 and 2030 are days on which China begins its year otherwise.
KNOWN_TET = {
    1968: date(1968, 1, 29),
    1985: date(1985, 1, 21),
    2007: date(2007, 2, 17),
    2023: date(2023, 1, 22),
    2024: date(2024, 2, 10),
    2025: date(2025, 1, 29),
    2026: date(2026, 2, 17),
    2027: date(2027, 2, 6),
    2028: date(2028, 1, 26),
    2030: date(2030, 2, 2),
}


@pytest.mark.parametrize("year", KNOWN_TET)
def test_tet_is_on_its_known_day(year: int) -> None:
    assert tet(year) == KNOWN_TET[year]


def test_the_year_2025_had_a_sixth_month_twice() -> None:
    assert lunar_day(date(2025, 6, 25)) == LunarDay(2025, 6, 1)
    assert lunar_day(date(2025, 7, 25)) == LunarDay(2025, 6, 1, leap=True)


def test_every_day_of_a_century_is_found_again() -> None:
    day = date(1990, 1, 1)
    while day < date(2090, 1, 1):
        lunar = lunar_day(day)
        if not lunar.leap:
            assert solar_date(lunar.year, lunar.month, lunar.day) == day
        day += timedelta(days=1)


def test_a_day_that_a_short_month_does_not_have_is_an_error() -> None:
    short = next(month for month in range(1, 13) if lunar_day(solar_date(2026, month, 29) + timedelta(days=1)).day == 1)
    with pytest.raises(ValueError, match="has no day 30"):
        solar_date(2026, short, 30)


def test_mid_autumn_2026_and_hung_kings_2026_are_on_their_known_days() -> None:
    assert solar_date(2026, 8, 15) == date(2026, 9, 25)
    assert solar_date(2026, 3, 10) == date(2026, 4, 26)


def test_the_days_around_tet_hold_both_eves() -> None:
    assert tet_holidays(2027)[0] == date(2027, 2, 4)
    assert tet(2027) in tet_holidays(2027)
    assert len(tet_holidays(2027)) == 7
