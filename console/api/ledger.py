"""`/api/v1/ledger…`: the fund's books for programs, by token. Who records never approves, by token neither."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from console.access.tokens import Caller, TokenAccess
from console.api.campaign_work import AcceptLanguage
from console.api.fund_work import FundWork
from fund.accounts import kept_accounts
from fund.booking import VoucherRefused
from fund.matching import RowState
from fund.names import row_for
from fund.office import approve, import_statement, record, reject
from fund.statement_files import UnreadableStatement
from fund.suggestions import credits_that_went_back, suggestions_for
from fund.verifying import verify_books
from fund.views import (
    account_json,
    allocation_json,
    entry_json,
    report_json,
    row_json,
    seal_json,
    suggestion_json,
    totals_json,
    verified_json,
    voucher_json,
)
from store.api_scopes import Scope
from store.clock import Clock
from store.database import Database
from store.queries.fund_ledger import entries_after, seals, totals
from store.queries.fund_statements import get_row, rows_in_states
from store.queries.fund_uses import allocations
from store.queries.fund_vouchers import vouchers

Limit = Annotated[int, Query(ge=1, le=1000)]


class NewVoucher(BaseModel):
    """Something to be booked; `body` as in the table of `fund/vouchers.py`."""

    kind: str
    body: dict[str, Any]
    note: str = Field("", max_length=500)


class Refusal(BaseModel):
    """Why."""

    reason: str = Field(min_length=1, max_length=300)


def ledger_router(database: Database, clock: Clock, may: TokenAccess) -> APIRouter:
    """Return the routes of the books."""
    router = APIRouter(prefix="/api/v1/ledger", tags=["ledger"])
    work = FundWork(database, clock)
    _add_reading(router, work, may)
    _add_rows(router, work, may)
    _add_vouchers(router, work, may)
    return router


def _add_reading(router: APIRouter, work: FundWork, may: TokenAccess) -> None:
    reader = Annotated[Caller, Depends(may(Scope.FUND_READ))]

    @router.get("/accounts")
    async def list_accounts(caller: reader) -> dict[str, Any]:
        """Return the accounts that donors are told."""
        async with work.transaction(None) as connection:
            return {"accounts": [account_json(one) for one in (await kept_accounts(connection)).all]}

    @router.get("/totals")
    async def list_totals(caller: reader) -> dict[str, Any]:
        """Return pledged, received, allocated and delivered by month and level."""
        async with work.transaction(None) as connection:
            return {"totals": totals_json(await totals(connection))}

    @router.get("/entries")
    async def list_entries(
        caller: reader, after: int = 0, limit: Limit = 200, code: str | None = None, day: date | None = None
    ) -> dict[str, Any]:
        """Return entries after a number: all that their hashes cover. `code` and `day` narrow them down."""
        async with work.transaction(None) as connection:
            found = await entries_after(connection, after, limit=limit, pledge_code=code, day=day)
        return {
            "entries": [entry_json(one) for one in found],
            "next": found[-1].number if len(found) == limit else None,
        }

    @router.get("/seals")
    async def list_seals(caller: reader) -> dict[str, Any]:
        """Return the seals of all days, oldest first."""
        async with work.transaction(None) as connection:
            return {"seals": [seal_json(one) for one in await seals(connection)]}

    @router.get("/verification")
    async def verify(caller: reader) -> dict[str, Any]:
        """Compute every hash and sum again, and name what does not add up. Takes seconds on large books."""
        async with work.transaction(None) as connection:
            return verified_json(await verify_books(connection))

    @router.get("/allocations")
    async def list_allocations(caller: reader, limit: Limit = 100) -> dict[str, Any]:
        """Return what is set aside, newest first."""
        async with work.transaction(None) as connection:
            return {"allocations": [allocation_json(one) for one in await allocations(connection, limit=limit)]}


def _add_rows(router: APIRouter, work: FundWork, may: TokenAccess) -> None:
    reader = Annotated[Caller, Depends(may(Scope.FUND_READ))]
    recorder = Annotated[Caller, Depends(may(Scope.FUND_RECORD))]

    @router.post("/statements", status_code=201)
    async def take_statement_in(
        request: Request,
        caller: recorder,
        file_name: Annotated[str, Query(max_length=200)],
        account: Annotated[str | None, Query(max_length=40)] = None,
        accept_language: AcceptLanguage = None,
    ) -> dict[str, Any]:
        """Take the bank statement in that is the body of this call. The same file again changes nothing."""
        content = await request.body()
        try:
            report = await import_statement(
                work.database,
                work.clock,
                content,
                file_name=file_name,
                account=account,
                staff_id=caller.staff.id,
            )
        except UnreadableStatement as error:
            raise work.unreadable(error, accept_language) from error
        return report_json(report)

    @router.get("/rows")
    async def list_rows(
        caller: reader, state: RowState | None = None, after: int = 0, limit: Limit = 100
    ) -> dict[str, Any]:
        """Return statement rows in a state, oldest first; without one, all that wait for a person."""
        waiting = [RowState.UNCHECKED, RowState.AMBIGUOUS, RowState.UNKNOWN]
        async with work.transaction(None) as connection:
            found = await rows_in_states(connection, waiting if state is None else [state], after=after, limit=limit)
        return {
            "rows": [row_json(row_for(caller.staff, one)) for one in found],
            "next": found[-1].id if len(found) == limit else None,
        }

    @router.get("/rows/{row_id}")
    async def show_row(row_id: int, caller: reader, accept_language: AcceptLanguage = None) -> dict[str, Any]:
        """Return a row with the likeliest pledges, and, for money out, with what it may give back."""
        async with work.transaction(accept_language) as connection:
            row = await get_row(connection, row_id)
            if row is None:
                raise VoucherRefused("unknown_row")
            return {
                **row_json(row_for(caller.staff, row)),
                "suggestions": [suggestion_json(caller.staff, one) for one in await suggestions_for(connection, row)],
                "came": [row_json(row_for(caller.staff, one)) for one in await credits_that_went_back(connection, row)],
            }


def _add_vouchers(router: APIRouter, work: FundWork, may: TokenAccess) -> None:
    reader = Annotated[Caller, Depends(may(Scope.FUND_READ))]
    recorder = Annotated[Caller, Depends(may(Scope.FUND_RECORD))]
    approver = Annotated[Caller, Depends(may(Scope.FUND_APPROVE))]

    @router.get("/vouchers")
    async def list_vouchers(caller: reader, state: str | None = "waiting", limit: Limit = 100) -> dict[str, Any]:
        """Return vouchers, newest first."""
        async with work.transaction(None) as connection:
            found = await vouchers(connection, state=state or None, limit=limit)
        return {"vouchers": [voucher_json(one) for one in found]}

    @router.post("/vouchers", status_code=201)
    async def record_one(body: NewVoucher, caller: recorder, accept_language: AcceptLanguage = None) -> dict[str, Any]:
        """Record something for a second person to approve. What could not be booked is refused at once."""
        async with work.transaction(accept_language) as connection:
            number = await record(
                connection, body.kind, body.body, note=body.note, staff_id=caller.staff.id, now=work.clock.now()
            )
        return {"voucher": number, "kind": body.kind, "state": "waiting"}

    @router.post("/vouchers/{voucher_id}/approve")
    async def approve_one(voucher_id: int, caller: approver, accept_language: AcceptLanguage = None) -> dict[str, Any]:
        """Book it, as a second person."""
        async with work.transaction(accept_language) as connection:
            done = await approve(connection, voucher_id, staff_id=caller.staff.id, now=work.clock.now())
        return {"voucher": voucher_id, "state": "approved", "made": done.decided.made}

    @router.post("/vouchers/{voucher_id}/reject")
    async def reject_one(
        voucher_id: int, body: Refusal, caller: approver, accept_language: AcceptLanguage = None
    ) -> dict[str, Any]:
        """Send it back."""
        async with work.transaction(accept_language) as connection:
            return voucher_json(
                await reject(connection, voucher_id, reason=body.reason, staff_id=caller.staff.id, now=work.clock.now())
            )
