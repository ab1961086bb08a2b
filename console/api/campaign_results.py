"""`/api/v1/…` on what became of campaigns: progress, comparison, polls, sheets, packs, calendar, webhooks."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from pydantic import BaseModel, Field

from bot.channels.web import language_of
from console.access.tokens import Caller, TokenAccess
from console.api.campaign_work import AcceptLanguage, CampaignWork, actor_of
from content.translations import catalogue_for
from scheduler.campaigns import own_campaign
from scheduler.clashes import calendar_with_clashes
from scheduler.desk import Desk
from scheduler.journal import note
from scheduler.relay_pack import relay_pack
from scheduler.reports import compare_versions, poll_results, recipients_sheet, replies, report_campaign
from scheduler.webhooks import delete_webhook, register_webhook
from store.api_scopes import Scope
from store.database import Database
from store.queries.webhooks import webhooks_of


class NewWebhook(BaseModel):
    """Address and events; no events: all."""

    url: str = Field(max_length=500)
    events: list[str] = []


def campaign_results_router(
    database: Database, desk: Desk, may: TokenAccess, *, private_webhooks: bool = False
) -> APIRouter:
    """Return the routes of results."""
    router = APIRouter(prefix="/api/v1", tags=["campaigns"])
    work = CampaignWork(database, desk)
    _add_results(router, work, may)
    _add_webhooks(router, work, may, private_webhooks)
    return router


def _add_results(router: APIRouter, work: CampaignWork, may: TokenAccess) -> None:
    desk = work.desk
    reader = Annotated[Caller, Depends(may(Scope.CAMPAIGNS_READ))]

    @router.get("/campaigns/{campaign_id}/progress")
    async def progress(campaign_id: int, caller: reader, accept_language: AcceptLanguage = None) -> dict[str, Any]:
        """Return where it stands; null: too few to be shown."""
        async with work.transaction(accept_language) as connection:
            found = await own_campaign(connection, actor_of(caller), campaign_id)
            return (await report_campaign(connection, found)).as_json()

    @router.get("/campaigns/{campaign_id}/comparison")
    async def comparison(
        campaign_id: int,
        caller: reader,
        by: Literal["clicked", "replied"] = "clicked",
        accept_language: AcceptLanguage = None,
    ) -> dict[str, Any]:
        """Compare the two versions of the words."""
        async with work.transaction(accept_language) as connection:
            found = await own_campaign(connection, actor_of(caller), campaign_id)
            return (await compare_versions(connection, found, by=by)).as_json()

    @router.get("/campaigns/{campaign_id}/poll")
    async def poll(campaign_id: int, caller: reader, accept_language: AcceptLanguage = None) -> dict[str, Any]:
        """Count a poll's answers."""
        async with work.transaction(accept_language) as connection:
            found = await own_campaign(connection, actor_of(caller), campaign_id)
            results = await poll_results(connection, found, language_of(accept_language))
        return {"questions": [asdict(one) for one in results]}

    @router.get("/campaigns/{campaign_id}/replies")
    async def list_replies(
        campaign_id: int,
        caller: reader,
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
        accept_language: AcceptLanguage = None,
    ) -> dict[str, Any]:
        """What people wrote back, without names, numbers and contacts."""
        async with work.transaction(accept_language) as connection:
            found = await own_campaign(connection, actor_of(caller), campaign_id)
            return {"replies": [asdict(one) for one in await replies(connection, found, limit=limit)]}

    @router.get("/campaigns/{campaign_id}/recipients.{ending}")
    async def recipients(
        campaign_id: int,
        ending: Literal["csv", "xlsx"],
        caller: reader,
        accept_language: AcceptLanguage = None,
    ) -> Response:
        """Every recipient with what became of it, as a sheet. Written into the audit log."""
        async with work.transaction(accept_language) as connection:
            found = await own_campaign(connection, actor_of(caller), campaign_id)
            await note(connection, by=caller.staff.id, action="exported", campaign=campaign_id, now=desk.clock.now())
            catalogue = catalogue_for(language_of(accept_language))
            sheet = await recipients_sheet(connection, found, catalogue, ending=ending)
        kind = "text/csv" if ending == "csv" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        headers = {"Content-Disposition": f'attachment; filename="{found.code}.{ending}"'}
        return Response(sheet, media_type=kind, headers=headers)

    @router.get("/campaigns/{campaign_id}/relay-pack.zip")
    async def pack(campaign_id: int, caller: reader, accept_language: AcceptLanguage = None) -> Response:
        """The pack for villages of an approved campaign."""
        async with work.transaction(accept_language) as connection:
            made = await relay_pack(connection, desk, actor_of(caller), campaign_id)
        headers = {"Content-Disposition": f'attachment; filename="relay-pack-{campaign_id}.zip"'}
        return Response(made.as_zip(), media_type="application/zip", headers=headers)

    @router.get("/campaign-calendar")
    async def calendar(
        caller: reader,
        begin: datetime | None = None,
        days: Annotated[int, Query(ge=1, le=400)] = 30,
    ) -> dict[str, Any]:
        """What leaves, of all organisations, and where two get in each other's way."""
        start = begin or desk.clock.now()
        if start.tzinfo is None:
            raise HTTPException(422, "begin needs an offset, such as 2026-12-01T00:00:00+07:00.")
        async with work.transaction(None) as connection:
            return asdict(await calendar_with_clashes(connection, start, start + timedelta(days=days)))


def _add_webhooks(router: APIRouter, work: CampaignWork, may: TokenAccess, private: bool) -> None:
    writer = Annotated[Caller, Depends(may(Scope.CAMPAIGNS_WRITE))]

    @router.get("/campaign-webhooks")
    async def list_webhooks(caller: writer) -> dict[str, Any]:
        """Return the addresses that are told of results."""
        async with work.transaction(None) as connection:
            found = await webhooks_of(connection, actor_of(caller).organisation)
        return {"webhooks": [asdict(one) for one in found]}

    @router.post("/campaign-webhooks", status_code=201)
    async def add(body: NewWebhook, caller: writer, accept_language: AcceptLanguage = None) -> dict[str, Any]:
        """Add an address; its secret is shown this once."""
        async with work.transaction(accept_language) as connection:
            number, secret = await register_webhook(
                connection,
                work.desk.clock,
                actor_of(caller),
                url=body.url,
                events=body.events,
                allow_private=private,
            )
        return {"id": number, "secret": secret}

    @router.delete("/campaign-webhooks/{webhook_id}", status_code=204)
    async def remove(webhook_id: int, caller: writer, accept_language: AcceptLanguage = None) -> None:
        """Tell an address nothing any more."""
        async with work.transaction(accept_language) as connection:
            await delete_webhook(connection, actor_of(caller), webhook_id)
