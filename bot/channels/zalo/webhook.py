"""`POST /webhooks/zalo`: checked over the raw bytes, kept, acknowledged. The answer is always 200, and quick.

Zalo refuses an address that answers 401, and gives up one that is not reached for some hours (channels.md A12): whether
an event is believed is our business. While signatures are observed (`enforce` off) all events are taken and reported.
"""

import hashlib
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from fastapi import APIRouter, Request, Response

from bot.channels.events import Door
from bot.channels.spool import SpoolFull
from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.events import NotAnEvent, ZaloEvent, event_key, parse_event
from bot.channels.zalo.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, Candidate, matching_candidate
from bot.metrics import ZALO_EVENTS_REFUSED
from store.clock import Clock

log = structlog.get_logger(__name__)

PATH = "/webhooks/zalo"
#: So many wrong signatures within so long are an alarm: the stored key is wrong, or somebody knocks (channels.md D-09).
REFUSED_ALARM, REFUSED_WITHIN = 5, timedelta(minutes=10)


@dataclass(frozen=True)
class _Checked:
    """An event that is believed, or that is only observed; see `store.queries.channel_events.NewEvent`."""

    key: str
    address: str
    rank: int


class ZaloDoor:
    """Takes events in that are believed."""

    def __init__(self, account: ZaloAccount, door: Door, clock: Clock) -> None:
        self._account = account
        self._door = door
        self._clock = clock
        self._fitting: Candidate | None = None
        self._refused: deque[datetime] = deque(maxlen=REFUSED_ALARM)

    async def take(self, body: bytes, signature: str | None, header_timestamp: str | None) -> bool:
        """Keep an event; False where it is none that is believed (the console's probe, a wrong signature).

        Raises:
            SpoolFull, OSError: it was not kept; see `bot.channels.webhook_door.WebhookDoor.take`.
        """
        checked = self._check(body, signature, header_timestamp)
        if checked is None:
            return False
        await self._door.take(checked.key, body, address=checked.address, rank=checked.rank)
        return True

    def _check(self, body: bytes, signature: str | None, header_timestamp: str | None) -> "_Checked | None":
        if body.strip() in (b"", b"{}") and signature is None:
            # The console tries an address out like this when it is saved.
            return None
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
                return None
        else:
            self._note(candidate)
        if event is None:
            return _Checked(f"{self._account.oa_id}::{hashlib.sha256(body).hexdigest()}", "", 0)
        at = event.at or self._clock.now()
        return _Checked(event_key(event, self._account.oa_id), event.person, int(at.timestamp() * 1000))

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
            await door.take(await request.body(), signature, timestamp)
        except (SpoolFull, OSError) as error:
            log.error("zalo_event_not_kept", reason=type(error).__name__)
            return Response(status_code=503)
        return Response(status_code=200)

    @router.get(PATH, include_in_schema=False)
    async def probe() -> Response:
        return Response(status_code=200)

    return router
