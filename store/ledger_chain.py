"""The hash chain of the fund's ledger: what is hashed, in one canonical form that anybody can compute again."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import orjson

#: What stands before the first entry and the first seal.
GENESIS = "0" * 64
#: Level of made-up entries: they are sealed like all others, and are in no total that people are shown as real.
DEMO_LEVEL = "demo"


@dataclass(frozen=True)
class NewEntry:
    """An entry to be written. `postings` are (account, amount), debit above nought, and add up to nought."""

    kind: str
    happened_on: date
    level: str
    postings: Sequence[tuple[str, int]]
    recorded_by: str
    commune: str | None = None
    pledge_code: str | None = None
    row_id: int | None = None
    row_digest: str | None = None
    voucher_id: int | None = None
    reverses: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry(NewEntry):
    """An entry as it stands in the ledger."""

    number: int = 0
    recorded_on: date = date.min
    recorded_at: datetime = datetime.min
    hash: str = ""


def entry_hash(entry: NewEntry, *, number: int, recorded_on: date, recorded_at: datetime, previous: str) -> str:
    """Return the SHA-256 (hexadecimal) of the hash before and the entry as a JSON list."""
    said = [
        number,
        recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        recorded_on.isoformat(),
        entry.happened_on.isoformat(),
        entry.kind,
        entry.level,
        entry.commune,
        entry.pledge_code,
        entry.row_id,
        entry.row_digest,
        entry.voucher_id,
        entry.reverses,
        entry.recorded_by,
        dict(entry.details),
        [[account, amount] for account, amount in entry.postings],
    ]
    return hashlib.sha256(previous.encode() + orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def seal_hash(*, day: date, entries: int, last_entry: int, last_hash: str, previous: str) -> str:
    """Return the SHA-256 (hexadecimal) of a day: "previous|day|entries|last entry|its hash"."""
    return hashlib.sha256(f"{previous}|{day.isoformat()}|{entries}|{last_entry}|{last_hash}".encode()).hexdigest()


def row_digest(
    *, account: str, reference: str | None, booked_on: date, amount: int, memo: str, counter_name: str | None
) -> str:
    """Return the SHA-256 (hexadecimal) of what a bank said about one movement."""
    said = [account, reference, booked_on.isoformat(), amount, memo, counter_name]
    return hashlib.sha256(orjson.dumps(said)).hexdigest()
