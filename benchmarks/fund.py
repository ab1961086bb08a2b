"""The fund: a statement of 100,000 rows from file to books, and looking gifts up among a million ledger rows.

    .venv/bin/python -m benchmarks.fund [--rows 100000] [--ledger 1000000]

The statement is made up and shaped as real ones: every manner in which banks change memos, names only, codes mistyped
or cut off, wrong amounts, paid twice, money out. Who really gave each row is known, so that wrong matches are counted.
The peer is the rule that people use by hand and by spreadsheet: the code as it was given out stands in the memo, and
the amount is right. It reads the same rows in the same run.
"""

import argparse
import asyncio
import json
import random
import re
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from console.public_fund.pages import public_fund_router
from fund.books import Kind, entry_of
from fund.importing import import_file
from fund.lookup import look_up_code, look_up_transfer
from fund.pledge_codes import ALPHABET, new_pledge_code
from fund.statements import read_statement
from fund.verifying import verify_books
from server.postgres import EmbeddedPostgres
from store.clock import SetClock
from store.database import Database
from store.migrate import upgrade_database
from store.queries.fund_ledger import append_entries
from tests.fund.bank_files import Movement, csv_file, vietcombank
from tests.fund.books import ACCOUNT
from tests.fund.memos import MANNERS, mangled

DAY = date(2026, 11, 20)
#: What stands in a memo -> share of rows. The first is a code in one of the manners of `tests/fund/memos.py`.
SHARES = {
    "code": 0.80,
    "name_only": 0.08,
    "mistyped": 0.03,
    "cut_off": 0.02,
    "wrong_amount": 0.03,
    "paid_twice": 0.01,
    "money_out": 0.02,
    "interest_or_fee": 0.01,
}
NAMES = ("NGUYEN THI MAU", "TRAN VAN MAU", "A MAU", "Y MAU", "CONG TY TNHH MAU", "LE THI GIA DINH")
_PLEDGES = text("""
insert into pledge (code, kind, amount, promised, donor_kind, donor_name, name_shown, name_key, level, created_on,
    created_at, updated_at)
select code, 'money', amount, amount, 'person', name, 'masked', replace(name, ' ', ''), 'province',
    cast(:day as date), now(), now()
from jsonb_to_recordset(cast(:rows as jsonb)) as one(code text, amount bigint, name text)
""").bindparams(bindparam("rows", type_=JSONB))


@dataclass(frozen=True)
class Row:
    """A row of the statement and who really gave it: a code, or None."""

    movement: Movement
    giver: str | None
    said: str


def made_up_statement(rows: int, seed: int = 1) -> tuple[dict[str, tuple[int, str]], list[Row]]:
    """Return pledges (code -> amount and name) and the rows of a statement."""
    rnd = random.Random(seed)
    pledges: dict[str, tuple[int, str]] = {}
    made: list[Row] = []
    kinds = rnd.choices(list(SHARES), weights=list(SHARES.values()), k=rows)
    for number, kind in enumerate(kinds):
        day, reference = DAY + timedelta(days=number * 10 // rows), f"5242.{number}"
        amount = rnd.choice([20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000]) + rnd.choice([0, 0, 0, 1_000])
        name = rnd.choice(NAMES)
        if kind in ("money_out", "interest_or_fee"):
            memo = "Chi ho tro ho ngheo (mau)" if kind == "money_out" else "Lai tien gui / phi dich vu"
            sign = -1 if kind == "money_out" else 1
            made.append(Row(Movement(day, sign * amount, memo, reference), None, kind))
            continue
        if kind == "paid_twice" and pledges:
            code = rnd.choice(list(pledges)[-50:])
            memo = mangled(rnd.choice(MANNERS), code)
            made.append(Row(Movement(day, pledges[code][0], memo, reference), code, kind))
            continue
        code = new_pledge_code()
        pledges[code] = amount, name
        if kind == "wrong_amount":
            amount += rnd.choice([-10_000, 5_000, 50_000])
        memo = f"{name} chuyen tien" if kind == "name_only" else mangled(rnd.choice(MANNERS), _damaged(rnd, kind, code))
        made.append(Row(Movement(day, amount, memo, reference), code, kind))
    return pledges, made


def _damaged(rnd: random.Random, kind: str, code: str) -> str:
    if kind == "mistyped":
        place = rnd.randrange(2, len(code))
        return (
            code[:place] + rnd.choice([char for char in ALPHABET + "O0I1" if char != code[place]]) + code[place + 1 :]
        )
    return code[: rnd.randrange(5, len(code))] if kind == "cut_off" else code


def by_hand(rows: list[Row], pledges: dict[str, tuple[int, str]]) -> tuple[int, int]:
    """Return how many rows the rule by hand matches, and how many of them wrongly."""
    open_pledges = dict(pledges)
    matched = wrong = 0
    for row in rows:
        for code in re.findall(rf"\bXN[{ALPHABET}]{{8}}\b", row.movement.memo):
            if code in open_pledges and open_pledges[code][0] == row.movement.amount:
                matched += 1
                wrong += code != row.giver
                del open_pledges[code]
                break
    return matched, wrong


async def measure_statement(database: Database, rows: int) -> dict[str, Any]:
    """Take a statement in, and compare what was matched with the truth."""
    clock = SetClock()
    pledges, made = made_up_statement(rows)
    listed = [{"code": code, "amount": amount, "name": name} for code, (amount, name) in pledges.items()]
    async with database.transaction() as connection:
        for begin in range(0, len(listed), 5_000):
            await connection.execute(_PLEDGES, {"rows": listed[begin : begin + 5_000], "day": DAY})
        promised = [
            entry_of(Kind.PLEDGED, amount, happened_on=DAY, level="province", recorded_by="machine", pledge_code=code)
            for code, (amount, _) in pledges.items()
        ]
        await append_entries(connection, promised, now=clock.now())
    content = csv_file(vietcombank(ACCOUNT.number, [row.movement for row in made]))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    statement = read_statement(content, account=ACCOUNT.number)
    read = time.perf_counter()

    async def taken_in() -> Any:
        lines = statement.lines
        now = clock.now()
        return await import_file(database, content, lines, file_name="a", account=ACCOUNT, by="staff:1", now=now)

    await taken_in()
    done = time.perf_counter()
    again = await taken_in()
    assert again.already_imported
    truth = {row.movement.reference: row for row in made}
    query = text("""
        select row.reference, row.state, row.reason, pledge.code from fund_statement_row as row
        left join fund_gift as gift on gift.row_id = row.id left join pledge on pledge.id = gift.pledge_id""")
    async with database.transaction() as connection:
        found = (await connection.execute(query)).all()
        faults = (await verify_books(connection)).faults
    matched = [one for one in found if one.state == "matched"]
    reasons = Counter((one.reason, truth[one.reference].said) for one in found if one.state != "matched")
    with_code = sum(row.said == "code" for row in made)
    hand, hand_wrong = by_hand(made, pledges)
    return {
        "rows": len(found),
        "matched": len(matched),
        "matched_of_rows_with_a_whole_code_and_the_right_amount": round(
            sum(truth[one.reference].said == "code" for one in matched) / with_code, 5
        ),
        "wrong": sum(one.code != truth[one.reference].giver for one in matched),
        "by_hand": {"matched": hand, "wrong": hand_wrong},
        "read_seconds": round(read - began, 2),
        "take_in_seconds": round(done - read, 2),
        "memory_mb": round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024),
        "faults": len(faults),
        "waiting": {f"{reason} ({said})": number for (reason, said), number in reasons.most_common()},
    }


#: A ledger as long as that of many years; hashes are not looked at by lookups, and are not computed here.
FILL_LEDGER = """
insert into fund_entry (number, kind, happened_on, recorded_on, recorded_at, level, pledge_code, recorded_by, details,
    hash)
select :first + n, 'received', date '2016-01-01' + (n / 300)::int, date '2016-01-01' + (n / 300)::int, now(),
    'province', null, 'machine', '{}', repeat('0', 64) from generate_series(1, :number) as n;
insert into fund_posting (entry, position, account, amount)
select :first + n, side, case side when 0 then 'bank' else 'received' end, (1 - 2 * side) * 50000
from generate_series(1, :number) as n, generate_series(0, 1) as side;
insert into fund_statement_row (row_key, source, account, reference, booked_on, amount, memo, raw, digest, state,
    created_at)
select 'fill' || n, 'file', 'X', 'F' || n, date '2016-01-01' + (n / 300)::int, (1 + n % 20) * 50000,
    'NGUYEN THI MAU ' || n || ' ung ho', '{}', '', 'matched', now() from generate_series(1, :number) as n;
insert into fund_gift (entry, received_on, level, amount)
select :first + n, date '2016-01-01' + (n / 300)::int, 'province', 50000 from generate_series(1, :number) as n;
analyze
"""


async def fill_ledger(connection: AsyncConnection, first: int, number: int) -> None:
    """Add `number` entries after entry `first`, each with its row of a statement and its gift."""
    for statement in FILL_LEDGER.split(";"):
        values = {"first": first, "number": number} if ":number" in statement else {}
        await connection.execute(text(statement), values)


async def measure_lookup(database: Database, ledger: int) -> dict[str, Any]:
    """Fill the ledger up to `ledger` entries; look gifts up by code and by memo, and read pages."""
    async with database.transaction() as connection:
        first = (await connection.execute(text("select max(number) from fund_entry"))).scalar_one()
        await fill_ledger(connection, first, ledger - first)
        codes = list((await connection.execute(text("select code from pledge order by random() limit 400"))).scalars())
        rows = (
            await connection.execute(
                text("select memo, amount, booked_on from fund_statement_row order by random() limit 400")
            )
        ).all()
        entries = (await connection.execute(text("select count(*) from fund_entry"))).scalar_one()

    async def times(work: Callable[[Any, Any], Awaitable[object]], asked: list[Any]) -> dict[str, float]:
        taken = []
        for one in asked:
            async with database.transaction() as connection:
                began = time.perf_counter()
                assert await work(connection, one)
                taken.append((time.perf_counter() - began) * 1000)
        return {"p50_ms": round(statistics.median(taken), 2), "p95_ms": round(statistics.quantiles(taken, n=20)[18], 2)}

    app = FastAPI()
    app.include_router(public_fund_router(database, SetClock()))
    pages = {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://fund") as web:
        deep = "/so-quy/danh-sach?truoc=2018-06-15.250000"
        for path in ("/so-quy", "/so-quy/danh-sach", deep, f"/so-quy/{codes[0]}", "/so-quy/tim", "/so-quy/niem-phong"):
            taken = []
            for _ in range(20):
                began = time.perf_counter()
                page = await web.get(path)
                taken.append((time.perf_counter() - began) * 1000)
            name = "/so-quy/CODE" if path.endswith(codes[0]) else path
            pages[name] = {"bytes": len(page.content), "p95_ms": round(statistics.quantiles(taken, n=20)[18], 1)}
    return {
        "ledger_rows": entries,
        "by_code": await times(lambda connection, code: look_up_code(connection, code), codes),
        "by_memo": await times(
            lambda connection, row: look_up_transfer(
                connection, words=row.memo.replace("\n", " "), amount=row.amount, day=row.booked_on
            ),
            [row for row in rows if row.amount > 0],
        ),
        "pages": pages,
    }


async def run(rows: int, ledger: int) -> dict[str, Any]:
    """Measure both on a database of our own."""
    folder = Path(tempfile.mkdtemp(prefix="chungtay-fund-"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "postgres", grace_seconds=0.5)
    server.start()
    try:
        database = Database(server.url())
        await upgrade_database(database.engine)
        found = {"statement": await measure_statement(database, rows)}
        if ledger:
            found["lookup"] = await measure_lookup(database, ledger)
        await database.close()
        return found
    finally:
        server.close()


def main() -> None:
    """Entry point."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--rows", type=int, default=100_000)
    arguments.add_argument("--ledger", type=int, default=1_000_000)
    given = arguments.parse_args()
    found = asyncio.run(run(given.rows, given.ledger))
    json.dump(found, sys.stdout, indent=2, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
