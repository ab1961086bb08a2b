"""What runs beside the sending: the token is kept fresh, receipts find their messages."""

import asyncio

import structlog

from bot.channels.capabilities import ZALO, ZALO_ANONYMOUS, ZALO_PHONE
from bot.channels.zalo.tokens import LOOK_EVERY_SECONDS, NoToken, TokenKeeper
from store.clock import Clock
from store.database import LOST_CONNECTION, Database
from store.queries.zalo_requests import forget_old_requests, match_early_receipts

log = structlog.get_logger(__name__)

#: How soon a receipt that came too early finds its message.
MATCH_SECONDS = 2.0


class ZaloUpkeep:
    """The regular work of one account; any number may run."""

    def __init__(self, database: Database, clock: Clock, tokens: TokenKeeper) -> None:
        self._database = database
        self._clock = clock
        self._tokens = tokens

    async def match_receipts(self) -> None:
        """Match receipts with messages until cancelled."""
        rounds = 0
        while True:
            try:
                async with self._database.single() as connection:
                    await match_early_receipts(connection, channels=[ZALO, ZALO_ANONYMOUS, ZALO_PHONE])
                    if rounds % 1800 == 0:
                        await forget_old_requests(connection, now=self._clock.now())
                rounds += 1
            except LOST_CONNECTION as error:
                log.warning("zalo_waits_for_database", error=str(error))
            await asyncio.sleep(MATCH_SECONDS)

    async def keep_token_fresh(self) -> None:
        """Look after the token until cancelled."""
        while True:
            try:
                await self._tokens.keep_fresh()
            except NoToken as missing:
                log.error("zalo_cannot_send", reason=missing.reason)
            except LOST_CONNECTION as error:
                log.warning("zalo_waits_for_database", error=str(error))
            await asyncio.sleep(LOOK_EVERY_SECONDS)
