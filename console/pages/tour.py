"""A guided tour for each duty: what to do first, with the way to it."""

from nicegui import ui

from console.shell.frame import section
from console.shell.registry import PAGES, Group, page
from console.shell.visit import Visit
from console.shell.words import paragraph, span
from store.staff_roles import Role

#: Duty -> (step, page) in order; the words of a step are `console.tour.<duty>.<step>`.
STEPS: dict[Role, tuple[tuple[str, str], ...]] = {
    Role.ADMINISTRATOR: (("people", "staff"), ("look", "settings"), ("log", "audit")),
    Role.POLICY_OWNER: (("today", "today"), ("change", "content"), ("learn", "understanding")),
    Role.CAMPAIGN_AUTHOR: (
        ("begin", "new_campaign"),
        ("write", "campaigns"),
        ("test", "campaigns"),
        ("calendar", "calendar"),
    ),
    Role.CAMPAIGN_APPROVER: (("today", "today"), ("read", "campaigns"), ("watch", "campaigns")),
    Role.HELP_DESK_OFFICER: (("inbox", "tickets"), ("answer", "tickets"), ("back", "tickets")),
    Role.FUND_RECORDER: (("statement", "fund_statements"), ("match", "fund_rows"), ("use", "fund_uses")),
    Role.FUND_APPROVER: (("today", "today"), ("decide", "fund_vouchers"), ("books", "fund_books")),
    Role.AUDITOR: (("log", "audit"), ("see", "campaigns")),
}


@page("/tour", name="tour", group=Group.WORK, icon="explore", position=90)
async def tour(visit: Visit) -> None:
    """Show the steps for the duties that somebody holds."""
    paragraph(visit.t("console.tour.how"))
    if visit.staff.demo:
        paragraph(visit.t("console.tour.demo")).classes("ct-notice")
    for role in sorted({duty.role for duty in visit.staff.duties}):
        with section(visit.t(f"console.role.{role.value}")), ui.element("ol").classes("ct-steps"):
            for step, name in STEPS[role]:
                with ui.element("li"):
                    span(visit.t(f"console.tour.{role.value}.{step}"))
                    target = PAGES.get(name)
                    if target is not None and target.open_to(visit.staff):
                        ui.link(visit.t("console.tour.go"), target.address()).classes("ct-step-link")
    with section(visit.t("console.tour.keys")):
        paragraph(visit.t("console.tour.keys_how"))
