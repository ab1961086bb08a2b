"""The FastAPI dependency with which a router under `/api/v1/` demands a token with a scope.

may = TokenAccess(database, clock)

@router.get("/campaigns")
async def list_campaigns(caller: Annotated[Caller, Depends(may(Scope.CAMPAIGNS_READ))]) -> …:
    … caller.staff.id is the actor, caller.staff.organisation the organisation
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import HTTPException, Request

from store.api_scopes import ROLES_OF_SCOPE, Scope
from store.clock import Clock
from store.database import Database
from store.queries.api_tokens import use_api_token
from store.queries.staff import Staff, staff_member


@dataclass(frozen=True)
class Caller:
    """For whom a program acts, and what its token allows."""

    staff: Staff
    scopes: frozenset[str]


class TokenAccess:
    """Makes dependencies that let in only tokens with a scope, whose owner still holds a duty that goes with it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def __call__(self, scope: Scope) -> Callable[[Request], Awaitable[Caller]]:
        """Return the dependency for one scope."""

        async def allowed(request: Request) -> Caller:
            caller = await self._caller(request.headers.get("authorization", ""))
            if scope.value not in caller.scopes:
                raise HTTPException(403, f"This token may not do that: it lacks the scope {scope.value}.")
            if not caller.staff.has(*ROLES_OF_SCOPE[scope]):
                raise HTTPException(403, "The owner of this token does not hold the duty that this needs any more.")
            return caller

        return allowed

    async def _caller(self, header: str) -> Caller:
        kind, _, token = header.partition(" ")
        if kind.lower() != "bearer" or not token:
            raise HTTPException(
                401,
                "A token is needed: send the header “Authorization: Bearer chungtay_…”. Staff make tokens in the "
                "console, administrators with `chungtay staff token`.",
                {"WWW-Authenticate": "Bearer"},
            )
        async with self._database.transaction() as connection:
            used = await use_api_token(connection, token=token.strip(), now=self._clock.now())
            staff = None if used is None else await staff_member(connection, staff_id=used[0])
        if used is None or staff is None:
            raise HTTPException(
                401,
                "This token is not valid: mistyped, expired or revoked.",
                {"WWW-Authenticate": "Bearer"},
            )
        return Caller(staff, used[1])
