"""When a campaign leaves. All times are those of Vietnam."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Weekday(StrEnum):
    """Days of the week, as APScheduler names them."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


class Anchor(StrEnum):
    """A date of each person from which a schedule counts."""

    COURSE_START = "course_start"
    PLEDGE_DUE = "pledge_due"
    #: The day on which they agreed to news, every year.
    CONSENT_ANNIVERSARY = "consent_anniversary"


class LunarFeast(StrEnum):
    """Days of the lunar year that people know by name."""

    TET = "tet"
    FIRST_FULL_MOON = "first_full_moon"
    HUNG_KINGS = "hung_kings"
    ALL_SOULS = "all_souls"
    MID_AUTUMN = "mid_autumn"
    KITCHEN_GODS = "kitchen_gods"


#: Feast -> day and month of the lunar calendar.
FEAST_DAYS: dict[LunarFeast, tuple[int, int]] = {
    LunarFeast.TET: (1, 1),
    LunarFeast.FIRST_FULL_MOON: (15, 1),
    LunarFeast.HUNG_KINGS: (10, 3),
    LunarFeast.ALL_SOULS: (15, 7),
    LunarFeast.MID_AUTUMN: (15, 8),
    LunarFeast.KITCHEN_GODS: (23, 12),
}


class _Schedule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _AtTime(_Schedule):
    at: time = time(8, 0)


class Once(_Schedule):
    """One leaving. `at` without a zone is local; None: as soon as it is approved."""

    kind: Literal["once"] = "once"
    at: datetime | None = None


class Recurring(_AtTime):
    """Every so many weeks on some days, or on some days of the month; a month without such a day is passed over."""

    kind: Literal["recurring"] = "recurring"
    weekdays: tuple[Weekday, ...] = ()
    month_days: tuple[Annotated[int, Field(ge=1, le=31)], ...] = ()
    every_weeks: int = Field(1, ge=1, le=52)
    #: First day on which it may leave; weeks are counted from the week of this day.
    starts_on: date
    ends_on: date | None = None

    @model_validator(mode="after")
    def _one_way_of_counting(self) -> Self:
        if bool(self.weekdays) is bool(self.month_days):
            raise ValueError("give either `weekdays` or `month_days`")
        if self.month_days and self.every_weeks != 1:
            raise ValueError("`every_weeks` goes with `weekdays`")
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("`ends_on` is before `starts_on`")
        return self


class Relative(_AtTime):
    """Each person so many days before (negative) or after a date of their own; looked at every day."""

    kind: Literal["relative"] = "relative"
    anchor: Anchor
    days: int = Field(ge=-60, le=365)
    starts_on: date
    ends_on: date | None = None


class Lunar(_AtTime):
    """Every year so many days before (negative) or after a day of the Vietnamese lunar calendar."""

    kind: Literal["lunar"] = "lunar"
    feast: LunarFeast
    days: int = Field(0, ge=-60, le=60)
    starts_on: date
    ends_on: date | None = None


Schedule = Annotated[Once | Recurring | Relative | Lunar, Field(discriminator="kind")]
