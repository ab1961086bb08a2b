"""One's own account: where one is signed in, and signing out everywhere."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from console.access.actions import action
from console.shell.frame import section
from console.shell.registry import page
from console.shell.table import Column, table
from console.shell.visit import Visit
from store.queries.staff_sessions import SessionRow, end_sessions, sessions_of

END_OWN_SESSIONS = action("own.sessions")


@page("/account", name="account")
async def account(visit: Visit) -> None:
    """Show duties and sessions."""
    with section(visit.t("console.account.duties")), ui.element("ul"):
        for duty in sorted(visit.staff.duties, key=lambda one: (one.role, one.area)):
            with ui.element("li"):
                place = visit.place(duty.area)
                ui.label(f"{visit.t(f'console.role.{duty.role.value}')} – {place}")

    # Inside the page: one outside would be one for everybody who looks, and show them each other's sessions.
    @ui.refreshable
    async def sessions() -> None:
        await _sessions(visit, sessions.refresh)

    await sessions()


async def _sessions(visit: Visit, refresh: Callable[[], Awaitable[None]]) -> None:
    async with visit.reading() as connection:
        rows = await sessions_of(connection, staff_id=visit.staff.id, now=visit.now)

    async def end(row: SessionRow) -> None:
        async with visit.acting_for_self(END_OWN_SESSIONS) as acting:
            await end_sessions(acting.connection, staff_id=acting.staff.id, session_id=row.id, now=acting.now)
        await refresh()

    async def end_others() -> None:
        async with visit.acting_for_self(END_OWN_SESSIONS) as acting:
            await end_sessions(acting.connection, staff_id=acting.staff.id, but=visit.session_id, now=acting.now)
            await acting.record("staff.signed_out_elsewhere", f"staff:{acting.staff.id}")
        await refresh()

    def button(row: SessionRow) -> None:
        if row.id == visit.session_id:
            ui.label(visit.t("console.account.this_browser"))
        else:
            ui.button(visit.t("console.account.end"), on_click=lambda: end(row)).props("flat dense")

    with section(visit.t("console.account.sessions")):
        table(
            rows,
            Column(visit.t("console.account.browser"), lambda row: row.browser),
            Column(visit.t("console.account.since"), lambda row: visit.moment(row.created_at)),
            Column(visit.t("console.account.seen"), lambda row: visit.moment(row.last_seen_at)),
            Column(visit.t("console.account.what"), button),
        )
        if len(rows) > 1:
            ui.button(visit.t("console.account.end_others"), on_click=end_others)
