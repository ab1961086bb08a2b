"""The console on 100,000 contacts and 1,000,000 ledger rows: how long each page takes, beside a small database.

    .venv/bin/python -m benchmarks.console_pages [--contacts 100000] [--messages 300000] [--ledger 1000000] [--repeat 3]

Times are those of the HTTP answer with everything that a page reads from the database, in one process without network.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

import httpx
from fastapi import FastAPI
from sqlalchemy import text

from benchmarks.fund import fill_ledger
from console.access.cookies import SESSION_COOKIE
from console.demo.making import make_demo
from console.demo.staff import demo_staff_by_role
from console.shell.door import ConsoleDoor
from console.shell.parts import ConsoleParts
from console.shell.registry import PAGES, Page, import_pages
from content.library import load_library
from scheduler.desk import Desk
from server.postgres import EmbeddedPostgres
from store.clock import SystemClock
from store.database import Database
from store.migrate import upgrade_database
from store.queries.staff import Staff
from store.queries.staff_sessions import begin_session
from store.sealing import Sealer
from store.staff_roles import Role

_CONTACTS = """
insert into conversation (channel, address, language, created_at, last_message_at)
select (array['web', 'zalo', 'telegram'])[1 + n % 3], 'bench-' || n, 'vi', now() - interval '30 days', now()
from generate_series(1, :contacts) as n
"""
_KNOWN = """
update person set commune = (array['23284', '23500', '23293', '23296', '23299'])[1 + id % 5],
    household_group = (array['poor', 'near_poor', 'newly_escaped'])[1 + id % 3], demo = true
where not demo
"""
_CONSENTS = """
insert into consent (person_id, purpose, subject, given, text, language, channel, at)
select id, purpose, '', true, '[BENCH]', 'vi', 'web', now() - interval '20 days'
from person cross join (values ('news'), ('commune'), ('household_group')) as of(purpose)
where not exists (select from consent where person_id = person.id)
"""
_MESSAGES = """
insert into incoming (conversation_id, channel, provider_message_id, text, received_at, answered_at)
select conversation.id, conversation.channel, 'bench-' || n, '', now() - interval '30 days' * (n::float / :messages),
    now()
from generate_series(:messages, 1, -1) as n
join conversation on conversation.id = 1 + n % (select max(id) from conversation)
"""
#: Of the statement rows that the ledger was filled with, so many wait on the matching desk: one in a hundred.
_WAITING = "update fund_statement_row set state = 'unknown', reason = 'no_code' where id % 100 = 0 and source = 'file'"
#: What the demo data holds.
_EXAMPLES: dict[str, str | int] = {"campaign_id": 2, "person_id": 50, "staff_id": 1}


async def fill(database: Database, contacts: int, messages: int, ledger: int) -> None:
    """Add made-up contacts who agreed to news, what they wrote in the last month, and the fund of many years."""
    async with database.transaction() as connection:
        await connection.execute(text(_CONTACTS), {"contacts": contacts})
        await connection.execute(text(_KNOWN))
        await connection.execute(text(_CONSENTS))
        if messages:
            await connection.execute(text(_MESSAGES), {"messages": messages})
        if ledger:
            first = (await connection.execute(text("select max(number) from fund_entry"))).scalar_one() or 0
            await fill_ledger(connection, first, ledger - first)
            await connection.execute(text(_WAITING))
    async with database.single() as connection:
        await connection.exec_driver_sql("analyze")


async def time_pages(database: Database, staff: dict[Role, Staff], desk: Desk, repeat: int) -> dict[str, float]:
    """Return the slowest of some times for each page, in seconds."""
    parts = ConsoleParts(database, desk.clock, desk.library, desk, Sealer(b"bench"), demo=True)
    app = FastAPI()
    app.mount("/console", ConsoleDoor(parts))
    slowest: dict[str, float] = {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console.test") as client:
        for name, page in sorted(PAGES.items()):
            async with database.transaction() as connection:
                who = staff[_whose(page, staff)]
                cookie = await begin_session(
                    connection, staff_id=who.id, browser="bench", complete=True, now=desk.clock.now()
                )
            client.cookies.clear()
            client.cookies.set(SESSION_COOKIE, cookie)
            for _ in range(repeat):
                begin = time.perf_counter()
                await client.get("/console" + page.address(**{**page.example, **_EXAMPLES}))
                slowest[name] = max(slowest.get(name, 0.0), time.perf_counter() - begin)
    return slowest


def _whose(page: Page, staff: dict[Role, Staff]) -> Role:
    workers = [role for role in staff if role not in (Role.ADMINISTRATOR, Role.AUDITOR)]
    return next(role for role in [*workers, *staff] if role in page.roles)


async def measure(contacts: int, messages: int, ledger: int, repeat: int) -> None:
    """Fill, open every page, print."""
    import_pages()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        embedded = EmbeddedPostgres(Path(folder) / "postgres", grace_seconds=0.5)
        embedded.start()
        database = Database(embedded.url())
        try:
            await upgrade_database(database.engine)
            desk = Desk(clock=SystemClock(), library=load_library())
            await make_demo(database, desk)
            staff = await demo_staff_by_role(database)
            await time_pages(database, staff, desk, 1)
            small = await time_pages(database, staff, desk, repeat)
            await fill(database, contacts, messages, ledger)
            large = await time_pages(database, staff, desk, repeat)
        finally:
            await database.close()
            embedded.close(wait_seconds=20)
    print(f"{'page':24} {'small':>8} {contacts:>8}  slowest of {repeat}, s")
    for name, seconds in sorted(large.items(), key=lambda one: -one[1]):
        print(f"{name:24} {small[name]:8.2f} {seconds:8.2f}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=300_000)
    parser.add_argument("--ledger", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    asyncio.run(measure(given.contacts, given.messages, given.ledger, given.repeat))


if __name__ == "__main__":
    main()
