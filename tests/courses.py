"""Courses for tests, all made up."""

from datetime import date, timedelta
from typing import Any

from content.courses import Course
from store.clock import Clock, local_date
from store.database import Database
from store.queries.courses import Written, write_course


def course(code: str, today: date, **changes: Any) -> Course:
    """A course that can be registered for on `today`."""
    fields: dict[str, Any] = {
        "code": code,
        "title_vi": f"Lớp giả định {code}",
        "title_en": f"Made-up course {code}",
        "trade": "sewing",
        "venue": "Điểm học giả định",
        "provider": "Cơ sở đào tạo giả định",
        "starts_on": today + timedelta(days=20),
        "ends_on": today + timedelta(days=80),
        "register_by": today + timedelta(days=15),
        "seats": 2,
        "source": "Dữ liệu giả định",
    }
    return Course(**{**fields, **changes})


async def add_course(database: Database, clock: Clock, code: str, **changes: Any) -> Written:
    """Write a made-up course."""
    made = course(code, local_date(clock.now()), **changes)
    async with database.transaction() as connection:
        return await write_course(connection, made.model_dump(), now=clock.now())
