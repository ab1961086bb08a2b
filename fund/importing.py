"""Taking movements in: each once, however often and by whichever way it comes; matched where it is exact; booked."""

import hashlib
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from fund.accounts import FundAccount
from fund.books import MACHINE, Kind, entry_of
from fund.known_lines import new_lines
from fund.matching import Decision, PledgeState, Reason, RowState, decide
from fund.pledge_codes import CodesInMemo, codes_in
from fund.statement_lines import StatementLine
from store.database import Database
from store.ledger_chain import NewEntry
from store.queries.fund_ledger import append_entries, lock_ledger
from store.queries.fund_statements import add_import, add_rows, find_import, finish_import, known_rows, lock_intake
from store.queries.fund_uses import NewGift, add_gifts
from store.queries.pledges import PledgeRow, add_received, find_pledges


@dataclass(frozen=True)
class Received:
    """A gift that came for a pledge, to be thanked for."""

    code: str
    amount: int
    booked_on: date


@dataclass(frozen=True)
class Imported:
    """What an import did. `by_reason` counts new rows by (state, reason)."""

    import_id: int | None = None
    rows: int = 0
    new_rows: int = 0
    already_imported: bool = False
    by_reason: dict[tuple[str, str], int] | None = None
    received: tuple[Received, ...] = ()


#: Movements that are booked in one transaction: whoever pledges waits for no more than these.
SLICE = 1_000

Progress = Callable[[int, int], None]


async def import_file(
    database: Database,
    content: bytes,
    lines: Sequence[StatementLine],
    *,
    file_name: str,
    account: FundAccount,
    by: str,
    now: datetime,
    progress: Progress | None = None,
) -> Imported:
    """Take in the movements of a statement file, a slice at a time. The same file again changes nothing.

    An import that was broken off goes on with the same file where it stopped.

    Args:
        progress: called with the number of movements that are done, and of all.
    """
    checksum = hashlib.sha256(content).hexdigest()
    async with database.transaction() as holding:
        await lock_intake(holding)
        async with database.transaction() as connection:
            known = await find_import(connection, checksum)
            if known is not None and known.finished:
                return Imported(known.id, rows=len(lines), already_imported=True, by_reason={})
            new = await _unknown(connection, lines, source="file")
            import_id = (
                known.id
                if known is not None
                else await add_import(
                    connection,
                    checksum=checksum,
                    file_name=file_name[:200],
                    account=account.number,
                    rows=len(lines),
                    new_rows=len(new),
                    imported_by=by,
                    now=now,
                )
            )
        counts: Counter[tuple[str, str]] = Counter()
        received: list[Received] = []
        for begin in range(0, len(new), SLICE):
            async with database.transaction() as connection:
                done = await _take_in(
                    connection, new[begin : begin + SLICE], account=account, source="file", import_id=import_id, now=now
                )
            counts.update(done[0])
            received += done[1]
            if progress is not None:
                progress(min(begin + SLICE, len(new)), len(new))
        async with database.transaction() as connection:
            await finish_import(connection, import_id, now=now)
    return Imported(import_id, len(lines), len(new), by_reason=dict(counts), received=tuple(received))


#: Longest that a webhook waits for a statement: its provider waits for thirty seconds, and calls again.
FEED_PATIENCE_SECONDS = 10


async def import_feed(
    connection: AsyncConnection, lines: Sequence[StatementLine], *, feed: str, account: FundAccount, now: datetime
) -> Imported:
    """Take in what a webhook tells of. The same call again, or a statement that has it already, changes nothing.

    Raises:
        IntakeBusy: a statement is being taken in. The transaction has to be rolled back.
    """
    await lock_intake(connection, patience_seconds=FEED_PATIENCE_SECONDS)
    new = await _unknown(connection, lines, source=feed)
    done = await _take_in(connection, new, account=account, source=feed, import_id=None, now=now)
    return Imported(None, len(lines), len(new), by_reason=done[0], received=done[1])


async def _unknown(connection: AsyncConnection, lines: Sequence[StatementLine], *, source: str) -> list[StatementLine]:
    if not lines:
        return []
    days = [line.booked_on for line in lines]
    known = await known_rows(connection, account=lines[0].account, first=min(days), last=max(days))
    return new_lines(lines, known, source=source)


async def _take_in(
    connection: AsyncConnection,
    lines: Sequence[StatementLine],
    *,
    account: FundAccount,
    source: str,
    import_id: int | None,
    now: datetime,
) -> tuple[dict[tuple[str, str], int], tuple[Received, ...]]:
    """Decide, write and book new movements; return how many are in which state for which reason, and what came."""
    # What is decided is what pledges are once nobody else books: a gift that comes at the same moment is seen.
    await lock_ledger(connection)
    found = [codes_in(line.memo) for line in lines]
    wanted = sorted({code for codes in found for code in codes.certain})
    pledges = {code: state_of(pledge) for code, pledge in (await find_pledges(connection, wanted)).items()}
    decisions = [_decided(line, codes, pledges, account) for line, codes in zip(lines, found, strict=True)]
    rows = [_as_row(line, decision) for line, decision in zip(lines, decisions, strict=True)]
    ids = await add_rows(connection, rows, import_id=import_id, source=source, now=now)
    entries: list[NewEntry] = []
    for line, decision, row in zip(lines, decisions, rows, strict=True):
        entries.append(_entry(line, decision, pledges, account, ids[row["row_key"]]))
    numbers = await append_entries(connection, entries, now=now)
    gifts: list[NewGift] = []
    sums: dict[int, int] = defaultdict(int)
    received: list[Received] = []
    for line, decision, entry, number in zip(lines, decisions, entries, numbers, strict=True):
        if decision.state is RowState.MATCHED and decision.code is not None:
            pledge = pledges[decision.code]
            gifts.append(NewGift(number, entry.row_id, pledge.id, line.booked_on, entry.level, line.amount))
            sums[pledge.id] += line.amount
            received.append(Received(pledge.code, line.amount, line.booked_on))
    await add_gifts(connection, gifts)
    await add_received(connection, sums, now=now)
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for decision in decisions:
        counts[decision.state.value, decision.reason.value] += 1
    return dict(counts), tuple(received)


def state_of(pledge: PledgeRow) -> PledgeState:
    """Return what matching has to know of a pledge."""
    return PledgeState(
        pledge.id,
        pledge.code,
        pledge.kind,
        pledge.state,
        pledge.amount,
        pledge.received,
        pledge.level,
        pledge.commune,
        pledge.demo,
        tuple(one.amount for one in pledge.instalments),
    )


def _decided(
    line: StatementLine, codes: CodesInMemo, pledges: dict[str, PledgeState], account: FundAccount
) -> Decision:
    decision = decide(line.amount, codes, pledges, account)
    if decision.code is not None:
        pledges[decision.code].received += line.amount
    return decision


def _entry(
    line: StatementLine, decision: Decision, pledges: dict[str, PledgeState], account: FundAccount, row_id: int
) -> NewEntry:
    matched = pledges[decision.code] if decision.code is not None else None
    kind = Kind.BANK_OUT if line.amount < 0 else Kind.RECEIVED if matched is not None else Kind.BANK_IN
    return entry_of(
        kind,
        abs(line.amount),
        happened_on=line.booked_on,
        level=account.ledger_level,
        commune=matched.commune if matched is not None else account.commune,
        recorded_by=MACHINE,
        pledge_code=decision.code,
        row_id=row_id,
        row_digest=line.digest,
        details={"reason": decision.reason.value} if matched is None else {},
    )


def _as_row(line: StatementLine, decision: Decision) -> dict[str, Any]:
    return {
        "row_key": secrets.token_hex(12),
        "account": line.account,
        "reference": line.reference,
        "booked_on": line.booked_on.isoformat(),
        "booked_at": line.booked_at.isoformat() if line.booked_at else None,
        "amount": line.amount,
        "memo": line.memo,
        "counter_name": line.counter_name,
        "counter_account": line.counter_account,
        "raw": dict(line.raw),
        "digest": line.digest,
        "state": decision.state.value,
        "reason": decision.reason.value,
        "codes": list(decision.codes),
    }


__all__ = ["Imported", "Reason", "Received", "import_feed", "import_file", "state_of"]
