"""Where else a person is reached when a channel does not take a message to them."""

from collections.abc import Collection
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.capabilities import ZALO_ANONYMOUS, ZALO_PHONE
from bot.channels.ledger import TERMINAL, WEB
from store.queries.people import person_of
from store.queries.routes import best_chat, by_phone, tried_channels
from store.queries.sending import ClaimedDelivery, Route


class Routes(Protocol):
    """Finds the next route of a recipient (channels.md A8, step by step)."""

    async def next_route(
        self, connection: AsyncConnection, delivery: ClaimedDelivery, channels: Collection[str]
    ) -> Route | None:
        """Return where to try next, among `channels`; None when no way is left.

        Called after the channel of the row refused. The channels tried before are in `delivery.bulk`.
        """
        ...


class LinkedChannels:
    """The other chats of the same person, the preferred one first, then where they wrote last; then their number."""

    async def next_route(
        self, connection: AsyncConnection, delivery: ClaimedDelivery, channels: Collection[str]
    ) -> Route | None:
        """Return the next chat of the person on a channel that was not tried."""
        if delivery.bulk is None or delivery.bulk.person_id is None:
            return None
        left = set(channels) - {delivery.channel, TERMINAL, ZALO_ANONYMOUS, *delivery.bulk.tried_channels}
        if not left:
            return None
        # A web chat shows the message only when its page is opened again: the last resort.
        chat = await best_chat(connection, person_id=delivery.bulk.person_id, channels=left - {WEB})
        if chat is None and ZALO_PHONE in left:
            chat = await by_phone(connection, delivery, channel=ZALO_PHONE)
        if chat is None and WEB in left:
            chat = await best_chat(connection, person_id=delivery.bulk.person_id, channels=[WEB])
        return chat


async def route_of_single(
    connection: AsyncConnection, delivery: ClaimedDelivery, channels: Collection[str]
) -> Route | None:
    """Return another chat of the person for a message that belongs to no campaign; None when there is none left."""
    tried = await tried_channels(connection, delivery.id)
    left = set(channels) - {delivery.channel, TERMINAL, ZALO_ANONYMOUS, ZALO_PHONE, *tried}
    if not left:
        return None
    person_id = await person_of(connection, conversation_id=delivery.conversation_id)
    return await best_chat(connection, person_id=person_id, channels=left, last=[WEB])
