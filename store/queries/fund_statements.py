"""Statement rows: which are known already, writing many at once, finding them, deciding about one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class KnownRow:
    """What is compared with a movement that comes again."""

    reference: str | None
    booked_on: date
    amount: int
    memo: str
    source: str


_KNOWN = text("""
select reference, booked_on, amount, memo, source from fund_statement_row
where account = :account and booked_on between cast(:first as date) - 3 and cast(:last as date) + 3
""")


async def known_rows(connection: AsyncConnection, *, account: str, first: date, last: date) -> list[KnownRow]:
    """Return the rows of an account around some days."""
    rows = await connection.execute(_KNOWN, {"account": account, "first": first, "last": last})
    return [KnownRow(*row) for row in rows]


@dataclass(frozen=True)
class StatementRow:
    """A row as it is kept; see `store.models.fund_statement.FundStatementRow`."""

    id: int
    row_key: str
    import_id: int | None
    source: str
    account: str
    reference: str | None
    booked_on: date
    booked_at: datetime | None
    amount: int
    memo: str
    counter_name: str | None
    counter_account: str | None
    digest: str
    state: str
    reason: str | None
    codes: list[str]


_COLUMNS = ", ".join(one.name for one in fields(StatementRow))

_WRITE = text("""
insert into fund_statement_row (row_key, import_id, source, account, reference, booked_on, booked_at, amount, memo,
    counter_name, counter_account, raw, digest, state, reason, codes, created_at)
select row_key, :import_id, :source, account, reference, booked_on, booked_at, amount, memo, counter_name,
    counter_account, raw, digest, state, reason,
    array(select jsonb_array_elements_text(codes)), cast(:now as timestamptz)
from jsonb_to_recordset(cast(:rows as jsonb)) as one(
    row_key text, account text, reference text, booked_on date, booked_at timestamptz, amount bigint, memo text,
    counter_name text, counter_account text, raw jsonb, digest text, state text, reason text, codes jsonb)
returning id, row_key
""").bindparams(bindparam("rows", type_=JSONB))
_BATCH = 5_000


async def add_rows(
    connection: AsyncConnection,
    rows: Sequence[Mapping[str, Any]],
    *,
    import_id: int | None,
    source: str,
    now: datetime,
) -> dict[str, int]:
    """Write rows; return their ids by row key."""
    ids: dict[str, int] = {}
    for begin in range(0, len(rows), _BATCH):
        values = {"rows": rows[begin : begin + _BATCH], "import_id": import_id, "source": source, "now": now}
        ids.update({row.row_key: row.id for row in await connection.execute(_WRITE, values)})
    return ids


_IMPORT = text("""
insert into fund_import (checksum, file_name, account, rows, new_rows, imported_by, imported_at)
values (:checksum, :file_name, :account, :rows, :new_rows, :imported_by, :now) returning id
""")
_IMPORTED = text("select id, finished_at is not null from fund_import where checksum = :checksum")
_FINISH = text("update fund_import set finished_at = :now where id = :id")
#: Whoever takes movements in waits here for the one before, so that a statement and a webhook book nothing twice.
_INTAKE_LOCK = 7_203_021
_LOCK_NOT_AVAILABLE = "55P03"


class IntakeBusy(Exception):
    """A statement is being taken in, which may take minutes. The transaction has to be rolled back."""


async def lock_intake(connection: AsyncConnection, *, patience_seconds: int = 0) -> None:
    """Wait until nobody else takes movements in; held until the transaction ends.

    Args:
        patience_seconds: longest wait; 0 for as long as it takes.

    Raises:
        IntakeBusy: it took longer.
    """
    await connection.execute(text(f"set local lock_timeout = '{int(patience_seconds)}s'"))
    try:
        await connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _INTAKE_LOCK})
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise IntakeBusy from error
        raise
    await connection.execute(text("set local lock_timeout = 0"))


@dataclass(frozen=True)
class KnownImport:
    """A file that was imported before; `finished` False where that was broken off."""

    id: int
    finished: bool


async def find_import(connection: AsyncConnection, checksum: str) -> KnownImport | None:
    """Return the import of a file by the checksum of its bytes."""
    row = (await connection.execute(_IMPORTED, {"checksum": checksum})).one_or_none()
    return None if row is None else KnownImport(*row)


@dataclass(frozen=True)
class Import:
    """A statement file that was taken in; see `store.models.fund_statement.FundImport`."""

    id: int
    file_name: str
    account: str
    rows: int
    new_rows: int
    imported_by: str
    imported_at: datetime


_IMPORTS = text("""
select id, file_name, account, rows, new_rows, imported_by, imported_at from fund_import order by id desc limit :limit
""")


async def imports(connection: AsyncConnection, *, limit: int = 50) -> list[Import]:
    """Return the files that were taken in, newest first."""
    return [Import(*row) for row in await connection.execute(_IMPORTS, {"limit": limit})]


async def finish_import(connection: AsyncConnection, import_id: int, *, now: datetime) -> None:
    """Note that all of a file was taken in."""
    await connection.execute(_FINISH, {"id": import_id, "now": now})


async def add_import(connection: AsyncConnection, **values: Any) -> int:
    """Note a file: `checksum`, `file_name`, `account`, `rows`, `new_rows`, `imported_by`, `now`; return its id."""
    return int((await connection.execute(_IMPORT, values)).scalar_one())


async def get_row(connection: AsyncConnection, row_id: int, *, lock: bool = False) -> StatementRow | None:
    """Return one row; `lock` keeps others from deciding about it at the same time."""
    tail = " for update" if lock else ""
    statement = text(f"select {_COLUMNS} from fund_statement_row where id = :id{tail}")
    row = (await connection.execute(statement, {"id": row_id})).one_or_none()
    return None if row is None else StatementRow(*row)


_WAITING = text(f"""
select {_COLUMNS} from fund_statement_row
where state = any(:states) and id > :after order by id limit :limit
""")


async def rows_in_states(
    connection: AsyncConnection, states: Sequence[str], *, after: int = 0, limit: int = 100
) -> list[StatementRow]:
    """Return rows in these states, oldest first."""
    rows = await connection.execute(_WAITING, {"states": list(states), "after": after, "limit": limit})
    return [StatementRow(*row) for row in rows]


_EARLIER = text(f"""
select {_COLUMNS} from fund_statement_row
where account = :account and booked_on between cast(:day as date) - 400 and :day and amount = :amount
  and state not in ('refunded', 'discarded')
order by booked_on desc, id desc limit :limit
""")


async def earlier_credits(
    connection: AsyncConnection, *, account: str, amount: int, day: date, limit: int
) -> list[StatementRow]:
    """Return money that came in over exactly `amount` within the year before `day`, newest first."""
    values = {"account": account, "amount": amount, "day": day, "limit": limit}
    return [StatementRow(*row) for row in await connection.execute(_EARLIER, values)]


_COUNTS = text("""
select state, reason, count(*) as rows, sum(amount) as amount from fund_statement_row
where (cast(:import_id as bigint) is null or import_id = :import_id)
  and (cast(:states as text[]) is null or state = any(:states))
group by state, reason order by state, rows desc
""")


async def count_rows(
    connection: AsyncConnection, *, import_id: int | None = None, states: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Return how many rows are in each state for each reason, with their sum."""
    values = {"import_id": import_id, "states": None if states is None else list(states)}
    rows = await connection.execute(_COUNTS, values)
    return [{**row._mapping, "amount": int(row.amount)} for row in rows]


_BY_MEMO = text(f"""
select {_COLUMNS} from fund_statement_row
where booked_on between cast(:day as date) - 3 and cast(:day as date) + 3 and amount = :amount
  and position(:words in regexp_replace(upper(translate(normalize(memo, NFD), 'đĐ', 'dD')), '[^A-Z0-9]', '', 'g')) > 0
order by abs(booked_on - cast(:day as date)), id limit 5
""")


async def rows_by_memo(connection: AsyncConnection, *, words: str, amount: int, day: date) -> list[StatementRow]:
    """Return rows by what a donor remembers: words of the memo (capitals and digits, joined), amount, day ± 3.

    All three are asked for, so that nobody finds out what somebody else gave by their name.
    """
    return [
        StatementRow(*row) for row in await connection.execute(_BY_MEMO, {"words": words, "amount": amount, "day": day})
    ]


_DECIDE = text("update fund_statement_row set state = :state, reason = :reason where id = :id")
_LOG = text("""
insert into fund_row_decision (row_id, state_before, state_after, reason, decided_by, decided_at)
values (:id, :before, :state, :reason, :by, :now)
""")


async def decide_row(
    connection: AsyncConnection, row: StatementRow, *, state: str, reason: str, by: str, now: datetime
) -> None:
    """Change the state of a row, and log it."""
    values = {"id": row.id, "before": row.state, "state": state, "reason": reason, "by": by, "now": now}
    await connection.execute(_DECIDE, {"id": row.id, "state": state, "reason": reason})
    await connection.execute(_LOG, values)
