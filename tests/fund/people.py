"""Staff of the fund for tests, all made up."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from fund.office import approve, record
from fund.vouchers import Approved
from store.clock import SetClock
from store.queries.staff import Duty, add_staff
from store.staff_roles import Role


async def fund_staff(connection: AsyncConnection, clock: SetClock, login: str, *roles: Role) -> int:
    """Add a member of staff with both duties of the fund, or with `roles`; return their id."""
    duties = [Duty(role) for role in roles or (Role.FUND_RECORDER, Role.FUND_APPROVER)]
    return await add_staff(
        connection, login=login, name=f"Cán bộ {login} (mẫu)", organisation="mttq", duties=duties, now=clock.now()
    )


class TwoPeople:
    """Two members of staff who record and approve."""

    def __init__(self, connection: AsyncConnection, clock: SetClock, recorder: int, approver: int) -> None:
        self.connection = connection
        self.clock = clock
        self.recorder = recorder
        self.approver = approver

    @classmethod
    async def at(cls, connection: AsyncConnection, clock: SetClock) -> "TwoPeople":
        """Add both."""
        return cls(
            connection,
            clock,
            await fund_staff(connection, clock, "thu-quy"),
            await fund_staff(connection, clock, "truong-ban"),
        )

    async def decide(self, kind: str, **body: Any) -> Approved:
        """Record a voucher and have it approved."""
        return await self.decide_on(kind, body)

    async def decide_on(self, kind: str, body: Mapping[str, Any]) -> Approved:
        """Record a voucher and have it approved."""
        now = self.clock.now()
        number = await record(self.connection, kind, body, staff_id=self.recorder, now=now)
        return await approve(self.connection, number, staff_id=self.approver, now=now)
