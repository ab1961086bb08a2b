"""What follows from a closed channel: its messages go to another chat of the same person or wait; people are told.

Nobody is told before something of theirs goes another way, or before they write: nobody is woken for nothing.
"""

from collections.abc import Collection
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.capabilities import TERMINAL, WEB, ZALO_ANONYMOUS, ZALO_PHONE
from bot.messages import OutgoingMessage
from content.translations import catalogue_for
from store.clock import Clock
from store.database import Database
from store.delivery_states import DeliveryKind, Priority
from store.queries.channel_switch import ToTell, closed_channels, reroute_from_closed, wrote_to_closed
from store.queries.deliveries import queue_deliveries

log = structlog.get_logger(__name__)

#: Chats that nothing is sent to by itself: nobody looks, or nobody is known.
_NEVER = frozenset({TERMINAL, ZALO_ANONYMOUS, ZALO_PHONE})
#: The word that a channel is closed is of no use any more after so long.
NOTICE_LASTS = timedelta(hours=6)


class Closures:
    """Looks after closed channels; any number may run.

    Args:
        channels: those on which this process can send.
        shows_at_once: those of them that show the ledger itself.
    """

    def __init__(
        self, database: Database, clock: Clock, channels: Collection[str], shows_at_once: Collection[str]
    ) -> None:
        self._database = database
        self._clock = clock
        self._channels = frozenset(channels) - _NEVER
        self._shows_at_once = frozenset(shows_at_once)

    async def look(self) -> None:
        """Send on what waits, and tell those who are to be told."""
        async with self._database.single() as connection:
            closed = await closed_channels(connection)
        if not closed:
            return
        async with self._database.transaction() as connection:
            number, moved = await reroute_from_closed(connection, channels=self._channels, last=[WEB])
            for one in moved:
                await self._tell(connection, one, "bot.channel_closed_here_instead")
            wrote = await wrote_to_closed(connection)
            for one in wrote:
                await self._tell(connection, one, "bot.channel_closed")
        if number or wrote:
            log.info("closed_channel", moved=number, told=len(moved) + len(wrote))

    async def _tell(self, connection: AsyncConnection, one: ToTell, key: str) -> None:
        catalogue = catalogue_for(one.language)
        name = catalogue.text(f"console.channel.{one.closed}")
        words = OutgoingMessage(text=catalogue.text(key, channel=name), language=one.language)
        now = self._clock.now()
        await queue_deliveries(
            connection,
            [words.to_json()],
            conversation_id=one.conversation_id,
            incoming_id=None,
            channel=one.channel,
            address=one.address,
            kind=DeliveryKind.CHANNEL_CLOSED,
            priority=Priority.REPLY,
            now=now,
            shows_at_once=one.channel in self._shows_at_once,
            send_before=now + NOTICE_LASTS,
        )
