"""Bringing the made-up data in: accounts first, then each maker in a transaction of its own."""

import structlog

from console.demo.registry import Demo, demo_makers
from console.demo.staff import demo_staff_by_role, make_demo_staff
from scheduler.desk import Desk
from store.database import Database

log = structlog.get_logger(__name__)


async def make_demo(database: Database, desk: Desk) -> str:
    """Make accounts and data as far as they are not there; return the accounts' new password.

    A maker that fails is logged and leaves nothing behind: what is tried out must not keep the system from starting.
    """
    password = await make_demo_staff(database, desk.clock)
    demo = Demo(desk, await demo_staff_by_role(database))
    for name, maker in demo_makers():
        try:
            async with database.transaction() as connection:
                await maker(connection, demo)
        except Exception:
            log.exception("demo_maker_failed", maker=name)
    return password
