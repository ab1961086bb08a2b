"""A trial shows made-up gifts that say so, on a level of their own; a real account keeps them away."""

from console.demo.gifts import gifts
from console.demo.making import make_demo
from console.demo.registry import Demo
from console.demo.staff import demo_staff_by_role
from fund.verifying import verify_books
from store.clock import SetClock
from store.database import Database
from store.ledger_chain import DEMO_LEVEL
from store.queries.fund_ledger import totals
from store.queries.fund_public import public_gifts, public_uses
from store.queries.fund_vouchers import vouchers
from tests.fund.books import ACCOUNT, facts_of
from tests.fund.people import TwoPeople
from tests.scheduler.people import desk_at


async def test_a_trial_has_gifts_uses_and_work_that_are_all_marked(database: Database, clock: SetClock) -> None:
    for _ in range(2):
        await make_demo(database, desk_at(clock))
    async with database.transaction() as connection:
        given, used = await public_gifts(connection, demo=True), await public_uses(connection, demo=True)
        assert [len(given), len(used), len(await vouchers(connection))] == [6, 2, 1]
        assert all("(mẫu)" in (gift.donor_name or "") for gift in given) and all("(mẫu)" in use.title for use in used)
        assert await public_gifts(connection) == [] and {one.level for one in await totals(connection)} == {DEMO_LEVEL}
        assert (await verify_books(connection)).faults == ()


async def test_where_the_fund_has_an_account_nothing_is_made_up(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        await (await TwoPeople.at(connection, clock)).decide_on("set_account", facts_of(ACCOUNT))
    await make_demo(database, desk_at(clock))
    async with database.transaction() as connection:
        await gifts(connection, Demo(desk_at(clock), await demo_staff_by_role(database)))
        assert await totals(connection) == []
