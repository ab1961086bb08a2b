"""The one clock. Everything that needs the time takes a `Clock`, so that tests and "as on date" mode can set it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

#: Times are stored in UTC and shown in this zone; "today" of a policy question is the day there.
LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """Source of the present time."""

    def now(self) -> datetime:
        """Return the present time, aware, in UTC."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the present time, aware, in UTC."""
        return datetime.now(UTC)


@dataclass
class SetClock:
    """A clock that stands still until it is moved; for tests and rehearsals."""

    at: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 2, 0, tzinfo=UTC))

    def now(self) -> datetime:
        """Return the time that was set."""
        return self.at

    def advance(self, **delta: float) -> None:
        """Move the clock by `timedelta(**delta)`."""
        self.at += timedelta(**delta)


def local_date(moment: datetime) -> date:
    """Return the calendar day of `moment` in Vietnam."""
    return moment.astimezone(LOCAL_ZONE).date()
