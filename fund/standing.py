"""Where a pledge stands, and which part of it is due next."""

from enum import StrEnum

from store.queries.pledges import Instalment, PledgeRow


class Standing(StrEnum):
    """Where a gift stands; words are under `gift.standing.<value>`."""

    WAITING = "waiting"
    PARTLY = "partly"
    RECEIVED = "received"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"


def standing_of(pledge: PledgeRow, *, refunded: int = 0) -> Standing:
    """Return where a pledge stands. What came counts before what was cancelled: money that is there is never hidden.

    Args:
        refunded: đồng that went back to the donor.
    """
    if pledge.goods_received_on is not None:
        return Standing.RECEIVED
    if pledge.received > 0:
        all_came = pledge.state != "open" or (pledge.amount is not None and pledge.received >= pledge.amount)
        return Standing.RECEIVED if all_came or pledge.kind == "drive" else Standing.PARTLY
    if refunded > 0:
        return Standing.REFUNDED
    return Standing.CANCELLED if pledge.state == "cancelled" else Standing.WAITING


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
