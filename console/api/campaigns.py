"""`/api/v1/campaigns…`: campaigns for programs, by token. Who may do what is the same as for people."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel

from bot.channels.web import language_of
from console.access.tokens import Caller, TokenAccess
from console.api.campaign_work import AcceptLanguage, CampaignWork, actor_of
from content.campaigns import CampaignContent, load_starters
from content.translations import catalogue_for
from scheduler.approval import approve_campaign, refuse_campaign, submit_campaign
from scheduler.calendar import release_occurrence
from scheduler.campaigns import (
    cancel_campaign,
    content_of,
    create_campaign,
    create_from_starter,
    edit_campaign,
    own_campaign,
    pause_campaign,
    resume_campaign,
)
from scheduler.desk import Desk
from scheduler.preview import preview_campaign
from scheduler.trials import send_test
from scheduler.views import approval_json, campaign_json, preview_json
from store.api_scopes import Scope
from store.campaign_states import CampaignState
from store.database import Database
from store.queries.approvals import approvals_of
from store.queries.campaigns import list_campaigns
from store.queries.occurrences import occurrences_of


class NewCampaign(BaseModel):
    """A starter's id, or title and content."""

    starter: str | None = None
    title: str = ""
    content: CampaignContent | None = None
    demo: bool = False


class ChangedCampaign(BaseModel):
    """The whole new content; the title stays where it is left out."""

    title: str | None = None
    content: CampaignContent


class TestSend(BaseModel):
    """Name of the guest list."""

    guests: str


class Submission(BaseModel):
    """`emergency_reason`: why it has to leave at any hour."""

    emergency_reason: str | None = None


class Approving(BaseModel):
    """The fingerprints that the second person saw."""

    rendering: str
    audience: str


class Reason(BaseModel):
    """Why."""

    reason: str = ""


def campaigns_router(database: Database, desk: Desk, may: TokenAccess) -> APIRouter:
    """Return the routes of campaigns."""
    router = APIRouter(prefix="/api/v1", tags=["campaigns"])
    work = CampaignWork(database, desk)
    _add_writing(router, work, may)
    _add_approving(router, work, may)
    return router


def _add_writing(router: APIRouter, work: CampaignWork, may: TokenAccess) -> None:
    desk = work.desk
    reader = Annotated[Caller, Depends(may(Scope.CAMPAIGNS_READ))]
    writer = Annotated[Caller, Depends(may(Scope.CAMPAIGNS_WRITE))]

    @router.get("/campaigns/starters")
    async def starters(caller: reader) -> dict[str, Any]:
        """Return the starter campaigns."""
        return {"starters": [{"id": name, **one.model_dump(mode="json")} for name, one in load_starters().items()]}

    @router.get("/campaigns")
    async def list_all(
        caller: reader,
        state: CampaignState | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> dict[str, Any]:
        """Return the campaigns of the token's organisation, newest first."""
        actor = actor_of(caller)
        async with work.transaction(None) as connection:
            found = await list_campaigns(
                connection,
                organisation=None if actor.everywhere else actor.organisation,
                states=None if state is None else [state],
                limit=limit,
            )
        return {"campaigns": [campaign_json(one) for one in found]}

    @router.post("/campaigns", status_code=201)
    async def create(body: NewCampaign, caller: writer, accept_language: AcceptLanguage = None) -> dict[str, Any]:
        """Make a draft."""
        actor = actor_of(caller)
        async with work.transaction(accept_language) as connection:
            if body.starter is not None:
                made = await create_from_starter(connection, desk, actor, body.starter, demo=body.demo)
            elif body.content is not None:
                made = await create_campaign(
                    connection, desk, actor, title=body.title, content=body.content, demo=body.demo
                )
            else:
                raise HTTPException(422, "Give a starter, or title and content.")
        return campaign_json(made)

    @router.get("/campaigns/{campaign_id}")
    async def show(campaign_id: int, caller: reader, accept_language: AcceptLanguage = None) -> dict[str, Any]:
        """Return a campaign with its content, requests for approval and leavings."""
        async with work.transaction(accept_language) as connection:
            found = await own_campaign(connection, actor_of(caller), campaign_id)
            return {
                **campaign_json(found),
                "content": content_of(found).model_dump(mode="json"),
                "approvals": [approval_json(one) for one in await approvals_of(connection, campaign_id)],
                "occurrences": [asdict(one) for one in await occurrences_of(connection, campaign_id)],
            }

    @router.put("/campaigns/{campaign_id}")
    async def edit(
        campaign_id: int,
        body: ChangedCampaign,
        caller: writer,
        accept_language: AcceptLanguage = None,
    ) -> dict[str, Any]:
        """Write a new version; approvals of the old one are void."""
        actor = actor_of(caller)
        async with work.transaction(accept_language) as connection:
            found = await own_campaign(connection, actor, campaign_id)
            title = body.title if body.title is not None else found.title
            changed = await edit_campaign(connection, desk, actor, campaign_id, title=title, content=body.content)
        return campaign_json(changed)

    @router.get("/campaigns/{campaign_id}/preview")
    async def preview(campaign_id: int, caller: reader, accept_language: AcceptLanguage = None) -> dict[str, Any]:
        """Return counts, routes, cost and samples as it would leave now."""
        async with work.transaction(accept_language) as connection:
            found = await own_campaign(connection, actor_of(caller), campaign_id)
            seen = await preview_campaign(connection, desk, found)
            return preview_json(seen, catalogue_for(language_of(accept_language)))

    @router.post("/campaigns/{campaign_id}/test", status_code=202)
    async def test(
        campaign_id: int,
        body: TestSend,
        caller: writer,
        accept_language: AcceptLanguage = None,
    ) -> dict[str, Any]:
        """Send it to a guest list, marked as a test."""
        async with work.transaction(accept_language) as connection:
            return {"runs": await send_test(connection, desk, actor_of(caller), campaign_id, guests=body.guests)}


def _add_approving(router: APIRouter, work: CampaignWork, may: TokenAccess) -> None:
    desk = work.desk
    writer = Annotated[Caller, Depends(may(Scope.CAMPAIGNS_WRITE))]
    approver = Annotated[Caller, Depends(may(Scope.CAMPAIGNS_APPROVE))]

    @router.post("/campaigns/{campaign_id}/submit", status_code=201)
    async def submit(
        campaign_id: int,
        body: Submission,
        caller: writer,
        accept_language: AcceptLanguage = None,
    ) -> dict[str, Any]:
        """Freeze words and audience and ask for approval."""
        async with work.transaction(accept_language) as connection:
            request = await submit_campaign(
                connection, desk, actor_of(caller), campaign_id, emergency_reason=body.emergency_reason
            )
        return approval_json(request)

    @router.post("/campaign-approvals/{request_id}/approve")
    async def approve(
        request_id: int,
        body: Approving,
        caller: approver,
        accept_language: AcceptLanguage = None,
    ) -> dict[str, Any]:
        """Approve exactly what was submitted, as a second person."""
        async with work.transaction(accept_language) as connection:
            due = await approve_campaign(
                connection, desk, actor_of(caller), request_id, rendering=body.rendering, audience=body.audience
            )
        return {"due_at": due.isoformat()}

    @router.post("/campaign-approvals/{request_id}/refuse", status_code=204)
    async def refuse(
        request_id: int,
        body: Reason,
        caller: approver,
        accept_language: AcceptLanguage = None,
    ) -> None:
        """Refuse a request."""
        async with work.transaction(accept_language) as connection:
            await refuse_campaign(connection, desk, actor_of(caller), request_id, reason=body.reason)

    @router.post("/campaigns/{campaign_id}/{verb}")
    async def steer(
        campaign_id: int,
        verb: Literal["pause", "resume", "cancel"],
        body: Reason,
        caller: writer,
        accept_language: AcceptLanguage = None,
    ) -> dict[str, Any]:
        """Pause, resume or cancel."""
        actor = actor_of(caller)
        async with work.transaction(accept_language) as connection:
            if verb == "pause":
                changed = await pause_campaign(connection, desk, actor, campaign_id, reason=body.reason)
            elif verb == "resume":
                changed = await resume_campaign(connection, desk, actor, campaign_id)
            else:
                changed = await cancel_campaign(connection, desk, actor, campaign_id, reason=body.reason)
        return campaign_json(changed)

    @router.post("/campaign-occurrences/{occurrence_id}/release")
    async def release(occurrence_id: int, caller: approver, accept_language: AcceptLanguage = None) -> dict[str, Any]:
        """Let a leaving go that was held because its time had passed."""
        async with work.transaction(accept_language) as connection:
            return {"state": (await release_occurrence(connection, desk, actor_of(caller), occurrence_id)).value}
