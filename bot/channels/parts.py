"""Messages that leave in several requests: each part that left is noted, so that another try goes on behind it."""

from dataclasses import dataclass

import structlog

from store.clock import Clock
from store.database import LOST_CONNECTION, Database
from store.queries.sent_parts import note_part, parts_that_left

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class PartNotes:
    """The notes of one channel, on a platform that says nothing later of what it took."""

    database: Database
    clock: Clock
    channel: str

    async def left(self, key: str) -> set[int]:
        """Return the numbers, from 1, of the parts that left in an earlier try. `key`: of the shipment.

        Raises:
            store.database.LOST_CONNECTION: nobody knows now; the message must not be sent.
        """
        async with self.database.single() as connection:
            return await parts_that_left(connection, channel=self.channel, key=key)

    async def note(self, key: str, number: int, sent_as: str | None) -> None:
        """Note a part that left, under the platform's id of it."""
        try:
            async with self.database.single() as connection:
                await note_part(
                    connection,
                    channel=self.channel,
                    key=key,
                    number=number,
                    provider_message_id=sent_as,
                    now=self.clock.now(),
                )
        except LOST_CONNECTION:
            # The rest of the message is worth more than the note.
            log.warning("part_not_noted", number=number)
