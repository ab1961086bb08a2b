"""The accounts that donors are told to pay to: setting, retiring, reading them."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class AccountRow:
    """See `store.models.fund_account.FundAccount`."""

    id: int
    bank: str
    number: str
    holder: str
    level: str
    commune: str | None
    demo: bool
    set_by: int
    retired_by: int | None


_COLUMNS = ", ".join(one.name for one in fields(AccountRow))
#: The newest of a level first: a second account of the province takes the place of the one before.
_ACCOUNTS = text(f"""
select {_COLUMNS} from fund_account where retired_by is null or :retired
order by retired_by is not null, level desc, id desc
""")


async def account_rows(connection: AsyncConnection, *, retired: bool = False) -> list[AccountRow]:
    """Return the accounts in use, the province's newest first; with `retired` those of former times at the end."""
    return [AccountRow(*row) for row in await connection.execute(_ACCOUNTS, {"retired": retired})]


_ADD = text("""
insert into fund_account (bank, number, holder, level, commune, demo, set_by, set_at)
values (:bank, :number, :holder, :level, :commune, :demo, :set_by, :set_at)
""")


async def add_account(
    connection: AsyncConnection,
    *,
    bank: str,
    number: str,
    holder: str,
    level: str,
    commune: str | None,
    demo: bool,
    set_by: int,
    set_at: datetime,
) -> None:
    """Write an account; `set_by` is the number of the entry that set it.

    Raises:
        sqlalchemy.exc.IntegrityError: an account with this number is in use.
    """
    values = {"bank": bank, "number": number, "holder": holder, "level": level, "commune": commune}
    await connection.execute(_ADD, {**values, "demo": demo, "set_by": set_by, "set_at": set_at})


_RETIRE = text("update fund_account set retired_by = :entry where id = :id")


async def retire_account(connection: AsyncConnection, account_id: int, *, entry: int) -> None:
    """Note that entry `entry` retired an account."""
    await connection.execute(_RETIRE, {"id": account_id, "entry": entry})
