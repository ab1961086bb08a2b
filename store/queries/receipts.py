"""Writing and finding answer receipts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

#: In the place of a statement: the result of the guided check, kept because the person asked for a slip to show.
TRIAL_RESULT = "eligibility"


@dataclass(frozen=True)
class StoredReceipt:
    """What was said: see `store.models.receipt.Receipt`."""

    code: str
    statement: str
    valid_from: date
    valid_to: date | None
    as_of: date
    language: str
    text: str
    wording: str
    sources: Sequence[Mapping[str, Any]]
    said_at: datetime


#: Part of the statement that settles a message: writes `:receipts` if and only if the message was `settled`.
RECEIPTED = """
receipted as (
    insert into receipt (code, statement, valid_from, valid_to, as_of, language, text, wording, sources, said_at)
    select code, statement, valid_from, valid_to, as_of, language, one.text, wording, sources, said_at
    from jsonb_to_recordset(cast(:receipts as jsonb)) as one(
        code text, statement text, valid_from date, valid_to date, as_of date, language text, text text, wording text,
        sources jsonb, said_at timestamptz
    )
    where exists (select from settled where not silent)
)"""


def as_parameter(receipts: Sequence[StoredReceipt]) -> list[dict[str, Any]]:
    """Return `receipts` as the value of `:receipts`."""
    return [
        {
            **asdict(receipt),
            "valid_from": receipt.valid_from.isoformat(),
            "valid_to": receipt.valid_to.isoformat() if receipt.valid_to else None,
            "as_of": receipt.as_of.isoformat(),
            "said_at": receipt.said_at.isoformat(),
        }
        for receipt in receipts
    ]


def code_was_taken(error: IntegrityError) -> bool:
    """Return True when settling failed because a receipt has the code already: draw other codes and settle again."""
    return "pk_receipt" in str(error.orig)


_FIND = text("""
select code, statement, valid_from, valid_to, as_of, language, text, wording, sources, said_at
from receipt where code = :code
""").columns(sources=JSONB)


async def find_receipt(connection: AsyncConnection, code: str) -> StoredReceipt | None:
    """Return the receipt of a code, or None."""
    row = (await connection.execute(_FIND, {"code": code})).one_or_none()
    return None if row is None else StoredReceipt(*row)


_PURGE = text("""
delete from receipt where said_at < :before or (statement = :trial_result and said_at < :slips_before)
""")


async def purge_receipts(connection: AsyncConnection, *, before: datetime, slips_before: datetime) -> int:
    """Delete receipts of answers given before a moment, and older slips of trial results; return how many."""
    values = {"before": before, "slips_before": slips_before, "trial_result": TRIAL_RESULT}
    return (await connection.execute(_PURGE, values)).rowcount
