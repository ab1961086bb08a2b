"""`/console/zalo-consent`: where Zalo sends an administrator back to who gave the account's consent.

A route of its own before the console's door: the code is handed in once, before anything is shown, and loading the page
again does not hand it in again.
"""

from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from bot.channels.capabilities import ZALO
from bot.channels.zalo.consent import CALLBACK, ConsentRefused, ZaloConsent
from console.access.actions import action
from console.access.cookies import SESSION_COOKIE
from console.access.sign_in import SignIn
from store.clock import Clock
from store.database import Database
from store.queries.audit import record_audit
from store.staff_roles import Role

log = structlog.get_logger(__name__)

TOKENS = action("channel.tokens", Role.ADMINISTRATOR)
#: `zalo` in the address of the page of channels: tokens were taken, or why not. `console.channels.consent_<outcome>`.
GIVEN = "given"
OUTCOMES = (GIVEN, "denied", "state", "late", "account", "zalo")

_Given = Annotated[str, Query(max_length=4000)]


def zalo_consent_router(database: Database, clock: Clock, sign_in: SignIn, consent: ZaloConsent) -> APIRouter:
    """Return the route of the way back from Zalo."""
    router = APIRouter()

    @router.get(CALLBACK, include_in_schema=False)
    async def back(request: Request, code: _Given = "", state: _Given = "", oa_id: _Given = "") -> Response:
        who = await sign_in.who(request.cookies.get(SESSION_COOKIE))
        if who is None or not who.session.complete:
            # The code dies while they sign in; they begin anew from the page of channels.
            return RedirectResponse("/console/sign-in?next=/console/channels", status_code=303)
        if not TOKENS.allows(who.staff):
            return RedirectResponse("/console/", status_code=303)
        try:
            await consent.take(who.staff.id, code=code, state=state, oa_id=oa_id)
        except ConsentRefused as refused:
            log.warning("zalo_consent_refused", reason=refused.reason, said=refused.said)
            return RedirectResponse(f"/console/channels?zalo={refused.reason}", status_code=303)
        async with database.transaction() as connection:
            await record_audit(
                connection,
                actor=who.staff.id,
                action="channel.consented",
                subject=f"channel:{ZALO}",
                now=clock.now(),
                details={"channel": ZALO},
            )
        return RedirectResponse(f"/console/channels?zalo={GIVEN}", status_code=303)

    return router
