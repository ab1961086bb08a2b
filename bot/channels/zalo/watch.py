"""Whether events still arrive: Zalo gives up an address that it did not reach for some hours, and says so to nobody."""

import asyncio
from datetime import datetime, timedelta

import orjson
import structlog

from bot.channels.capabilities import ZALO
from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.signature import SIGNATURE_HEADER, mac_of
from bot.channels.zalo_http import Answer, HttpCalls
from bot.metrics import ZALO_LAST_EVENT_AGE
from store.clock import LOCAL_ZONE, Clock
from store.database import LOST_CONNECTION, Database
from store.queries.channel_events import last_event_at

log = structlog.get_logger(__name__)

#: Name of the event that this system sends to itself.
CHECK = "chungtay_check"
#: What it is read as; it is no sign of life of Zalo's.
READ_AS = "check"
CHECK_EVERY = timedelta(hours=1)
#: Nobody writes for so long, while people are awake, only if nothing arrives any more.
SILENT_AFTER = timedelta(hours=6)
AWAKE_FROM, AWAKE_UNTIL = 9, 21


class ZaloWatch:
    """Looks every hour.

    Args:
        address: of the webhook as Zalo reaches it; None: nobody said, so only silence is told.
    """

    def __init__(
        self, account: ZaloAccount, database: Database, clock: Clock, calls: HttpCalls, address: str | None
    ) -> None:
        self._account = account
        self._database = database
        self._clock = clock
        self._calls = calls
        self._address = address

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.look()
            except LOST_CONNECTION as error:
                log.warning("zalo_waits_for_database", error=str(error))
            await asyncio.sleep(CHECK_EVERY.total_seconds())

    async def look(self) -> bool:
        """Tell of silence, and send an event of our own the way Zalo's come; False when something is wrong."""
        now = self._clock.now()
        async with self._database.single() as connection:
            last = await last_event_at(connection, ZALO, but=READ_AS)
        silent = False
        if last is not None:
            ZALO_LAST_EVENT_AGE.labels(self._account.oa_id).set((now - last).total_seconds())
            awake = AWAKE_FROM <= now.astimezone(LOCAL_ZONE).hour < AWAKE_UNTIL
            if silent := awake and now - last >= SILENT_AFTER:
                log.error("zalo_is_silent", hours=int((now - last).total_seconds() // 3600))
        return await self._arrives(now) and not silent

    async def _arrives(self, now: datetime) -> bool:
        if self._address is None:
            return True
        stamp = f"{int(now.timestamp() * 1000)}"
        event = {"app_id": self._account.app_id, "event_name": CHECK, "timestamp": stamp, "oa_id": self._account.oa_id}
        body = orjson.dumps(event)
        key = self._account.webhook_key or self._account.app_secret
        headers = {
            SIGNATURE_HEADER: f"mac={mac_of(self._account.app_id, body, stamp, key)}",
            "Content-Type": "application/json",
        }
        answer = await self._calls.ask("POST", self._address, data=body, headers=headers)
        if isinstance(answer, Answer) and answer.status == 200:
            return True
        reason = answer.status if isinstance(answer, Answer) else answer.reason
        log.error("zalo_webhook_not_reached", reason=reason)
        return False
