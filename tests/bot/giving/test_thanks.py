"""Whoever agreed is thanked once for what came, by day."""

from sqlalchemy import text

from bot.giving.thanks import thank_donors
from fund.pledging import NewPledge, make_pledge
from store.clock import SetClock
from store.consent_purposes import ConsentPurpose
from store.database import Database
from store.queries.consents import record_consent
from tests.fund.books import came, transfer
from tests.scheduler.people import person

_CHAT = text("select id from conversation where address = :who")
_SENT = text("select address, message ->> 'text' as said, kind, priority from delivery order by address")


async def _gift(database: Database, clock: SetClock, who: str, *, agrees: bool) -> str:
    number = await person(database, clock.now(), who, agrees=None)
    async with database.transaction() as connection:
        chat = (await connection.execute(_CHAT, {"who": who})).scalar_one()
        pledge = await make_pledge(connection, NewPledge(amount=500_000, conversation_id=chat), now=clock.now())
        if agrees:
            await record_consent(
                connection,
                person_id=number,
                purpose=ConsentPurpose.DONATION,
                given=True,
                words="Bác có đồng ý không?",
                language="vi",
                channel="telegram",
                now=clock.now(),
            )
        await came(connection, clock, transfer(500_000, pledge.code, reference=who))
    return pledge.code


async def test_a_donor_who_agreed_is_thanked_once_and_nobody_at_night(database: Database, clock: SetClock) -> None:
    code = await _gift(database, clock, "agreed", agrees=True)
    await _gift(database, clock, "silent", agrees=False)
    clock.advance(hours=14)
    assert await thank_donors(database, clock) == 0
    clock.advance(hours=10)
    assert await thank_donors(database, clock) == 1
    assert await thank_donors(database, clock) == 0
    async with database.transaction() as connection:
        rows = (await connection.execute(_SENT)).all()
    assert [(row.address, row.kind, row.priority) for row in rows] == [("agreed", "gift", 1)]
    assert code in rows[0].said and "500.000 đồng" in rows[0].said


async def test_several_transfers_for_one_gift_are_one_message(database: Database, clock: SetClock) -> None:
    code = await _gift(database, clock, "agreed", agrees=True)
    async with database.transaction() as connection:
        await came(connection, clock, transfer(500_000, code, reference="again"))
    assert await thank_donors(database, clock) == 1
