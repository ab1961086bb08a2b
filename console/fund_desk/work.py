"""Actions on the fund, and the one way in which its pages record something for a second person."""

from collections.abc import Mapping
from typing import Any

from nicegui import ui
from sqlalchemy.ext.asyncio import AsyncConnection

from console.access.actions import action
from console.shell.visit import Told, Visit
from fund.office import record
from fund.statement_cells import money_in
from store.queries.staff import all_staff
from store.staff_roles import Role

RECORD = action("fund.record", Role.FUND_RECORDER)
APPROVE = action("fund.approve", Role.FUND_APPROVER)
READERS = (Role.FUND_RECORDER, Role.FUND_APPROVER, Role.ADMINISTRATOR, Role.AUDITOR)


async def record_voucher(visit: Visit, kind: str, body: Mapping[str, Any], *, note: str = "", to: str = "") -> None:
    """Record a voucher, say its number, and open `to` (below `/console`) or this page anew."""
    async with visit.acting(RECORD) as acting:
        number = await record(acting.connection, kind, body, note=note[:500], staff_id=acting.staff.id, now=acting.now)
    ui.notify(visit.t("console.fund.recorded", voucher=number), type="positive")
    if to:
        ui.navigate.to(to)
    else:
        ui.navigate.reload()


async def staff_names(connection: AsyncConnection) -> dict[str, str]:
    """Return how the books name staff -> their names."""
    return {f"staff:{one.id}": one.name for one in await all_staff(connection)}


def typed_amount(value: object) -> int:
    """Return whole đồng that somebody typed.

    Raises:
        Told: it is no amount.
    """
    amount = money_in(str(value or ""))
    if amount is None or amount <= 0:
        raise Told("console.fund.no_amount")
    return amount
