"""Finding a gift again: by its code, or by what its donor remembers of the transfer. Pages, chat and API ask here."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from fund.pledge_codes import joined, typed_pledge_codes
from fund.standing import Standing, standing_of
from store.queries.fund_statements import rows_by_memo
from store.queries.fund_uses import Gift, Use, gifts_where, uses_of_pledge
from store.queries.pledges import PledgeRow, find_pledges

#: Letters and digits of a memo below which nobody is looked for: with less, others' transfers would be guessed.
LEAST_WORDS = 5


@dataclass(frozen=True)
class GiftStory:
    """A pledge, what came for it, and what became of that. Names are for `fund.names`, contacts for nobody."""

    pledge: PledgeRow
    gifts: tuple[Gift, ...]
    uses: tuple[Use, ...]

    @property
    def refunded(self) -> int:
        """Đồng that went back."""
        return sum(gift.refunded for gift in self.gifts)

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        return standing_of(self.pledge, refunded=self.refunded)

    @property
    def allocated(self) -> int:
        """Đồng that were set aside for something."""
        return sum(use.amount for use in self.uses)


async def look_up_code(connection: AsyncConnection, typed: str) -> GiftStory | None:
    """Return the story of the first code in `typed` that is a pledge, however it is written; None for no such pledge.

    Whether `typed` holds a code at all says `fund.pledge_codes.typed_pledge_codes`.
    """
    codes = typed_pledge_codes(typed)
    found = await find_pledges(connection, codes) if codes else {}
    pledge = next((found[code] for code in codes if code in found), None)
    return None if pledge is None else await story_of(connection, pledge)


async def story_of(connection: AsyncConnection, pledge: PledgeRow) -> GiftStory:
    """Return what came for a pledge and what became of it."""
    gifts = await gifts_where(connection, pledge_id=pledge.id)
    return GiftStory(pledge, tuple(gifts), tuple(await uses_of_pledge(connection, pledge.id)))


@dataclass(frozen=True)
class SeenTransfer:
    """A transfer as its giver may see it. `state` is one of `fund.matching.RowState`; no name, no account."""

    booked_on: date
    amount: int
    state: str
    reason: str | None


async def look_up_transfer(connection: AsyncConnection, *, words: str, amount: int, day: date) -> list[SeenTransfer]:
    """Return transfers over exactly `amount` around `day` whose memo holds `words`, however banks changed it.

    All three are needed, so that nobody learns from a name what somebody else gave; too few words find nothing.
    """
    key = joined(words)
    if len(key) < LEAST_WORDS or amount <= 0:
        return []
    rows = await rows_by_memo(connection, words=key, amount=amount, day=day)
    return [SeenTransfer(row.booked_on, row.amount, row.state, row.reason) for row in rows]
