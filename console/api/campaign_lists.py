"""`/api/v1/campaign-lists…` and relays: who a campaign is for, and who spreads it in villages."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from pydantic import BaseModel, Field

from bot.channels.web import language_of
from console.access.tokens import Caller, TokenAccess
from console.api.campaign_work import AcceptLanguage, CampaignWork, actor_of
from content.sheet_rows import UnreadableSheet, read_rows
from content.translations import catalogue_for
from scheduler.campaigns import own_campaign
from scheduler.contact_lists import read_people, save_people
from scheduler.desk import Desk
from scheduler.relay_pack import make_relays
from store.api_scopes import Scope
from store.database import Database
from store.queries.contact_lists import lists_of, remove_list
from store.queries.relays import relays_of


class RelayPlace(BaseModel):
    """A village and the code of its commune or ward."""

    commune: str = Field(pattern=r"^[0-9]{5}$")
    village: str = Field(min_length=1, max_length=120)


class NewRelays(BaseModel):
    """For which villages and media links are made."""

    places: list[RelayPlace] = Field(min_length=1, max_length=500)
    media: list[Literal["loudspeaker", "poster", "group", "meeting"]] = Field(["loudspeaker"], min_length=1)


def campaign_lists_router(database: Database, desk: Desk, may: TokenAccess) -> APIRouter:
    """Return the routes of lists and relays."""
    router = APIRouter(prefix="/api/v1", tags=["campaigns"])
    work = CampaignWork(database, desk)
    reader = Annotated[Caller, Depends(may(Scope.CAMPAIGNS_READ))]
    writer = Annotated[Caller, Depends(may(Scope.CAMPAIGNS_WRITE))]

    @router.get("/campaign-lists")
    async def list_all(caller: writer) -> dict[str, Any]:
        """Return the lists of the token's organisation."""
        async with work.transaction(None) as connection:
            return {"lists": [asdict(one) for one in await lists_of(connection, actor_of(caller).organisation)]}

    @router.put("/campaign-lists/{name}")
    async def put_list(
        name: str,
        request: Request,
        caller: writer,
        file_name: Annotated[str, Query(pattern=r"\.(csv|xlsx)$")] = "list.csv",
        kind: Literal["contacts", "guests"] = "contacts",
        replace: bool = False,
        accept_language: AcceptLanguage = None,
    ) -> dict[str, Any]:
        """Put the people of a sheet (the body) on a list. 422 with every faulty row; then nothing is saved."""
        catalogue = catalogue_for(language_of(accept_language))
        try:
            rows = read_rows(file_name, await request.body())
        except UnreadableSheet as error:
            raise HTTPException(422, catalogue.text(f"sheet.{error.cause}", **error.values)) from error
        async with work.transaction(accept_language) as connection:
            sheet = await read_people(connection, rows)
            if sheet.problems:
                faults = [f"{one.row} {one.column}: {one.text(catalogue)}" for one in sheet.problems]
                raise HTTPException(422, "\n".join(faults))
            members = await save_people(
                connection,
                actor_of(caller),
                sheet,
                name=name,
                kind=kind,
                now=desk.clock.now(),
                replace=replace,
            )
        return {"name": name, "members": members, "fields": list(sheet.fields)}

    @router.delete("/campaign-lists/{name}", status_code=204)
    async def delete_list(name: str, caller: writer) -> Response:
        """Delete a list; the people stay."""
        async with work.transaction(None) as connection:
            if not await remove_list(connection, organisation=actor_of(caller).organisation, name=name):
                raise HTTPException(404, "There is no such list.")
        return Response(status_code=204)

    @router.get("/campaigns/{campaign_id}/relays")
    async def relays(campaign_id: int, caller: reader, accept_language: AcceptLanguage = None) -> dict[str, Any]:
        """Return who spreads a campaign, and when they confirmed it."""
        async with work.transaction(accept_language) as connection:
            await own_campaign(connection, actor_of(caller), campaign_id)
            return {"relays": [asdict(one) for one in await relays_of(connection, campaign_id)]}

    @router.post("/campaigns/{campaign_id}/relays", status_code=201)
    async def add_relays(
        campaign_id: int, body: NewRelays, caller: writer, accept_language: AcceptLanguage = None
    ) -> dict[str, Any]:
        """Make links with which relays confirm."""
        async with work.transaction(accept_language) as connection:
            made = await make_relays(
                connection,
                desk,
                actor_of(caller),
                campaign_id,
                places=[(one.commune, one.village) for one in body.places],
                media=tuple(body.media),
            )
        return {"relays": [{**asdict(one), "link": f"{desk.public_address}/da-phat/{one.code}"} for one in made]}

    return router
