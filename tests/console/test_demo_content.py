"""The made-up proposal of a trial."""

from console.demo.content import proposal
from console.demo.registry import Demo
from console.demo.staff import demo_staff_by_role, make_demo_staff
from store.clock import SetClock
from store.database import Database
from store.queries.content_revisions import list_revisions
from store.staff_roles import Role
from tests.console.staffing import browser, member
from tests.scheduler.people import desk_at


async def test_a_trial_has_one_proposal_that_waits_for_another_policy_owner(
    database: Database, clock: SetClock
) -> None:
    clock.advance(days=30)
    await make_demo_staff(database, clock)
    demo = Demo(desk_at(clock), await demo_staff_by_role(database))
    for _ in range(2):
        async with database.transaction() as connection:
            await proposal(connection, demo)
    async with database.transaction() as connection:
        rows = await list_revisions(connection)
    assert [(row.state, row.proposed_by) for row in rows] == [("proposed", demo.staff[Role.POLICY_OWNER].id)]
    second = await member(database, clock, "lan", Role.POLICY_OWNER)
    async with browser(database, clock, second) as client:
        page = (await client.get(f"/console/content/proposals/{rows[0].id}")).text
    assert "(mẫu) Đã đối chiếu lại" in page and "reviewed_on" in page
