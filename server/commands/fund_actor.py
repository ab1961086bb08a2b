"""Who acts when a command on the fund is given, and refusals as one line of Vietnamese."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from content.translations import catalogue_for
from fund.booking import VoucherRefused
from fund.office import record
from server.commands.common import fail, out, print_json, read_settings
from server.commands.on_database import with_database
from server.commands.staff_actor import staff_with_duty
from store.clock import SystemClock, local_date
from store.database import Database
from store.queries.staff import Staff
from store.staff_roles import Role

As = Annotated[str, typer.Option("--as", metavar="LOGIN", help="Login of the member of staff who does this.")]
DataDir = Annotated[Path | None, typer.Option(help="Where the embedded database lives.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Note = Annotated[str, typer.Option(help="A word for the person who approves.")]
Day = Annotated[str | None, typer.Option(help="On which day, as 2026-11-23; today when left out.")]
Commune = Annotated[str | None, typer.Option(help="Code of the commune, such as 23284.")]
Level = Annotated[str, typer.Option(help="province or commune.")]

READERS = (Role.FUND_RECORDER, Role.FUND_APPROVER, Role.ADMINISTRATOR, Role.AUDITOR)
RECORDERS = (Role.FUND_RECORDER,)
APPROVERS = (Role.FUND_APPROVER,)


def words(key: str, **values: object) -> str:
    """Return words of the catalogue in Vietnamese."""
    return catalogue_for("vi").text(key, **values)


def money(amount: int) -> str:
    """Return an amount as people read it."""
    return catalogue_for("vi").money(amount)


def with_fund[Result](
    work: Callable[[AsyncConnection, datetime], Awaitable[Result]], *, data_dir: Path | None
) -> Result:
    """Do `work` in one transaction; end the command with one line when it is refused."""
    settings = read_settings(data_dir=data_dir)

    async def run(database: Database) -> Result:
        async with database.transaction() as connection:
            return await work(connection, SystemClock().now())

    try:
        return with_database(settings, run)
    except VoucherRefused as refused:
        fail(refused.text(catalogue_for("vi")), code=1)


def as_staff[Result](
    login: str,
    roles: tuple[Role, ...],
    work: Callable[[AsyncConnection, Staff, datetime], Awaitable[Result]],
    *,
    data_dir: Path | None,
) -> Result:
    """Do `work` in one transaction as a member of staff who holds one of `roles`."""

    async def run(connection: AsyncConnection, now: datetime) -> Result:
        return await work(connection, await staff_with_duty(connection, login, roles), now)

    return with_fund(run, data_dir=data_dir)


def day_text(day: str | None) -> str:
    """Return a day that was given, or today, as vouchers hold it."""
    return day or local_date(SystemClock().now()).isoformat()


def record_for_approval(
    kind: str, body: dict[str, Any], *, note: str, login: str, data_dir: Path | None, as_json: bool
) -> None:
    """Record a voucher and print its number."""

    async def work(connection: AsyncConnection, staff: Staff, now: datetime) -> int:
        return await record(connection, kind, body, note=note, staff_id=staff.id, now=now)

    number = as_staff(login, RECORDERS, work, data_dir=data_dir)
    if as_json:
        print_json({"voucher": number, "kind": kind, "state": "waiting"})
    else:
        out.print(f"Phiếu {number}: {words(f'fund.voucher.{kind}')}. Chờ người thứ hai: chungtay fund approve {number}")
