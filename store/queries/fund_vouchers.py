"""Vouchers: what one member of staff wants to have booked, until another decides."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class Voucher:
    """See `store.models.fund_ledger.FundVoucher`."""

    id: int
    kind: str
    body: Mapping[str, Any]
    note: str
    recorded_by: str
    recorded_at: datetime
    state: str
    decided_by: str | None
    decided_at: datetime | None


_COLUMNS = ", ".join(one.name for one in fields(Voucher))
_ADD = text("""
insert into fund_voucher (kind, body, note, recorded_by, recorded_at, state)
values (:kind, :body, :note, :recorded_by, :now, 'waiting') returning id
""").bindparams(bindparam("body", type_=JSONB))


def _voucher(row: Row[Any]) -> Voucher:
    return Voucher(**row._mapping)


async def add_voucher(
    connection: AsyncConnection, *, kind: str, body: Mapping[str, Any], note: str, recorded_by: str, now: datetime
) -> int:
    """Write a voucher that waits for a second person; return its id."""
    values = {"kind": kind, "body": dict(body), "note": note, "recorded_by": recorded_by, "now": now}
    return int((await connection.execute(_ADD, values)).scalar_one())


async def get_voucher(connection: AsyncConnection, voucher_id: int, *, lock: bool = False) -> Voucher | None:
    """Return a voucher; `lock` keeps two people from deciding at once."""
    tail = " for update" if lock else ""
    statement = text(f"select {_COLUMNS} from fund_voucher where id = :id{tail}").columns(body=JSONB)
    row = (await connection.execute(statement, {"id": voucher_id})).one_or_none()
    return None if row is None else _voucher(row)


_LIST = text(f"""
select {_COLUMNS} from fund_voucher where cast(:state as text) is null or state = :state
order by id desc limit :limit
""").columns(body=JSONB)


async def vouchers(connection: AsyncConnection, *, state: str | None = "waiting", limit: int = 100) -> list[Voucher]:
    """Return vouchers in a state, newest first."""
    return [_voucher(row) for row in await connection.execute(_LIST, {"state": state, "limit": limit})]


_DECIDE = text("update fund_voucher set state = :state, decided_by = :by, decided_at = :now where id = :id")


async def decide_voucher(connection: AsyncConnection, voucher_id: int, *, state: str, by: str, now: datetime) -> None:
    """Write down who decided what.

    Raises:
        sqlalchemy.exc.IntegrityError: the same person recorded it, or it is decided already.
    """
    await connection.execute(_DECIDE, {"id": voucher_id, "state": state, "by": by, "now": now})
