"""Proving the books: every hash computed again, every sum added up again, and what was tampered with named."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from content.translations import Catalogue
from fund.books import Kind
from store.ledger_chain import GENESIS, Entry, entry_hash, seal_hash
from store.queries.fund_accounts import account_rows
from store.queries.fund_checks import (
    allocations_that_disagree,
    gifts_that_disagree,
    pledges_that_disagree,
    row_facts_in_batches,
    stored_totals,
)
from store.queries.fund_ledger import all_entries, seals


@dataclass(frozen=True)
class Fault:
    """Something that does not add up: what (`entry 17`, `seal 2026-11-24`, `row 5`, …) and why, in English."""

    what: str
    why: str

    def text(self, catalogue: Catalogue) -> str:
        """Return it in the reader's language: kinds of things are under `fund.fault.<kind>`, causes in `_WHYS`."""
        kind, _, name = self.what.partition(" ")
        why = next((key for said, key in _WHYS.items() if said in self.why), "differs")
        return f"{catalogue.text(f'fund.fault.{kind}', name=name)}: {catalogue.text(f'fund.fault_why.{why}')}"


#: A part of what is said in English -> key `fund.fault_why.<key>`.
_WHYS = {
    "is missing": "missing",
    "its hash was made of": "changed",
    "debits and credits": "unbalanced",
    "of the seal before": "chain",
    "is not the one that was sealed": "not_sealed",
    "another number of entries": "number",
    "that was published": "published",
    "never booked": "never_booked",
    "what the bank said": "bank",
    "is not told": "not_told",
    "is told to donors": "not_set",
    "is booked, and gone": "gone",
    "handed over otherwise": "handed_over",
    "set aside otherwise": "set_aside",
}


@dataclass(frozen=True)
class Verified:
    """Result of a check. `head` is the hash of the last entry, `sealed` that of the newest seal; hexadecimal."""

    entries: int
    seals: int
    rows: int
    head: str
    sealed: str
    faults: tuple[Fault, ...]


async def verify_books(connection: AsyncConnection, *, published: Mapping[date, str] | None = None) -> Verified:
    """Check the whole ledger.

    Args:
        published: day -> seal as it was published, noted outside of this system. With it, books that somebody rewrote
            from end to end show, too.
    """
    faults: list[Fault] = []
    hashes: list[str] = []
    previous = GENESIS
    pledged: dict[str, int] = defaultdict(int)
    received: dict[str, int] = defaultdict(int)
    totals: dict[tuple[date, str, str], int] = defaultdict(int)
    digests: dict[int, str] = {}
    accounts: dict[str, Mapping[str, Any]] = {}
    expected = 0
    async for entry in all_entries(connection):
        expected += 1
        if entry.number != expected:
            faults.append(Fault(f"entry {expected}", f"is missing: entry {entry.number} comes next"))
            expected = entry.number
        right = _hash_of(entry, previous)
        if right != entry.hash:
            faults.append(Fault(f"entry {entry.number}", "does not say any more what its hash was made of"))
        if sum(amount for _, amount in entry.postings) != 0:
            faults.append(Fault(f"entry {entry.number}", "debits and credits differ"))
        previous = entry.hash
        hashes.append(entry.hash)
        _add_up(entry, pledged, received, totals)
        if entry.kind == Kind.ACCOUNT_SET:
            accounts[entry.details["number"]] = entry.details
        elif entry.kind == Kind.ACCOUNT_RETIRED:
            accounts.pop(entry.details["number"], None)
        if entry.row_id is not None and entry.row_digest is not None:
            digests[entry.row_id] = entry.row_digest
    faults += await _seal_faults(connection, hashes, published or {})
    rows, row_faults = await _row_faults(connection, digests)
    faults += row_faults
    faults += [
        Fault(f"total of {account}, {level}, {month:%m/%Y}", "is not the sum of its postings")
        for (month, level, account), _ in await _total_differences(connection, totals)
    ]
    faults += [Fault(f"pledge {code}", why) for code, why in await pledges_that_disagree(connection, pledged, received)]
    faults += await _account_faults(connection, accounts)
    faults += [Fault(f"gift {number}", why) for number, why in await gifts_that_disagree(connection)]
    faults += [Fault(f"allocation {number}", why) for number, why in await allocations_that_disagree(connection)]
    all_seals = await seals(connection)
    return Verified(
        len(hashes), len(all_seals), rows, previous, all_seals[-1].hash if all_seals else GENESIS, tuple(faults)
    )


def _hash_of(entry: Entry, previous: str) -> str:
    return entry_hash(
        entry,
        number=entry.number,
        recorded_on=entry.recorded_on,
        recorded_at=entry.recorded_at,
        previous=previous,
    )


def _add_up(
    entry: Entry,
    pledged: dict[str, int],
    received: dict[str, int],
    totals: dict[tuple[date, str, str], int],
) -> None:
    for account, amount in entry.postings:
        totals[entry.happened_on.replace(day=1), entry.level, account] += amount
        if entry.pledge_code is not None and account == "pledged":
            pledged[entry.pledge_code] -= amount
        if entry.pledge_code is not None and account == "received":
            received[entry.pledge_code] -= amount


async def _seal_faults(connection: AsyncConnection, hashes: list[str], published: Mapping[date, str]) -> list[Fault]:
    faults: list[Fault] = []
    previous = GENESIS
    covered = 0
    found: dict[date, str] = {}
    for seal in await seals(connection):
        what = f"seal {seal.day}"
        covered += seal.entries
        right = seal_hash(
            day=seal.day, entries=seal.entries, last_entry=seal.last_entry, last_hash=seal.last_hash, previous=previous
        )
        if right != seal.hash or seal.previous != previous:
            faults.append(Fault(what, "is not the hash of its day and of the seal before"))
        in_book = hashes[seal.last_entry - 1] if 0 < seal.last_entry <= len(hashes) else GENESIS
        if seal.last_hash != in_book:
            faults.append(Fault(what, f"entry {seal.last_entry} is not the one that was sealed"))
        if covered != seal.last_entry:
            faults.append(Fault(what, "covers another number of entries"))
        previous = seal.hash
        found[seal.day] = seal.hash
    for day, hash_ in sorted(published.items()):
        if found.get(day) != hash_:
            faults.append(Fault(f"seal {day}", "is not the one that was published"))
    return faults


async def _row_faults(connection: AsyncConnection, digests: Mapping[int, str]) -> tuple[int, list[Fault]]:
    faults: list[Fault] = []
    seen = 0
    async for row_id, digest, right in row_facts_in_batches(connection):
        seen += 1
        booked = digests.get(row_id)
        if right != digest or booked != digest:
            why = "was never booked" if booked is None else "does not say any more what the bank said"
            faults.append(Fault(f"row {row_id}", why))
    return seen, faults


async def _account_faults(connection: AsyncConnection, booked: Mapping[str, Mapping[str, Any]]) -> list[Fault]:
    """Compare the accounts that donors are told with those that the ledger says two people set."""
    told = {row.number: row for row in await account_rows(connection)}
    faults = [Fault(f"account {number}", "was set by two people, and is not told") for number in booked.keys() - told]
    for number, row in told.items():
        facts = {"bank": row.bank, "number": number, "holder": row.holder, "level": row.level, "commune": row.commune}
        if booked.get(number) != facts:
            faults.append(Fault(f"account {number}", "is told to donors, and is not what two people set"))
    return faults


async def _total_differences(
    connection: AsyncConnection, totals: Mapping[tuple[date, str, str], int]
) -> list[tuple[tuple[date, str, str], int]]:
    stored = await stored_totals(connection)
    keys = {*stored, *totals}
    return [(key, totals.get(key, 0)) for key in sorted(keys) if stored.get(key, 0) != totals.get(key, 0)]
