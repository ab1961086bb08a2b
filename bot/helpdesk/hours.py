"""When the desk is staffed: office hours and public holidays, from the row that an administrator confirms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from bot.delivery.rules import is_public_holiday
from store.clock import LOCAL_ZONE
from store.queries.desk import DeskRulesRow

#: Days looked ahead for the next opening; Tết is the longest pause.
_LOOK_AHEAD_DAYS = 60


class OfficeHours(BaseModel):
    """Office hours as they are stored.

    Attributes:
        days: weekday ("1" Monday … "7" Sunday) -> times from which and until which somebody is there.
        closed_on: further days on which nobody is there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: dict[str, list[tuple[time, time]]]
    closed_on: frozenset[date] = frozenset()

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if not any(self.days.values()):
            raise ValueError("no day has office hours; give at least one")
        for day, spans in self.days.items():
            if day not in {str(number) for number in range(1, 8)}:
                raise ValueError(f"“{day}” is no weekday; 1 is Monday, 7 Sunday")
            flat = [moment for span in spans for moment in span]
            if flat != sorted(set(flat)):
                raise ValueError(f"the times of weekday {day} are not in order")
        return self

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """Return from when until when somebody is there on a day."""
        if day in self.closed_on or is_public_holiday(day):
            return []
        return [
            (datetime.combine(day, begin, LOCAL_ZONE), datetime.combine(day, end, LOCAL_ZONE))
            for begin, end in self.days.get(str(day.isoweekday()), [])
        ]


@dataclass(frozen=True)
class DeskRules:
    """How the desk works.

    Attributes:
        confirmed: an administrator said that the hours are right; before that none are told to residents.
        answer_within: office time within which somebody should answer.
        silent: how long the bot keeps quiet after an officer wrote.
    """

    hours: OfficeHours
    confirmed: bool
    answer_within: timedelta
    silent: timedelta

    @classmethod
    def of(cls, row: DeskRulesRow) -> "DeskRules":
        """Read the row."""
        return cls(
            hours=OfficeHours.model_validate(dict(row.hours)),
            confirmed=row.confirmed_at is not None,
            answer_within=timedelta(minutes=row.answer_within_minutes),
            silent=timedelta(minutes=row.silent_minutes),
        )

    def opens_at(self, now: datetime) -> datetime | None:
        """Return `now` while the desk is staffed, else when it is next; None when no day to come has hours."""
        for begin, end in self._spans_from(now):
            if now < end:
                return max(now, begin.astimezone(now.tzinfo))
        return None

    def answer_due_at(self, now: datetime) -> datetime | None:
        """Return when somebody should have answered what comes in now: `answer_within` of office time later."""
        left = self.answer_within
        for begin, end in self._spans_from(now):
            start = max(now, begin)
            if start >= end:
                continue
            if left <= end - start:
                return (start + left).astimezone(now.tzinfo)
            left -= end - start
        return None

    def _spans_from(self, now: datetime) -> list[tuple[datetime, datetime]]:
        today = now.astimezone(LOCAL_ZONE).date()
        days = (today + timedelta(days=number) for number in range(_LOOK_AHEAD_DAYS))
        return [span for day in days for span in self.hours.spans(day)]

    def shown(self) -> Mapping[str, Any]:
        """Return the hours as they are stored."""
        return self.hours.model_dump(mode="json")
