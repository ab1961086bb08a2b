"""Telling organisations' own systems of results: signed, tried again, never in the way of anything else.

The receiver checks `Chungtay-Signature: t=<seconds>,v1=<hex>`, where v1 is HMAC-SHA256 over `<t>.<body>` with the
secret that was shown once (the scheme that Stripe made common), and answers 2xx within ten seconds.
"""

import asyncio
import hashlib
import hmac
import ipaddress
import secrets
import socket
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp
import orjson
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.actors import Actor, NotThere, Refused
from store.campaign_states import HookState
from store.clock import Clock
from store.database import Database
from store.queries.webhooks import DueCall, add_webhook, claim_calls, remove_webhook, settle_call

log = structlog.get_logger(__name__)

#: What can be told.
EVENTS = ("run.started", "run.finished", "run.paused", "run.stopped", "run.cancelled", "occurrence.held")
#: Tried again after so long, the first time at once; then given up.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 1440))
TIMEOUT_SECONDS = 10


def signature(secret: str, body: bytes, seconds: int) -> str:
    """Return the value of the header `Chungtay-Signature`."""
    signed = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={signed}"


async def register_webhook(
    connection: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    url: str,
    events: Sequence[str],
    allow_private: bool = False,
) -> tuple[int, str]:
    """Add an address of the actor's organisation; return its id and its secret, which is shown this once.

    Raises:
        Refused: an address that is not public https, or an unknown event.
    """
    parts = urlsplit(url)
    if parts.hostname is None or (parts.scheme != "https" and not allow_private):
        raise Refused("webhook_address")
    if unknown := [event for event in events if event not in EVENTS]:
        raise Refused("webhook_event", event=unknown[0], known=", ".join(EVENTS))
    secret = secrets.token_urlsafe(32)
    number = await add_webhook(
        connection,
        organisation=actor.organisation,
        url=url,
        secret=secret,
        events=list(events) or list(EVENTS),
        by=actor.id,
        now=clock.now(),
    )
    return number, secret


async def delete_webhook(connection: AsyncConnection, actor: Actor, webhook_id: int) -> None:
    """Tell an address of the actor's organisation nothing any more."""
    if not await remove_webhook(connection, webhook_id, organisation=actor.organisation):
        raise NotThere("not_there")


class PrivateAddress(Exception):
    """A name that leads into a private network: nobody may make this server call there."""


class WebhookCaller:
    """Makes the calls that are due. Any number of processes may.

    Args:
        allow_private: call private addresses and plain http too, for an organisation's system on the same network.
    """

    def __init__(self, database: Database, clock: Clock, *, allow_private: bool = False) -> None:
        self._database = database
        self._clock = clock
        self._allow_private = allow_private

    async def call_due(self) -> int:
        """Make every call that is due; return how many were made."""
        made = 0
        while True:
            async with self._database.transaction() as connection:
                calls = await claim_calls(
                    connection, now=self._clock.now(), holding=timedelta(seconds=3 * TIMEOUT_SECONDS)
                )
            if not calls:
                return made
            timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
            connector = None if self._allow_private else aiohttp.TCPConnector(resolver=_PublicResolver())
            async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
                results = await asyncio.gather(*(self._call(session, call) for call in calls))
            async with self._database.transaction() as connection:
                for call, result in zip(calls, results, strict=True):
                    await self._settle(connection, call, result)
            made += len(calls)

    async def _call(self, session: aiohttp.ClientSession, call: DueCall) -> str:
        body = orjson.dumps(
            {"id": call.id, "event": call.event, "created_at": call.created_at.isoformat(), "data": call.payload}
        )
        headers = {
            "Content-Type": "application/json",
            "Chungtay-Event": call.event,
            "Chungtay-Signature": signature(call.secret, body, int(self._clock.now().timestamp())),
        }
        try:
            if not self._allow_private:
                _require_public_literal(call.url)
            # A redirect could lead anywhere.
            async with session.post(call.url, data=body, headers=headers, allow_redirects=False) as response:
                return str(response.status)
        except (aiohttp.ClientError, OSError, TimeoutError, PrivateAddress) as error:
            return type(error).__name__

    async def _settle(self, connection: AsyncConnection, call: DueCall, result: str) -> None:
        now = self._clock.now()
        if result.startswith("2"):
            await settle_call(connection, call.id, HookState.DELIVERED, result=result, now=now)
            return
        log.warning("webhook_failed", call=call.id, result=result, attempt=call.attempts)
        if call.attempts > len(BACK_OFF):
            await settle_call(connection, call.id, HookState.GIVEN_UP, result=result, now=now)
        else:
            again = now + BACK_OFF[call.attempts - 1]
            await settle_call(connection, call.id, HookState.QUEUED, result=result, now=now, next_try_at=again)


def _require_public_literal(url: str) -> None:
    """Refuse an address that is written as a private number; names are looked at when they are resolved."""
    try:
        address = ipaddress.ip_address(urlsplit(url).hostname or "")
    except ValueError:
        return
    if not address.is_global:
        raise PrivateAddress(str(address))


class _PublicResolver(aiohttp.ThreadedResolver):
    """Resolves names, and takes only public addresses: what is looked at is what is called."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        found = await super().resolve(host, port, family)
        public = [one for one in found if ipaddress.ip_address(one["host"]).is_global]
        if not public:
            raise OSError(f"{host} has no public address")
        return public
