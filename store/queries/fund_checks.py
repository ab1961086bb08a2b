"""What `fund verify` compares with the ledger: sums that are kept for speed, and what banks said."""

from collections.abc import AsyncIterator, Mapping
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.ledger_chain import row_digest
from store.queries.fund_ledger import totals

_BATCH = 5_000
_ROWS = text("""
select id, account, reference, booked_on, amount, memo, counter_name, digest from fund_statement_row
where id > :after order by id limit :limit
""")


async def row_facts_in_batches(connection: AsyncConnection) -> AsyncIterator[tuple[int, str, str]]:
    """Yield (id, digest as written, digest of what the row says now) of every statement row."""
    after = 0
    while rows := (await connection.execute(_ROWS, {"after": after, "limit": _BATCH})).all():
        for row in rows:
            now = row_digest(
                account=row.account,
                reference=row.reference,
                booked_on=row.booked_on,
                amount=row.amount,
                memo=row.memo,
                counter_name=row.counter_name,
            )
            yield row.id, row.digest, now
        after = rows[-1].id


async def stored_totals(connection: AsyncConnection) -> dict[tuple[date, str, str], int]:
    """Return the kept balances by month, level and account."""
    return {(one.month, one.level, one.account): one.amount for one in await totals(connection)}


_ALL_PLEDGES = text("select id, code, promised, received from pledge where id > :after order by id limit :limit")


async def pledges_that_disagree(
    connection: AsyncConnection, pledged: Mapping[str, int], received: Mapping[str, int]
) -> list[tuple[str, str]]:
    """Return (code, why) of pledges whose sums are not those of the ledger, and of codes without a pledge."""
    wrong: list[tuple[str, str]] = []
    seen = set()
    after = 0
    while rows := (await connection.execute(_ALL_PLEDGES, {"after": after, "limit": _BATCH})).all():
        for row in rows:
            seen.add(row.code)
            if row.promised != pledged.get(row.code, 0):
                wrong.append((row.code, "promised is not what was booked"))
            if row.received != received.get(row.code, 0):
                wrong.append((row.code, "received is not what was booked"))
        after = rows[-1].id
    return wrong + [(code, "is booked, and gone") for code in sorted({*pledged, *received} - seen)]


_GIFTS = text("""
select gift.id,
    coalesce((
        select sum(share.amount) from fund_allocation_share as share
        join fund_allocation as allocation on allocation.id = share.allocation_id and taken_back_by is null
        where share.gift_id = gift.id), 0) <> gift.allocated as wrong_use,
    gift.amount <> (select -sum(posting.amount) from fund_posting as posting
        where posting.entry = gift.entry and posting.account = 'received') as wrong_amount
from fund_gift as gift where gift.id > :after order by gift.id limit :limit
""")


async def gifts_that_disagree(connection: AsyncConnection) -> list[tuple[int, str]]:
    """Return (id, why) of gifts whose sums are not those of the ledger or of the allocations."""
    wrong: list[tuple[int, str]] = []
    after = 0
    while rows := (await connection.execute(_GIFTS, {"after": after, "limit": _BATCH})).all():
        for row in rows:
            if row.wrong_amount:
                wrong.append((row.id, "is not what was booked"))
            if row.wrong_use:
                wrong.append((row.id, "is set aside otherwise than the allocations say"))
        after = rows[-1].id
    return wrong


_ALLOCATIONS = text("""
select allocation.id,
    allocation.amount <> coalesce((select -sum(posting.amount) from fund_posting as posting
        where posting.entry = allocation.entry and posting.account = 'allocated'), 0) as wrong_amount,
    allocation.title <> left(coalesce(entry.details ->> 'title', ''), 200) as wrong_title,
    allocation.delivered <> coalesce((select sum(amount) from fund_delivery where allocation_id = allocation.id), 0)
        or exists (select from fund_delivery as delivery join fund_entry as handed on handed.number = delivery.entry
            where delivery.allocation_id = allocation.id
              and (delivery.document <> left(handed.details ->> 'document', 200)
                   or delivery.delivered_on <> handed.happened_on)) as wrong_delivery
from fund_allocation as allocation join fund_entry as entry on entry.number = allocation.entry
order by allocation.id
""")


async def allocations_that_disagree(connection: AsyncConnection) -> list[tuple[int, str]]:
    """Return (id, why) of allocations that say something else than the entries that booked them."""
    wrong: list[tuple[int, str]] = []
    for row in await connection.execute(_ALLOCATIONS):
        if row.wrong_amount or row.wrong_title:
            wrong.append((row.id, "is not what was booked"))
        if row.wrong_delivery:
            wrong.append((row.id, "was handed over otherwise than was booked"))
    return wrong
