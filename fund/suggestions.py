"""Which pledges a transfer most likely belongs to: help for the person who decides, never a decision."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from fund.pledge_codes import LEAST_OF_A_CUT_CODE, PREFIX, codes_in, joined
from store.queries.fund_statements import StatementRow, earlier_credits
from store.queries.pledges import PledgeRow, find_pledges, likely_pledges, pledges_beginning_with

#: As many as a person can compare at a glance.
MOST = 5


@dataclass(frozen=True)
class Suggestion:
    """A pledge that may be meant; `why` is a key `fund.suggestion.<why>`."""

    pledge: PledgeRow
    why: str


async def suggestions_for(connection: AsyncConnection, row: StatementRow) -> list[Suggestion]:
    """Return the likeliest pledges for money that came in: by code first, damaged codes, then amount and name."""
    if row.amount <= 0:
        return []
    found: dict[str, Suggestion] = {}
    codes = codes_in(row.memo)

    def add(pledges: Sequence[PledgeRow], why: str) -> None:
        for pledge in pledges:
            found.setdefault(pledge.code, Suggestion(pledge, why))

    certain = await find_pledges(connection, codes.certain)
    add([certain[code] for code in codes.certain if code in certain], "code")
    repaired = await find_pledges(connection, codes.repaired)
    add(list(repaired.values()), "code_mistyped")
    for beginning in codes.beginnings[:MOST]:
        add(await _of_a_cut_code(connection, beginning), "code_cut_off")
    words = joined(f"{row.memo} {row.counter_name or ''}")
    near = await likely_pledges(connection, amount=row.amount, day=row.booked_on, memo_key=words, limit=MOST)
    for pledge in near:
        named = (
            pledge.donor_name is not None and len(joined(pledge.donor_name)) > 4 and joined(pledge.donor_name) in words
        )
        add([pledge], "same_amount_and_name" if named else "same_amount")
    return list(found.values())[:MOST]


async def _of_a_cut_code(connection: AsyncConnection, beginning: str) -> list[PledgeRow]:
    """Return pledges whose code begins as `beginning`, or as less of it: the next words may stand right behind."""
    for length in range(len(beginning), len(PREFIX) + LEAST_OF_A_CUT_CODE - 1, -1):
        if found := await pledges_beginning_with(connection, beginning[:length]):
            return found
    return []


async def credits_that_went_back(connection: AsyncConnection, row: StatementRow) -> list[StatementRow]:
    """Return what had come in over the very amount that went out with `row`, newest first: what it may give back."""
    if row.amount >= 0:
        return []
    return await earlier_credits(connection, account=row.account, amount=-row.amount, day=row.booked_on, limit=MOST)
