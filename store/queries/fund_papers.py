"""Papers that were issued to donors: receipts, letters, summaries of a year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class PaperRow:
    """See `store.models.fund_use.FundReceipt`. `facts` holds no name: names are erased where they stand, once."""

    code: str
    pledge_id: int
    year: int | None
    amount: int
    facts: Mapping[str, Any]
    issued_at: datetime


_ADD = text("""
insert into fund_receipt (code, pledge_id, year, amount, facts, issued_at)
values (:code, :pledge_id, :year, :amount, :facts, :issued_at) on conflict (code) do nothing returning code
""").bindparams(bindparam("facts", type_=JSONB))
_FIND = text("""
select code, pledge_id, year, amount, facts, issued_at from fund_receipt where code = :code
""").columns(facts=JSONB)


async def add_paper(connection: AsyncConnection, paper: PaperRow) -> bool:
    """Write down what a paper says; return False, with nothing written, when the code is taken."""
    values = {**vars(paper), "facts": dict(paper.facts)}
    return (await connection.execute(_ADD, values)).scalar_one_or_none() is not None


async def find_paper(connection: AsyncConnection, code: str) -> PaperRow | None:
    """Return what the paper with this code said when it was issued."""
    row = (await connection.execute(_FIND, {"code": code})).one_or_none()
    return None if row is None else PaperRow(*row)


@dataclass(frozen=True)
class GiftOfDonor:
    """A gift of one donor: which pledge, when, how much is left of it after refunds."""

    code: str
    received_on: date
    amount: int


#: Pledges of one conversation are one donor's; a pledge without one stands for itself.
_OF_DONOR = text("""
select pledge.code, gift.received_on, gift.amount - gift.refunded
from fund_gift as gift join pledge on pledge.id = gift.pledge_id
where gift.refunded < gift.amount
  and (pledge.id = :pledge_id
       or (cast(:year as int) is not null and pledge.conversation_id = cast(:conversation_id as bigint)))
  and (cast(:year as int) is null or date_part('year', gift.received_on) = :year)
order by gift.received_on, gift.id
""")


async def gifts_of_donor(
    connection: AsyncConnection, *, pledge_id: int, conversation_id: int | None, year: int | None
) -> list[GiftOfDonor]:
    """Return what came for a pledge, or with `year` what came that year from whoever made it; oldest first."""
    values = {"pledge_id": pledge_id, "conversation_id": conversation_id, "year": year}
    return [GiftOfDonor(*row) for row in await connection.execute(_OF_DONOR, values)]
