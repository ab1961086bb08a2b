"""What an answer says about the account rather than about the message: too fast, without permission, well again."""

from datetime import timedelta

import structlog

from bot.channels.base import Failed, SendResult, Sent
from bot.delivery.verdicts import DEFAULT_PAUSE
from store.clock import Clock
from store.database import Database
from store.delivery_errors import ErrorClass
from store.queries.sending_limits import account_statuses, block_bulk, pause_account, resume_account

log = structlog.get_logger(__name__)

#: So many refusals for want of quota in a row are the account's, not those of single people.
QUOTA_IN_A_ROW = 5
#: Bulk of an account whose quota is used up looks again after this time, unless the provider named one.
QUOTA_PAUSE = timedelta(hours=1)


class Accounts:
    """Notes in the database, at once and for all processes, what answers say about accounts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._without_quota: dict[str, int] = {}
        self._paused: set[str] = set()

    async def look(self) -> None:
        """Learn which accounts other processes found paused: whoever gets a message through resumes them."""
        async with self._database.single() as connection:
            self._paused = {one.channel for one in await account_statuses(connection) if one.paused_reason is not None}

    async def heed(self, channel: str, result: SendResult) -> None:
        """Act on one answer."""
        if isinstance(result, Sent):
            self._without_quota.pop(channel, None)
            if channel in self._paused:
                self._paused.discard(channel)
                async with self._database.single() as connection:
                    await resume_account(connection, channel)
                log.info("account_works_again", channel=channel)
            return
        await self._heed_refusal(channel, result)

    async def _heed_refusal(self, channel: str, refusal: Failed) -> None:
        now = self._clock.now()
        pause = None
        if refusal.error is ErrorClass.RATE:
            pause = refusal.retry_after or DEFAULT_PAUSE
        elif refusal.error is ErrorClass.QUOTA:
            self._without_quota[channel] = self._without_quota.get(channel, 0) + 1
            if self._without_quota[channel] >= QUOTA_IN_A_ROW:
                pause = refusal.retry_after or QUOTA_PAUSE
        elif refusal.error is ErrorClass.AUTH:
            self._paused.add(channel)
            async with self._database.single() as connection:
                await pause_account(connection, channel, reason=refusal.reason, now=now)
            log.error("account_cannot_send", channel=channel, reason=refusal.reason)
        if pause is not None:
            async with self._database.single() as connection:
                await block_bulk(connection, channel, until=now + pause, now=now)
            log.warning("bulk_waits", channel=channel, reason=refusal.reason, seconds=pause.total_seconds())
