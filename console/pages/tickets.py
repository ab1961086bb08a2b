"""The inbox of the help desk: what waits, most urgent first; it changes by itself."""

from nicegui import ui

from bot.helpdesk.officers import scope_of
from console.shell.frame import demo_mark, empty, tab
from console.shell.live import live
from console.shell.registry import Group, page
from console.shell.table import Column, table
from console.shell.visit import Forbidden, SignedOut, Visit
from console.shell.words import span
from console.tickets.words import (
    STATE_LOOK,
    area_words,
    how_long,
    is_unread,
    language_of,
    reason_words,
    state_words,
    topic_words,
)
from store.queries.tickets import TicketRow, TicketScope, count_tickets, list_tickets
from store.staff_roles import Role
from store.ticket_states import REASON_LABELS, TicketReason, TicketState

#: Seconds between two looks at what changed, and between two signs that somebody is there.
LOOK_SECONDS = 4.0
PRESENT_SECONDS = 15.0

VIEWERS = (Role.HELP_DESK_OFFICER, Role.ADMINISTRATOR, Role.AUDITOR)


def scope_for(visit: Visit) -> TicketScope:
    """Return what the visitor may see.

    Raises:
        Forbidden: nothing.
    """
    scope = scope_of(visit.staff)
    if scope is None:
        raise Forbidden
    return scope


def be_present(visit: Visit) -> None:
    """Tell, while the page is open, that an officer is there: tickets are given to those who are."""
    if not visit.staff.has(Role.HELP_DESK_OFFICER):
        return

    async def tell() -> None:
        try:
            await visit.note_presence()
        except SignedOut:
            timer.deactivate()

    timer = ui.timer(PRESENT_SECONDS, tell, immediate=True)


@page("/tickets", name="tickets", roles=VIEWERS, group=Group.ANSWER, icon="forum", position=10)
async def tickets(visit: Visit, state: str = "pending", reason: str = "", whose: str = "") -> None:
    """Show tickets of one state."""
    chosen = TicketState(state) if state in set(TicketState) else TicketState.PENDING
    be_present(visit)
    await _filters(visit, chosen, reason, whose)

    # Inside the page: one outside would be one for everybody who looks.
    @ui.refreshable
    async def rows(*, by_itself: bool = False) -> None:
        await _rows(visit, chosen, reason, whose, by_itself=by_itself)

    await rows()
    live(visit, LOOK_SECONDS, lambda: rows.refresh(by_itself=True))


async def _filters(visit: Visit, chosen: TicketState, reason: str, whose: str) -> None:
    async with visit.reading() as connection:
        counts = await count_tickets(connection, scope_for(visit))
    with ui.element("nav").classes("ct-row").props(f'aria-label="{visit.t("desk.page.states")}"'):
        for state in TicketState:
            target = f"/tickets?state={state}&reason={reason}&whose={whose}"
            tab(f"{state_words(visit, state)} ({counts[state]})", target, chosen=state is chosen)

    def choose(name: str, value: str | None) -> None:
        values = {"state": chosen.value, "reason": reason, "whose": whose} | {name: value or ""}
        ui.navigate.to("/tickets?" + "&".join(f"{key}={one}" for key, one in values.items()))

    with ui.element("div").classes("ct-row"):
        reasons = {"": visit.t("desk.page.all_reasons")} | {
            one.value: REASON_LABELS[one][language_of(visit)] for one in TicketReason
        }
        ui.select(
            reasons,
            value=reason if reason in reasons else "",
            label=visit.t("desk.page.reason"),
            on_change=lambda event: choose("reason", event.value),
        ).classes("ct-choice")
        owners = {one: visit.t(f"desk.page.whose.{one or 'all'}") for one in ("", "mine", "nobody")}
        ui.select(
            owners,
            value=whose if whose in owners else "",
            label=visit.t("desk.page.whose"),
            on_change=lambda event: choose("whose", event.value),
        ).classes("ct-choice")


async def _rows(visit: Visit, state: TicketState, reason: str, whose: str, *, by_itself: bool) -> None:
    async with visit.reading(by_itself=by_itself) as connection:
        rows = await list_tickets(
            connection,
            scope_for(visit),
            states=[state],
            reason=TicketReason(reason) if reason in set(TicketReason) else None,
            assignee=visit.staff.id if whose == "mine" else None,
            unassigned=whose == "nobody",
        )
    if not rows:
        empty(visit.t(f"desk.page.empty.{state}"))
        return
    table(
        rows,
        Column(visit.t("desk.page.ticket"), lambda row: _name(visit, row)),
        Column(visit.t("desk.page.wrote"), lambda row: how_long(visit, row.heard_at)),
        Column(visit.t("desk.page.area"), lambda row: area_words(visit, row.area)),
        Column(visit.t("desk.page.topic"), lambda row: topic_words(visit, row.topic)),
        Column(visit.t("desk.page.assignee"), lambda row: row.assignee_name or visit.t("desk.page.nobody")),
        Column(visit.t("desk.page.state"), lambda row: _state(visit, row)),
    )


def _name(visit: Visit, row: TicketRow) -> None:
    with ui.element("div"):
        with ui.link(target=f"/tickets/{row.id}"):
            span(reason_words(visit, row))
        with ui.element("div").classes("ct-row ct-small ct-muted"):
            span(row.code)
            if row.demo:
                demo_mark(visit)


def _state(visit: Visit, row: TicketRow) -> None:
    with ui.element("div").classes("ct-row"):
        ui.label(state_words(visit, row.state)).classes(f"ct-state {STATE_LOOK[row.state]}")
        if row.reason is TicketReason.DANGER:
            ui.label(visit.t("desk.page.urgent")).classes("ct-state bad")
        if row.escalation_step and row.answer_due_at is not None and row.state is not TicketState.RESOLVED:
            ui.label(visit.t("desk.page.late")).classes("ct-state bad")
        if is_unread(row):
            ui.label(visit.t("desk.page.unread")).classes("ct-state warn")
        if row.confidential:
            ui.label(visit.t("desk.page.confidential")).classes("ct-state")
