"""`/api/v1/pledges…`: pledges for programs, by token: taken at a counter or a company's desk, looked up, cancelled."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, Field

from bot.channels.web import language_of
from console.access.tokens import Caller, TokenAccess
from console.api.campaign_work import AcceptLanguage
from console.api.fund_work import FundWork
from content.translations import catalogue_for
from fund.accounts import kept_accounts
from fund.lookup import GiftStory, look_up_code
from fund.office import by_staff
from fund.pledging import (
    LEAST,
    MOST,
    MOST_PARTS,
    DonorKind,
    NameShown,
    NewPledge,
    PledgeKind,
    PledgeRefused,
    Schedule,
    cancel_pledge,
    change_amount,
    make_pledge,
)
from fund.views import pledge_json, story_json
from store.api_scopes import Scope
from store.clock import Clock
from store.database import Database
from store.queries.audit import record_audit
from store.queries.pledges import pledges_page


class Pledge(BaseModel):
    """What somebody promises; `amount` in whole đồng is all of it."""

    kind: PledgeKind = "money"
    amount: int | None = Field(None, ge=LEAST, le=MOST)
    schedule: Schedule = "once"
    parts: int = Field(1, ge=1, le=MOST_PARTS)
    donor_kind: DonorKind = "person"
    donor_name: str | None = Field(None, max_length=120)
    name_shown: NameShown = "masked"
    commune: str | None = Field(None, pattern=r"^\d{5}$")
    purpose: str | None = Field(None, max_length=30)
    people: int | None = Field(None, ge=1)
    goods: str | None = Field(None, max_length=300)
    goods_place: str | None = Field(None, max_length=200)
    language: Literal["vi", "en"] = "vi"


class Amount(BaseModel):
    """The new amount in whole đồng."""

    amount: int = Field(ge=LEAST, le=MOST)


def pledges_router(database: Database, clock: Clock, may: TokenAccess) -> APIRouter:
    """Return the routes of pledges."""
    router = APIRouter(prefix="/api/v1/pledges", tags=["pledges"])
    work = FundWork(database, clock)
    reader = Annotated[Caller, Depends(may(Scope.FUND_READ))]
    recorder = Annotated[Caller, Depends(may(Scope.FUND_RECORD))]

    def refusal(refused: PledgeRefused, accept_language: str | None) -> HTTPException:
        words = catalogue_for(language_of(accept_language))
        status = 404 if refused.cause == "unknown" else 409
        return HTTPException(status, words.text(f"fund.pledge_refused.{refused.cause}"))

    @router.get("")
    async def list_pledges(
        caller: reader,
        after: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        since: date | None = None,
    ) -> dict[str, Any]:
        """Return pledges in the order in which they were made; `next` is the `after` of the next page."""
        async with work.transaction(None) as connection:
            found = await pledges_page(connection, after=after, limit=limit, since=since)
        return {"pledges": [pledge_json(one) for one in found], "next": found[-1].id if len(found) == limit else None}

    @router.post("", status_code=201)
    async def make(body: Pledge, caller: recorder, accept_language: AcceptLanguage = None) -> dict[str, Any]:
        """Take a pledge; return it with its code, and with what a VietQR picture for it says."""
        now = clock.now()
        try:
            async with work.transaction(accept_language) as connection:
                account = (await kept_accounts(connection)).for_commune(body.commune)
                level = account.level if account is not None else "province"
                demo = account is not None and account.demo
                new = NewPledge(**body.model_dump(), level=level, demo=demo)
                made = await make_pledge(connection, new, by=by_staff(caller.staff.id), now=now)
                await record_audit(
                    connection,
                    actor=caller.staff.id,
                    action="fund.pledge_taken",
                    subject=f"pledge:{made.id}",
                    now=now,
                    details={"code": made.code},
                )
        except PledgeRefused as refused:
            raise refusal(refused, accept_language) from refused
        first = made.instalments[0].amount if made.instalments else made.amount
        payload = account.payload(made.code, first) if account is not None and made.kind != "in_kind" else None
        return {**pledge_json(made), "vietqr": payload}

    @router.get("/{code}")
    async def show(code: str, caller: reader, accept_language: AcceptLanguage = None) -> dict[str, Any]:
        """Return a pledge, what came for it, and what became of that."""
        async with work.transaction(accept_language) as connection:
            story: GiftStory | None = await look_up_code(connection, code)
        if story is None:
            raise refusal(PledgeRefused("unknown"), accept_language)
        return story_json(story)

    @router.patch("/{code}")
    async def change(
        code: str, body: Amount, caller: recorder, accept_language: AcceptLanguage = None
    ) -> dict[str, Any]:
        """Change what is promised."""
        now = clock.now()
        try:
            async with work.transaction(accept_language) as connection:
                changed = await change_amount(connection, code, body.amount, by=by_staff(caller.staff.id), now=now)
                await record_audit(
                    connection,
                    actor=caller.staff.id,
                    action="fund.pledge_changed",
                    subject=f"pledge:{changed.id}",
                    now=now,
                    details={"code": changed.code, "amount": body.amount},
                )
        except PledgeRefused as refused:
            raise refusal(refused, accept_language) from refused
        return pledge_json(changed)

    @router.post("/{code}/cancel")
    async def cancel(code: str, caller: recorder, accept_language: AcceptLanguage = None) -> dict[str, Any]:
        """Cancel what is still open of a pledge."""
        now = clock.now()
        try:
            async with work.transaction(accept_language) as connection:
                cancelled = await cancel_pledge(connection, code, by=by_staff(caller.staff.id), now=now)
                await record_audit(
                    connection,
                    actor=caller.staff.id,
                    action="fund.pledge_cancelled",
                    subject=f"pledge:{cancelled.id}",
                    now=now,
                    details={"code": cancelled.code},
                )
        except PledgeRefused as refused:
            raise refusal(refused, accept_language) from refused
        return pledge_json(cancelled)

    return router
