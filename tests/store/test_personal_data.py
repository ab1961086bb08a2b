"""All that is held about a person can be shown and erased, and no table is forgotten."""

import pytest
from sqlalchemy import text

from bot.privacy import erase
from store import models
from store.clock import SetClock
from store.consent_purposes import ConsentPurpose
from store.database import Database
from store.queries.consents import consents_now, record_consent
from store.queries.people import contact_of, conversation_at, person_of, remember
from store.queries.personal_data import HELD, export_person
from tests.store.test_people import conversation, say

#: Tables with a column about a person or chat that say nothing about anybody, and why.
ABOUT_NOBODY: dict[str, str] = {}
PHONE = "0900000000"


def test_no_table_about_people_is_forgotten() -> None:
    about_people = {
        table.name
        for table in models.Base.metadata.sorted_tables
        if {"person_id", "conversation_id"} & {column.name for column in table.columns}
    }
    assert about_people - ABOUT_NOBODY.keys() == {held.table for held in HELD}


async def _fill(database: Database, clock: SetClock, address: str) -> tuple[int, int]:
    """A person with a commune, a telephone number, kept answers and a pledge."""
    chat, person = await conversation(database, clock, address)
    async with database.transaction() as connection:
        for purpose in (ConsentPurpose.COMMUNE, ConsentPurpose.PHONE, ConsentPurpose.NEWS):
            await record_consent(
                connection,
                person_id=person,
                purpose=purpose,
                given=True,
                words="Bác đồng ý không?",
                language="vi",
                channel="web",
                now=clock.now(),
            )
        await remember(connection, person_id=person, field="commune", value="23284", now=clock.now())
        await remember(connection, person_id=person, field="phone", value=PHONE, now=clock.now())
        await connection.execute(
            text("insert into kept_answers values (:chat, '{\"members\": 5}', 'Giữ nhé?', :now)"),
            {"chat": chat, "now": clock.now()},
        )
        await connection.execute(
            text("""insert into pledge (code, kind, amount, donor_kind, donor_name, name_key, name_shown, level,
                contact, contact_consent_text, conversation_id, created_on, created_at, updated_at)
                values (:code, 'money', 50000, 'person', 'Nguyễn Văn Mẫu', 'NGUYEN VAN MAU', 'name', 'province', :phone,
                'Gọi lại nhé?', :chat, :day, :now, :now)"""),
            {"code": f"M{chat}", "phone": PHONE, "chat": chat, "day": clock.now().date(), "now": clock.now()},
        )
    return chat, person


async def test_everything_is_shown(database: Database, clock: SetClock) -> None:
    _, person = await _fill(database, clock, "a")
    await _fill(database, clock, "b")
    async with database.single() as connection:
        held = await export_person(connection, person_id=person)
        assert await export_person(connection, person_id=999_999) is None
    assert held is not None
    assert held["person"]["commune"] == "23284" and held["person"]["phone"] == PHONE
    assert [chat["address"] for chat in held["conversation"]] == ["a"]
    assert [message["text"] for message in held["incoming"]] == ["chào a"]
    assert [answers["answers"] for answers in held["kept_answers"]] == [{"members": 5}]
    assert [pledge["donor_name"] for pledge in held["pledge"]] == ["Nguyễn Văn Mẫu"]
    assert [entry["text"] for entry in held["consent"]] == ["Bác đồng ý không?"] * 3


async def test_after_erasing_nothing_tells_who_it_was(database: Database, clock: SetClock) -> None:
    _, person = await _fill(database, clock, "a")
    _, other = await _fill(database, clock, "b")
    for _ in range(2):
        async with database.transaction() as connection:
            await erase(connection, person_id=person, channel="console", now=clock.now())
    async with database.single() as connection:
        held = await export_person(connection, person_id=person)
        untouched = await export_person(connection, person_id=other)
        assert await conversation_at(connection, channel="web", address="a") is None
        pledges = (await connection.execute(text("select amount, donor_name from pledge order by id"))).all()
    assert held is not None and held["person"]["erased_at"] == clock.now()
    words = str(held)
    assert not [trace for trace in (PHONE, "Mẫu", "MAU", "chào", "members", "23284") if trace in words]
    assert held["pledge"] == [] and [tuple(row) for row in pledges] == [(50_000, None), (50_000, "Nguyễn Văn Mẫu")]
    assert not [entry for entry in held["consent"][-3:] if entry["given"]], "every consent is withdrawn"
    assert untouched is not None and untouched["person"]["phone"] == PHONE and untouched["kept_answers"]
    # Whoever writes again is a new person.
    again = await say(database, clock, "chào lại", address="a")
    async with database.single() as connection:
        assert await person_of(connection, conversation_id=again.conversation_id) not in (person, other)


async def test_who_asks_in_the_chat_keeps_the_chat_and_every_no(database: Database, clock: SetClock) -> None:
    chat, person = await _fill(database, clock, "a")
    async with database.transaction() as connection:
        await erase(connection, person_id=person, channel="chat", now=clock.now(), keep=chat)
    async with database.single() as connection:
        assert await conversation_at(connection, channel="web", address="a") == chat
        now = await person_of(connection, conversation_id=chat)
        contact = await contact_of(connection, person_id=now)
        consents = await consents_now(connection, person_id=now)
        waiting = (
            await connection.execute(text("select waiting from conversation where id = :id"), {"id": chat})
        ).scalar()
        held = await export_person(connection, person_id=now)
    assert now != person and contact is not None and contact.phone is None and contact.commune is None
    assert consents and not any(entry.given for entry in consents)
    assert waiting == 1, "the message that is being answered goes on"
    assert held is not None and held["kept_answers"] == [] and held["pledge"] == []


@pytest.mark.parametrize("held", HELD, ids=lambda held: held.table)
def test_what_stays_has_a_reason(held: object) -> None:
    assert isinstance(held, type(HELD[0]))
    assert bool(held.kept_because) == (held.erased is not None)
