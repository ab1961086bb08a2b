"""The fund's ledger: writing entries in one row of numbers, reading them back, totals, seals."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from store.clock import local_date
from store.ledger_chain import GENESIS, Entry, NewEntry, entry_hash, seal_hash

#: Whoever writes entries waits here for the one before: numbers have no gaps, and each hash covers the one before.
_LEDGER_LOCK = 7_203_020
#: Entries that travel in one statement.
_BATCH = 5_000

_LOCK = text("select pg_advisory_xact_lock(:lock)")
_LAST = text("select number, hash from fund_entry order by number desc limit 1")
_WRITE = text("""
with written as (
    insert into fund_entry (number, kind, happened_on, recorded_on, recorded_at, level, commune, pledge_code, row_id,
        row_digest, voucher_id, reverses, recorded_by, details, hash)
    select one.number, one.kind, one.happened_on, :recorded_on, cast(:recorded_at as timestamptz), one.level,
        one.commune, one.pledge_code, one.row_id, one.row_digest, one.voucher_id, one.reverses, one.recorded_by,
        one.details, one.hash
    from jsonb_to_recordset(cast(:entries as jsonb)) as one(
        number bigint, kind text, happened_on date, level text, commune text, pledge_code text, row_id bigint,
        row_digest text, voucher_id bigint, reverses bigint, recorded_by text, details jsonb, hash text)
    returning number
)
insert into fund_posting (entry, position, account, amount)
select one.entry, one.position, one.account, one.amount
from jsonb_to_recordset(cast(:postings as jsonb)) as one(entry bigint, position bigint, account text, amount bigint)
where (select count(*) from written) > 0
""").bindparams(bindparam("entries", type_=JSONB), bindparam("postings", type_=JSONB))
_ADD_UP = text("""
insert into fund_total (month, level, account, amount)
select month, level, account, amount
from jsonb_to_recordset(cast(:totals as jsonb)) as one(month date, level text, account text, amount bigint)
order by 1, 2, 3
on conflict (month, level, account) do update set amount = fund_total.amount + excluded.amount
""").bindparams(bindparam("totals", type_=JSONB))


async def lock_ledger(connection: AsyncConnection) -> None:
    """Wait until nobody else writes entries; held until the transaction ends."""
    await connection.execute(_LOCK, {"lock": _LEDGER_LOCK})


async def append_entries(connection: AsyncConnection, entries: Sequence[NewEntry], *, now: datetime) -> list[int]:
    """Write `entries` in this order; return their numbers.

    Raises:
        sqlalchemy.exc.IntegrityError: an entry does not balance.
    """
    if not entries:
        return []
    await lock_ledger(connection)
    last = (await connection.execute(_LAST)).one_or_none()
    number, previous = (0, GENESIS) if last is None else (last.number, last.hash)
    recorded_on = local_date(now)
    numbers: list[int] = []
    totals: dict[tuple[str, str, str], int] = {}
    for begin in range(0, len(entries), _BATCH):
        rows, postings = [], []
        for entry in entries[begin : begin + _BATCH]:
            number += 1
            previous = entry_hash(entry, number=number, recorded_on=recorded_on, recorded_at=now, previous=previous)
            rows.append(_as_row(entry, number, previous))
            month = entry.happened_on.replace(day=1).isoformat()
            for position, (account, amount) in enumerate(entry.postings):
                postings.append({"entry": number, "position": position, "account": account, "amount": amount})
                key = (month, entry.level, account)
                totals[key] = totals.get(key, 0) + amount
            numbers.append(number)
        await connection.execute(
            _WRITE, {"entries": rows, "postings": postings, "recorded_on": recorded_on, "recorded_at": now}
        )
    sums = [
        {"month": month, "level": level, "account": account, "amount": amount}
        for (month, level, account), amount in totals.items()
    ]
    await connection.execute(_ADD_UP, {"totals": sums})
    return numbers


def _as_row(entry: NewEntry, number: int, hash_: str) -> dict[str, Any]:
    return {
        "number": number,
        "kind": entry.kind,
        "happened_on": entry.happened_on.isoformat(),
        "level": entry.level,
        "commune": entry.commune,
        "pledge_code": entry.pledge_code,
        "row_id": entry.row_id,
        "row_digest": entry.row_digest,
        "voucher_id": entry.voucher_id,
        "reverses": entry.reverses,
        "recorded_by": entry.recorded_by,
        "details": dict(entry.details),
        "hash": hash_,
    }


_ENTRY_COLUMNS = """
select number, kind, happened_on, recorded_on, recorded_at, level, commune, pledge_code, row_id, row_digest, voucher_id,
    reverses, recorded_by, details, hash,
    (select coalesce(jsonb_agg(jsonb_build_array(account, amount) order by position), '[]')
     from fund_posting where entry = number) as postings
from fund_entry
"""
_ENTRIES = text(f"""
{_ENTRY_COLUMNS}
where number > :after and (cast(:pledge_code as text) is null or pledge_code = :pledge_code)
  and (cast(:day as date) is null or recorded_on = :day)
order by number limit :limit
""").columns(details=JSONB, postings=JSONB)


def _entry(row: Row[Any]) -> Entry:
    postings = tuple((account, amount) for account, amount in row.postings)
    return Entry(**{**row._mapping, "postings": postings})


async def entries_after(
    connection: AsyncConnection, after: int, *, limit: int, pledge_code: str | None = None, day: date | None = None
) -> list[Entry]:
    """Return entries in the order of their numbers: those after number `after`, of one pledge, or recorded on a day."""
    values = {"after": after, "limit": limit, "pledge_code": pledge_code, "day": day}
    return [_entry(row) for row in await connection.execute(_ENTRIES, values)]


_OF_ROW = text(f"{_ENTRY_COLUMNS} where row_id = :row_id order by number").columns(details=JSONB, postings=JSONB)
_OF_VOUCHER = text(f"{_ENTRY_COLUMNS} where voucher_id = :voucher_id order by number").columns(
    details=JSONB, postings=JSONB
)
_BY_NUMBER = text(f"{_ENTRY_COLUMNS} where number = :number").columns(details=JSONB, postings=JSONB)


async def entries_of_row(connection: AsyncConnection, row_id: int) -> list[Entry]:
    """Return the entries about a statement row, in order."""
    return [_entry(row) for row in await connection.execute(_OF_ROW, {"row_id": row_id})]


async def entries_of_voucher(connection: AsyncConnection, voucher_id: int) -> list[Entry]:
    """Return what was booked for a voucher, in order."""
    return [_entry(row) for row in await connection.execute(_OF_VOUCHER, {"voucher_id": voucher_id})]


async def get_entry(connection: AsyncConnection, number: int) -> Entry:
    """Return the entry with this number, which exists."""
    return _entry((await connection.execute(_BY_NUMBER, {"number": number})).one())


async def all_entries(connection: AsyncConnection) -> AsyncIterator[Entry]:
    """Yield the whole ledger in the order of its numbers, a batch at a time."""
    after = 0
    while batch := await entries_after(connection, after, limit=_BATCH):
        for entry in batch:
            yield entry
        after = batch[-1].number


@dataclass(frozen=True)
class Total:
    """Balance of one account in one month on one level."""

    month: date
    level: str
    account: str
    amount: int


async def totals(connection: AsyncConnection) -> list[Total]:
    """Return all balances by month, oldest first."""
    rows = await connection.execute(text("select month, level, account, amount from fund_total order by 1, 2, 3"))
    return [Total(*row) for row in rows]


@dataclass(frozen=True)
class Seal:
    """The seal of one day, see `store.ledger_chain.seal_hash`."""

    day: date
    entries: int
    last_entry: int
    last_hash: str
    previous: str
    hash: str
    sealed_at: datetime


_SEALS = "select day, entries, last_entry, last_hash, previous, hash, sealed_at from fund_seal order by day"


async def seals(connection: AsyncConnection) -> list[Seal]:
    """Return all seals, oldest first."""
    return [Seal(*row) for row in await connection.execute(text(_SEALS))]


async def last_seal(connection: AsyncConnection) -> Seal | None:
    """Return the newest seal, None before the first."""
    row = (await connection.execute(text(f"{_SEALS} desc limit 1"))).one_or_none()
    return None if row is None else Seal(*row)


_FIRST_UNSEALED = text("""
select coalesce(
    (select max(day) + 1 from fund_seal), (select recorded_on from fund_entry order by number limit 1)) as day
""")


async def first_unsealed_day(connection: AsyncConnection) -> date | None:
    """Return the first day without a seal, None in an empty ledger."""
    found: date | None = (await connection.execute(_FIRST_UNSEALED)).scalar_one()
    return found


_UNSEALED_UP_TO = text("""
select max(number) as last, count(*) as entries, (array_agg(hash order by number desc))[1] as hash
from fund_entry where number > :after and recorded_on <= :day
""")
_SEAL = text("""
insert into fund_seal (day, entries, last_entry, last_hash, previous, hash, sealed_at)
values (:day, :entries, :last_entry, :last_hash, :previous, :hash, :sealed_at)
""")


async def seal_day(connection: AsyncConnection, day: date, *, now: datetime) -> Seal | None:
    """Seal what was recorded up to the end of `day` since the seal before.

    Returns the seal of that day; None where the day is not over, or the day is before the newest seal.
    """
    if day >= local_date(now):
        return None
    await lock_ledger(connection)
    before = await last_seal(connection)
    if before is not None and before.day >= day:
        return before if before.day == day else None
    last_entry, last_hash = (before.last_entry, before.last_hash) if before else (0, GENESIS)
    row = (await connection.execute(_UNSEALED_UP_TO, {"after": last_entry, "day": day})).one()
    if row.last is not None:
        last_entry, last_hash = row.last, row.hash
    values = {
        "day": day,
        "entries": row.entries,
        "last_entry": last_entry,
        "last_hash": last_hash,
        "previous": before.hash if before else GENESIS,
    }
    sealed = Seal(**values, hash=seal_hash(**values), sealed_at=now)
    await connection.execute(_SEAL, {**values, "hash": sealed.hash, "sealed_at": now})
    return sealed
