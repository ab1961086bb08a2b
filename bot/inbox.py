"""The inbox: a message is stored before it is acknowledged, and stored once however often it is delivered."""

from datetime import timedelta
from typing import Protocol

import structlog

from bot.giving.account_question import spared
from bot.messages import Incoming
from bot.metrics import MESSAGES_RECEIVED
from bot.personal_data import mask, mask_but
from fund.accounts import kept_accounts
from store.clock import Clock
from store.database import Database
from store.queries.inbox import Stored, TooManyWaiting, store_incoming
from store.queries.leases import LeasedConversation
from store.queries.staff_tests import mark_staff_test

__all__ = ["Inbox", "TooManyWaiting"]

log = structlog.get_logger(__name__)

#: Unanswered messages that one conversation may have. A person never gets there; a script does.
MOST_WAITING = 30


class Hands(Protocol):
    """A worker of this process that can take a conversation over with the call that stores its message."""

    lease_lasts: timedelta

    def offer(self) -> str | None:
        """Keep a place free and return the name of the lease; None when there is no free place."""

    def take(self, lease: str, conversation: LeasedConversation | None) -> None:
        """Answer `conversation`; with None, the place that was kept is free again."""


class Inbox:
    """Where every channel hands in what people say.

    Attributes:
        hands: the worker of this process, if it has one.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.hands: Hands | None = None

    async def accept(self, incoming: Incoming) -> Stored:
        """Store `incoming` with personal data masked. When this returns, it is safe and its channel may be told so.

        Raises:
            TooManyWaiting: the conversation is flooded; refuse the message.
            store.database.LOST_CONNECTION: the database is away; do not acknowledge, the channel delivers again.
        """
        hands = self.hands
        lease = hands.offer() if hands is not None else None
        leased = None
        try:
            stored = await self._store(incoming, lease, hands.lease_lasts if hands is not None else timedelta(0))
            leased = stored.leased
        finally:
            if hands is not None and lease is not None:
                hands.take(lease, leased)
        MESSAGES_RECEIVED.labels(incoming.channel, "new" if stored.new else "again").inc()
        log.info(
            "message_stored",
            message=stored.incoming_id,
            conversation=stored.conversation_id,
            channel=incoming.channel,
            new=stored.new,
        )
        return stored

    async def _store(self, incoming: Incoming, lease: str | None, lasting: timedelta) -> Stored:
        text = await self._masked(incoming.text)
        staff_test = bool(incoming.wishes.get("staff_test"))
        # One statement, but for staff who try the bot out: there the mark is another.
        async with self._database.transaction() if staff_test else self._database.single() as connection:
            stored = await store_incoming(
                connection,
                channel=incoming.channel,
                address=incoming.address,
                provider_message_id=incoming.provider_message_id,
                text=text,
                payload=incoming.payload,
                wishes=incoming.wishes,
                language=incoming.language,
                now=self._clock.now(),
                most_waiting=MOST_WAITING,
                # Staff are marked by a second statement; no worker may be faster than that.
                lease=None if staff_test else lease,
                lasting=lasting,
            )
            if staff_test:
                await mark_staff_test(connection, conversation_id=stored.conversation_id)
        return stored

    async def _masked(self, text: str) -> str:
        """Mask personal data. An account of the fund that looks like it is public, and can be asked about."""
        masked = mask(text)
        if masked == text:
            return text
        async with self._database.single() as connection:
            accounts = await kept_accounts(connection)
        return mask_but(text, spared(text, accounts.all))
