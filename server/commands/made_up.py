"""What `run --demo` shows: made-up courses, and staff, people and campaigns to try the console with."""

from console.demo.fund import hide_demo_fund_account
from console.demo.making import make_demo
from console.demo.staff import DEMO_ACCOUNTS, hide_demo_staff
from server.commands.common import out
from server.commands.courses import hide_demo, load_demo
from server.runtime import Runtime
from store.clock import SystemClock
from store.database import Database


async def show_or_hide_made_up(database: Database, *, show: bool) -> None:
    """Bring the made-up courses in, or take all that is made up out of sight."""
    if show:
        await load_demo(database)
        return
    await hide_demo(database)
    await hide_demo_staff(database, SystemClock())
    await hide_demo_fund_account(database, SystemClock())


async def announce_made_up_staff(runtime: Runtime) -> None:
    """Make the staff and all that they work with, and print how to sign in."""
    password = await make_demo(runtime.database, runtime.desk())
    out.print(f"Made-up staff, all with the password {password} until the next start:", markup=False)
    for account in DEMO_ACCOUNTS:
        out.print(f"  • {account.login}: {account.name}", markup=False)
