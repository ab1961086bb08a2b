"""`/webhooks/bank/{feed}`: SePay, Casso and payOS tell of movements at once. Signatures first, then the movement.

A call is answered once its movement is booked; the same call again is answered the same, and changes nothing. While a
statement is taken in, a call is asked to come again: calls that wait would use up the connections of the pages.
"""

from collections.abc import Mapping

import structlog
from fastapi import APIRouter, HTTPException, Request

from fund.accounts import kept_accounts
from fund.feeds import CHECKS, Feed, FeedRefused, MalformedFeed, lines_of
from fund.importing import import_feed
from store.clock import Clock
from store.database import LOST_CONNECTION, Database
from store.queries.fund_statements import IntakeBusy

log = structlog.get_logger(__name__)


def bank_webhooks_router(database: Database, clock: Clock, secrets: Mapping[Feed, str]) -> APIRouter:
    """Return the routes of the feeds that have a secret."""
    router = APIRouter(include_in_schema=False)

    @router.post("/webhooks/bank/{name}")
    async def told(name: str, request: Request) -> dict[str, bool]:
        feed = next((one for one in secrets if one.value == name), None)
        if feed is None:
            raise HTTPException(404, "No such feed, or no secret is set for it.")
        body = await request.body()
        now = clock.now()
        try:
            CHECKS[feed](request.headers, body, secrets[feed], now=now)
        except FeedRefused as refused:
            log.warning("bank_feed_refused", feed=name, why=str(refused))
            raise HTTPException(401, "The signature is missing, wrong or too old.") from refused
        try:
            lines = lines_of(feed, body)
        except MalformedFeed as error:
            log.error("bank_feed_malformed", feed=name)
            raise HTTPException(422, "The call does not look as documented.") from error
        try:
            async with database.transaction() as connection:
                accounts = await kept_accounts(connection, retired=True)
                for line in lines:
                    account = accounts.by_number(line.account)
                    if account is None:
                        # Not our money: the provider's account watches more than the fund's.
                        log.warning("bank_feed_of_another_account", feed=name)
                        continue
                    await import_feed(connection, [line], feed=name, account=account, now=now)
        except IntakeBusy as error:
            raise HTTPException(503, "A statement is being taken in. Try again.") from error
        except LOST_CONNECTION as error:
            raise HTTPException(503, "Try again.") from error
        return {"success": True}

    return router
