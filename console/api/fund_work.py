"""What the routers of the fund share: one transaction, refusals as answers in the caller's language."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import HTTPException
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.web import language_of
from content.translations import catalogue_for
from fund.booking import VoucherRefused
from fund.statement_files import UnreadableStatement
from store.clock import Clock
from store.database import Database

#: Causes that mean "there is no such thing".
_NOT_THERE = frozenset({"unknown", "unknown_row", "unknown_pledge", "unknown_allocation", "unknown_account"})


class FundWork:
    """One transaction, and refusals as answers."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    @asynccontextmanager
    async def transaction(self, accept_language: str | None) -> AsyncIterator[AsyncConnection]:
        """One transaction; what is refused in it is answered in the caller's language, and nothing is saved."""
        with_words = catalogue_for(language_of(accept_language))
        try:
            async with self.database.transaction() as connection:
                yield connection
        except VoucherRefused as refused:
            status = 404 if refused.cause in _NOT_THERE else 403 if refused.cause == "same_person" else 409
            raise HTTPException(status, refused.text(with_words)) from refused

    def unreadable(self, error: UnreadableStatement, accept_language: str | None) -> HTTPException:
        """Return the answer to a file that is no statement."""
        words = catalogue_for(language_of(accept_language))
        return HTTPException(422, error.text(words))
