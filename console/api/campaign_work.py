"""What the routers of campaigns share: for whom a program acts, one transaction, refusals as answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Header, HTTPException
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.web import language_of
from console.access.tokens import Caller
from content.translations import catalogue_for
from scheduler.actors import Actor, NotReady, NotThere, Refused
from scheduler.desk import Desk
from store.database import Database
from store.staff_roles import Role

AcceptLanguage = Annotated[str | None, Header(alias="accept-language")]


def actor_of(caller: Caller) -> Actor:
    """For whom a program acts; administrators and auditors see all organisations."""
    staff = caller.staff
    return Actor(
        staff.id,
        staff.organisation,
        everywhere=staff.has(Role.ADMINISTRATOR, Role.AUDITOR),
        areas=staff.areas_of(*Role),
    )


class CampaignWork:
    """One transaction, and refusals as answers in the caller's language."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self._database = database
        self.desk = desk

    @asynccontextmanager
    async def transaction(self, accept_language: str | None) -> AsyncIterator[AsyncConnection]:
        """One transaction; what is refused in it is answered in the caller's language, and nothing is saved."""
        try:
            async with self._database.transaction() as connection:
                yield connection
        except Refused as refused:
            text = refused.text(catalogue_for(language_of(accept_language)))
            status = 404 if isinstance(refused, NotThere) else 422 if isinstance(refused, NotReady) else 409
            raise HTTPException(status, text) from refused
