"""The fund in a trial: an account that says that it is made up, so that a pledge can be followed to its QR picture."""

from sqlalchemy.ext.asyncio import AsyncConnection

from console.demo.registry import Demo, demo_maker
from fund.paid_to import hide_demo_account, show_demo_account
from store.clock import Clock
from store.database import Database


@demo_maker("fund account", position=20)
async def fund_account(connection: AsyncConnection, demo: Demo) -> None:
    """Show the made-up account, unless the fund has one."""
    await show_demo_account(connection, now=demo.desk.clock.now())


async def hide_demo_fund_account(database: Database, clock: Clock) -> bool:
    """Take the made-up account away: a system that is not tried out tells nobody to pay to it."""
    async with database.transaction() as connection:
        return await hide_demo_account(connection, now=clock.now())
