"""Looking a gift up by its code: what was promised, what came, what went back, and what became of it."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from store.queries.fund_uses import Gift, Use, gifts_where, uses_of_pledge
from store.queries.pledges import Instalment, PledgeRow, find_pledge


class Standing(StrEnum):
    """Where a gift stands; words are under `pledge.standing.<value>`."""

    WAITING = "waiting"
    PARTLY = "partly"
    RECEIVED = "received"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class FoundGift:
    """A pledge and all that is known of it. Amounts are whole đồng.

    `gifts` are transfers and cash that a person or the matching booked for it, oldest first; `uses` is where they went.
    """

    pledge: PledgeRow
    gifts: tuple[Gift, ...]
    uses: tuple[Use, ...]

    @property
    def refunded(self) -> int:
        """What went back to the donor."""
        return sum(gift.refunded for gift in self.gifts)

    @property
    def not_used_yet(self) -> int:
        """What came and is neither given back nor set aside."""
        return sum(gift.free for gift in self.gifts)

    @property
    def standing(self) -> Standing:
        """Where it stands. What came counts before what was cancelled: money that is there is never hidden."""
        pledge = self.pledge
        if pledge.goods_received_on is not None:
            return Standing.RECEIVED
        if pledge.received > 0:
            all_came = pledge.state != "open" or (pledge.amount is not None and pledge.received >= pledge.amount)
            return Standing.RECEIVED if all_came or pledge.kind == "drive" else Standing.PARTLY
        if self.refunded > 0:
            return Standing.REFUNDED
        return Standing.CANCELLED if pledge.state == "cancelled" else Standing.WAITING

    @property
    def next_due(self) -> Instalment | None:
        """The oldest part that is not wholly paid, None where nothing is owed."""
        return next_due(self.pledge)


def next_due(pledge: PledgeRow) -> Instalment | None:
    """Return the oldest part of a pledge that is not wholly paid, with what is left of it; None where there is none."""
    if pledge.state != "open":
        return None
    paid = pledge.received
    for part in pledge.instalments:
        if paid < part.amount:
            return Instalment(part.number, part.due_on, part.amount - paid)
        paid -= part.amount
    return None


async def look_up(connection: AsyncConnection, code: str) -> FoundGift | None:
    """Return the gift with this code, None where no such code was given out."""
    pledge = await find_pledge(connection, code)
    if pledge is None:
        return None
    gifts = await gifts_where(connection, pledge_id=pledge.id)
    return FoundGift(pledge, tuple(gifts), tuple(await uses_of_pledge(connection, pledge.id)))
