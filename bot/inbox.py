"""The inbox: a message is stored before it is acknowledged, and stored once however often it is delivered."""

import structlog

from bot.messages import Incoming
from bot.metrics import MESSAGES_RECEIVED
from bot.personal_data import mask
from store.clock import Clock
from store.database import Database
from store.queries.inbox import Stored, TooManyWaiting, store_incoming
from store.queries.staff_tests import mark_staff_test

__all__ = ["Inbox", "TooManyWaiting"]

log = structlog.get_logger(__name__)

#: Unanswered messages that one conversation may have. A person never gets there; a script does.
MOST_WAITING = 30


class Inbox:
    """Where every channel hands in what people say."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def accept(self, incoming: Incoming) -> Stored:
        """Store `incoming` with personal data masked. When this returns, it is safe and its channel may be told so.

        Raises:
            TooManyWaiting: the conversation is flooded; refuse the message.
            store.database.LOST_CONNECTION: the database is away; do not acknowledge, the channel delivers again.
        """
        staff_test = bool(incoming.wishes.get("staff_test"))
        # One statement, but for staff who try the bot out: there the mark is another.
        async with self._database.transaction() if staff_test else self._database.single() as connection:
            stored = await store_incoming(
                connection,
                channel=incoming.channel,
                address=incoming.address,
                provider_message_id=incoming.provider_message_id,
                text=mask(incoming.text),
                payload=incoming.payload,
                wishes=incoming.wishes,
                language=incoming.language,
                now=self._clock.now(),
                most_waiting=MOST_WAITING,
            )
            if staff_test:
                await mark_staff_test(connection, conversation_id=stored.conversation_id)
        MESSAGES_RECEIVED.labels(incoming.channel, "new" if stored.new else "again").inc()
        log.info(
            "message_stored",
            message=stored.incoming_id,
            conversation=stored.conversation_id,
            channel=incoming.channel,
            new=stored.new,
        )
        return stored
