"""Open questions: counted, labelled, purged; and nothing leads from them to a person."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import inspect

from scheduler.housekeeping import Housekeeping
from store.clock import SetClock, local_date
from store.database import Database
from store.models import OpenQuestion
from store.queries.open_questions import keep_open_question, label_question, open_questions

DAY = date(2026, 11, 1)


async def keep(database: Database, **values: Any) -> None:
    given = {
        "text": "thẻ bảo hiểm",
        "folded": "the bao hiem",
        "reason": "unsure",
        "topic_guess": "health_insurance",
        "confidence": 0.3,
        "statement": None,
        "language": "vi",
        "asked_on": DAY,
    }
    async with database.transaction() as connection:
        await keep_open_question(connection, **{**given, **values})


async def listed(database: Database, *states: str, **wishes: Any) -> list[Any]:
    async with database.transaction() as connection:
        return await open_questions(connection, states=states or ("open",), **wishes)


async def test_the_same_words_for_the_same_reason_are_counted(database: Database) -> None:
    await keep(database)
    await keep(database, asked_on=DAY + timedelta(days=3))
    await keep(database, reason="thumbs_down", statement="health_insurance.what")
    first, second = await listed(database)
    assert (first.times, first.first_asked_on, first.last_asked_on) == (2, DAY, DAY + timedelta(days=3))
    assert (second.times, second.statement) == (1, "health_insurance.what")


async def test_a_question_is_found_by_day_and_by_label_before_guess(database: Database) -> None:
    await keep(database)
    await keep(database, folded="vay von", topic_guess="credit_loan", asked_on=DAY - timedelta(days=9))
    assert [one.topic_guess for one in await listed(database, since=DAY)] == ["health_insurance"]
    (loan,) = await listed(database, topic="credit_loan")
    async with database.transaction() as connection:
        words = await label_question(connection, number=loan.id, label="housing_support", today=DAY, text="vay xây nhà")
        assert words == "vay xây nhà"
        assert await label_question(connection, number=10**9, label=None, today=DAY) is None
    assert await listed(database, "open", "labelled", topic="credit_loan") == []
    (labelled,) = await listed(database, "labelled", topic="housing_support")
    assert labelled.id == loan.id


async def test_old_questions_are_deleted_at_night_whatever_their_state(database: Database, clock: SetClock) -> None:
    today = local_date(clock.now())
    await keep(database, asked_on=today - timedelta(days=31))
    await keep(database, folded="vay von", asked_on=today - timedelta(days=29))
    words, trackers = timedelta(days=90), timedelta(days=7)
    keeping = Housekeeping(
        database, clock, keep_words=words, keep_trackers=trackers, keep_open_questions=timedelta(days=30)
    )
    assert (await keeping.purge())["open_questions"] == 1
    assert [one.folded for one in await listed(database)] == ["vay von"]


def test_no_column_can_name_a_person_a_message_or_a_moment() -> None:
    columns = inspect(OpenQuestion).columns
    assert not [column.name for column in columns if column.foreign_keys]
    assert {column.name for column in columns if column.name.endswith("_at")} == set()
