"""The audit log as sentences, with filters."""

from datetime import datetime, time, timedelta

from nicegui import ui

from console.audit_words import audit_sentence, audit_subject
from console.shell.frame import empty, section
from console.shell.registry import Group, page
from console.shell.table import Column, table
from console.shell.visit import Visit
from store.clock import LOCAL_ZONE
from store.queries.audit import AuditRow, audit_entries, audit_kinds
from store.queries.staff import all_staff
from store.staff_roles import Role

PER_PAGE = 100
ROLES = (Role.ADMINISTRATOR, Role.AUDITOR)


@page("/audit", name="audit", roles=ROLES, group=Group.SYSTEM, icon="history", position=40)
async def audit(
    visit: Visit, kind: str = "", actor: int = 0, days: int = 0, subject: str = "", before: int = 0
) -> None:
    """Show what was done, newest first. A duty in some communes shows what concerns those."""
    areas = visit.areas_of(*ROLES)
    since = datetime.combine(visit.today - timedelta(days=days), time(), LOCAL_ZONE) if days else None
    async with visit.reading() as connection:
        entries = await audit_entries(
            connection,
            limit=PER_PAGE,
            before=before or None,
            actor=actor or None,
            kind=kind or None,
            subject=subject.strip() or None,
            areas=None if areas is None else sorted(areas),
            since=since,
        )
        kinds = await audit_kinds(connection)
        people = {one.id: one.name for one in await all_staff(connection)}

    def again(**changed: object) -> None:
        chosen = {"kind": kind, "actor": actor, "days": days, "subject": subject, **changed}
        ui.navigate.to("/audit?" + "&".join(f"{name}={value}" for name, value in chosen.items() if value))

    everybody, everything = visit.t("console.audit.everybody"), visit.t("console.audit.everything")
    with ui.element("div").classes("ct-row"):
        ui.select(
            {"": everything, **{one: _kind(visit, one) for one in kinds}},
            label=visit.t("console.audit.kind"),
            value=kind if kind in kinds else "",
            on_change=lambda event: again(kind=event.value),
        ).props("outlined dense").classes("ct-narrow")
        ui.select(
            {0: everybody, **people},
            label=visit.t("console.audit.who"),
            value=actor if actor in people else 0,
            on_change=lambda event: again(actor=event.value),
        ).props("outlined dense").classes("ct-narrow")
        spans = {0: everything, 1: "1", 7: "7", 30: "30", 365: "365"}
        ui.select(
            spans,
            label=visit.t("console.audit.days"),
            value=days if days in spans else 0,
            on_change=lambda event: again(days=event.value),
        ).props("outlined dense").classes("ct-narrow")
    with section(visit.t("console.page.audit")):
        if not entries:
            empty(visit.t("console.audit.none"))
            return

        def about(entry: AuditRow) -> None:
            ui.link(audit_subject(entry.subject, visit.catalogue), f"/audit?subject={entry.subject}")

        table(
            entries,
            Column(visit.t("console.audit.at"), lambda one: visit.moment(one.at)),
            Column(visit.t("console.audit.what"), lambda one: audit_sentence(one, visit.catalogue)),
            Column(visit.t("console.audit.about"), about),
        )
        if len(entries) == PER_PAGE:
            ui.button(visit.t("console.audit.older"), on_click=lambda: again(before=entries[-1].id)).props("flat")


def _kind(visit: Visit, kind: str) -> str:
    key = f"console.audit.kind.{kind}"
    return visit.t(key) if key in visit.catalogue else kind
