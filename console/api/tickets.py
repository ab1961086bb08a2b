"""`/api/v1/tickets…`: the help desk for programs, by token. Who may see and do what is the same as for people."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.web import language_of
from bot.helpdesk.officers import DeskRefused, NoSuchTicket, may_read_words, own_ticket, scope_of
from bot.helpdesk.report import obstacle_report
from bot.helpdesk.report_files import report_page, report_sheet
from bot.helpdesk.work import add_note, assign, hand_back, reopen, reply, resolve, route, snooze, take_ticket
from console.access.tokens import Caller, TokenAccess
from console.api.campaign_work import AcceptLanguage
from content.library import Library
from content.translations import catalogue_for
from store.api_scopes import Scope
from store.clock import Clock
from store.database import Database
from store.queries.staff import staff_of_login
from store.queries.ticket_history import chat_lines, ticket_events
from store.queries.tickets import TicketRow, TicketScope, list_tickets
from store.ticket_states import TicketReason, TicketState


class Words(BaseModel):
    """What is written; `key` chosen by the caller: the same twice is sent once."""

    text: str
    key: str | None = None


class Until(BaseModel):
    """Until when, with a time zone."""

    until: datetime


class Assignment(BaseModel):
    """Login of the colleague; null: nobody."""

    to: str | None = None


class Routing(BaseModel):
    """What changes; the rest stays."""

    organisation: str | None = None
    area: str | None = None
    topic: str | None = None
    confidential: bool | None = None


def ticket_json(found: TicketRow) -> dict[str, Any]:
    """Return a ticket as programs get it: without the address of the person."""
    data = asdict(found)
    del data["address"], data["conversation_id"]
    return data


class _Work:
    """One transaction, and refusals as answers in the caller's language."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self.clock = clock

    @asynccontextmanager
    async def transaction(self, accept_language: str | None) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._database.transaction() as connection:
                yield connection
        except DeskRefused as refused:
            text = refused.text(catalogue_for(language_of(accept_language)))
            raise HTTPException(404 if isinstance(refused, NoSuchTicket) else 409, text) from refused


def _scope(caller: Caller) -> TicketScope:
    scope = scope_of(caller.staff)
    if scope is None:
        raise HTTPException(403, "The owner of this token sees no tickets.")
    return scope


def tickets_router(database: Database, clock: Clock, library: Library, may: TokenAccess) -> APIRouter:
    """Return the routes of the help desk."""
    router = APIRouter(prefix="/api/v1", tags=["tickets"])
    work = _Work(database, clock)
    _add_reading(router, work, library, may)
    _add_acting(router, work, may)
    return router


def _add_reading(router: APIRouter, work: _Work, library: Library, may: TokenAccess) -> None:
    reader = Annotated[Caller, Depends(may(Scope.TICKETS_READ))]

    @router.get("/tickets")
    async def list_all(
        caller: reader,
        state: Annotated[list[TicketState] | None, Query()] = None,
        reason: TicketReason | None = None,
        area: str | None = None,
        topic: str | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> dict[str, Any]:
        """Return the tickets that the owner of the token may see, most urgent first; by default all unresolved."""
        states = state or [one for one in TicketState if one is not TicketState.RESOLVED]
        async with work.transaction(None) as connection:
            found = await list_tickets(
                connection, _scope(caller), states=states, reason=reason, area=area, topic=topic, limit=limit
            )
        return {"tickets": [ticket_json(one) for one in found]}

    @router.get("/tickets/report")
    async def report(
        caller: reader,
        since: date,
        until: date,
        form: Annotated[Literal["json", "xlsx", "pdf"], Query(alias="format")] = "json",
        accept_language: AcceptLanguage = None,
    ) -> Any:
        """Return obstacles by commune and topic in a period, small cells hidden (null)."""
        async with work.transaction(accept_language) as connection:
            try:
                made = await obstacle_report(connection, _scope(caller), since=since, until=until)
            except ValueError as error:
                raise DeskRefused("bad_period") from error
        catalogue = catalogue_for(language_of(accept_language))
        if form == "json":
            return asdict(made)
        sheet = form == "xlsx"
        content = (report_sheet if sheet else report_page)(made, library, catalogue)
        kind = "vnd.openxmlformats-officedocument.spreadsheetml.sheet" if sheet else "pdf"
        name = f'attachment; filename="vuong-mac-{since}-{until}.{form}"'
        return Response(content, media_type=f"application/{kind}", headers={"Content-Disposition": name})

    @router.get("/tickets/{ticket_id}")
    async def show(ticket_id: int, caller: reader, accept_language: AcceptLanguage = None) -> dict[str, Any]:
        """Return a ticket, what happened to it, and, for officers, what was said."""
        async with work.transaction(accept_language) as connection:
            found = await own_ticket(connection, caller.staff, ticket_id)
            events = await ticket_events(connection, ticket_id)
            lines = []
            if found.conversation_id is not None and may_read_words(caller.staff):
                since = found.since_message or 0
                lines = [
                    asdict(line)
                    for line in await chat_lines(
                        connection, conversation_id=found.conversation_id, since=since, before=6
                    )
                ]
        words = may_read_words(caller.staff)
        shown = [{**asdict(one), "text": one.text if words else ""} for one in events]
        return {**ticket_json(found), "events": shown, "chat": lines}


def _add_acting(router: APIRouter, work: _Work, may: TokenAccess) -> None:
    writer = Annotated[Caller, Depends(may(Scope.TICKETS_WRITE))]

    @router.post("/tickets/{ticket_id}/reply", status_code=202)
    async def answer(
        ticket_id: int, body: Words, caller: writer, accept_language: AcceptLanguage = None
    ) -> dict[str, bool]:
        """Send words to the person, on their own channel; `sent` is False when the key was used before."""
        async with work.transaction(accept_language) as connection:
            sent = await reply(connection, caller.staff, ticket_id, body.text, now=work.clock.now(), key=body.key)
        return {"sent": sent}

    @router.post("/tickets/{ticket_id}/note", status_code=204)
    async def note(ticket_id: int, body: Words, caller: writer, accept_language: AcceptLanguage = None) -> None:
        """Write a note that only staff read."""
        async with work.transaction(accept_language) as connection:
            await add_note(connection, caller.staff, ticket_id, body.text, now=work.clock.now(), key=body.key)

    @router.post("/tickets/{ticket_id}/snooze", status_code=204)
    async def put_aside(ticket_id: int, body: Until, caller: writer, accept_language: AcceptLanguage = None) -> None:
        """Put it aside until a time, or until the person writes."""
        if body.until.tzinfo is None:
            raise HTTPException(422, "Give `until` with a time zone, such as 2026-12-01T08:00:00+07:00.")
        async with work.transaction(accept_language) as connection:
            await snooze(connection, caller.staff, ticket_id, until=body.until, now=work.clock.now())

    @router.post("/tickets/{ticket_id}/assign", status_code=204)
    async def give(ticket_id: int, body: Assignment, caller: writer, accept_language: AcceptLanguage = None) -> None:
        """Give it to a colleague, or to nobody."""
        async with work.transaction(accept_language) as connection:
            to = None if body.to is None else await staff_of_login(connection, login=body.to)
            if body.to is not None and to is None:
                raise DeskRefused("no_such_staff", login=body.to)
            await assign(connection, caller.staff, ticket_id, to=to, now=work.clock.now())

    @router.post("/tickets/{ticket_id}/route", status_code=204)
    async def pass_on(ticket_id: int, body: Routing, caller: writer, accept_language: AcceptLanguage = None) -> None:
        """Hand it on to another organisation or commune, under another topic, to fewer or more eyes."""
        async with work.transaction(accept_language) as connection:
            await route(connection, caller.staff, ticket_id, now=work.clock.now(), **body.model_dump())

    @router.post("/tickets/{ticket_id}/{verb}", status_code=204)
    async def steer(
        ticket_id: int,
        verb: Literal["take", "hand-back", "resolve", "reopen"],
        caller: writer,
        accept_language: AcceptLanguage = None,
    ) -> None:
        """Take over, hand back to the bot, resolve, open again."""
        works = {"take": take_ticket, "hand-back": hand_back, "resolve": resolve, "reopen": reopen}
        async with work.transaction(accept_language) as connection:
            await works[verb](connection, caller.staff, ticket_id, now=work.clock.now())  # type: ignore[operator]
