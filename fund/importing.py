"""Taking movements in: each once, however often and by whichever way it comes; matched where it is exact; booked."""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from fund.accounts import FundAccount
from fund.books import MACHINE, Kind, entry_of
from fund.matching import Decision, PledgeState, Reason, RowState, decide
from fund.pledge_codes import CodesInMemo, codes_in, joined
from fund.statement_lines import StatementLine
from store.ledger_chain import NewEntry
from store.queries.fund_ledger import append_entries, lock_ledger
from store.queries.fund_statements import KnownRow, add_import, add_rows, find_import, known_rows
from store.queries.fund_uses import NewGift, add_gifts
from store.queries.pledges import PledgeRow, add_received, find_pledges

#: Days by which a webhook and a statement may date the same movement differently: booked after a weekend.
DATES_DIFFER_BY = 3


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


class _Known:
    """Movements that are in the books, each of which can stand for one movement that comes again.

    The same reference, amount and (nearly) day is the same movement. Where one of the two has no reference, the same
    day, amount and memo is.
    """

    def __init__(self, rows: Sequence[KnownRow]) -> None:
        self._free = [True] * len(rows)
        self._rows = rows
        self._by_reference: dict[tuple[str, int], list[int]] = defaultdict(list)
        self._by_memo: dict[tuple[date, int, str], list[int]] = defaultdict(list)
        for index, row in enumerate(rows):
            if row.reference:
                self._by_reference[row.reference, row.amount].append(index)
            self._by_memo[row.booked_on, row.amount, joined(row.memo)].append(index)

    def takes(self, line: StatementLine) -> bool:
        """True when `line` is known; what stood for it stands for no other."""
        for index in self._by_reference.get((line.reference or "", line.amount), ()):
            if self._free[index] and abs((self._rows[index].booked_on - line.booked_on).days) <= DATES_DIFFER_BY:
                self._free[index] = False
                return True
        for index in self._by_memo.get((line.booked_on, line.amount, line.memo_key), ()):
            if self._free[index] and not (line.reference and self._rows[index].reference):
                self._free[index] = False
                return True
        return False


async def import_file(
    connection: AsyncConnection,
    content: bytes,
    lines: Sequence[StatementLine],
    *,
    file_name: str,
    account: FundAccount,
    by: str,
    now: datetime,
) -> Imported:
    """Take in the movements of a statement file. The same file again changes nothing."""
    checksum = hashlib.sha256(content).hexdigest()
    await lock_ledger(connection)
    if (known := await find_import(connection, checksum)) is not None:
        return Imported(known, rows=len(lines), already_imported=True, by_reason={})
    new = await _unknown(connection, lines)
    import_id = await add_import(
        connection,
        checksum=checksum,
        file_name=file_name[:200],
        account=account.number,
        rows=len(lines),
        new_rows=len(new),
        imported_by=by,
        now=now,
    )
    done = await _take_in(connection, new, account=account, source="file", import_id=import_id, now=now)
    return Imported(import_id, len(lines), len(new), by_reason=done[0], received=done[1])


async def import_feed(
    connection: AsyncConnection, lines: Sequence[StatementLine], *, feed: str, account: FundAccount, now: datetime
) -> Imported:
    """Take in what a webhook tells of. The same call again, or a statement that has it already, changes nothing."""
    await lock_ledger(connection)
    new = await _unknown(connection, lines)
    done = await _take_in(connection, new, account=account, source=feed, import_id=None, now=now)
    return Imported(None, len(lines), len(new), by_reason=done[0], received=done[1])


async def _unknown(connection: AsyncConnection, lines: Sequence[StatementLine]) -> list[StatementLine]:
    if not lines:
        return []
    days = [line.booked_on for line in lines]
    known = _Known(await known_rows(connection, account=lines[0].account, first=min(days), last=max(days)))
    return [line for line in lines if not known.takes(line)]


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
    found = [codes_in(line.memo) for line in lines]
    wanted = sorted({code for codes in found for code in codes.certain})
    pledges = {code: state_of(pledge) for code, pledge in (await find_pledges(connection, wanted)).items()}
    decisions = [_decided(line, codes, pledges) for line, codes in zip(lines, found, strict=True)]
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
        tuple(one.amount for one in pledge.instalments),
    )


def _decided(line: StatementLine, codes: CodesInMemo, pledges: dict[str, PledgeState]) -> Decision:
    decision = decide(line.amount, codes, pledges)
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
        level=account.level,
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
