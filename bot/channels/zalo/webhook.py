"""`POST /webhooks/zalo`: checked over the raw bytes, stored, acknowledged. The answer is always 200, and quick.

Zalo refuses an address that answers 401, and gives up one that is not reached for some hours (channels.md A12): whether
an event is believed is our business. While signatures are observed (`enforce` off) all events are taken and reported.
"""

import asyncio
import hashlib
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from fastapi import APIRouter, Request, Response

from bot.channels.events import EventDoor
from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.events import NotAnEvent, ZaloEvent, event_key, parse_event
from bot.channels.zalo.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, Candidate, matching_candidate
from bot.channels.zalo.spool import Spool, SpoolFull, moment
from bot.metrics import ZALO_EVENTS_REFUSED
from store.clock import Clock
from store.database import LOST_CONNECTION

log = structlog.get_logger(__name__)

PATH = "/webhooks/zalo"
#: So many wrong signatures within so long are an alarm: the stored key is wrong, or somebody knocks (channels.md D-09).
REFUSED_ALARM, REFUSED_WITHIN = 5, timedelta(minutes=10)
#: Longest wait for the database; Zalo wants its answer within two seconds. Together with the pause of the spool shorter
#: than events settle (`ZaloAccount.settle`): one that gave up waiting is still read before a later one that did not.
STORE_SECONDS = 0.5
_AWAY: tuple[type[BaseException], ...] = (*LOST_CONNECTION, TimeoutError)


@dataclass(frozen=True)
class _Checked:
    """An event that is believed, or that is only observed; see `bot.channels.events.EventDoor.take`."""

    key: str
    address: str
    rank: int


class ZaloDoor:
    """Takes events in. `spool`: where they are kept while the database is away."""

    def __init__(self, account: ZaloAccount, door: EventDoor, clock: Clock, spool: Spool) -> None:
        self._account = account
        self._spool = spool
        self._door = door
        self._clock = clock
        self._fitting: Candidate | None = None
        self._refused: deque[datetime] = deque(maxlen=REFUSED_ALARM)

    async def take_or_keep(self, body: bytes, signature: str | None, header_timestamp: str | None) -> str:
        """Do as `take`; while the database is away or slow, keep the event on the disk: `kept`.

        So is one that arrives while earlier ones wait there: what a person wrote first is to be read first.

        Raises:
            SpoolFull: it could not be kept either.
        """
        arrived = moment()
        checked = self._check(body, signature, header_timestamp)
        if isinstance(checked, str):
            return checked
        if not self._spool.holds_any():
            try:
                async with asyncio.timeout(STORE_SECONDS):
                    return await self._store(checked, body)
            except _AWAY:
                # Stored after all, perhaps: then it is known again when it is handed on.
                log.warning("zalo_event_kept", bytes=len(body))
        await self._spool.keep(body, signature, header_timestamp, arrived=arrived)
        return "kept"

    async def replay(self) -> None:
        """Hand on what was kept, until cancelled."""
        await self._spool.run(self.take)

    async def take(self, body: bytes, signature: str | None, header_timestamp: str | None) -> str:
        """Store an event and say what it was taken for: `probe`, `refused`, `new` or `again`.

        Raises:
            store.database.LOST_CONNECTION: it was not stored.
        """
        checked = self._check(body, signature, header_timestamp)
        return checked if isinstance(checked, str) else await self._store(checked, body)

    def _check(self, body: bytes, signature: str | None, header_timestamp: str | None) -> "_Checked | str":
        if body.strip() in (b"", b"{}") and signature is None:
            # The console tries an address out like this when it is saved.
            return "probe"
        try:
            event: ZaloEvent | None = parse_event(body)
        except NotAnEvent:
            event = None
        candidate = matching_candidate(
            self._account,
            body,
            signature or "",
            header_timestamp=header_timestamp,
            body_timestamp=event.timestamp if event is not None else None,
        )
        if candidate is None:
            self._refuse(event, len(body), signature)
            if self._account.enforce:
                return "refused"
        else:
            self._note(candidate)
        if event is None:
            return _Checked(f"{self._account.oa_id}::{hashlib.sha256(body).hexdigest()}", "", 0)
        at = event.at or self._clock.now()
        return _Checked(event_key(event, self._account.oa_id), event.person, int(at.timestamp() * 1000))

    async def _store(self, checked: "_Checked", body: bytes) -> str:
        new = await self._door.take(checked.key, body, address=checked.address, rank=checked.rank)
        return "new" if new else "again"

    def _note(self, candidate: Candidate) -> None:
        if self._fitting is None:
            log.info("zalo_signature_fits", candidate=str(candidate))
        elif candidate != self._fitting:
            log.warning("zalo_signature_changed", candidate=str(candidate), before=str(self._fitting))
        self._fitting = candidate

    def _refuse(self, event: ZaloEvent | None, size: int, signature: str | None) -> None:
        ZALO_EVENTS_REFUSED.labels("no" if self._account.enforce else "yes").inc()
        now = self._clock.now()
        log.warning(
            "zalo_signature_wrong",
            event_name=event.name if event is not None else None,
            bytes=size,
            signed=signature is not None,
            taken=not self._account.enforce,
        )
        self._refused.append(now)
        if len(self._refused) == REFUSED_ALARM and now - self._refused[0] <= REFUSED_WITHIN:
            self._refused.clear()
            log.error("zalo_signatures_keep_being_wrong", number=REFUSED_ALARM, minutes=REFUSED_WITHIN.seconds // 60)


def zalo_router(door: ZaloDoor) -> APIRouter:
    """Return the route of the webhook."""
    router = APIRouter()

    @router.post(PATH, include_in_schema=False)
    async def event(request: Request) -> Response:
        signature, timestamp = request.headers.get(SIGNATURE_HEADER), request.headers.get(TIMESTAMP_HEADER)
        try:
            await door.take_or_keep(await request.body(), signature, timestamp)
        except (SpoolFull, OSError) as error:
            log.error("zalo_event_lost", reason=type(error).__name__)
            return Response(status_code=503)
        return Response(status_code=200)

    @router.get(PATH, include_in_schema=False)
    async def probe() -> Response:
        return Response(status_code=200)

    return router
