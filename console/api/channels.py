"""`/api/v1/channels…`: how the messengers stand, and the kill switch."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException
from pydantic import BaseModel, Field

from bot.channels.switch import SwitchRefused, channel_statuses, close, reopen
from bot.channels.web import language_of
from console.access.tokens import Caller, TokenAccess
from content.translations import catalogue_for
from store.api_scopes import Scope
from store.clock import Clock
from store.database import Database


class Reason(BaseModel):
    """Why a channel is closed, for colleagues; residents do not see it."""

    reason: str = Field(max_length=300)


def channels_router(database: Database, clock: Clock, may: TokenAccess, set_up: Collection[str] = ()) -> APIRouter:
    """Return the routes of channels. `set_up`: names of those for which the settings name an account."""
    router = APIRouter(prefix="/api/v1", tags=["channels"])
    reader = Annotated[Caller, Depends(may(Scope.CHANNELS_READ))]
    switcher = Annotated[Caller, Depends(may(Scope.CHANNELS_SWITCH))]

    def refused(error: SwitchRefused, accept_language: str | None) -> HTTPException:
        status = {"not_a_channel": 404, "reason_missing": 422}.get(error.key, 409)
        return HTTPException(status, error.text(catalogue_for(language_of(accept_language))))

    @router.get("/channels")
    async def list_channels(caller: reader) -> dict[str, Any]:
        """Return how each channel stands: set up or not, open or closed and why, what waits, limits, last delivery."""
        async with database.transaction() as connection:
            return {"channels": [asdict(one) for one in await channel_statuses(connection, set_up)]}

    @router.post("/channels/{channel}/disable", status_code=204)
    async def disable(
        channel: str, body: Reason, caller: switcher, accept_language: Annotated[str | None, Header()] = None
    ) -> None:
        """Close a channel: nothing more leaves on it; messages go to people's other chats or wait."""
        try:
            async with database.transaction() as connection:
                await close(connection, channel, reason=body.reason, actor=caller.staff.id, now=clock.now())
        except SwitchRefused as error:
            raise refused(error, accept_language) from error

    @router.post("/channels/{channel}/enable", status_code=204)
    async def enable(channel: str, caller: switcher, accept_language: Annotated[str | None, Header()] = None) -> None:
        """Open a channel again; what waits there leaves."""
        try:
            async with database.transaction() as connection:
                await reopen(connection, channel, actor=caller.staff.id, now=clock.now())
        except SwitchRefused as error:
            raise refused(error, accept_language) from error

    return router
