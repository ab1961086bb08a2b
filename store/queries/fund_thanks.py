"""Gifts whose donors are still to be thanked, by whichever way the money was booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.consent_purposes import ConsentPurpose
from store.queries.consents import CONSENT_OF_PERSON
from store.queries.people import REACHABLE


@dataclass(frozen=True)
class GiftToThank:
    """A gift for a pledge; `conversation_id` None where its donor is out of reach."""

    gift_id: int
    code: str
    amount: int
    received_on: date
    conversation_id: int | None


#: What was taken back or refunded before anybody was thanked needs no thanks; skipped rows are somebody else's work.
_TO_THANK = text("""
select gift.id, pledge.code, gift.amount - gift.refunded, gift.received_on, pledge.conversation_id
from fund_gift as gift join pledge on pledge.id = gift.pledge_id
where gift.thanked_at is null and gift.refunded < gift.amount
order by gift.id limit :limit for update of gift skip locked
""")


async def gifts_to_thank(connection: AsyncConnection, *, limit: int = 100) -> list[GiftToThank]:
    """Return gifts for pledges whose donors were not thanked yet, oldest first, and lock them."""
    return [GiftToThank(*row) for row in await connection.execute(_TO_THANK, {"limit": limit})]


_THANKED = text("update fund_gift set thanked_at = :now where id = any(:gifts)")


async def mark_thanked(connection: AsyncConnection, gifts: Sequence[int], *, now: datetime) -> None:
    """Note that the donors of these gifts were thanked, or cannot be; in the transaction that queues the messages."""
    await connection.execute(_THANKED, {"gifts": list(gifts), "now": now})


@dataclass(frozen=True)
class DonorReach:
    """How a donor is written to. `agreed`: to being written to about gifts of their own."""

    conversation_id: int
    channel: str
    address: str
    language: str
    agreed: bool


_REACH = text(f"""
select conversation.id, conversation.channel, conversation.address, conversation.language,
    coalesce({CONSENT_OF_PERSON}, false) as agreed
from conversation join person on person.id = conversation.person_id
where conversation.id = any(:conversations) and {REACHABLE}
""")


async def reach_of_donors(connection: AsyncConnection, conversations: Sequence[int]) -> dict[int, DonorReach]:
    """Return how the donors of these conversations are reached; those that cannot be are left out."""
    values = {"conversations": list(conversations), "purpose": ConsentPurpose.DONATION.value, "subject": ""}
    return {row[0]: DonorReach(*row) for row in await connection.execute(_REACH, values)}
