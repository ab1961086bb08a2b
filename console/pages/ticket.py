"""One ticket: the chat, what officers write, notes among staff, and who sees to it."""

import uuid

from nicegui import ui

from bot.helpdesk.canned import replies_for
from bot.helpdesk.officers import may_read_words
from bot.helpdesk.work import LONGEST_REPLY, add_note, reply
from console.pages.tickets import LOOK_SECONDS, VIEWERS, be_present, scope_for
from console.shell.frame import demo_mark, section, title
from console.shell.registry import page
from console.shell.visit import Missing, SignedOut, Visit
from console.shell.words import sentence, span
from console.tickets.chat import draw_chat
from console.tickets.steering import ANSWER, STEER, Refresh, buttons, facts, passing_on
from console.tickets.words import reason_words
from store.queries.staff import organisations
from store.queries.ticket_history import chat_lines, ticket_events
from store.queries.ticket_media import MediaRow, media_content, media_of
from store.queries.tickets import TicketRow, get_ticket
from store.ticket_states import TicketEventKind, TicketState

#: Messages of the person from before the ticket that are shown with it.
BEFORE = 6


@page("/tickets/{ticket_id}", name="ticket", roles=VIEWERS, example={"ticket_id": 1})
async def ticket(visit: Visit, ticket_id: int) -> None:
    """Show the ticket; the chat and the facts change by themselves."""
    found = await _find(visit, ticket_id)
    title(visit, f"{sentence(reason_words(visit, found))} · {found.code}")
    if found.demo:
        demo_mark(visit)
    be_present(visit)
    seen: list[object] = [_print_of(found)]

    # Inside the page: one outside would be one for everybody who looks.
    @ui.refreshable
    async def actions() -> None:
        await buttons(visit, await _find(visit, ticket_id, by_itself=True), refresh)

    @ui.refreshable
    async def chat() -> None:
        await _chat(visit, ticket_id)

    #: What is being written stays, whatever is redrawn around it.
    draft = {"words": ""}

    @ui.refreshable
    async def writing() -> None:
        await _writing(visit, ticket_id, refresh, draft)

    @ui.refreshable
    async def side() -> None:
        await _side(visit, ticket_id, refresh)

    async def refresh() -> None:
        seen[0] = _print_of(await _find(visit, ticket_id, by_itself=True))
        await actions.refresh()
        await chat.refresh()
        await side.refresh()
        await writing.refresh()

    async def look() -> None:
        try:
            now = _print_of(await _find(visit, ticket_id, by_itself=True))
        except SignedOut:
            timer.deactivate()
            return
        except Missing:
            ui.navigate.to("/tickets")
            return
        if now != seen[0]:
            written = now[:2] != seen[0][:2]  # type: ignore[index]
            seen[0] = now
            await actions.refresh()
            await chat.refresh()
            await side.refresh()
            if written:
                await writing.refresh()

    await actions()
    with ui.element("div").classes("ct-desk"):
        with ui.element("div"):
            if may_read_words(visit.staff):
                with section(visit.t("desk.page.chat")):
                    with ui.element("div").classes("ct-chat").props('role="log" tabindex=0 aria-live="polite"'):
                        await chat()
                    await writing()
            else:
                ui.label(visit.t("desk.page.no_words")).classes("ct-notice")
        with ui.element("div"):
            await side()
    timer = ui.timer(LOOK_SECONDS, look, immediate=False)


def _print_of(found: TicketRow) -> tuple[object, ...]:
    """What a page shows of a ticket: state and owner first, which decide what may be written."""
    return (found.state, found.assignee_id, found)


async def _find(visit: Visit, ticket_id: int, *, by_itself: bool = False) -> TicketRow:
    async with visit.reading(by_itself=by_itself) as connection:
        found = await get_ticket(connection, ticket_id, scope_for(visit))
    if found is None:
        raise Missing
    return found


async def _chat(visit: Visit, ticket_id: int) -> None:
    async with visit.reading(by_itself=True) as connection:
        found = await get_ticket(connection, ticket_id, scope_for(visit))
        if found is None or found.conversation_id is None or not may_read_words(visit.staff):
            return
        lines = await chat_lines(
            connection, conversation_id=found.conversation_id, since=found.since_message or 0, before=BEFORE
        )
        media = await media_of(connection, ticket_id)
    draw_chat(visit, list(lines))
    for one in media:
        _file(visit, ticket_id, one)
    ui.run_javascript("document.querySelectorAll('.ct-chat').forEach(one => one.scrollTop = one.scrollHeight)")


def _file(visit: Visit, ticket_id: int, one: MediaRow) -> None:
    async def fetch() -> None:
        async with visit.reading() as connection:
            found = await get_ticket(connection, ticket_id, scope_for(visit))
            content = await media_content(connection, ticket_id=ticket_id, media_id=one.id) if found else None
        if content is None:
            ui.notify(visit.t("desk.page.media_elsewhere"), type="warning")
            return
        # Never shown in the page: whatever a stranger sent is handed over as a file.
        ui.download.content(content, one.name or f"{one.kind}-{one.id}", media_type="application/octet-stream")

    with ui.element("div").classes("ct-line person"):
        words = visit.t("desk.page.media", kind=visit.t(f"desk.page.media.{one.kind}"), name=one.name)
        ui.button(words, icon="attach_file", on_click=fetch).props("outline")


async def _writing(visit: Visit, ticket_id: int, refresh: Refresh, draft: dict[str, str]) -> None:
    found = await _find(visit, ticket_id, by_itself=True)
    if found.state is TicketState.RESOLVED or not visit.may(STEER, found.area):
        return
    key = {"now": uuid.uuid4().hex}
    box = ui.textarea(label=visit.t("desk.page.write")).props(f"autogrow outlined maxlength={LONGEST_REPLY}")
    box.classes("ct-wide")
    box.set_value(draft["words"])
    box.on_value_change(lambda event: draft.update(words=event.value or ""))

    async def send() -> None:
        async with visit.acting(ANSWER, found.area) as acting:
            await reply(acting.connection, acting.staff, ticket_id, box.value or "", now=acting.now, key=key["now"])
        key["now"] = uuid.uuid4().hex
        box.set_value("")
        await refresh()

    async def note() -> None:
        async with visit.acting(STEER, found.area) as acting:
            await add_note(acting.connection, acting.staff, ticket_id, box.value or "", now=acting.now, key=key["now"])
        key["now"] = uuid.uuid4().hex
        box.set_value("")
        await refresh()

    with ui.element("div").classes("ct-row"):
        if visit.may(ANSWER, found.area) and found.conversation_id is not None:
            ui.button(visit.t("desk.page.send"), icon="send", on_click=send)
            await _canned(visit, found, box)
        ui.button(visit.t("desk.page.note"), icon="lock", on_click=note).props("outline")


async def _canned(visit: Visit, found: TicketRow, box: ui.textarea) -> None:
    async with visit.reading(by_itself=True) as connection:
        names = {one.code: one for one in await organisations(connection)}
        own = names[visit.staff.organisation]
        name = own.name_in_english if found.language == "en" else own.name
        replies = await replies_for(
            connection, visit.parts.library, visit.staff, found, organisation=name, now=visit.now
        )

    def put(words: str) -> None:
        box.set_value(f"{box.value}\n{words}".strip() if box.value else words)
        box.run_method("focus")

    with ui.dropdown_button(visit.t("desk.page.canned"), auto_close=True).props("outline"):
        for one in replies:
            ui.item(one.title, on_click=lambda _, words=one.text: put(words))


async def _side(visit: Visit, ticket_id: int, refresh: Refresh) -> None:
    found = await _find(visit, ticket_id, by_itself=True)
    with section(visit.t("desk.page.facts")):
        facts(visit, found)
    if found.state is not TicketState.RESOLVED and visit.may(STEER, found.area):
        with section(visit.t("desk.page.pass_on")), ui.element("div").classes("ct-stack"):
            await passing_on(visit, found, refresh)
    with section(visit.t("desk.page.events")):
        await _events(visit, ticket_id)


async def _events(visit: Visit, ticket_id: int) -> None:
    async with visit.reading(by_itself=True) as connection:
        events = await ticket_events(connection, ticket_id)
    with ui.element("ul").classes("ct-events"):
        for event in events[::-1]:
            with ui.element("li"):
                words = visit.t(f"desk.event.{event.kind}")
                who = event.actor_name or visit.t("desk.page.system")
                with ui.element("div").classes("ct-small"):
                    span(f"{words} – {who}, {visit.moment(event.at)}")
                if event.kind is TicketEventKind.NOTE and may_read_words(visit.staff):
                    ui.label(event.text or visit.t("desk.page.erased")).classes("ct-note")
