"""Papers for donors: a receipt for a pledge, a letter of thanks, the summary of a year; each with a code."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from fund.pledge_codes import ALPHABET, LENGTH, RANDOM_LENGTH, check_character, joined
from store.queries.audit import record_audit
from store.queries.fund_papers import GiftOfDonor, PaperRow, add_paper, find_paper, gifts_of_donor
from store.queries.pledges import PledgeRow, find_pledge, get_pledge

PaperKind = Literal["receipt", "letter", "summary"]
#: Begins the code of a paper; those of pledges begin otherwise.
PREFIX = "XG"


class NoPaper(ValueError):
    """A paper that cannot be issued; `cause` is a key `fund.paper_refused.<cause>`."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(cause)


@dataclass(frozen=True)
class Paper:
    """What a paper says. `name` is the donor's as it stands now; None once it was erased, or was never given."""

    code: str
    kind: PaperKind
    pledge: PledgeRow
    gifts: tuple[GiftOfDonor, ...]
    amount: int
    year: int | None
    issued_at: datetime

    @property
    def name(self) -> str | None:
        """Name of the donor, in full: the paper is theirs."""
        return self.pledge.donor_name


def new_paper_code() -> str:
    """Return a random code with a check character. That it is new is for the database to say."""
    seven = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return f"{PREFIX}{seven}{check_character(seven)}"


def typed_paper_code(text: str) -> str | None:
    """Return the code of a paper that `text` is, however it is written; None for anything else."""
    code = joined(text)
    right = len(code) == LENGTH and code.startswith(PREFIX) and all(char in ALPHABET for char in code[2:])
    return code if right and check_character(code[2:9]) == code[9] else None


async def issue_paper(
    connection: AsyncConnection,
    code: str,
    kind: PaperKind,
    *,
    year: int | None = None,
    staff_id: int | None,
    now: datetime,
) -> Paper:
    """Issue a paper about what came for a pledge, or with kind `summary` in a year from whoever made it.

    Raises:
        NoPaper: no such pledge, or nothing came.
    """
    pledge = await find_pledge(connection, code)
    if pledge is None:
        raise NoPaper("unknown")
    if (kind == "summary") is (year is None):
        raise NoPaper("year")
    gifts = await gifts_of_donor(connection, pledge_id=pledge.id, conversation_id=pledge.conversation_id, year=year)
    amount = sum(gift.amount for gift in gifts)
    if not amount:
        raise NoPaper("nothing_came")
    listed = [[gift.code, gift.received_on.isoformat(), gift.amount] for gift in gifts]
    while True:
        row = PaperRow(new_paper_code(), pledge.id, year, amount, {"kind": kind, "gifts": listed}, now)
        if await add_paper(connection, row):
            break
    await record_audit(
        connection,
        actor=staff_id,
        action="fund.receipt_issued",
        subject=f"pledge:{pledge.id}",
        now=now,
        details={"code": row.code},
    )
    return Paper(row.code, kind, pledge, tuple(gifts), amount, year, now)


async def find_issued(connection: AsyncConnection, code: str) -> Paper | None:
    """Return a paper as it was issued, None where there is none with this code."""
    row = await find_paper(connection, code)
    if row is None:
        return None
    gifts = tuple(GiftOfDonor(one, date.fromisoformat(day), amount) for one, day, amount in row.facts["gifts"])
    pledge = await get_pledge(connection, row.pledge_id)
    return Paper(row.code, row.facts["kind"], pledge, gifts, row.amount, row.year, row.issued_at)


async def still_holds(connection: AsyncConnection, paper: Paper) -> bool:
    """Return whether at least what the paper says is still there: False after a refund."""
    now = await gifts_of_donor(
        connection, pledge_id=paper.pledge.id, conversation_id=paper.pledge.conversation_id, year=paper.year
    )
    return sum(gift.amount for gift in now) >= paper.amount
